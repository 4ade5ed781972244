use super::answer::{Refusal, parse_answer, parse_order};
use super::labels::shortened;
use super::{Answer, AnswerDraft, MAX_QUESTIONS, Problem, ProblemCode, SurveyDefinition};

/// What one member said, valid for one survey: the only way to one is [`Submission::parse`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Submission {
    answers: Vec<(String, Answer)>,
    /// Left out when there are none, so that what was stored before there were any still reads the same.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    orders: Vec<(String, Vec<String>)>,
}

/// What was sent for one question.
struct Sent {
    /// The index among the drafts.
    index: usize,
    parsed: Parsed,
}

enum Parsed {
    Blank,
    Answer(Answer, Option<Vec<String>>),
    Refused,
}

impl Submission {
    /// Checks all answers against the survey and reports every problem, each with the path of the answer.
    ///
    /// An open answer of nothing but white space counts as not given. A question whose condition does not hold is not
    /// asked: it need not be answered, and must not be.
    pub fn parse(survey: &SurveyDefinition, drafts: &[AnswerDraft]) -> Result<Self, Vec<Problem>> {
        if drafts.len() > MAX_QUESTIONS {
            let message = format!("{} answers were sent; at most {MAX_QUESTIONS} are allowed", drafts.len());
            return Err(vec![Problem::new("answers", ProblemCode::Size, message)]);
        }
        let mut problems = Vec::new();
        let sent = parse_answers(survey, drafts, &mut problems);
        check_what_was_asked(survey, &sent, &mut problems);
        let (mut answers, mut orders) = (Vec::new(), Vec::new());
        for (question, sent) in survey.questions().iter().zip(sent) {
            if let Some(Sent { parsed: Parsed::Answer(answer, order), .. }) = sent {
                orders.extend(order.map(|order| (question.key.clone(), order)));
                answers.push((question.key.clone(), answer));
            }
        }
        if problems.is_empty() && answers.is_empty() {
            problems.push(Problem::new("answers", ProblemCode::Missing, "at least one question has to be answered"));
        }
        if problems.is_empty() { Ok(Self { answers, orders }) } else { Err(problems) }
    }

    /// The answers with their questions' keys, in the order of the survey.
    pub fn answers(&self) -> &[(String, Answer)] {
        &self.answers
    }

    /// The keys of all choices of a question in the order in which the member saw them, where that is known.
    pub fn order(&self, question: &str) -> Option<&[String]> {
        self.orders.iter().find(|(key, _)| key == question).map(|(_, order)| order.as_slice())
    }
}

/// What was sent for each question of the survey.
fn parse_answers(survey: &SurveyDefinition, drafts: &[AnswerDraft], problems: &mut Vec<Problem>) -> Vec<Option<Sent>> {
    let mut sent: Vec<Option<Sent>> = survey.questions().iter().map(|_| None).collect();
    for (index, draft) in drafts.iter().enumerate() {
        let path = format!("answers.{index}");
        let Some(position) = survey.questions().iter().position(|question| question.key == draft.question) else {
            let message = format!("this survey has no question `{}`", shortened(&draft.question));
            problems.push(Problem::new(format!("{path}.question"), ProblemCode::Unknown, message));
            continue;
        };
        if sent[position].is_some() {
            let message = format!("`{}` is answered twice", draft.question);
            problems.push(Problem::new(format!("{path}.question"), ProblemCode::Duplicate, message));
            continue;
        }
        let question = &survey.questions()[position];
        let mut refused = |(field, code, message): Refusal| {
            let path = if field.is_empty() { path.clone() } else { format!("{path}.{field}") };
            problems.push(Problem::new(path, code, message));
        };
        let answer = parse_answer(question, draft).map_err(&mut refused);
        let order = parse_order(question, draft).map_err(&mut refused);
        let parsed = match (answer, order) {
            (Ok(Some(answer)), Ok(order)) => Parsed::Answer(answer, order),
            (Ok(None), Ok(_)) => Parsed::Blank,
            _ => Parsed::Refused,
        };
        sent[position] = Some(Sent { index, parsed });
    }
    sent
}

/// Finds what is missing and what must not be there. Where an answer was refused, nothing is said of the questions
/// that hang on it.
fn check_what_was_asked(survey: &SurveyDefinition, sent: &[Option<Sent>], problems: &mut Vec<Problem>) {
    let mut asked: Vec<Option<bool>> = Vec::with_capacity(sent.len());
    for (question, here) in survey.questions().iter().zip(sent) {
        let is_asked = question.ask_if.as_ref().map_or(Some(true), |condition| {
            let position = survey.questions().iter().position(|earlier| earlier.key == condition.question)?;
            let given = match sent[position].as_ref().map(|sent| &sent.parsed) {
                Some(Parsed::Refused) => return None,
                Some(Parsed::Answer(answer, _)) => Some(answer.given()),
                Some(Parsed::Blank) | None => None,
            };
            asked[position].map(|asked| asked && condition.holds(given))
        });
        asked.push(is_asked);
        match (is_asked, here) {
            (Some(false), Some(Sent { index, parsed: Parsed::Answer(..) })) => {
                let message = format!("`{}` is not asked after these answers; leave it out", question.key);
                problems.push(Problem::new(format!("answers.{index}"), ProblemCode::Unexpected, message));
            }
            (Some(true), None | Some(Sent { parsed: Parsed::Blank, .. })) if question.required => {
                let message = format!("`{}` has to be answered", question.key);
                problems.push(Problem::new("answers", ProblemCode::Missing, message));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::survey::{
        Choice, Condition, Lines, Question, QuestionKind, SurveyDraft, Test, standard_survey, text_problem,
    };

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

    fn question(key: &str, required: bool, kind: QuestionKind) -> Question {
        Question { key: key.into(), prompt: key.into(), required, ask_if: None, kind }
    }

    fn survey_of_choices() -> SurveyDefinition {
        let options = ["a", "b", "c"].map(|key| Choice { key: key.into(), label: key.into() }).to_vec();
        let questions = vec![
            question("one", true, QuestionKind::SingleChoice { choices: options.clone(), shuffled: false }),
            question("some", false, QuestionKind::MultipleChoice { choices: options, shuffled: true }),
            question("why", true, QuestionKind::Text { max_chars: 10, lines: Lines::One }),
        ];
        SurveyDefinition::parse(SurveyDraft { title: "Choices".into(), questions, ..SurveyDraft::default() }).unwrap()
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
        let missing = ("answers", ProblemCode::Missing);
        check(&survey, &[text("why", " ")], &[missing, missing]);
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

    /// Would you recommend us? If not: what is missing? If it is something else: what?
    fn branching_survey() -> SurveyDefinition {
        let only_if = |question: &str, test, asked| {
            let condition = Condition { question: question.into(), test };
            Question { ask_if: Some(condition), ..asked }
        };
        let options = ["answers", "other"].map(|key| Choice { key: key.into(), label: key.into() }).to_vec();
        let lacks = question("lacks", true, QuestionKind::SingleChoice { choices: options, shuffled: false });
        let what = question("what", true, QuestionKind::Text { max_chars: 10, lines: Lines::One });
        let questions = vec![
            question("recommends", false, QuestionKind::Recommendation),
            only_if("recommends", Test::AtMost(6), lacks),
            only_if("lacks", Test::AnyOf(vec!["other".into()]), what),
            question("more", false, QuestionKind::Text { max_chars: 10, lines: Lines::Several }),
        ];
        SurveyDefinition::parse(SurveyDraft { title: "Branches".into(), questions, ..SurveyDraft::default() }).unwrap()
    }

    #[test]
    fn what_is_not_asked_need_not_be_answered_and_must_not_be() {
        let (survey, unexpected) = (branching_survey(), ProblemCode::Unexpected);
        check(&survey, &[number("recommends", 9)], &[]);
        check(&survey, &[text("more", "events")], &[]);
        check(&survey, &[number("recommends", 6)], &[("answers", ProblemCode::Missing)]);
        check(&survey, &[number("recommends", 6), choices("lacks", &["answers"])], &[]);
        check(&survey, &[number("recommends", 6), choices("lacks", &["other"])], &[("answers", ProblemCode::Missing)]);
        check(&survey, &[text("what", "time"), choices("lacks", &["other"]), number("recommends", 0)], &[]);
        check(&survey, &[number("recommends", 7), choices("lacks", &["answers"])], &[("answers.1", unexpected)]);
        check(&survey, &[number("recommends", 7), text("what", " ")], &[]);
        // What hangs on a question that is not asked is not asked either.
        check(
            &survey,
            &[choices("lacks", &["other"]), text("what", "time"), text("more", "events")],
            &[("answers.0", unexpected), ("answers.1", unexpected)],
        );
        // Whether it was asked is unknown.
        check(
            &survey,
            &[number("recommends", 11), choices("lacks", &["other"])],
            &[("answers.0.number", ProblemCode::OutOfRange)],
        );
    }

    #[test]
    fn the_order_of_a_shuffled_question_holds_every_choice_once() {
        let survey = survey_of_choices();
        let ordered = |draft: AnswerDraft, order: &[&str]| AnswerDraft {
            order: Some(order.iter().map(|key| (*key).to_owned()).collect()),
            ..draft
        };
        let [one, some, why] = [choices("one", &["a"]), choices("some", &["a"]), text("why", "so")];
        for order in [&["a", "b"][..], &["a", "b", "b"], &["a", "b", "z"], &["a", "b", "c", "a"], &[]] {
            let drafts = [one.clone(), ordered(some.clone(), order), why.clone()];
            check(&survey, &drafts, &[("answers.1.order", ProblemCode::Malformed)]);
        }
        let drafts = [ordered(one.clone(), &["b", "a", "c"]), some.clone(), ordered(why.clone(), &[])];
        let unexpected = ProblemCode::Unexpected;
        check(&survey, &drafts, &[("answers.0.order", unexpected), ("answers.2.order", unexpected)]);

        let submission = Submission::parse(&survey, &[one, ordered(some, &["c", "a", "b"]), why]).unwrap();
        assert_eq!(submission.order("some").unwrap(), ["c", "a", "b"]);
        assert_eq!(submission.order("one"), None);
    }

    #[test]
    #[cfg(feature = "serde")]
    fn a_submission_without_orders_is_written_as_it_always_was() {
        let submission = Submission::parse(&standard_survey(), &[number("recommendation", 9)]).unwrap();
        let written = serde_json::to_string(&submission).unwrap();
        assert_eq!(written, r#"{"answers":[["recommendation",{"number":9}]]}"#);
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
