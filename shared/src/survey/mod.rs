//! The survey: its definition, what a member submits, and the tallies that a submission adds to.

mod answer;
mod benefit;
mod condition;
mod definition;
pub mod documents;
mod draft;
mod labels;
mod localised;
mod problem;
mod respondent;
mod rules;
pub mod shuffle;
mod standard;
mod standard_translations;
mod submission;
mod tally;
mod translation;

pub use answer::{Answer, AnswerDraft, text_problem};
pub use benefit::Benefit;
pub use condition::{Condition, Given, Test};
pub use definition::SurveyDefinition;
pub use draft::{Choice, Lines, Question, QuestionKind, SurveyDraft, TranslatedQuestion, Translation};
pub use localised::LocalisedSurvey;
pub use problem::{Problem, ProblemCode};
pub use respondent::{Correction, corrections};
pub use standard::standard_survey;
pub use submission::Submission;
pub use tally::{Cell, GivenChoice, Subject, cells_of, pairs_of};

/// Maximum number of questions in a survey, and so of answers in a submission.
pub const MAX_QUESTIONS: usize = 100;
/// Maximum number of characters in one text answer.
pub const MAX_TEXT_CHARS: usize = 5_000;
/// Maximum number of bytes in one text answer, in UTF-8.
pub const MAX_TEXT_BYTES: usize = 20 * 1024;
