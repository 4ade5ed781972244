use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

use crate::endpoint::Endpoint;
use crate::events::Event;
use crate::outcome;
use crate::question::question_form;
use crate::response::{Action, Missing, Response, Stage};
use crate::survey::{Submission, Survey};
use crate::texts;

#[derive(PartialEq, Properties)]
pub struct SurveyProps {
    pub survey: Rc<Survey>,
    pub endpoint: Endpoint,
    pub emit: Callback<Event>,
    /// What the survey is mounted in.
    pub root: Element,
}

/// The survey from its first question to the thanks. It is the one component in here, and its parts are functions:
/// a component of one's own costs a kilobyte of download, and none of these would ever be drawn without the others.
pub struct SurveyApp {
    response: Response,
    /// The member has pressed a button, and the new screen is not drawn yet.
    stepped: bool,
}

impl Component for SurveyApp {
    type Message = Action;
    type Properties = SurveyProps;

    fn create(ctx: &Context<Self>) -> Self {
        Self { response: Response::new(Rc::clone(&ctx.props().survey)), stepped: false }
    }

    fn update(&mut self, ctx: &Context<Self>, action: Action) -> bool {
        let steps = self.response.steps();
        self.tell(ctx, &action);
        self.response.apply(action);
        let stepped = self.response.steps() > steps;
        self.stepped |= stepped;
        if stepped && let Some(submission) = self.response.submission() {
            deliver(ctx, submission);
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let on_action = ctx.link().callback(|action| action);
        let (state, screen) = match self.response.stage() {
            Stage::Asking(_) => ("question", question_form(&self.response, &on_action)),
            Stage::Sending => ("sending", outcome::sending()),
            Stage::Thanks(receipt) => ("thanks", outcome::thanks(receipt)),
            Stage::Failed(failure) => ("failed", outcome::failed(failure, &on_action)),
        };
        html! {
            <section part="survey" aria-labelledby="title" data-state={state}>
                <p class="unseen" role="status">{ announcement(&self.response) }</p>
                <div>{ screen }</div>
            </section>
        }
    }

    fn rendered(&mut self, ctx: &Context<Self>, first_render: bool) {
        if first_render {
            ctx.props().emit.emit(Event::Ready);
        }
        if self.stepped {
            self.stepped = false;
            focus_on_start(&ctx.props().root);
        }
    }
}

impl SurveyApp {
    /// Tells the page what is about to happen.
    fn tell(&self, ctx: &Context<Self>, action: &Action) {
        let emit = |event| ctx.props().emit.emit(event);
        match (action, self.response.stage()) {
            (Action::Next | Action::Send(_), Stage::Asking(_)) if self.response.is_answered() => {
                emit(Event::Answered(self.response.question().key.clone()));
            }
            (Action::Arrived(receipt), _) => emit(Event::Submitted(receipt.id.clone())),
            (Action::Failed(failure), _) => emit(failure.clone().into()),
            _ => {}
        }
    }
}

/// Sends the member's answers. Should the survey be taken off the page meanwhile, they still arrive.
fn deliver(ctx: &Context<SurveyApp>, submission: Submission) {
    let endpoint = ctx.props().endpoint.clone();
    ctx.link().send_future(async move {
        match endpoint.submit(&submission).await {
            Ok(receipt) => Action::Arrived(receipt),
            Err(failure) => Action::Failed(failure),
        }
    });
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

/// What a screen reader says by itself. Nothing at first: the page is the member's, not ours.
fn announcement(response: &Response) -> String {
    match response.stage() {
        _ if response.steps() == 0 => String::new(),
        Stage::Asking(Some(Missing::ThisAnswer)) => texts::REQUIRED.to_owned(),
        Stage::Asking(Some(Missing::AnyAnswer)) => texts::NOTHING_ANSWERED.to_owned(),
        Stage::Asking(None) => {
            let [number, total] = response.progress();
            texts::question_place(&number, &total)
        }
        // Focus is on the words themselves.
        Stage::Sending => String::new(),
        Stage::Thanks(_) => texts::ARRIVED.to_owned(),
        Stage::Failed(failure) => outcome::reason(failure).to_owned(),
    }
}
