//! The JSON of the two documents, each way.

use valuemap_shared::survey::{AnswerDraft, Choice, Lines, Question, QuestionKind};
use wasm_bindgen::JsValue;

use super::json::{field, items, list, number, object, text};
use super::{Failure, Remedy};
use crate::survey::{BenefitResult, Receipt, Results, Submission};

pub const SUBMISSION_ID_REUSED: &str = "SUBMISSION_ID_REUSED";

pub fn site(site: &str) -> JsValue {
    object(&[("site", site.into())])
}

pub fn version(site: &str, version: &str) -> JsValue {
    object(&[("site", site.into()), ("version", version.into())])
}

pub fn submission(site: &str, submission: &Submission) -> JsValue {
    let input = object(&[
        ("site", site.into()),
        ("version", submission.version.as_str().into()),
        ("id", submission.id.to_string().into()),
        ("answers", list(&submission.answers, answer)),
    ]);
    object(&[("input", input)])
}

fn answer(answer: &AnswerDraft) -> JsValue {
    let (name, value) = match answer {
        AnswerDraft { number: Some(number), .. } => ("number", (*number as f64).into()),
        AnswerDraft { choices: Some(choices), .. } => ("choices", list(choices, |key| key.as_str().into())),
        AnswerDraft { text, .. } => ("text", text.as_deref().into()),
    };
    object(&[("question", answer.question.as_str().into()), (name, value)])
}

/// The version of the survey, and its title.
pub fn read_start(data: &JsValue) -> Option<(String, String)> {
    let survey = field(data, "survey");
    Some((text(&survey, "version")?, text(&survey, "title")?))
}

/// Nothing if the survey has no question, or one of a kind that this version does not know.
pub fn read_questions(data: &JsValue) -> Option<Vec<Question>> {
    items(&field(data, "survey"), "questions", read_question).filter(|questions| !questions.is_empty())
}

fn read_question(question: &JsValue) -> Option<Question> {
    let choices = || {
        items(question, "choices", |choice| Some(Choice { key: text(choice, "key")?, label: text(choice, "label")? }))
    };
    let kind = match text(question, "kind")?.as_str() {
        "AGREEMENT" => {
            let points = u8::try_from(number(question, "points")?).ok()?;
            // What an item is evidence for is not told to those who answer it.
            QuestionKind::Agreement { points, benefit: None, reversed: false }
        }
        "RECOMMENDATION" => QuestionKind::Recommendation,
        "TEXT" => {
            QuestionKind::Text { max_chars: u16::try_from(number(question, "maxLength")?).ok()?, lines: Lines::Several }
        }
        "SINGLE_CHOICE" => QuestionKind::SingleChoice { choices: choices()?, shuffled: false },
        "MULTIPLE_CHOICE" => QuestionKind::MultipleChoice { choices: choices()?, shuffled: false },
        _ => return None,
    };
    let required = field(question, "required").is_truthy();
    Some(Question { key: text(question, "key")?, prompt: text(question, "prompt")?, required, ask_if: None, kind })
}

/// The receipt, or why there is none. Nothing if it is neither.
pub fn read_outcome(data: &JsValue) -> Option<Result<Receipt, Failure>> {
    let outcome = field(data, "submitResponse");
    let failure = match text(&outcome, "__typename")?.as_str() {
        "Receipt" => {
            return Some(Ok(Receipt { id: text(&outcome, "id")?, results: read_results(&field(&outcome, "results")) }));
        }
        "InvalidSubmission" => Failure {
            code: "INVALID_SUBMISSION".to_owned(),
            message: items(&outcome, "problems", |problem| text(problem, "message"))?.into_iter().next()?,
            remedy: Remedy::Correct,
        },
        "SubmissionIdReused" => {
            Failure { code: SUBMISSION_ID_REUSED.to_owned(), message: text(&outcome, "message")?, remedy: Remedy::None }
        }
        _ => return None,
    };
    Some(Err(failure))
}

fn read_results(results: &JsValue) -> Option<Results> {
    Some(Results { period: text(results, "period")?, benefits: items(results, "benefits", read_benefit)? })
}

fn read_benefit(result: &JsValue) -> Option<BenefitResult> {
    Some(BenefitResult {
        benefit: text(result, "benefit")?.to_ascii_lowercase().parse().ok()?,
        value: number(result, "value").map(|value| value.min(100) as usize),
        answers: number(result, "answers")? as usize,
    })
}
