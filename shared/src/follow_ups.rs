//! Follow-ups: what members said, and what the organisation did about it.

use chrono::{Days, NaiveDate};
use unicode_normalization::UnicodeNormalization;

use crate::survey::{Problem, ProblemCode, text_problem};

/// Maximum number of characters of each of the two texts.
pub const MAX_FOLLOW_UP_CHARS: usize = 500;

/// What members said and what was done about it: the only way to one is [`FollowUp::parse`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowUp {
    heard: String,
    done: String,
    on: NaiveDate,
}

impl FollowUp {
    /// Checks the texts and the day, and reports all that is wrong. Texts are stored trimmed and in normalisation form C.
    pub fn parse(heard: &str, done: &str, on: NaiveDate, today: NaiveDate) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut text = |path: &str, text: &str| {
            let text: String = text.trim().nfc().collect();
            if text.is_empty() {
                problems.push(Problem::new(path, ProblemCode::Missing, "say something"));
            } else if let Some((code, message)) = text_problem(&text, MAX_FOLLOW_UP_CHARS) {
                problems.push(Problem::new(path, code, message));
            }
            text
        };
        let (heard, done) = (text("heard", heard), text("done", done));
        // It is tomorrow already where some communities are.
        let last = today.checked_add_days(Days::new(1)).unwrap_or(today);
        if on < NaiveDate::default() || on > last {
            let message = format!("{on} is not a day from 1970 to today; members are told what was done");
            problems.push(Problem::new("on", ProblemCode::OutOfRange, message));
        }
        if problems.is_empty() { Ok(Self { heard, done, on }) } else { Err(problems) }
    }

    /// What members said.
    pub fn heard(&self) -> &str {
        &self.heard
    }

    /// What was done about it.
    pub fn done(&self) -> &str {
        &self.done
    }

    /// When it was done.
    pub fn on(&self) -> NaiveDate {
        self.on
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn check(heard: &str, done: &str, on: &str, expected: &[(&str, ProblemCode)]) {
        let found = FollowUp::parse(heard, done, day(on), day("2026-11-22")).err().unwrap_or_default();
        let found: Vec<_> = found.iter().map(|problem| (problem.path.as_str(), problem.code)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn all_problems_are_reported_at_once() {
        check("You said", "we did", "2026-11-22", &[]);
        check(
            " \n",
            &"x".repeat(501),
            "2026-11-24",
            &[("heard", ProblemCode::Missing), ("done", ProblemCode::Size), ("on", ProblemCode::OutOfRange)],
        );
        check("a\0b", &"\u{e9}".repeat(500), "1970-01-01", &[("heard", ProblemCode::Malformed)]);
        check("a", "b", "1969-12-31", &[("on", ProblemCode::OutOfRange)]);
    }

    #[test]
    fn texts_are_trimmed_and_in_normalisation_form_c() {
        let today = day("2026-11-22");
        let follow_up = FollowUp::parse(" cafe\u{301} ", "opened", day("2026-11-23"), today).unwrap();
        assert_eq!((follow_up.heard(), follow_up.done()), ("caf\u{e9}", "opened"));
    }
}
