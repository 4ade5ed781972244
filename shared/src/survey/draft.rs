use super::{Benefit, Condition};

/// What somebody wrote as a survey, before it is checked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct SurveyDraft {
    /// What the texts are in: a BCP 47 tag in lower case.
    #[cfg_attr(feature = "serde", serde(default = "english"))]
    pub language: String,
    pub title: String,
    pub questions: Vec<Question>,
    #[cfg_attr(feature = "serde", serde(default))]
    pub translations: Vec<Translation>,
}

impl Default for SurveyDraft {
    fn default() -> Self {
        Self { language: english(), title: String::new(), questions: Vec::new(), translations: Vec::new() }
    }
}

fn english() -> String {
    "en".to_owned()
}

#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Question {
    /// Names the question in answers, files and tallies: lower-case letters, digits and `_`, at most 64.
    pub key: String,
    pub prompt: String,
    /// Has to be answered wherever it is asked.
    pub required: bool,
    /// Asked only of those whose earlier answer passes; of everybody where there is none.
    #[cfg_attr(feature = "serde", serde(default))]
    pub ask_if: Option<Condition>,
    pub kind: QuestionKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)
)]
pub enum QuestionKind {
    /// How far the member agrees, from 1 (not at all) to `points`.
    Agreement {
        /// 2 to 11.
        points: u8,
        /// The benefit that the answer is evidence for.
        #[cfg_attr(feature = "serde", serde(default))]
        benefit: Option<Benefit>,
        /// Agreeing counts against the benefit ("I never learn anything here").
        #[cfg_attr(feature = "serde", serde(default))]
        reversed: bool,
    },
    /// Would the member recommend the community, 0 to 10 (Net Promoter Score; Reichheld 2003).
    Recommendation,
    /// An open answer of at most `max_chars` characters.
    Text {
        max_chars: u16,
        #[cfg_attr(feature = "serde", serde(default))]
        lines: Lines,
    },
    /// Exactly one of the choices.
    SingleChoice {
        choices: Vec<Choice>,
        /// Each member sees the choices in an order of their own.
        #[cfg_attr(feature = "serde", serde(default))]
        shuffled: bool,
    },
    /// Any of the choices, at least one.
    MultipleChoice {
        choices: Vec<Choice>,
        #[cfg_attr(feature = "serde", serde(default))]
        shuffled: bool,
    },
}

/// How much room an open answer gets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Lines {
    One,
    #[default]
    Several,
}

#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Choice {
    pub key: String,
    pub label: String,
}

/// All texts of a survey in one more language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Translation {
    /// A BCP 47 tag in lower case: `de`, `pt-br`.
    pub language: String,
    pub title: String,
    pub questions: Vec<TranslatedQuestion>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct TranslatedQuestion {
    /// The key of the question.
    pub key: String,
    pub prompt: String,
    #[cfg_attr(feature = "serde", serde(default))]
    pub choices: Vec<Choice>,
}
