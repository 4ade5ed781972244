//! What follows the last question: the sending, the thanks, or why it did not work.
//!
//! All have one shape, so that focus stays on the heading while its words change.

use yew::prelude::*;

use crate::response::{Action, Failure, Remedy, Stage};
use crate::results::results_table;
use crate::survey::Receipt;
use crate::texts::{Phrase, Texts};

pub fn sending(texts: &Texts) -> Html {
    panel(texts.say(Phrase::SENDING), String::new(), Html::default())
}

pub fn thanks(receipt: &Receipt, texts: &Texts) -> Html {
    let message = if receipt.id.is_some() { Phrase::ARRIVED } else { Phrase::PREVIEW };
    let results = receipt.results.as_ref().map(|results| results_table(results, texts));
    panel(texts.say(Phrase::THANKS), texts.say(message), results.unwrap_or_default())
}

/// The answers are kept, and it is tried again and again.
pub fn waiting(failure: &Failure, texts: &Texts, on_action: &Callback<Action>) -> Html {
    let button = button("retry", texts.say(Phrase::RETRY), on_action.reform(|_| Action::Hurry));
    panel(texts.say(Phrase::NOT_ARRIVED), reason(failure, texts), button)
}

pub fn refused(failure: &Failure, texts: &Texts, on_action: &Callback<Action>) -> Html {
    let heading = if failure.is_known_already() { Phrase::THANKS } else { Phrase::REFUSED };
    let back = || button("back", texts.say(Phrase::BACK), on_action.reform(|_| Action::Back));
    let more = if failure.remedy == Remedy::Correct { back() } else { Html::default() };
    panel(texts.say(heading), reason(failure, texts), more)
}

/// What the member is told of a failure.
pub fn reason(failure: &Failure, texts: &Texts) -> String {
    texts.say(match (failure.remedy, failure.code.as_str()) {
        (Remedy::Correct, _) => Phrase::CORRECT,
        (Remedy::Patience, "UNAUTHENTICATED") => Phrase::SIGN_IN_AGAIN,
        (Remedy::Patience, _) => Phrase::KEPT,
        (Remedy::None, "ALREADY_ANSWERED") => Phrase::ALREADY_ANSWERED,
        (Remedy::None, "SUBMISSION_ID_REUSED") => Phrase::ARRIVED_BEFORE,
        (Remedy::None, _) => Phrase::CLOSED,
    })
}

/// What a screen reader says by itself when it comes to this.
pub fn announcement(stage: &Stage, texts: &Texts) -> String {
    match stage {
        Stage::Thanks(receipt) if receipt.id.is_some() => texts.say(Phrase::ARRIVED),
        Stage::Waiting(failure) | Stage::Refused(failure) => reason(failure, texts),
        // Focus is on the words themselves.
        _ => String::new(),
    }
}

fn panel(heading: String, message: String, more: Html) -> Html {
    html! {
        <div part="card outcome">
            <h2 id="title" part="title" tabindex="-1">{ heading }</h2>
            <p part="message">{ message }</p>
            <div>{ more }</div>
        </div>
    }
}

fn button(action: &'static str, label: String, onclick: Callback<MouseEvent>) -> Html {
    html! { <button type="button" part="button next" data-action={action} {onclick}>{ label }</button> }
}
