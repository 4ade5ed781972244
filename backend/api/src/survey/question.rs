//! Questions on the wire: as they are read, and as they are drafted.

use async_graphql::{Enum, InputObject, OneofObject, SimpleObject};
use valuemap_shared::survey as domain;

use crate::wire::results::Benefit;

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
    /// Maximum number of characters of a text; null for other kinds.
    max_length: Option<u16>,
    /// How much room a text gets; null for other kinds.
    lines: Option<Lines>,
    /// Each member sees the choices in an order of their own.
    shuffled: bool,
    /// What can be chosen; empty for other kinds.
    choices: Vec<Choice>,
    /// Null where everybody is asked.
    ask_if: Option<AskIf>,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::Lines")]
pub enum Lines {
    One,
    Several,
}

/// The question is asked only of those whose answer to an earlier question passes one test. Who did not answer that
/// one, or was not asked it, is not asked this one.
#[derive(Clone, Default, SimpleObject)]
pub struct AskIf {
    /// The key of the earlier question.
    question: String,
    /// This point of its scale, or a higher one.
    at_least: Option<u8>,
    /// This point of its scale, or a lower one.
    at_most: Option<u8>,
    /// Any of these choices, by their keys.
    any_of: Option<Vec<String>>,
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

impl From<domain::Choice> for Choice {
    fn from(choice: domain::Choice) -> Self {
        Self { key: choice.key, label: choice.label }
    }
}

impl From<Choice> for domain::Choice {
    fn from(choice: Choice) -> Self {
        Self { key: choice.key, label: choice.label }
    }
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
            lines: None,
            shuffled: false,
            choices: Vec::new(),
            ask_if: question.ask_if.clone().map(AskIf::from),
        };
        let labelled = |choices: Vec<domain::Choice>| choices.into_iter().map(Choice::from).collect();
        match question.kind {
            domain::QuestionKind::Agreement { points, benefit, reversed } => Self {
                points: Some(points),
                benefit: benefit.map(Benefit::from),
                reversed,
                ..plain(QuestionKind::Agreement)
            },
            domain::QuestionKind::Recommendation => plain(QuestionKind::Recommendation),
            domain::QuestionKind::Text { max_chars, lines } => {
                Self { max_length: Some(max_chars), lines: Some(lines.into()), ..plain(QuestionKind::Text) }
            }
            domain::QuestionKind::SingleChoice { choices, shuffled } => {
                Self { choices: labelled(choices), shuffled, ..plain(QuestionKind::SingleChoice) }
            }
            domain::QuestionKind::MultipleChoice { choices, shuffled } => {
                Self { choices: labelled(choices), shuffled, ..plain(QuestionKind::MultipleChoice) }
            }
        }
    }
}

impl From<domain::Condition> for AskIf {
    fn from(condition: domain::Condition) -> Self {
        let of = Self { question: condition.question, ..Self::default() };
        match condition.test {
            domain::Test::AtLeast(point) => Self { at_least: Some(point), ..of },
            domain::Test::AtMost(point) => Self { at_most: Some(point), ..of },
            domain::Test::AnyOf(keys) => Self { any_of: Some(keys), ..of },
        }
    }
}

#[derive(InputObject)]
pub struct QuestionInput {
    /// Lower-case letters, digits and `_`.
    key: String,
    prompt: String,
    /// Has to be answered wherever it is asked.
    #[graphql(default)]
    required: bool,
    /// Asks the question only after a certain answer to an earlier one; leave it out to ask everybody.
    ask_if: Option<AskIfInput>,
    kind: QuestionKindInput,
}

#[derive(InputObject)]
pub struct AskIfInput {
    /// The key of an earlier question.
    question: String,
    test: TestInput,
}

/// What the answer to the earlier question has to pass.
#[derive(OneofObject)]
pub enum TestInput {
    /// This point of its scale, or a higher one.
    AtLeast(u8),
    /// This point of its scale, or a lower one.
    AtMost(u8),
    /// Any of these choices, by their keys.
    AnyOf(Vec<String>),
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
    #[graphql(default_with = "Lines::Several")]
    lines: Lines,
}

#[derive(InputObject)]
pub struct ChoicesInput {
    choices: Vec<Choice>,
    /// Shows the choices to each member in an order of their own, and records it.
    #[graphql(default)]
    shuffled: bool,
}

impl From<AskIfInput> for domain::Condition {
    fn from(input: AskIfInput) -> Self {
        let test = match input.test {
            TestInput::AtLeast(point) => domain::Test::AtLeast(point),
            TestInput::AtMost(point) => domain::Test::AtMost(point),
            TestInput::AnyOf(keys) => domain::Test::AnyOf(keys),
        };
        Self { question: input.question, test }
    }
}

impl From<QuestionInput> for domain::Question {
    fn from(input: QuestionInput) -> Self {
        let choices = |choices: Vec<Choice>| choices.into_iter().map(domain::Choice::from).collect();
        let kind = match input.kind {
            QuestionKindInput::Agreement(AgreementInput { points, benefit, reversed }) => {
                domain::QuestionKind::Agreement { points, benefit: benefit.map(domain::Benefit::from), reversed }
            }
            QuestionKindInput::Recommendation(RecommendationInput { scale: RecommendationScale::ZeroToTen }) => {
                domain::QuestionKind::Recommendation
            }
            QuestionKindInput::Text(TextInput { max_length, lines }) => {
                domain::QuestionKind::Text { max_chars: max_length, lines: lines.into() }
            }
            QuestionKindInput::SingleChoice(input) => {
                domain::QuestionKind::SingleChoice { choices: choices(input.choices), shuffled: input.shuffled }
            }
            QuestionKindInput::MultipleChoice(input) => {
                domain::QuestionKind::MultipleChoice { choices: choices(input.choices), shuffled: input.shuffled }
            }
        };
        let ask_if = input.ask_if.map(domain::Condition::from);
        Self { key: input.key, prompt: input.prompt, required: input.required, ask_if, kind }
    }
}
