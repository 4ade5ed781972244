//! What follows the last question: the sending, the thanks, or why it did not work.
//!
//! The three have one shape, so that focus stays on the heading while its words change.

use yew::prelude::*;

use crate::endpoint::{Failure, Remedy};
use crate::response::Action;
use crate::results::results_table;
use crate::submission_id::new_submission_id;
use crate::survey::Receipt;
use crate::texts;

pub fn sending() -> Html {
    panel(texts::SENDING, "", Html::default())
}

pub fn thanks(receipt: &Receipt) -> Html {
    panel(texts::THANKS, texts::ARRIVED, receipt.results.as_ref().map(results_table).unwrap_or_default())
}

pub fn failed(failure: &Failure, on_action: &Callback<Action>) -> Html {
    let (heading, button) = match failure.remedy {
        Remedy::Retry => {
            let onclick = on_action.reform(|_| Action::Send(new_submission_id()));
            (texts::NOT_ARRIVED, button("retry", texts::TRY_AGAIN, onclick))
        }
        Remedy::Correct => (texts::REFUSED, button("back", texts::BACK, on_action.reform(|_| Action::Back))),
        Remedy::None if failure.has_arrived_before() => (texts::THANKS, Html::default()),
        Remedy::None => (texts::REFUSED, Html::default()),
    };
    panel(heading, reason(failure), button)
}

/// What the member is told of a failure.
pub fn reason(failure: &Failure) -> &str {
    match failure.remedy {
        Remedy::Retry => texts::KEPT,
        Remedy::Correct => &failure.message,
        Remedy::None if failure.has_arrived_before() => texts::ARRIVED_BEFORE,
        Remedy::None => texts::CLOSED,
    }
}

fn panel(heading: &'static str, message: &str, more: Html) -> Html {
    html! {
        <div part="card outcome">
            <h2 id="title" part="title" tabindex="-1">{ heading }</h2>
            <p part="message">{ message }</p>
            <div>{ more }</div>
        </div>
    }
}

fn button(action: &'static str, label: &'static str, onclick: Callback<MouseEvent>) -> Html {
    html! { <button type="button" part="button next" data-action={action} {onclick}>{ label }</button> }
}
