use std::collections::{BTreeMap, BTreeSet};

use super::labels::{check_label, shortened};
use super::translation::check_translations;
use super::{
    Choice, Condition, MAX_QUESTIONS, MAX_TEXT_CHARS, Problem, ProblemCode, Question, QuestionKind, SurveyDraft, Test,
};

/// Every rule of a survey that the draft breaks.
pub fn check(draft: &SurveyDraft) -> Vec<Problem> {
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
        if let Some(condition) = &question.ask_if {
            check_condition(&format!("{path}.askIf"), condition, &draft.questions, index, &mut problems);
        }
    }
    check_translations(draft, &mut problems);
    problems
}

fn check_condition(
    path: &str,
    condition: &Condition,
    questions: &[Question],
    index: usize,
    problems: &mut Vec<Problem>,
) {
    let mut report = |field: &str, code, message: String| {
        problems.push(Problem::new(format!("{path}{field}"), code, message));
    };
    if index == 0 {
        let message = "the first question is asked of everybody, so it has no condition".to_owned();
        return report("", ProblemCode::Unexpected, message);
    }
    let named = &condition.question;
    let Some(named_index) = questions.iter().position(|question| question.key == *named) else {
        return report(
            ".question",
            ProblemCode::Unknown,
            format!("this survey has no question `{}`", shortened(named)),
        );
    };
    if named_index >= index {
        let which = if named_index == index { "is the question itself" } else { "comes later" };
        let message = format!("`{named}` {which}; a condition names an earlier question");
        return report(".question", ProblemCode::Malformed, message);
    }
    let kind = &questions[named_index].kind;
    match &condition.test {
        Test::AtLeast(threshold) | Test::AtMost(threshold) => {
            let field = if matches!(condition.test, Test::AtLeast(_)) { ".atLeast" } else { ".atMost" };
            let (low, high) = match kind {
                QuestionKind::Agreement { points, .. } => (1, *points),
                QuestionKind::Recommendation => (0, 10),
                _ => {
                    let message = format!("`{named}` has no scale; atLeast and atMost test points of a scale");
                    return report(field, ProblemCode::Malformed, message);
                }
            };
            if !(low..=high).contains(threshold) {
                let message = format!("{threshold} is not on the scale of `{named}`, {low} to {high}");
                report(field, ProblemCode::OutOfRange, message);
            }
        }
        Test::AnyOf(keys) => {
            let (QuestionKind::SingleChoice { choices, .. } | QuestionKind::MultipleChoice { choices, .. }) = kind
            else {
                let message = format!("`{named}` has no choices; anyOf tests what was chosen");
                return report(".anyOf", ProblemCode::Malformed, message);
            };
            if keys.is_empty() {
                report(".anyOf", ProblemCode::Missing, "name at least one choice".into());
            }
            for (index, key) in keys.iter().enumerate() {
                if !choices.iter().any(|choice| choice.key == *key) {
                    let message = format!("`{named}` has no choice `{}`", shortened(key));
                    report(&format!(".anyOf.{index}"), ProblemCode::Unknown, message);
                } else if keys[..index].contains(key) {
                    report(&format!(".anyOf.{index}"), ProblemCode::Duplicate, format!("`{key}` is named twice"));
                }
            }
        }
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
        QuestionKind::Text { max_chars, .. } => {
            if *max_chars == 0 || usize::from(*max_chars) > MAX_TEXT_CHARS {
                let message = format!("an open answer allows 1 to {MAX_TEXT_CHARS} characters, not {max_chars}");
                problems.push(Problem::new(format!("{path}.maxLength"), ProblemCode::OutOfRange, message));
            }
        }
        QuestionKind::SingleChoice { choices, .. } | QuestionKind::MultipleChoice { choices, .. } => {
            check_choices(path, choices, problems);
        }
    }
}

fn check_choices(path: &str, choices: &[Choice], problems: &mut Vec<Problem>) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::survey::{Benefit, Lines, SurveyDefinition, standard_survey};

    fn agreement(key: &str, points: u8) -> Question {
        Question {
            key: key.into(),
            prompt: "I agree.".into(),
            required: false,
            ask_if: None,
            kind: QuestionKind::Agreement { points, benefit: Some(Benefit::ProductKnowledge), reversed: false },
        }
    }

    fn check(questions: Vec<Question>, expected: &[(&str, ProblemCode)]) {
        let outcome =
            SurveyDefinition::parse(SurveyDraft { title: "Survey".into(), questions, ..SurveyDraft::default() });
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
    fn the_standard_survey_speaks_six_languages() {
        let survey = standard_survey();
        let mut prompts = BTreeSet::new();
        for language in ["en", "de", "fr", "es", "ja", "ar"] {
            let localised = survey.localised(Some(language));
            assert_eq!(localised.language, language);
            prompts.extend(localised.questions.into_iter().map(|question| question.prompt));
        }
        assert_eq!(prompts.len(), 6 * survey.questions().len());
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
        let one_choice = QuestionKind::SingleChoice {
            choices: vec![Choice { key: "a".into(), label: " ".into() }],
            shuffled: false,
        };
        check(
            vec![Question { kind: one_choice, prompt: "x".repeat(501), ..agreement("pick", 5) }],
            &[
                ("questions.0.prompt", ProblemCode::Size),
                ("questions.0.choices", ProblemCode::Size),
                ("questions.0.choices.0.label", ProblemCode::Missing),
            ],
        );
    }

    fn asked_if(question: &str, test: Test) -> Question {
        let condition = Condition { question: question.into(), test };
        Question { ask_if: Some(condition), ..agreement("asked", 5) }
    }

    fn check_condition(question: &str, test: Test, expected: &[(&str, ProblemCode)]) {
        let choices = ["a", "b"].map(|key| Choice { key: key.into(), label: key.into() }).to_vec();
        let pick = QuestionKind::SingleChoice { choices, shuffled: false };
        let text = QuestionKind::Text { max_chars: 10, lines: Lines::One };
        let questions = vec![
            agreement("scale", 5),
            Question { kind: QuestionKind::Recommendation, ..agreement("recommend", 5) },
            Question { kind: pick, ..agreement("pick", 5) },
            Question { kind: text, ..agreement("text", 5) },
            asked_if(question, test),
            agreement("later", 5),
        ];
        check(questions, expected);
    }

    #[test]
    fn a_condition_names_an_earlier_question_of_a_fitting_kind() {
        check(vec![asked_if("asked", Test::AtLeast(1))], &[("questions.0.askIf", ProblemCode::Unexpected)]);
        for (question, code) in
            [("nobody", ProblemCode::Unknown), ("later", ProblemCode::Malformed), ("asked", ProblemCode::Malformed)]
        {
            check_condition(question, Test::AtLeast(3), &[("questions.4.askIf.question", code)]);
        }
        check_condition("scale", Test::AtLeast(5), &[]);
        check_condition("recommend", Test::AtMost(0), &[]);
        check_condition("scale", Test::AtMost(0), &[("questions.4.askIf.atMost", ProblemCode::OutOfRange)]);
        check_condition("scale", Test::AtLeast(6), &[("questions.4.askIf.atLeast", ProblemCode::OutOfRange)]);
        check_condition("recommend", Test::AtLeast(11), &[("questions.4.askIf.atLeast", ProblemCode::OutOfRange)]);
        check_condition("pick", Test::AtLeast(1), &[("questions.4.askIf.atLeast", ProblemCode::Malformed)]);
        check_condition("text", Test::AnyOf(vec!["a".into()]), &[("questions.4.askIf.anyOf", ProblemCode::Malformed)]);
        check_condition("pick", Test::AnyOf(vec!["a".into(), "b".into()]), &[]);
        check_condition("pick", Test::AnyOf(vec![]), &[("questions.4.askIf.anyOf", ProblemCode::Missing)]);
        check_condition(
            "pick",
            Test::AnyOf(vec!["a".into(), "z".into(), "a".into()]),
            &[
                ("questions.4.askIf.anyOf.1", ProblemCode::Unknown),
                ("questions.4.askIf.anyOf.2", ProblemCode::Duplicate),
            ],
        );
    }
}
