//! What follows the last question: the sending, the thanks, or why it did not work.
//!
//! The three have one shape, so that focus stays on the heading while its words change.

use yew::prelude::*;

use crate::delivery::new_submission_id;
use crate::endpoint::{Failure, Remedy};
use crate::response::Action;
use crate::results::ResultsTable;
use crate::survey::Results;
use crate::texts;

pub fn sending() -> Html {
    panel(texts::SENDING, Html::default())
}

pub fn thanks(results: Option<&Results>) -> Html {
    let table = results.map(|results| html! { <ResultsTable results={results.clone()} /> });
    panel(texts::THANKS, html! { <><p>{ texts::ARRIVED }</p>{ table }</> })
}

pub fn failed(failure: &Failure, on_action: &Callback<Action>) -> Html {
    match failure.remedy {
        Remedy::Retry => {
            let onclick = on_action.reform(|_: MouseEvent| Action::Send(new_submission_id()));
            let retry = button("retry", texts::TRY_AGAIN, onclick);
            panel(texts::NOT_ARRIVED, html! { <><p>{ texts::KEPT }</p>{ retry }</> })
        }
        Remedy::Correct => {
            let back = button("back", texts::BACK, on_action.reform(|_: MouseEvent| Action::Back));
            panel(texts::REFUSED, html! { <><p>{ texts::CORRECT }{ " " }{ &failure.message }</p>{ back }</> })
        }
        Remedy::None if failure.code == "SUBMISSION_ID_REUSED" => {
            panel(texts::THANKS, html! { <p>{ texts::ARRIVED_BEFORE }</p> })
        }
        Remedy::None => panel(texts::REFUSED, html! { <p>{ texts::CLOSED }</p> }),
    }
}

fn panel(heading: &'static str, body: Html) -> Html {
    html! {
        <div class="card outcome" part="card outcome">
            <span class="sign" aria-hidden="true" />
            <h2 id="title" part="title" tabindex="-1">{ heading }</h2>
            { body }
        </div>
    }
}

fn button(action: &'static str, label: &'static str, onclick: Callback<MouseEvent>) -> Html {
    html! { <button type="button" class="forth" part="button next" data-action={action} {onclick}>{ label }</button> }
}
