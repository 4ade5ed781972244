use std::rc::Rc;

use yew::prelude::*;

use crate::delivery::use_delivery;
use crate::endpoint::{Endpoint, Remedy};
use crate::events::Event;
use crate::focus::use_focus_on_step;
use crate::outcome;
use crate::question::QuestionForm;
use crate::response::{Action, Missing, Response, Stage};
use crate::survey::Survey;
use crate::texts;

#[derive(Properties, PartialEq)]
pub struct SurveyFormProps {
    pub survey: Rc<Survey>,
    pub endpoint: Endpoint,
    pub emit: Callback<Event>,
}

/// The survey from its first question to the thanks.
#[component]
pub fn SurveyForm(SurveyFormProps { survey, endpoint, emit }: &SurveyFormProps) -> Html {
    let response = use_reducer(|| Response::new(survey.clone()));
    let root = use_node_ref();
    use_effect_with((), {
        let emit = emit.clone();
        move |()| emit.emit(Event::Ready)
    });
    use_focus_on_step(&root, response.steps());
    use_delivery(&response, endpoint, emit);

    let on_action = {
        let (response, emit) = (response.clone(), emit.clone());
        Callback::from(move |action| {
            let goes_on = matches!(action, Action::Next | Action::Send(_));
            if goes_on && matches!(response.stage(), Stage::Asking(_)) && response.is_answered() {
                emit.emit(Event::Answered(response.question().key.clone()));
            }
            response.dispatch(action);
        })
    };
    let (state, screen) = match response.stage() {
        Stage::Asking(_) => ("question", html! { <QuestionForm response={(*response).clone()} {on_action} /> }),
        Stage::Sending => ("sending", outcome::sending()),
        Stage::Thanks(results) => ("thanks", outcome::thanks(results.as_ref())),
        Stage::Failed(failure) => ("failed", outcome::failed(failure, &on_action)),
    };
    html! {
        <section ref={root} class="survey" part="survey" aria-labelledby="title" data-state={state}>
            <p class="unseen" role="status">{ announcement(&response) }</p>
            { screen }
        </section>
    }
}

/// What a screen reader says by itself. Nothing at first: the page is the member's, not ours.
fn announcement(response: &Response) -> String {
    match response.stage() {
        _ if response.steps() == 0 => String::new(),
        Stage::Asking(Some(Missing::ThisAnswer)) => texts::REQUIRED.to_owned(),
        Stage::Asking(Some(Missing::AnyAnswer)) => texts::NOTHING_ANSWERED.to_owned(),
        Stage::Asking(None) => texts::question_place(response.place() + 1, response.survey().questions.len()),
        // Focus is on the words themselves.
        Stage::Sending => String::new(),
        Stage::Thanks(_) => format!("{} {}", texts::THANKS, texts::ARRIVED),
        Stage::Failed(failure) if failure.remedy == Remedy::Retry => texts::KEPT.to_owned(),
        Stage::Failed(_) => texts::REFUSED.to_owned(),
    }
}
