use std::rc::Rc;

use valuemap_shared::ids::SubmissionId;
use valuemap_shared::survey::Question;

use crate::survey::{Answer, Receipt, Submission, Survey};

/// One member's way through the survey, from the first question to the thanks.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    survey: Rc<Survey>,
    /// An answer to a question that is not asked any more is kept, should it be asked again, and not sent.
    answers: Vec<Option<Answer>>,
    index: usize,
    stage: Stage,
    id: Option<SubmissionId>,
    steps: u32,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Stage {
    Asking(Option<Missing>),
    Sending,
    /// Not sent yet, and tried again by itself.
    Waiting(Failure),
    Thanks(Receipt),
    Refused(Failure),
}

/// What keeps the member from going on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// The question has to be answered.
    ThisAnswer,
    /// Every question was skipped.
    AnyAnswer,
    /// Nobody has said that the question is to be skipped.
    Decision,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    Answer(Answer),
    /// Goes on, or sends what was answered under this identifier if it was the last question. Only the first
    /// identifier counts.
    Next(SubmissionId),
    /// Goes on as well, but without the button that says what becomes of the question: skips nothing.
    Enter(SubmissionId),
    Back,
    /// The member does not want to wait for the next try.
    Hurry,
    Arrived(Receipt),
    Failed(Failure),
}

/// Why the answers are not there.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// For a program: the server's code, or one of our own.
    pub code: String,
    /// For the partner.
    pub message: String,
    pub remedy: Remedy,
}

/// What can be done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// It is tried again until it works.
    Patience,
    Correct,
    None,
}

impl Failure {
    /// The server has answers of this member, other than these.
    pub fn is_known_already(&self) -> bool {
        matches!(self.code.as_str(), "ALREADY_ANSWERED" | "SUBMISSION_ID_REUSED")
    }
}

impl Response {
    /// Begins at the first question, to which the member may have given an answer already.
    pub fn new(survey: Rc<Survey>, first: Option<Answer>) -> Self {
        let mut answers = vec![None; survey.questions.len()];
        answers[0] = first;
        Self { survey, answers, index: 0, stage: Stage::Asking(None), id: None, steps: 0 }
    }

    pub fn survey(&self) -> &Survey {
        &self.survey
    }

    pub fn stage(&self) -> &Stage {
        &self.stage
    }

    /// The index of the question that is asked.
    pub fn index(&self) -> usize {
        self.index
    }

    /// The number of the question, and of all questions that are asked as far as is known.
    pub fn progress(&self) -> (usize, usize) {
        let asked = |indexes: std::ops::Range<usize>| indexes.filter(|index| self.is_asked(*index)).count();
        (asked(0..self.index) + 1, asked(0..self.answers.len()))
    }

    /// How often the member has pressed a button, so far.
    pub fn steps(&self) -> u32 {
        self.steps
    }

    pub fn question(&self) -> &Question {
        &self.survey.questions[self.index]
    }

    pub fn answer(&self) -> Option<&Answer> {
        self.answers[self.index].as_ref()
    }

    pub fn is_answered(&self) -> bool {
        self.answer().is_some_and(|answer| !answer.is_blank())
    }

    pub fn is_last(&self) -> bool {
        self.next_index().is_none()
    }

    /// What is on its way, while it is.
    pub fn submission(&self) -> Option<Submission> {
        let (Stage::Sending, Some(id)) = (&self.stage, self.id) else { return None };
        let answers = self.given().map(|(index, answer)| self.survey.draft(index, answer.clone()));
        Some(Submission { id, answers: answers.collect() })
    }

    /// The answers that count, with the indexes of their questions.
    fn given(&self) -> impl Iterator<Item = (usize, &Answer)> {
        let answers = self.answers.iter().enumerate();
        answers.filter_map(|(index, answer)| {
            answer.as_ref().filter(|answer| !answer.is_blank() && self.is_asked(index)).map(|answer| (index, answer))
        })
    }

    /// Whether the question at an index is one for this member, as far as is known.
    fn is_asked(&self, index: usize) -> bool {
        let questions = &self.survey.questions;
        questions[index].ask_if.as_ref().is_none_or(|condition| {
            let earlier = questions[..index].iter().position(|question| question.key == condition.question);
            earlier.is_some_and(|earlier| {
                self.is_asked(earlier) && condition.holds(self.answers[earlier].as_ref().and_then(Answer::given))
            })
        })
    }

    fn next_index(&self) -> Option<usize> {
        (self.index + 1..self.answers.len()).find(|index| self.is_asked(*index))
    }

    fn previous_index(&self) -> Option<usize> {
        (0..self.index).rev().find(|index| self.is_asked(*index))
    }

    fn missing(&self) -> Option<Missing> {
        if self.is_answered() {
            None
        } else if self.question().required {
            Some(Missing::ThisAnswer)
        } else if self.is_last() && self.given().next().is_none() {
            Some(Missing::AnyAnswer)
        } else {
            None
        }
    }

    /// Whether going on leaves the question without an answer.
    pub fn would_skip(&self) -> bool {
        !self.is_answered() && self.missing().is_none()
    }

    pub fn apply(&mut self, action: Action) {
        match (action, &self.stage) {
            (Action::Answer(answer), Stage::Asking(_)) => {
                self.answers[self.index] = Some(answer);
                self.stage = Stage::Asking(None);
            }
            (Action::Enter(_), Stage::Asking(_)) if self.would_skip() => {
                self.stage = Stage::Asking(Some(Missing::Decision));
            }
            (Action::Next(id) | Action::Enter(id), Stage::Asking(_)) => match (self.missing(), self.next_index()) {
                (Some(missing), _) => self.step(Stage::Asking(Some(missing))),
                (None, Some(index)) => {
                    self.index = index;
                    self.step(Stage::Asking(None));
                }
                (None, None) => {
                    self.id.get_or_insert(id);
                    self.step(Stage::Sending);
                }
            },
            (Action::Back, Stage::Asking(_)) => {
                if let Some(index) = self.previous_index() {
                    self.index = index;
                    self.step(Stage::Asking(None));
                }
            }
            (Action::Back, Stage::Refused(failure)) if failure.remedy == Remedy::Correct => {
                self.step(Stage::Asking(None));
            }
            (Action::Hurry, Stage::Waiting(_)) => self.step(Stage::Sending),
            (Action::Arrived(receipt), Stage::Sending | Stage::Waiting(_)) => self.stage = Stage::Thanks(receipt),
            (Action::Failed(failure), Stage::Sending | Stage::Waiting(_)) => {
                self.stage = match failure.remedy {
                    Remedy::Patience => Stage::Waiting(failure),
                    Remedy::Correct | Remedy::None => Stage::Refused(failure),
                };
            }
            // A second press of the same button, or one that a screen reader still had.
            _ => {}
        }
    }

    fn step(&mut self, stage: Stage) {
        self.stage = stage;
        self.steps += 1;
    }
}

#[cfg(test)]
mod tests {
    use valuemap_shared::ids::uuid_v7;
    use valuemap_shared::survey::{AnswerDraft, Choice, Condition, QuestionKind, Test, standard_survey};

    use super::*;

    fn survey(questions: Vec<Question>) -> Rc<Survey> {
        Rc::new(Survey { site: "s".into(), version: "v".into(), title: "Survey".into(), questions, seed: 7 })
    }

    /// The standard survey, where these questions have to be answered.
    fn response(required: &[&str]) -> Response {
        let mut questions = standard_survey().into_draft().questions;
        for question in &mut questions {
            question.required = required.contains(&question.key.as_str());
        }
        Response::new(survey(questions), None)
    }

    fn after(mut response: Response, actions: impl IntoIterator<Item = Action>) -> Response {
        for action in actions {
            response.apply(action);
        }
        response
    }

    fn at_the_end() -> Response {
        after(response(&[]), [number(4), next(0)].into_iter().chain((1..6).map(|_| next(0))))
    }

    fn number(number: u8) -> Action {
        Action::Answer(Answer::Number(number))
    }

    fn text(text: &str) -> Action {
        Action::Answer(Answer::Text(text.into()))
    }

    fn next(millis: u64) -> Action {
        Action::Next(uuid_v7(millis, &[0; 10]).into())
    }

    fn failed(remedy: Remedy) -> Action {
        Action::Failed(Failure { code: "CODE".into(), message: "message".into(), remedy })
    }

    #[test]
    fn going_back_and_forth_loses_nothing() {
        let response = after(response(&[]), [number(4), next(0), number(2), Action::Back]);
        assert_eq!((response.index(), response.answer()), (0, Some(&Answer::Number(4))));
        let response = after(response, [Action::Back, next(0)]);
        assert_eq!((response.index(), response.answer()), (1, Some(&Answer::Number(2))));
    }

    #[test]
    fn what_was_answered_before_the_hand_over_counts() {
        let questions = standard_survey().into_draft().questions;
        let response = after(Response::new(survey(questions), Some(Answer::Number(5))), [next(0)]);
        assert_eq!(response.index(), 1);
        assert_eq!(after(response, [Action::Back]).answer(), Some(&Answer::Number(5)));
    }

    #[test]
    fn a_required_question_is_not_passed_until_it_is_answered() {
        let response = after(response(&["product_knowledge"]), [next(0)]);
        assert_eq!((response.index(), response.stage()), (0, &Stage::Asking(Some(Missing::ThisAnswer))));
        let response = after(response, [number(1)]);
        assert_eq!(response.stage(), &Stage::Asking(None));
        assert_eq!(after(response, [next(0)]).index(), 1);
    }

    #[test]
    fn blank_answers_count_as_none_and_a_survey_of_none_is_not_sent() {
        let skipped = after(response(&[]), (0..6).map(|_| next(0)));
        let response = after(skipped, [text(" \n"), next(1)]);
        assert_eq!(response.stage(), &Stage::Asking(Some(Missing::AnyAnswer)));
        let response = after(response, [text("Opening hours"), next(1)]);
        let draft = AnswerDraft {
            question: "more_useful".into(),
            text: Some("Opening hours".into()),
            ..AnswerDraft::default()
        };
        assert_eq!(response.submission().map(|submission| submission.answers), Some(vec![draft]));
    }

    /// How far, then why for those who are not there, then a comment on the why, then anything else.
    fn branching() -> Response {
        let question = |key: &str, kind: &QuestionKind, ask_if: Option<Condition>| Question {
            key: key.into(),
            prompt: key.into(),
            required: key == "why",
            ask_if,
            kind: kind.clone(),
        };
        let scale = QuestionKind::Agreement { points: 5, benefit: None, reversed: false };
        let choices = ["a", "b", "c"].map(|key| Choice { key: key.into(), label: key.into() }).to_vec();
        let choice = QuestionKind::SingleChoice { choices, shuffled: true };
        let when = |question: &str, test| Some(Condition { question: question.into(), test });
        Response::new(
            survey(vec![
                question("far", &scale, None),
                question("why", &choice, when("far", Test::AtMost(2))),
                question("comment", &scale, when("why", Test::AnyOf(vec!["c".into()]))),
                question("else", &scale, None),
            ]),
            None,
        )
    }

    fn choose(key: &str) -> Action {
        Action::Answer(Answer::Choices(vec![key.into()]))
    }

    #[test]
    fn a_question_comes_only_to_those_whom_it_is_for() {
        let satisfied = after(branching(), [number(5), next(0)]);
        assert_eq!((satisfied.index(), satisfied.progress(), satisfied.is_last()), (3, (2, 2), true));
        assert_eq!(after(satisfied, [Action::Back]).index(), 0);

        let asked = after(branching(), [number(1), next(0)]);
        assert_eq!((asked.index(), asked.progress()), (1, (2, 3)));
        let asked = after(asked, [choose("c"), next(0)]);
        assert_eq!((asked.index(), asked.progress()), (2, (3, 4)));
    }

    #[test]
    fn answers_to_questions_that_are_not_asked_any_more_are_not_sent() {
        let response = after(branching(), [number(1), next(0), choose("c"), next(0), number(3), next(0)]);
        let changed = after(response, [Action::Back, Action::Back, Action::Back, number(4), next(0)]);
        assert_eq!(changed.index(), 3);
        let sent = after(changed, [next(1)]).submission().unwrap();
        assert_eq!(sent.answers.iter().map(|answer| answer.question.as_str()).collect::<Vec<_>>(), ["far"]);
    }

    #[test]
    fn the_order_in_which_choices_were_shown_is_sent_with_the_answer() {
        let response = after(branching(), [number(1), next(0)]);
        let shown: Vec<String> =
            response.survey().shown_choices(1).into_iter().map(|choice| choice.key.clone()).collect();
        let sent = after(response, [choose("a"), next(0), next(1)]).submission().unwrap();
        assert_eq!(sent.answers[1].order.as_ref(), Some(&shown));
        assert_eq!(sent.answers[0].order, None);
    }

    #[test]
    fn a_second_press_does_not_send_under_another_id() {
        let response = after(at_the_end(), [next(1)]);
        let first = response.submission();
        assert!(first.is_some());
        assert_eq!(after(response, [next(2)]).submission(), first);
    }

    #[test]
    fn what_waits_is_sent_in_the_end_with_or_without_another_press() {
        let waiting = after(at_the_end(), [next(1), failed(Remedy::Patience), text("too late"), Action::Back]);
        assert!(matches!(waiting.stage(), Stage::Waiting(_)));
        assert_eq!(after(waiting.clone(), [Action::Hurry]).stage(), &Stage::Sending);
        let receipt = Receipt { id: Some("id".into()), results: None };
        assert_eq!(after(waiting, [Action::Arrived(receipt.clone())]).stage(), &Stage::Thanks(receipt));
    }

    fn enter(millis: u64) -> Action {
        Action::Enter(uuid_v7(millis, &[0; 10]).into())
    }

    #[test]
    fn what_is_not_the_button_skips_no_question() {
        let response = after(response(&[]), [number(4), enter(0), enter(0)]);
        assert!(response.would_skip());
        assert_eq!((response.index(), response.stage()), (1, &Stage::Asking(Some(Missing::Decision))));
        assert_eq!(after(response.clone(), [next(0)]).index(), 2);
        let response = after(response, [number(2)]);
        assert_eq!((response.stage(), response.would_skip()), (&Stage::Asking(None), false));
        assert_eq!(after(response, [enter(0)]).index(), 2);
    }

    #[test]
    fn nor_does_it_send_without_the_last_answer() {
        let response = after(at_the_end(), [enter(1)]);
        assert_eq!(response.stage(), &Stage::Asking(Some(Missing::Decision)));
        assert_eq!(after(response.clone(), [text("a"), enter(1)]).stage(), &Stage::Sending);
        assert_eq!(after(response, [next(1)]).stage(), &Stage::Sending);
    }

    #[test]
    fn only_a_question_that_can_be_passed_is_skipped() {
        let unanswered = after(response(&[]), (0..6).map(next));
        assert!(unanswered.is_last() && !unanswered.would_skip());
        assert_eq!(after(unanswered, [enter(0)]).stage(), &Stage::Asking(Some(Missing::AnyAnswer)));
        assert!(!response(&["product_knowledge"]).would_skip());
    }

    #[test]
    fn answers_that_the_server_did_not_take_can_be_corrected() {
        let response = after(at_the_end(), [text("a"), next(1), failed(Remedy::Correct), next(2)]);
        assert!(matches!(response.stage(), Stage::Refused(_)));
        let response = after(response, [Action::Back]);
        assert_eq!((response.stage(), response.answer()), (&Stage::Asking(None), Some(&Answer::Text("a".into()))));
    }

    #[test]
    fn what_cannot_be_helped_is_final() {
        let response = after(at_the_end(), [next(1), failed(Remedy::None), next(2), Action::Back, Action::Hurry]);
        assert!(matches!(response.stage(), Stage::Refused(_)));
    }

    #[test]
    fn only_what_the_member_presses_counts_as_a_step() {
        let response = after(at_the_end(), [next(1)]);
        assert_eq!(response.steps(), 7);
        let receipt = Receipt { id: Some("id".into()), results: None };
        let response = after(response, [number(1), Action::Back, next(0), Action::Arrived(receipt.clone())]);
        assert_eq!((response.steps(), response.stage()), (7, &Stage::Thanks(receipt)));
    }
}
