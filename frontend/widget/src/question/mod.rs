//! One question at a time: what is asked, where the member is, and the buttons. `loader.js` draws the first one the
//! same way.

mod choices;
mod scale;
mod text;

use valuemap_shared::survey::QuestionKind;
use yew::prelude::*;

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
        Action::Next(new_submission_id())
    });
    let onback = on_action.reform(|_: MouseEvent| Action::Back);
    let hint = match response.stage() {
        Stage::Asking(Some(Missing::ThisAnswer)) => texts.say(Phrase::REQUIRED),
        Stage::Asking(Some(Missing::AnyAnswer)) => texts.say(Phrase::NOTHING_ANSWERED),
        _ => String::new(),
    };
    let (action, label, part) = match response.is_answered() || question.required {
        _ if response.is_last() => ("send", Phrase::SEND, "button next"),
        true => ("next", Phrase::NEXT, "button next"),
        false => ("next", Phrase::SKIP, "button next quiet"),
    };
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
            <p id="hint" part="hint">{ hint }</p>
            <footer>
                <button type="button" part="button back quiet" data-action="back" hidden={response.place() == 0} onclick={onback}>
                    { texts.say(Phrase::BACK) }
                </button>
                <button type="submit" {part} data-action={action}>{ texts.say(label) }</button>
            </footer>
        </form>
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
            choices(&name, all, &response.survey().shown_choices(response.place()), several, chosen, on_answer)
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
