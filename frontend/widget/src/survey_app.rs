use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::{Closure, JsValue};
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

use valuemap_shared::survey::documents;

use crate::host::Host;
use crate::outcome;
use crate::question::{hint, question_form};
use crate::response::{Action, Response, Stage};
use crate::submission_id::new_submission_id;
use crate::survey::{Answer, Submission, Survey};
use crate::texts::{Phrase, Texts};
use crate::wire;

#[derive(PartialEq, Properties)]
pub struct SurveyProps {
    pub survey: Rc<Survey>,
    pub texts: Texts,
    /// What the member answered to the first question before this was here.
    pub first: Option<Answer>,
    pub host: Host,
    /// What the survey is mounted in.
    pub root: Element,
}

/// The survey from its second question to the thanks. It is the one component in here, and its parts are functions:
/// a component of one's own costs a kilobyte of download, and none of these would ever be drawn without the others.
pub struct SurveyApp {
    response: Response,
    /// The member has pressed a button, and the new screen is not drawn yet.
    stepped: bool,
    /// Hears how the sending goes.
    report: Closure<dyn Fn(JsValue)>,
}

impl Component for SurveyApp {
    type Message = Action;
    type Properties = SurveyProps;

    fn create(ctx: &Context<Self>) -> Self {
        let props = ctx.props();
        let link = ctx.link().clone();
        let report = Closure::new(move |report: JsValue| {
            link.send_message(match wire::read_report(&report) {
                Ok(receipt) => Action::Arrived(receipt),
                Err(failure) => Action::Failed(failure),
            });
        });
        let response = Response::new(Rc::clone(&props.survey), props.first.clone());
        let mut app = Self { response, stepped: false, report };
        // It was pressed in the first question as the loader drew it.
        Component::update(&mut app, ctx, Action::Next(new_submission_id()));
        app
    }

    fn update(&mut self, ctx: &Context<Self>, action: Action) -> bool {
        let steps = self.response.steps();
        self.tell(ctx, &action);
        let hurried = action == Action::Hurry;
        self.response.apply(action);
        let stepped = self.response.steps() > steps;
        self.stepped |= stepped;
        if stepped && hurried {
            ctx.props().host.hurry();
        } else if stepped && let Some(submission) = self.response.submission() {
            self.deliver(ctx, &submission);
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let texts = &ctx.props().texts;
        let on_action = ctx.link().callback(|action| action);
        let (state, screen) = match self.response.stage() {
            Stage::Asking(_) => ("question", question_form(&self.response, texts, &on_action)),
            Stage::Sending => ("sending", outcome::sending(texts)),
            Stage::Waiting(failure) => ("waiting", outcome::waiting(failure, texts, &on_action)),
            Stage::Thanks(receipt) => ("thanks", outcome::thanks(receipt, texts)),
            Stage::Refused(failure) => ("failed", outcome::refused(failure, texts, &on_action)),
        };
        html! {
            <section part="survey" aria-labelledby="title" data-state={state}>{ screen }</section>
        }
    }

    fn rendered(&mut self, ctx: &Context<Self>, first_render: bool) {
        let SurveyProps { host, root, texts, .. } = ctx.props();
        if first_render {
            host.place();
        }
        host.announce(&self.announcement(texts));
        if self.stepped {
            self.stepped = false;
            focus_on_start(root);
        }
    }
}

impl SurveyApp {
    /// Tells the page what is about to happen.
    fn tell(&self, ctx: &Context<Self>, action: &Action) {
        let host = &ctx.props().host;
        match (action, self.response.stage()) {
            (Action::Next(_) | Action::Enter(_), Stage::Asking(_)) if self.response.is_answered() => {
                host.tell_answered(&self.response.question().key);
            }
            (Action::Arrived(receipt), _) => {
                if let Some(id) = &receipt.id {
                    host.tell_submitted(id);
                }
            }
            (Action::Failed(failure), _) => host.tell_error(&failure.code, &failure.message),
            _ => {}
        }
    }

    /// Sends the member's answers. Should the survey be taken off the page meanwhile, they still arrive.
    fn deliver(&self, ctx: &Context<Self>, submission: &Submission) {
        let SurveyProps { survey, host, .. } = ctx.props();
        host.deliver(documents::SUBMIT, &wire::submission(survey, submission), self.report.as_ref().unchecked_ref());
    }

    /// What a screen reader says by itself.
    fn announcement(&self, texts: &Texts) -> String {
        match self.response.stage() {
            Stage::Asking(Some(_)) => hint(&self.response, texts),
            Stage::Asking(None) => {
                let (number, total) = self.response.progress();
                texts.count(Phrase::QUESTION_PLACE, number, total)
            }
            other => outcome::announcement(other, texts),
        }
    }
}

/// Puts the focus where the new screen starts: on the point that is chosen, else on the first control, else on the
/// heading.
fn focus_on_start(root: &Element) {
    let find = |selector| root.query_selector(selector).ok().flatten();
    if let Some(start) = find("[type=radio]:checked").or_else(|| find("input, textarea, [tabindex]")) {
        // Fails only for what is not on screen.
        let _ = start.unchecked_into::<HtmlElement>().focus();
    }
}
