use std::collections::{BTreeMap, BTreeSet};

use super::{Benefit, MAX_QUESTIONS, MAX_TEXT_CHARS, Problem, ProblemCode};

/// What somebody wrote as a survey, before it is checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct SurveyDraft {
    pub title: String,
    pub questions: Vec<Question>,
}

/// A survey whose every rule holds: the only way to one is [`SurveyDefinition::parse`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SurveyDefinition {
    title: String,
    questions: Vec<Question>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Question {
    /// Names the question in answers, files and tallies: lower-case letters, digits and `_`, at most 64.
    pub key: String,
    pub prompt: String,
    pub required: bool,
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
    Text { max_chars: u16 },
    /// Exactly one of the choices.
    SingleChoice { choices: Vec<Choice> },
    /// Any of the choices, at least one.
    MultipleChoice { choices: Vec<Choice> },
}

#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Choice {
    pub key: String,
    pub label: String,
}

impl SurveyDefinition {
    /// Checks every rule of a survey and reports all that are broken.
    pub fn parse(draft: SurveyDraft) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        check_label("title", &draft.title, 200, &mut problems);
        if draft.questions.is_empty() {
            problems.push(Problem::new("questions", ProblemCode::Missing, "a survey needs at least one question"));
        }
        if draft.questions.len() > MAX_QUESTIONS {
            let message = format!("a survey has at most {MAX_QUESTIONS} questions");
            problems.push(Problem::new("questions", ProblemCode::Size, message));
        }
        let mut keys = BTreeSet::new();
        let mut points_of_benefit = BTreeMap::new();
        for (index, question) in draft.questions.iter().enumerate() {
            let path = format!("questions.{index}");
            check_key(&path, &question.key, &mut keys, &mut problems);
            check_label(&format!("{path}.prompt"), &question.prompt, 500, &mut problems);
            check_kind(&path, &question.kind, &mut problems);
            if let QuestionKind::Agreement { points, benefit: Some(benefit), .. } = question.kind
                && *points_of_benefit.entry(benefit).or_insert(points) != points
            {
                let message = format!("all questions about {benefit} in one survey use a scale of the same length");
                problems.push(Problem::new(format!("{path}.points"), ProblemCode::OutOfRange, message));
            }
        }
        if problems.is_empty() { Ok(Self { title: draft.title, questions: draft.questions }) } else { Err(problems) }
    }

    pub fn title(&self) -> &str {
        &self.title
    }

    pub fn questions(&self) -> &[Question] {
        &self.questions
    }

    pub fn question(&self, key: &str) -> Option<&Question> {
        self.questions.iter().find(|question| question.key == key)
    }

    pub fn into_draft(self) -> SurveyDraft {
        SurveyDraft { title: self.title, questions: self.questions }
    }
}

fn check_kind(path: &str, kind: &QuestionKind, problems: &mut Vec<Problem>) {
    match kind {
        QuestionKind::Agreement { points, .. } => {
            if !(2..=11).contains(points) {
                let message = format!("an agreement scale has 2 to 11 points, not {points}");
                problems.push(Problem::new(format!("{path}.points"), ProblemCode::OutOfRange, message));
            }
        }
        QuestionKind::Recommendation => {}
        QuestionKind::Text { max_chars } => {
            if *max_chars == 0 || usize::from(*max_chars) > MAX_TEXT_CHARS {
                let message = format!("an open answer allows 1 to {MAX_TEXT_CHARS} characters, not {max_chars}");
                problems.push(Problem::new(format!("{path}.maxLength"), ProblemCode::OutOfRange, message));
            }
        }
        QuestionKind::SingleChoice { choices } | QuestionKind::MultipleChoice { choices } => {
            if !(2..=50).contains(&choices.len()) {
                let message = format!("a choice has 2 to 50 options, not {}", choices.len());
                problems.push(Problem::new(format!("{path}.choices"), ProblemCode::Size, message));
            }
            let mut keys = BTreeSet::new();
            for (index, choice) in choices.iter().enumerate() {
                let path = format!("{path}.choices.{index}");
                check_key(&path, &choice.key, &mut keys, problems);
                check_label(&format!("{path}.label"), &choice.label, 200, problems);
            }
        }
    }
}

fn check_key<'a>(path: &str, key: &'a str, seen: &mut BTreeSet<&'a str>, problems: &mut Vec<Problem>) {
    let well_formed = key.len() <= 64
        && key.starts_with(|c: char| c.is_ascii_lowercase())
        && key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !well_formed {
        let message = "a key starts with a lower-case letter and holds letters, digits and _, at most 64 of them";
        problems.push(Problem::new(format!("{path}.key"), ProblemCode::Malformed, message));
    } else if !seen.insert(key) {
        problems.push(Problem::new(format!("{path}.key"), ProblemCode::Duplicate, format!("`{key}` is used twice")));
    }
}

fn check_label(path: &str, label: &str, most: usize, problems: &mut Vec<Problem>) {
    let length = label.chars().count();
    if label.trim().is_empty() {
        problems.push(Problem::new(path, ProblemCode::Missing, "must not be empty"));
    } else if length > most {
        let message = format!("has {length} characters; at most {most} are allowed");
        problems.push(Problem::new(path, ProblemCode::Size, message));
    } else if label.contains('\0') {
        problems.push(Problem::new(path, ProblemCode::Malformed, "must not contain the NUL character"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::survey::standard_survey;

    fn agreement(key: &str, points: u8) -> Question {
        Question {
            key: key.into(),
            prompt: "I agree.".into(),
            required: false,
            kind: QuestionKind::Agreement { points, benefit: Some(Benefit::ProductKnowledge), reversed: false },
        }
    }

    fn check(questions: Vec<Question>, expected: &[(&str, ProblemCode)]) {
        let outcome = SurveyDefinition::parse(SurveyDraft { title: "Survey".into(), questions });
        let found = outcome.err().unwrap_or_default();
        let found: Vec<_> = found.iter().map(|problem| (problem.path.as_str(), problem.code)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_standard_survey_asks_about_every_benefit() {
        for benefit in Benefit::ALL {
            let asked = standard_survey().questions().iter().any(
                |question| matches!(question.kind, QuestionKind::Agreement { benefit: Some(about), .. } if about == benefit),
            );
            assert!(asked, "nothing asks about {benefit}");
        }
    }

    #[test]
    fn every_broken_rule_is_reported_with_its_path() {
        check(vec![], &[("questions", ProblemCode::Missing)]);
        check(
            vec![agreement("ok", 5), agreement("ok", 5), agreement("Not ok", 1), agreement("longer", 7)],
            &[
                ("questions.1.key", ProblemCode::Duplicate),
                ("questions.2.key", ProblemCode::Malformed),
                ("questions.2.points", ProblemCode::OutOfRange),
                ("questions.2.points", ProblemCode::OutOfRange),
                ("questions.3.points", ProblemCode::OutOfRange),
            ],
        );
        let one_choice = QuestionKind::SingleChoice { choices: vec![Choice { key: "a".into(), label: " ".into() }] };
        check(
            vec![Question { kind: one_choice, prompt: "x".repeat(501), ..agreement("pick", 5) }],
            &[
                ("questions.0.prompt", ProblemCode::Size),
                ("questions.0.choices", ProblemCode::Size),
                ("questions.0.choices.0.label", ProblemCode::Missing),
            ],
        );
    }
}
