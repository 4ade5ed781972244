//! Questions on the wire: as they are read, and as they are drafted.

use async_graphql::{Enum, InputObject, OneofObject, SimpleObject};
use valuemap_shared::survey as domain;

use super::embed::Benefit;

#[derive(Clone, SimpleObject)]
pub struct Question {
    /// Names the question in answers and files.
    key: String,
    prompt: String,
    required: bool,
    kind: QuestionKind,
    /// The number of points of an agreement scale, which starts at 1; null for other kinds.
    points: Option<u8>,
    /// The benefit that an agreement question asks about.
    benefit: Option<Benefit>,
    /// Agreeing counts against the benefit.
    reversed: bool,
    /// Most characters of a text; null for other kinds.
    max_length: Option<u16>,
    /// What can be chosen; empty for other kinds.
    choices: Vec<Choice>,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub enum QuestionKind {
    /// A scale from 1 (not at all) to `points` (completely).
    Agreement,
    /// A scale from 0 to 10.
    Recommendation,
    Text,
    SingleChoice,
    MultipleChoice,
}

#[derive(Clone, SimpleObject, InputObject)]
#[graphql(input_name = "ChoiceInput")]
pub struct Choice {
    key: String,
    label: String,
}

impl From<domain::Question> for Question {
    fn from(question: domain::Question) -> Self {
        let plain = |kind| Self {
            key: question.key.clone(),
            prompt: question.prompt.clone(),
            required: question.required,
            kind,
            points: None,
            benefit: None,
            reversed: false,
            max_length: None,
            choices: Vec::new(),
        };
        let labelled = |choices: Vec<domain::Choice>| -> Vec<Choice> {
            choices.into_iter().map(|choice| Choice { key: choice.key, label: choice.label }).collect()
        };
        match question.kind {
            domain::QuestionKind::Agreement { points, benefit, reversed } => Self {
                points: Some(points),
                benefit: benefit.map(Benefit::from),
                reversed,
                ..plain(QuestionKind::Agreement)
            },
            domain::QuestionKind::Recommendation => plain(QuestionKind::Recommendation),
            domain::QuestionKind::Text { max_chars } => {
                Self { max_length: Some(max_chars), ..plain(QuestionKind::Text) }
            }
            domain::QuestionKind::SingleChoice { choices } => {
                Self { choices: labelled(choices), ..plain(QuestionKind::SingleChoice) }
            }
            domain::QuestionKind::MultipleChoice { choices } => {
                Self { choices: labelled(choices), ..plain(QuestionKind::MultipleChoice) }
            }
        }
    }
}

#[derive(InputObject)]
pub struct QuestionInput {
    /// Lower-case letters, digits and `_`.
    key: String,
    prompt: String,
    #[graphql(default)]
    required: bool,
    kind: QuestionKindInput,
}

/// What is asked for.
#[derive(OneofObject)]
pub enum QuestionKindInput {
    Agreement(AgreementInput),
    Recommendation(RecommendationInput),
    Text(TextInput),
    SingleChoice(ChoicesInput),
    MultipleChoice(ChoicesInput),
}

#[derive(InputObject)]
pub struct AgreementInput {
    /// 2 to 11.
    #[graphql(default = 5)]
    points: u8,
    benefit: Option<Benefit>,
    #[graphql(default)]
    reversed: bool,
}

/// The scale from 0 to 10 has nothing to choose; write `{scale: ZERO_TO_TEN}`.
#[derive(InputObject)]
pub struct RecommendationInput {
    scale: RecommendationScale,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub enum RecommendationScale {
    ZeroToTen,
}

#[derive(InputObject)]
pub struct TextInput {
    #[graphql(default = 2_000)]
    max_length: u16,
}

#[derive(InputObject)]
pub struct ChoicesInput {
    choices: Vec<Choice>,
}

impl From<QuestionInput> for domain::Question {
    fn from(input: QuestionInput) -> Self {
        let choices = |input: ChoicesInput| -> Vec<domain::Choice> {
            input.choices.into_iter().map(|choice| domain::Choice { key: choice.key, label: choice.label }).collect()
        };
        let kind = match input.kind {
            QuestionKindInput::Agreement(AgreementInput { points, benefit, reversed }) => {
                domain::QuestionKind::Agreement { points, benefit: benefit.map(domain::Benefit::from), reversed }
            }
            QuestionKindInput::Recommendation(RecommendationInput { scale: RecommendationScale::ZeroToTen }) => {
                domain::QuestionKind::Recommendation
            }
            QuestionKindInput::Text(TextInput { max_length }) => domain::QuestionKind::Text { max_chars: max_length },
            QuestionKindInput::SingleChoice(input) => domain::QuestionKind::SingleChoice { choices: choices(input) },
            QuestionKindInput::MultipleChoice(input) => {
                domain::QuestionKind::MultipleChoice { choices: choices(input) }
            }
        };
        Self { key: input.key, prompt: input.prompt, required: input.required, kind }
    }
}
