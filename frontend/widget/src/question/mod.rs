//! One question at a time: what is asked, where the member is, and the buttons. `loader.js` draws the first one the
//! same way.

mod choices;
mod scale;
mod text;

use valuemap_shared::survey::QuestionKind;
use yew::prelude::*;

use crate::json;
use crate::response::{Action, Missing, Response, Stage};
use crate::submission_id::new_submission_id;
use crate::survey::Answer;
use crate::texts::{Phrase, Texts, digits};
use choices::choices;
use scale::scale;
use text::text_field;

pub fn question_form(response: &Response, texts: &Texts, on_action: &Callback<Action>) -> Html {
    let question = response.question();
    let onsubmit = on_action.reform(|event: SubmitEvent| {
        event.prevent_default();
        // `keys.js` submits without a button.
        let go_on = if json::field(&event, "submitter").is_null() { Action::Enter } else { Action::Next };
        go_on(new_submission_id())
    });
    let onback = on_action.reform(|_: MouseEvent| Action::Back);
    let action = if response.is_last() { "send" } else { "next" };
    let part = if response.would_skip() { "button next quiet" } else { "button next" };
    let (number, total) = response.progress();
    // Should nobody be there to stop it, a submitted form of this method leaves the page where it is.
    html! {
        <form part="card" method="dialog" novalidate=true autocomplete="off" {onsubmit}>
            <header>
                <h2 id="title" part="title">{ &response.survey().title }</h2>
                <span id="place" part="place">{ texts.count(Phrase::PLACE, number, total) }</span>
                <progress part="progress" aria-labelledby="place" max={digits(total)} value={digits(number)} />
            </header>
            <div key={&*question.key} part="question" data-question={question.key.clone()}>
                { field(response, texts, &on_action.reform(Action::Answer)) }
            </div>
            <p id="hint" part="hint">{ hint(response, texts) }</p>
            <footer>
                <button type="button" part="button back quiet" data-action="back" hidden={response.index() == 0} onclick={onback}>
                    { texts.say(Phrase::BACK) }
                </button>
                <button type="submit" {part} data-action={action}>{ texts.say(next_label(response)) }</button>
            </footer>
        </form>
    }
}

fn next_label(response: &Response) -> Phrase {
    match (response.is_last(), response.would_skip()) {
        (false, false) => Phrase::NEXT,
        (false, true) => Phrase::SKIP,
        (true, false) => Phrase::SEND,
        (true, true) => Phrase::SKIP_AND_SEND,
    }
}

/// What keeps the member from going on, if anything does.
pub fn hint(response: &Response, texts: &Texts) -> String {
    let Stage::Asking(Some(missing)) = response.stage() else { return String::new() };
    match missing {
        Missing::ThisAnswer => texts.say(Phrase::REQUIRED),
        Missing::AnyAnswer => texts.say(Phrase::NOTHING_ANSWERED),
        Missing::Decision => {
            let is_text = matches!(response.question().kind, QuestionKind::Text { .. });
            let phrase = if is_text { Phrase::NOT_WRITTEN } else { Phrase::NOT_CHOSEN };
            texts.fill(phrase, "{button}", &texts.say(next_label(response)))
        }
    }
}

fn field(response: &Response, texts: &Texts, on_answer: &Callback<Answer>) -> Html {
    let question = response.question();
    let name = AttrValue::from(question.key.clone());
    let answer = response.answer();
    let number = if let Some(Answer::Number(number)) = answer { Some(*number) } else { None };
    let chosen = if let Some(Answer::Choices(chosen)) = answer { chosen.as_slice() } else { &[] };
    let ends = |low, high| [texts.say(low), texts.say(high)];
    let controls = match &question.kind {
        QuestionKind::Text { max_chars, lines } => {
            let text = if let Some(Answer::Text(text)) = answer { text } else { "" };
            return labelled(response, texts, text_field(text, *max_chars, *lines, texts, on_answer));
        }
        QuestionKind::Agreement { points, .. } => {
            scale(&name, [1, *points], ends(Phrase::AGREE_LOW, Phrase::AGREE_HIGH), number, on_answer)
        }
        QuestionKind::Recommendation => {
            scale(&name, [0, 10], ends(Phrase::RECOMMEND_LOW, Phrase::RECOMMEND_HIGH), number, on_answer)
        }
        QuestionKind::SingleChoice { choices: all, .. } | QuestionKind::MultipleChoice { choices: all, .. } => {
            let several = matches!(question.kind, QuestionKind::MultipleChoice { .. });
            choices(&name, all, &response.survey().shown_choices(response.index()), several, chosen, on_answer)
        }
    };
    html! {
        <fieldset aria-describedby="note hint">
            <legend part="prompt">{ &question.prompt }</legend>
            <p id="note" part="note">{ texts.note(question) }</p>
            <div>{ controls }</div>
        </fieldset>
    }
}

fn labelled(response: &Response, texts: &Texts, control: Html) -> Html {
    let question = response.question();
    html! {
        <div>
            <label for="text" part="prompt">{ &question.prompt }</label>
            <p id="note" part="note">{ texts.note(question) }</p>
            <div>{ control }</div>
        </div>
    }
}
