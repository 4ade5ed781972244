use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;

use super::{
    MAX_QUESTIONS, MAX_TEXT_BYTES, MAX_TEXT_CHARS, Problem, ProblemCode, Question, QuestionKind, SurveyDefinition,
};

/// One answer as it was sent, before it is checked. Exactly one of `number`, `text` and `choices` is to be set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct AnswerDraft {
    pub question: String,
    pub number: Option<i64>,
    pub text: Option<String>,
    pub choices: Option<Vec<String>>,
}

/// An answer that fits its question.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Answer {
    /// A point of an agreement or recommendation scale.
    Number(u8),
    /// Neither empty nor too long, without NUL, in Unicode normalisation form C.
    Text(String),
    /// Keys of choices, in the order of the question, each once.
    Choices(Vec<String>),
}

/// What one member said, valid for one survey: the only way to one is [`Submission::parse`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Submission {
    answers: Vec<(String, Answer)>,
}

impl Submission {
    /// Checks all answers against the survey and reports every problem, each with the path of the answer.
    ///
    /// An open answer of nothing but white space counts as not given.
    pub fn parse(survey: &SurveyDefinition, drafts: &[AnswerDraft]) -> Result<Self, Vec<Problem>> {
        if drafts.len() > MAX_QUESTIONS {
            let message = format!("{} answers were sent; at most {MAX_QUESTIONS} are allowed", drafts.len());
            return Err(vec![Problem::new("answers", ProblemCode::Size, message)]);
        }
        let mut problems = Vec::new();
        let mut answers: Vec<(usize, Answer)> = Vec::new();
        let mut seen = BTreeSet::new();
        for (index, draft) in drafts.iter().enumerate() {
            let path = format!("answers.{index}");
            let Some(place) = survey.questions().iter().position(|question| question.key == draft.question) else {
                let message = format!("this survey has no question `{}`", shortened(&draft.question));
                problems.push(Problem::new(format!("{path}.question"), ProblemCode::Unknown, message));
                continue;
            };
            if !seen.insert(place) {
                let message = format!("`{}` is answered twice", draft.question);
                problems.push(Problem::new(format!("{path}.question"), ProblemCode::Duplicate, message));
                continue;
            }
            match parse_answer(&survey.questions()[place], draft) {
                Ok(Some(answer)) => answers.push((place, answer)),
                Ok(None) => {}
                Err((field, code, message)) => {
                    let path = if field.is_empty() { path } else { format!("{path}.{field}") };
                    problems.push(Problem::new(path, code, message));
                }
            }
        }
        for (place, question) in survey.questions().iter().enumerate() {
            let blank = seen.contains(&place) && !answers.iter().any(|(answered, _)| *answered == place);
            if question.required && (!seen.contains(&place) || (blank && problems.is_empty())) {
                let message = format!("`{}` has to be answered", question.key);
                problems.push(Problem::new("answers", ProblemCode::Missing, message));
            }
        }
        if problems.is_empty() && answers.is_empty() {
            problems.push(Problem::new("answers", ProblemCode::Missing, "at least one question has to be answered"));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        answers.sort_by_key(|(place, _)| *place);
        let named = |(place, answer): (usize, Answer)| (survey.questions()[place].key.clone(), answer);
        Ok(Self { answers: answers.into_iter().map(named).collect() })
    }

    /// The answers with their questions' keys, in the order of the survey.
    pub fn answers(&self) -> &[(String, Answer)] {
        &self.answers
    }
}

/// The rules of every text that a member types, whatever the question: says what is wrong, or nothing.
pub fn text_problem(text: &str, max_chars: usize) -> Option<(ProblemCode, String)> {
    let length = text.chars().count();
    if text.contains('\0') {
        Some((ProblemCode::Malformed, "the text contains the NUL character, which cannot be stored".into()))
    } else if length > max_chars.min(MAX_TEXT_CHARS) {
        let most = max_chars.min(MAX_TEXT_CHARS);
        Some((ProblemCode::Size, format!("the text has {length} characters; at most {most} are allowed")))
    } else if text.len() > MAX_TEXT_BYTES {
        Some((ProblemCode::Size, format!("the text has {} bytes; at most {MAX_TEXT_BYTES} are allowed", text.len())))
    } else {
        None
    }
}

type Refusal = (&'static str, ProblemCode, String);

fn parse_answer(question: &Question, draft: &AnswerDraft) -> Result<Option<Answer>, Refusal> {
    let given = [draft.number.is_some(), draft.text.is_some(), draft.choices.is_some()];
    if given.iter().filter(|given| **given).count() != 1 {
        let message = "give exactly one of number, text and choices".to_owned();
        return Err(("", ProblemCode::Malformed, message));
    }
    match &question.kind {
        QuestionKind::Agreement { points, .. } => number_within(draft, 1, *points),
        QuestionKind::Recommendation => number_within(draft, 0, 10),
        QuestionKind::Text { max_chars } => {
            let text = draft.text.as_ref().ok_or_else(|| wrong_kind("text"))?;
            let text: String = text.nfc().collect();
            let text = text.trim();
            if let Some((code, message)) = text_problem(text, usize::from(*max_chars)) {
                return Err(("text", code, message));
            }
            Ok((!text.is_empty()).then(|| Answer::Text(text.to_owned())))
        }
        QuestionKind::SingleChoice { choices } => {
            let chosen = parse_choices(draft, choices)?;
            if chosen.len() == 1 {
                Ok(Some(Answer::Choices(chosen)))
            } else {
                Err(("choices", ProblemCode::Size, format!("choose exactly one, not {}", chosen.len())))
            }
        }
        QuestionKind::MultipleChoice { choices } => {
            let chosen = parse_choices(draft, choices)?;
            Ok((!chosen.is_empty()).then_some(Answer::Choices(chosen)))
        }
    }
}

fn number_within(draft: &AnswerDraft, low: u8, high: u8) -> Result<Option<Answer>, Refusal> {
    let number = draft.number.ok_or_else(|| wrong_kind("number"))?;
    match u8::try_from(number) {
        Ok(number) if (low..=high).contains(&number) => Ok(Some(Answer::Number(number))),
        _ => Err(("number", ProblemCode::OutOfRange, format!("{number} is not on the scale from {low} to {high}"))),
    }
}

fn parse_choices(draft: &AnswerDraft, choices: &[super::Choice]) -> Result<Vec<String>, Refusal> {
    let chosen = draft.choices.as_ref().ok_or_else(|| wrong_kind("choices"))?;
    if let Some(unknown) = chosen.iter().find(|key| !choices.iter().any(|choice| choice.key == **key)) {
        let message = format!("the question has no choice `{}`", shortened(unknown));
        return Err(("choices", ProblemCode::Unknown, message));
    }
    if chosen.iter().collect::<BTreeSet<_>>().len() < chosen.len() {
        return Err(("choices", ProblemCode::Duplicate, "a choice is given twice".into()));
    }
    Ok(choices.iter().map(|choice| choice.key.clone()).filter(|key| chosen.contains(key)).collect())
}

fn wrong_kind(field: &str) -> Refusal {
    ("", ProblemCode::Malformed, format!("this question is answered with `{field}`"))
}

fn shortened(text: &str) -> String {
    text.chars().take(64).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::survey::{Choice, SurveyDraft, standard_survey};

    fn number(question: &str, number: i64) -> AnswerDraft {
        AnswerDraft { question: question.into(), number: Some(number), ..AnswerDraft::default() }
    }

    fn text(question: &str, text: &str) -> AnswerDraft {
        AnswerDraft { question: question.into(), text: Some(text.into()), ..AnswerDraft::default() }
    }

    fn choices(question: &str, choices: &[&str]) -> AnswerDraft {
        let choices = choices.iter().map(|key| (*key).to_owned()).collect();
        AnswerDraft { question: question.into(), choices: Some(choices), ..AnswerDraft::default() }
    }

    fn check(survey: &SurveyDefinition, drafts: &[AnswerDraft], expected: &[(&str, ProblemCode)]) {
        let found = Submission::parse(survey, drafts).err().unwrap_or_default();
        let found: Vec<_> = found.iter().map(|problem| (problem.path.as_str(), problem.code)).collect();
        assert_eq!(found, expected);
    }

    fn survey_of_choices() -> SurveyDefinition {
        let options = ["a", "b", "c"].map(|key| Choice { key: key.into(), label: key.into() }).to_vec();
        let question = |key: &str, required, kind| Question { key: key.into(), prompt: key.into(), required, kind };
        let questions = vec![
            question("one", true, QuestionKind::SingleChoice { choices: options.clone() }),
            question("some", false, QuestionKind::MultipleChoice { choices: options }),
            question("why", true, QuestionKind::Text { max_chars: 10 }),
        ];
        SurveyDefinition::parse(SurveyDraft { title: "Choices".into(), questions }).unwrap()
    }

    #[test]
    fn all_problems_are_reported_at_once_each_with_its_path() {
        check(
            &standard_survey(),
            &[
                number("product_knowledge", 6),
                number("nonsense", 3),
                text("more_useful", "a\0b"),
                number("recommendation", 11),
                number("recommendation", 3),
                text("roadmap_influence", "a lot"),
                AnswerDraft { question: "peer_best_practices".into(), ..AnswerDraft::default() },
            ],
            &[
                ("answers.0.number", ProblemCode::OutOfRange),
                ("answers.1.question", ProblemCode::Unknown),
                ("answers.2.text", ProblemCode::Malformed),
                ("answers.3.number", ProblemCode::OutOfRange),
                ("answers.4.question", ProblemCode::Duplicate),
                ("answers.5", ProblemCode::Malformed),
                ("answers.6", ProblemCode::Malformed),
            ],
        );
    }

    #[test]
    fn nothing_at_all_is_not_a_submission() {
        check(&standard_survey(), &[], &[("answers", ProblemCode::Missing)]);
        check(&standard_survey(), &[text("more_useful", "  \n ")], &[("answers", ProblemCode::Missing)]);
    }

    #[test]
    fn a_required_question_is_missed_even_when_its_answer_is_blank() {
        let survey = survey_of_choices();
        check(&survey, &[text("why", " ")], &[("answers", ProblemCode::Missing)]);
        check(&survey, &[choices("one", &["b"]), text("why", " ")], &[("answers", ProblemCode::Missing)]);
        check(&survey, &[choices("one", &["b"]), text("why", "because")], &[]);
    }

    #[test]
    fn choices_are_checked_and_put_in_the_order_of_the_question() {
        let survey = survey_of_choices();
        let why = text("why", "so");
        check(&survey, &[choices("one", &["a", "b"]), why.clone()], &[("answers.0.choices", ProblemCode::Size)]);
        check(&survey, &[choices("one", &["z"]), why.clone()], &[("answers.0.choices", ProblemCode::Unknown)]);
        let twice = choices("some", &["a", "a"]);
        check(&survey, &[choices("one", &["a"]), twice, why.clone()], &[("answers.1.choices", ProblemCode::Duplicate)]);

        let drafts = [why, choices("some", &["c", "a"]), choices("one", &["b"])];
        let submission = Submission::parse(&survey, &drafts).unwrap();
        let expected = [
            ("one".to_owned(), Answer::Choices(vec!["b".into()])),
            ("some".to_owned(), Answer::Choices(vec!["a".into(), "c".into()])),
            ("why".to_owned(), Answer::Text("so".into())),
        ];
        assert_eq!(submission.answers(), expected);
    }

    #[test]
    fn text_is_stored_in_normalisation_form_c() {
        let submission = Submission::parse(&standard_survey(), &[text("more_useful", " cafe\u{301} ")]).unwrap();
        assert_eq!(submission.answers(), [("more_useful".to_owned(), Answer::Text("caf\u{e9}".into()))]);
    }

    #[test]
    fn text_has_a_limit_of_characters_and_of_bytes() {
        check(&standard_survey(), &[text("more_useful", &"x".repeat(2_000))], &[]);
        check(&standard_survey(), &[text("more_useful", &"x".repeat(2_001))], &[("answers.0.text", ProblemCode::Size)]);
        assert!(text_problem(&"\u{1f600}".repeat(5_000), 5_000).is_none());
        assert!(text_problem(&"x".repeat(5_001), 60_000).is_some());
    }

    proptest! {
        #[test]
        fn what_is_accepted_says_what_was_sent(value in any::<i64>(), comment in "\\PC{0,40}") {
            let drafts = [number("product_knowledge", value), text("more_useful", &comment)];
            match Submission::parse(&standard_survey(), &drafts) {
                Ok(submission) => {
                    prop_assert!((1..=5).contains(&value));
                    prop_assert_eq!(&submission.answers()[0].1, &Answer::Number(value as u8));
                    prop_assert_eq!(submission.answers().len(), 1 + usize::from(!comment.trim().is_empty()));
                }
                Err(problems) => {
                    prop_assert!(!(1..=5).contains(&value));
                    prop_assert_eq!(problems.len(), 1);
                }
            }
        }
    }
}
