//! One question at a time: what is asked, where the member is, and the buttons.

mod choices;
mod scale;
mod text;

use valuemap_shared::survey::{Question, QuestionKind};
use yew::prelude::*;

use crate::delivery::new_submission_id;
use crate::response::{Action, Missing, Response, Stage};
use crate::survey::Answer;
use crate::texts;
use choices::Choices;
use scale::Scale;
use text::TextField;

#[derive(Properties, PartialEq)]
pub struct QuestionFormProps {
    pub response: Response,
    pub on_action: Callback<Action>,
}

#[component]
pub fn QuestionForm(QuestionFormProps { response, on_action }: &QuestionFormProps) -> Html {
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
        Stage::Asking(Some(Missing::ThisAnswer)) => Some(texts::REQUIRED),
        Stage::Asking(Some(Missing::AnyAnswer)) => Some(texts::NOTHING_ANSWERED),
        _ => None,
    };
    let (action, label) = match () {
        () if is_last => ("send", texts::SEND),
        () if response.is_answered() || question.required => ("next", texts::NEXT),
        () => ("next", texts::SKIP),
    };
    // Should nobody be there to stop it, a submitted form of this method leaves the page where it is.
    html! {
        <form class="card" part="card" method="dialog" novalidate=true autocomplete="off" {onsubmit}>
            <header>
                <h2 id="title" part="title">{ &response.survey().title }</h2>
                { progress(response.place() + 1, response.survey().questions.len()) }
            </header>
            <div key={&*question.key} class="question" part="question" data-question={question.key.clone()}>
                { field(question, response.answer(), on_answer) }
            </div>
            <p id="hint" class="hint" part="hint">{ hint }</p>
            <footer>
                if response.place() > 0 {
                    <button type="button" class="back" part="button back" data-action="back" onclick={onback}>
                        { texts::BACK }
                    </button>
                }
                <button type="submit" class="forth" part="button next" data-action={action}>{ label }</button>
            </footer>
        </form>
    }
}

fn progress(number: usize, total: usize) -> Html {
    html! {
        <>
            <span id="place" class="place">{ texts::place(number, total) }</span>
            <progress part="progress" aria-labelledby="place" max={total.to_string()} value={number.to_string()} />
        </>
    }
}

fn field(question: &Question, answer: Option<&Answer>, on_answer: Callback<Answer>) -> Html {
    let name = question.key.clone();
    let number = if let Some(Answer::Number(number)) = answer { Some(*number) } else { None };
    let chosen = if let Some(Answer::Choices(chosen)) = answer { chosen.clone() } else { Vec::new() };
    match &question.kind {
        QuestionKind::Agreement { points, .. } => {
            let [low_end, high_end] = texts::AGREEMENT_ENDS;
            let on_choose = on_answer.reform(Answer::Number);
            group(
                question,
                html! { <Scale {name} low=1 high={*points} {low_end} {high_end} chosen={number} {on_choose} /> },
            )
        }
        QuestionKind::Recommendation => {
            let [low_end, high_end] = texts::RECOMMENDATION_ENDS;
            let on_choose = on_answer.reform(Answer::Number);
            group(question, html! { <Scale {name} low=0 high=10 {low_end} {high_end} chosen={number} {on_choose} /> })
        }
        QuestionKind::SingleChoice { choices } => {
            let (choices, on_choose) = (choices.clone(), on_answer.reform(Answer::Choices));
            group(question, html! { <Choices {name} {choices} several=false {chosen} {on_choose} /> })
        }
        QuestionKind::MultipleChoice { choices } => {
            let (choices, on_choose) = (choices.clone(), on_answer.reform(Answer::Choices));
            group(question, html! { <Choices {name} {choices} several=true {chosen} {on_choose} /> })
        }
        QuestionKind::Text { max_chars } => {
            let text = if let Some(Answer::Text(text)) = answer { text.clone() } else { String::new() };
            let on_text = on_answer.reform(Answer::Text);
            html! {
                <>
                    <label for="text" class="prompt" part="prompt">{ prompt(question) }</label>
                    <TextField {text} max_chars={*max_chars} {on_text} />
                </>
            }
        }
    }
}

fn group(question: &Question, controls: Html) -> Html {
    html! {
        <fieldset aria-describedby="hint">
            <legend class="prompt" part="prompt">{ prompt(question) }</legend>
            { controls }
        </fieldset>
    }
}

/// The question with what has to be known before answering it.
fn prompt(question: &Question) -> Html {
    let several = matches!(question.kind, QuestionKind::MultipleChoice { .. });
    html! {
        <>
            { &question.prompt }
            if several {
                <small>{ texts::CHOOSE_ANY }</small>
            }
            if question.required {
                <small>{ texts::NEEDED }</small>
            }
        </>
    }
}
