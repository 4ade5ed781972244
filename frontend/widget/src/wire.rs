//! The JSON of the public endpoint, each way.

use valuemap_shared::survey::{AnswerDraft, Choice, Condition, Lines, Question, QuestionKind, Test};
use wasm_bindgen::{JsCast, JsValue};

use crate::json::{field, items, list, number, object, text};
use crate::response::{Failure, Remedy};
use crate::survey::{Answer, BenefitResult, FollowUp, Receipt, Results, Submission, Survey};

/// The survey as `loader.js` has put it together. Nothing if it has no question, or one of a kind that this version
/// does not know.
pub fn read_survey(survey: &JsValue) -> Option<Survey> {
    let questions = items(survey, "questions", read_question)?;
    let survey = Survey {
        site: text(survey, "site")?,
        version: text(survey, "version")?,
        title: text(survey, "title")?,
        questions,
        seed: number(survey, "seed")?,
    };
    (!survey.questions.is_empty()).then_some(survey)
}

fn read_question(question: &JsValue) -> Option<Question> {
    let choices = || {
        items(question, "choices", |choice| Some(Choice { key: text(choice, "key")?, label: text(choice, "label")? }))
    };
    let is = |name| field(question, name).is_truthy();
    let kind = match text(question, "kind")?.as_str() {
        // What an item is evidence for is not told to those who answer it.
        "AGREEMENT" => QuestionKind::Agreement { points: small(question, "points")?, benefit: None, reversed: false },
        "RECOMMENDATION" => QuestionKind::Recommendation,
        "TEXT" => QuestionKind::Text {
            max_chars: u16::try_from(number(question, "maxLength")?).ok()?,
            lines: if text(question, "lines")? == "ONE" { Lines::One } else { Lines::Several },
        },
        "SINGLE_CHOICE" => QuestionKind::SingleChoice { choices: choices()?, shuffled: is("shuffled") },
        "MULTIPLE_CHOICE" => QuestionKind::MultipleChoice { choices: choices()?, shuffled: is("shuffled") },
        _ => return None,
    };
    let condition = field(question, "askIf");
    Some(Question {
        key: text(question, "key")?,
        prompt: text(question, "prompt")?,
        required: is("required"),
        ask_if: if condition.is_object() { Some(read_condition(&condition)?) } else { None },
        kind,
    })
}

fn read_condition(condition: &JsValue) -> Option<Condition> {
    let test = if let Some(least) = small(condition, "atLeast") {
        Test::AtLeast(least)
    } else if let Some(most) = small(condition, "atMost") {
        Test::AtMost(most)
    } else {
        Test::AnyOf(items(condition, "anyOf", JsValue::as_string)?)
    };
    Some(Condition { question: text(condition, "question")?, test })
}

fn small(value: &JsValue, name: &str) -> Option<u8> {
    u8::try_from(number(value, name)?).ok()
}

/// What the member has put in before: a number, a text, or a list of chosen keys.
pub fn read_answer(answer: &JsValue) -> Option<Answer> {
    if let Some(number) = answer.as_f64() {
        Some(Answer::Number(number as u8))
    } else if let Some(text) = answer.as_string() {
        Some(Answer::Text(text))
    } else {
        let chosen = answer.dyn_ref::<js_sys::Array>()?;
        Some(Answer::Choices(chosen.iter().filter_map(|key| key.as_string()).collect()))
    }
}

pub fn submission(survey: &Survey, submission: &Submission) -> JsValue {
    let mut id = [0; 36];
    object(&[
        ("site", survey.site.as_str().into()),
        ("version", survey.version.as_str().into()),
        ("id", (&*submission.id.0.hyphenated().encode_lower(&mut id)).into()),
        ("answers", list(&submission.answers, answer)),
    ])
}

fn answer(answer: &AnswerDraft) -> JsValue {
    let keys = |keys: &[String]| list(keys, |key| key.as_str().into());
    let (name, value) = match answer {
        AnswerDraft { number: Some(number), .. } => ("number", (*number as f64).into()),
        AnswerDraft { choices: Some(choices), .. } => ("choices", keys(choices)),
        AnswerDraft { text, .. } => ("text", text.as_deref().into()),
    };
    let order = answer.order.as_deref().map_or(JsValue::UNDEFINED, keys);
    object(&[("question", answer.question.as_str().into()), (name, value), ("order", order)])
}

/// What `delivery.js` reports: the server's `data`, or what is in the way.
pub fn read_report(report: &JsValue) -> Result<Receipt, Failure> {
    let data = field(report, "data");
    if data.is_object() {
        return read_outcome(&field(&data, "submitResponse")).unwrap_or_else(|| Err(not_understood()));
    }
    let remedy = if field(report, "waiting").is_truthy() { Remedy::Patience } else { Remedy::None };
    let part = |name| text(report, name).unwrap_or_default();
    Err(Failure { code: part("code"), message: part("message"), remedy })
}

/// The receipt, or why there is none. Nothing if it is neither.
fn read_outcome(outcome: &JsValue) -> Option<Result<Receipt, Failure>> {
    let refused =
        |code: &str| Some(Failure { code: code.into(), message: text(outcome, "message")?, remedy: Remedy::None });
    Some(Err(match text(outcome, "__typename")?.as_str() {
        "Receipt" => {
            return Some(Ok(Receipt { id: text(outcome, "id"), results: read_results(&field(outcome, "results")) }));
        }
        "InvalidSubmission" => Failure {
            code: "INVALID_SUBMISSION".into(),
            message: items(outcome, "problems", |problem| text(problem, "message"))?.into_iter().next()?,
            remedy: Remedy::Correct,
        },
        "SubmissionIdReused" => refused("SUBMISSION_ID_REUSED")?,
        "AlreadyAnswered" => refused("ALREADY_ANSWERED")?,
        _ => return None,
    }))
}

fn not_understood() -> Failure {
    Failure {
        code: "NOT_UNDERSTOOD".into(),
        message: "the server's answer has another form than this version of the widget knows".into(),
        remedy: Remedy::None,
    }
}

fn read_results(results: &JsValue) -> Option<Results> {
    Some(Results {
        period: text(results, "period")?,
        benefits: items(results, "benefits", read_benefit)?,
        follow_ups: items(results, "followUps", |follow_up| {
            Some(FollowUp { heard: text(follow_up, "heard")?, done: text(follow_up, "done")? })
        })
        .unwrap_or_default(),
    })
}

fn read_benefit(result: &JsValue) -> Option<BenefitResult> {
    Some(BenefitResult {
        benefit: text(result, "benefit")?.to_ascii_lowercase().parse().ok()?,
        value: number(result, "value").map(|value| value.min(100) as usize),
        answers: number(result, "answers")? as usize,
    })
}
