use std::fmt;

/// What is wrong with one part of an input. A parser reports every problem it finds, not the first.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Problem {
    /// Where, in the input as it was sent: `answers.2.number`.
    pub path: String,
    pub code: ProblemCode,
    /// What was wrong and what to do, for a person.
    pub message: String,
}

impl Problem {
    pub fn new(path: impl Into<String>, code: ProblemCode, message: impl Into<String>) -> Self {
        Self { path: path.into(), code, message: message.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.message)
    }
}

/// What kind of problem it is, for a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "SCREAMING_SNAKE_CASE"))]
pub enum ProblemCode {
    /// The survey has no such question, or the question no such choice.
    Unknown,
    /// Something that has to be there is not.
    Missing,
    /// Something that must not be there is.
    Unexpected,
    /// A number outside of its scale.
    OutOfRange,
    /// Too long, too short, too many or too few.
    Size,
    /// The same thing twice.
    Duplicate,
    /// A text that cannot be stored, or a value of the wrong kind.
    Malformed,
}
