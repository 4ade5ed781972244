use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;

use super::labels::shortened;
use super::{Choice, Given, MAX_TEXT_BYTES, MAX_TEXT_CHARS, ProblemCode, Question, QuestionKind};

/// One answer as it was sent, before it is checked. Exactly one of `number`, `text` and `choices` is to be set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct AnswerDraft {
    pub question: String,
    pub number: Option<i64>,
    pub text: Option<String>,
    pub choices: Option<Vec<String>>,
    /// Keys of all choices in the order in which they were shown, where the question is shuffled.
    pub order: Option<Vec<String>>,
}

/// An answer that fits its question.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Answer {
    /// A point of an agreement or recommendation scale.
    Number(u8),
    /// Neither empty nor too long, without NUL, in Unicode normalisation form C.
    Text(String),
    /// Keys of choices, in the order of the question, each once.
    Choices(Vec<String>),
}

impl Answer {
    /// What a condition tests.
    pub fn given(&self) -> Given<'_> {
        match self {
            Self::Number(number) => Given::Number(*number),
            Self::Text(_) => Given::Text,
            Self::Choices(chosen) => Given::Choices(chosen),
        }
    }
}

/// The rules of every text that a member types, whatever the question: says what is wrong, or nothing.
pub fn text_problem(text: &str, max_chars: usize) -> Option<(ProblemCode, String)> {
    let length = text.chars().count();
    if text.contains('\0') {
        Some((ProblemCode::Malformed, "the text contains the NUL character, which cannot be stored".into()))
    } else if length > max_chars.min(MAX_TEXT_CHARS) {
        let most = max_chars.min(MAX_TEXT_CHARS);
        Some((ProblemCode::Size, format!("the text has {length} characters; at most {most} are allowed")))
    } else if text.len() > MAX_TEXT_BYTES {
        Some((ProblemCode::Size, format!("the text has {} bytes; at most {MAX_TEXT_BYTES} are allowed", text.len())))
    } else {
        None
    }
}

/// Which field of the answer, and what is wrong with it.
pub type Refusal = (&'static str, ProblemCode, String);

/// The answer, if it says anything.
pub fn parse_answer(question: &Question, draft: &AnswerDraft) -> Result<Option<Answer>, Refusal> {
    let given = [draft.number.is_some(), draft.text.is_some(), draft.choices.is_some()];
    if given.iter().filter(|given| **given).count() != 1 {
        let message = "give exactly one of number, text and choices".to_owned();
        return Err(("", ProblemCode::Malformed, message));
    }
    match &question.kind {
        QuestionKind::Agreement { points, .. } => number_within(draft, 1, *points),
        QuestionKind::Recommendation => number_within(draft, 0, 10),
        QuestionKind::Text { max_chars, .. } => {
            let text = draft.text.as_ref().ok_or_else(|| wrong_kind("text"))?;
            let text: String = text.nfc().collect();
            let text = text.trim();
            if let Some((code, message)) = text_problem(text, usize::from(*max_chars)) {
                return Err(("text", code, message));
            }
            Ok((!text.is_empty()).then(|| Answer::Text(text.to_owned())))
        }
        QuestionKind::SingleChoice { choices, .. } => {
            let chosen = parse_choices(draft, choices)?;
            if chosen.len() == 1 {
                Ok(Some(Answer::Choices(chosen)))
            } else {
                Err(("choices", ProblemCode::Size, format!("choose exactly one, not {}", chosen.len())))
            }
        }
        QuestionKind::MultipleChoice { choices, .. } => {
            let chosen = parse_choices(draft, choices)?;
            Ok((!chosen.is_empty()).then_some(Answer::Choices(chosen)))
        }
    }
}

fn number_within(draft: &AnswerDraft, low: u8, high: u8) -> Result<Option<Answer>, Refusal> {
    let number = draft.number.ok_or_else(|| wrong_kind("number"))?;
    match u8::try_from(number) {
        Ok(number) if (low..=high).contains(&number) => Ok(Some(Answer::Number(number))),
        _ => Err(("number", ProblemCode::OutOfRange, format!("{number} is not on the scale from {low} to {high}"))),
    }
}

fn parse_choices(draft: &AnswerDraft, choices: &[Choice]) -> Result<Vec<String>, Refusal> {
    let chosen = draft.choices.as_ref().ok_or_else(|| wrong_kind("choices"))?;
    if let Some(unknown) = chosen.iter().find(|key| !choices.iter().any(|choice| choice.key == **key)) {
        let message = format!("the question has no choice `{}`", shortened(unknown));
        return Err(("choices", ProblemCode::Unknown, message));
    }
    if chosen.iter().collect::<BTreeSet<_>>().len() < chosen.len() {
        return Err(("choices", ProblemCode::Duplicate, "a choice is given twice".into()));
    }
    Ok(choices.iter().map(|choice| choice.key.clone()).filter(|key| chosen.contains(key)).collect())
}

/// The order in which the choices were shown, where it was sent.
pub fn parse_order(question: &Question, draft: &AnswerDraft) -> Result<Option<Vec<String>>, Refusal> {
    let Some(order) = &draft.order else { return Ok(None) };
    let choices = match &question.kind {
        QuestionKind::SingleChoice { choices, shuffled: true }
        | QuestionKind::MultipleChoice { choices, shuffled: true } => choices,
        _ => {
            let message = format!("the choices of `{}` are not shuffled; send no order", question.key);
            return Err(("order", ProblemCode::Unexpected, message));
        }
    };
    let all: BTreeSet<&String> = choices.iter().map(|choice| &choice.key).collect();
    if order.len() != all.len() || order.iter().collect::<BTreeSet<_>>() != all {
        let message = "the order names each choice of the question once and nothing else".to_owned();
        return Err(("order", ProblemCode::Malformed, message));
    }
    Ok(Some(order.clone()))
}

fn wrong_kind(field: &str) -> Refusal {
    ("", ProblemCode::Malformed, format!("this question is answered with `{field}`"))
}
