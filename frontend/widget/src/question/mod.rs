//! One question at a time: what is asked, where the member is, and the buttons.

mod choices;
mod scale;
mod text;

use valuemap_shared::survey::{Question, QuestionKind};
use yew::prelude::*;

use crate::response::{Action, Missing, Response, Stage};
use crate::submission_id::new_submission_id;
use crate::survey::Answer;
use crate::texts;
use choices::choices;
use scale::scale;
use text::text_field;

pub fn question_form(response: &Response, on_action: &Callback<Action>) -> Html {
    let question = response.question();
    let is_last = response.is_last();
    let onsubmit = {
        let on_action = on_action.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            on_action.emit(if is_last { Action::Send(new_submission_id()) } else { Action::Next });
        })
    };
    let on_answer = on_action.reform(Action::Answer);
    let onback = on_action.reform(|_: MouseEvent| Action::Back);
    let hint = match response.stage() {
        Stage::Asking(Some(Missing::ThisAnswer)) => texts::REQUIRED,
        Stage::Asking(Some(Missing::AnyAnswer)) => texts::NOTHING_ANSWERED,
        _ => "",
    };
    let (action, label, part) = match response.is_answered() || question.required {
        _ if is_last => ("send", texts::SEND, "button next"),
        true => ("next", texts::NEXT, "button next"),
        false => ("next", texts::SKIP, "button next quiet"),
    };
    let [number, total] = response.progress();
    // Should nobody be there to stop it, a submitted form of this method leaves the page where it is.
    html! {
        <form part="card" method="dialog" novalidate=true autocomplete="off" {onsubmit}>
            <header>
                <h2 id="title" part="title">{ &response.survey().title }</h2>
                <span id="place" part="place">{ texts::place(&number, &total) }</span>
                <progress part="progress" aria-labelledby="place" max={total} value={number} />
            </header>
            <div key={&*question.key} part="question" data-question={question.key.clone()}>
                { field(question, response.answer(), &on_answer) }
            </div>
            <p id="hint" part="hint">{ hint }</p>
            <footer>
                <button type="button" part="button back quiet" data-action="back" hidden={response.place() == 0} onclick={onback}>
                    { texts::BACK }
                </button>
                <button type="submit" {part} data-action={action}>{ label }</button>
            </footer>
        </form>
    }
}

fn field(question: &Question, answer: Option<&Answer>, on_answer: &Callback<Answer>) -> Html {
    let name = AttrValue::from(question.key.clone());
    let number = if let Some(Answer::Number(number)) = answer { Some(*number) } else { None };
    let chosen = if let Some(Answer::Choices(chosen)) = answer { chosen.as_slice() } else { &[] };
    let text = if let Some(Answer::Text(text)) = answer { text } else { "" };
    let controls = match &question.kind {
        QuestionKind::Text { max_chars, .. } => return labelled(question, text_field(text, *max_chars, on_answer)),
        QuestionKind::Agreement { points, .. } => scale(&name, [1, *points], texts::AGREEMENT_ENDS, number, on_answer),
        QuestionKind::Recommendation => scale(&name, [0, 10], texts::RECOMMENDATION_ENDS, number, on_answer),
        QuestionKind::SingleChoice { choices: all, .. } => choices(&name, all, false, chosen, on_answer),
        QuestionKind::MultipleChoice { choices: all, .. } => choices(&name, all, true, chosen, on_answer),
    };
    group(question, controls)
}

fn labelled(question: &Question, control: Html) -> Html {
    html! {
        <div>
            <label for="text" part="prompt">{ &question.prompt }</label>
            <p id="note" part="note">{ texts::note(question) }</p>
            <div>{ control }</div>
        </div>
    }
}

fn group(question: &Question, controls: Html) -> Html {
    html! {
        <fieldset aria-describedby="note hint">
            <legend part="prompt">{ &question.prompt }</legend>
            <p id="note" part="note">{ texts::note(question) }</p>
            <div>{ controls }</div>
        </fieldset>
    }
}
