//! What crosses between the member and the community: the survey one way, answers and results the other.

use valuemap_shared::ids::SubmissionId;
use valuemap_shared::survey::{AnswerDraft, Benefit, Question};

/// One published version of a survey, as a site shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Survey {
    pub version: String,
    pub title: String,
    pub questions: Vec<Question>,
}

/// What the member has put in so far, complete or not.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    Number(u8),
    Text(String),
    /// Keys of choices, in the order of the question.
    Choices(Vec<String>),
}

/// All that is sent: the same however often it is tried.
#[derive(Clone, Debug, PartialEq)]
pub struct Submission {
    pub id: SubmissionId,
    pub version: String,
    pub answers: Vec<AnswerDraft>,
}

/// The server has the answers, and keeps them.
#[derive(Clone, Debug, PartialEq)]
pub struct Receipt {
    pub id: String,
    pub results: Option<Results>,
}

/// What the community as a whole has said so far.
#[derive(Clone, Debug, PartialEq)]
pub struct Results {
    /// A quarter: `2026-Q4`.
    pub period: String,
    pub benefits: Vec<BenefitResult>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct BenefitResult {
    pub benefit: Benefit,
    /// 0 to 100, or nothing while there are too few answers.
    pub value: Option<usize>,
    pub answers: usize,
}

impl Answer {
    /// Says nothing, and so counts as not given.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Number(_) => false,
            Self::Text(text) => text.trim().is_empty(),
            Self::Choices(chosen) => chosen.is_empty(),
        }
    }

    pub fn into_draft(self, question: &str) -> AnswerDraft {
        let draft = AnswerDraft { question: question.to_owned(), ..AnswerDraft::default() };
        match self {
            Self::Number(number) => AnswerDraft { number: Some(number.into()), ..draft },
            Self::Text(text) => AnswerDraft { text: Some(text), ..draft },
            Self::Choices(chosen) => AnswerDraft { choices: Some(chosen), ..draft },
        }
    }
}
