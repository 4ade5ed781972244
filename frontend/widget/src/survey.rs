//! What crosses between the member and the community: the survey one way, answers and results the other.

use valuemap_shared::ids::SubmissionId;
use valuemap_shared::survey::{AnswerDraft, Benefit, Choice, Given, Question, QuestionKind, shuffle};

/// One published version of a survey, as one member sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Survey {
    /// The key of the site that it stands on.
    pub site: String,
    pub version: String,
    pub title: String,
    /// At least one.
    pub questions: Vec<Question>,
    /// What the order of shuffled choices is made up of.
    pub seed: u32,
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
    pub answers: Vec<AnswerDraft>,
}

/// The server has the answers, and keeps them.
#[derive(Clone, Debug, PartialEq)]
pub struct Receipt {
    /// None of a preview, which sends nothing.
    pub id: Option<String>,
    pub results: Option<Results>,
}

/// What the community as a whole has said so far.
#[derive(Clone, Debug, PartialEq)]
pub struct Results {
    /// A quarter: `2026-Q4`.
    pub period: String,
    pub benefits: Vec<BenefitResult>,
    /// The newest first.
    pub follow_ups: Vec<FollowUp>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct BenefitResult {
    pub benefit: Benefit,
    /// 0 to 100, or nothing while there are too few answers.
    pub value: Option<usize>,
    pub answers: usize,
}

/// What the organisation did with what it heard.
#[derive(Clone, Debug, PartialEq)]
pub struct FollowUp {
    pub heard: String,
    pub done: String,
}

impl Survey {
    /// The choices of the question at a position, in the order in which this member sees them.
    pub fn shown_choices(&self, position: usize) -> Vec<&Choice> {
        match &self.questions[position].kind {
            QuestionKind::SingleChoice { choices, shuffled } | QuestionKind::MultipleChoice { choices, shuffled } => {
                if *shuffled {
                    let order = shuffle::order(choices.len(), self.seed.wrapping_add(position as u32));
                    order.into_iter().map(|index| &choices[index]).collect()
                } else {
                    choices.iter().collect()
                }
            }
            _ => Vec::new(),
        }
    }

    /// The answer to the question at a position, as it is sent.
    pub fn draft(&self, position: usize, answer: Answer) -> AnswerDraft {
        let question = &self.questions[position];
        let draft = AnswerDraft { question: question.key.clone(), ..AnswerDraft::default() };
        match answer {
            Answer::Number(number) => AnswerDraft { number: Some(number.into()), ..draft },
            Answer::Text(text) => AnswerDraft { text: Some(text), ..draft },
            Answer::Choices(chosen) => {
                let shown = || self.shown_choices(position).into_iter().map(|choice| choice.key.clone()).collect();
                AnswerDraft { choices: Some(chosen), order: is_shuffled(question).then(shown), ..draft }
            }
        }
    }
}

fn is_shuffled(question: &Question) -> bool {
    use QuestionKind::{MultipleChoice, SingleChoice};
    matches!(question.kind, SingleChoice { shuffled: true, .. } | MultipleChoice { shuffled: true, .. })
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

    /// As conditions of later questions look at it.
    pub fn given(&self) -> Option<Given<'_>> {
        Some(match self {
            _ if self.is_blank() => return None,
            Self::Number(number) => Given::Number(*number),
            Self::Text(_) => Given::Text,
            Self::Choices(chosen) => Given::Choices(chosen),
        })
    }
}
