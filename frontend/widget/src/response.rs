use std::rc::Rc;

use valuemap_shared::ids::SubmissionId;
use valuemap_shared::survey::Question;

use crate::endpoint::{Failure, Remedy};
use crate::survey::{Answer, Receipt, Submission, Survey};

/// One member's way through the survey, from the first question to the thanks.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    survey: Rc<Survey>,
    answers: Vec<Option<Answer>>,
    place: usize,
    stage: Stage,
    id: Option<SubmissionId>,
    steps: u32,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Stage {
    Asking(Option<Missing>),
    Sending,
    Thanks(Receipt),
    Failed(Failure),
}

/// What keeps the member from going on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// The question has to be answered.
    ThisAnswer,
    /// Every question was skipped.
    AnyAnswer,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    Answer(Answer),
    Next,
    Back,
    /// Sends what was answered, for the first time or again. Only the first identifier counts.
    Send(SubmissionId),
    Arrived(Receipt),
    Failed(Failure),
}

impl Response {
    pub fn new(survey: Rc<Survey>) -> Self {
        let answers = vec![None; survey.questions.len()];
        Self { survey, answers, place: 0, stage: Stage::Asking(None), id: None, steps: 0 }
    }

    pub fn survey(&self) -> &Survey {
        &self.survey
    }

    pub fn stage(&self) -> &Stage {
        &self.stage
    }

    /// How many questions come before the one that is asked.
    pub fn place(&self) -> usize {
        self.place
    }

    /// The number of the question, and of all questions.
    pub fn progress(&self) -> [String; 2] {
        [self.place + 1, self.answers.len()].map(|number| number.to_string())
    }

    /// How often the member has pressed a button, so far.
    pub fn steps(&self) -> u32 {
        self.steps
    }

    pub fn question(&self) -> &Question {
        &self.survey.questions[self.place]
    }

    pub fn answer(&self) -> Option<&Answer> {
        self.answers[self.place].as_ref()
    }

    pub fn is_answered(&self) -> bool {
        self.answer().is_some_and(|answer| !answer.is_blank())
    }

    pub fn is_last(&self) -> bool {
        self.place + 1 == self.answers.len()
    }

    /// What is on its way, while it is.
    pub fn submission(&self) -> Option<Submission> {
        let (Stage::Sending, Some(id)) = (&self.stage, self.id) else { return None };
        let given = self.survey.questions.iter().zip(&self.answers);
        let answers = given.filter_map(|(question, answer)| {
            let answer = answer.clone().filter(|answer| !answer.is_blank())?;
            Some(answer.into_draft(&question.key))
        });
        Some(Submission { id, version: self.survey.version.clone(), answers: answers.collect() })
    }

    fn missing(&self) -> Option<Missing> {
        if self.is_answered() {
            None
        } else if self.question().required {
            Some(Missing::ThisAnswer)
        } else if self.is_last() && self.answers.iter().flatten().all(Answer::is_blank) {
            Some(Missing::AnyAnswer)
        } else {
            None
        }
    }

    pub fn apply(&mut self, action: Action) {
        match (action, &self.stage) {
            (Action::Answer(answer), Stage::Asking(_)) => {
                self.answers[self.place] = Some(answer);
                self.stage = Stage::Asking(None);
            }
            (Action::Next | Action::Send(_), Stage::Asking(_)) if self.missing().is_some() => {
                self.step(Stage::Asking(self.missing()));
            }
            (Action::Next, Stage::Asking(_)) if !self.is_last() => {
                self.place += 1;
                self.step(Stage::Asking(None));
            }
            (Action::Back, Stage::Asking(_)) if self.place > 0 => {
                self.place -= 1;
                self.step(Stage::Asking(None));
            }
            (Action::Back, Stage::Failed(failure)) if failure.remedy == Remedy::Correct => {
                self.step(Stage::Asking(None));
            }
            (Action::Send(id), Stage::Asking(_)) if self.is_last() => {
                self.id.get_or_insert(id);
                self.step(Stage::Sending);
            }
            (Action::Send(_), Stage::Failed(failure)) if failure.remedy == Remedy::Retry => self.step(Stage::Sending),
            (Action::Arrived(receipt), Stage::Sending) => self.stage = Stage::Thanks(receipt),
            (Action::Failed(failure), Stage::Sending) => self.stage = Stage::Failed(failure),
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
    use valuemap_shared::survey::{AnswerDraft, standard_survey};

    use super::*;

    fn response(required: &[&str]) -> Response {
        let draft = standard_survey().into_draft();
        let mut questions = draft.questions;
        for question in &mut questions {
            question.required = required.contains(&question.key.as_str());
        }
        Response::new(Rc::new(Survey { version: "v".into(), title: draft.title, questions }))
    }

    fn after(mut response: Response, actions: impl IntoIterator<Item = Action>) -> Response {
        for action in actions {
            response.apply(action);
        }
        response
    }

    fn at_the_end() -> Response {
        after(response(&[]), [number(4), Action::Next].into_iter().chain((1..6).map(|_| Action::Next)))
    }

    fn number(number: u8) -> Action {
        Action::Answer(Answer::Number(number))
    }

    fn text(text: &str) -> Action {
        Action::Answer(Answer::Text(text.into()))
    }

    fn send(millis: u64) -> Action {
        Action::Send(uuid_v7(millis, &[0; 10]).into())
    }

    fn failed(remedy: Remedy) -> Action {
        Action::Failed(Failure { code: "CODE".into(), message: "message".into(), remedy })
    }

    #[test]
    fn going_back_and_forth_loses_nothing() {
        let response = after(response(&[]), [number(4), Action::Next, number(2), Action::Back]);
        assert_eq!((response.place(), response.answer()), (0, Some(&Answer::Number(4))));
        let response = after(response, [Action::Back, Action::Next]);
        assert_eq!((response.place(), response.answer()), (1, Some(&Answer::Number(2))));
    }

    #[test]
    fn a_required_question_is_not_passed_until_it_is_answered() {
        let response = after(response(&["product_knowledge"]), [Action::Next]);
        assert_eq!((response.place(), response.stage()), (0, &Stage::Asking(Some(Missing::ThisAnswer))));
        let response = after(response, [number(1)]);
        assert_eq!(response.stage(), &Stage::Asking(None));
        assert_eq!(after(response, [Action::Next]).place(), 1);
    }

    #[test]
    fn blank_answers_count_as_none_and_a_survey_of_none_is_not_sent() {
        let skipped = after(response(&[]), (0..6).map(|_| Action::Next));
        let response = after(skipped, [text(" \n"), send(1)]);
        assert_eq!(response.stage(), &Stage::Asking(Some(Missing::AnyAnswer)));
        let response = after(response, [text("Opening hours"), send(1)]);
        let draft = AnswerDraft {
            question: "more_useful".into(),
            text: Some("Opening hours".into()),
            ..AnswerDraft::default()
        };
        assert_eq!(response.submission().map(|submission| submission.answers), Some(vec![draft]));
    }

    #[test]
    fn only_the_last_question_sends() {
        assert_eq!(after(response(&[]), [number(3), send(1)]).stage(), &Stage::Asking(None));
        assert_eq!(after(at_the_end(), [Action::Next]).stage(), &Stage::Asking(None));
    }

    #[test]
    fn a_second_try_sends_the_same_under_the_same_id() {
        let first = after(at_the_end(), [send(1)]);
        let waiting = after(first.clone(), [failed(Remedy::Retry), text("too late"), Action::Back]);
        assert!(matches!(waiting.stage(), Stage::Failed(_)));
        assert_eq!(waiting.submission(), None);
        let second = after(waiting, [send(2)]);
        assert!(second.submission().is_some());
        assert_eq!(second.submission(), first.submission());
    }

    #[test]
    fn answers_that_the_server_did_not_take_can_be_corrected() {
        let response = after(at_the_end(), [text("a"), send(1), failed(Remedy::Correct), send(2)]);
        assert!(matches!(response.stage(), Stage::Failed(_)));
        let response = after(response, [Action::Back]);
        assert_eq!((response.stage(), response.answer()), (&Stage::Asking(None), Some(&Answer::Text("a".into()))));
    }

    #[test]
    fn what_cannot_be_helped_is_final() {
        let response = after(at_the_end(), [send(1), failed(Remedy::None), send(2), Action::Back]);
        assert!(matches!(response.stage(), Stage::Failed(_)));
    }

    #[test]
    fn only_what_the_member_presses_counts_as_a_step() {
        let response = after(at_the_end(), [send(1)]);
        assert_eq!(response.steps(), 7);
        let receipt = Receipt { id: "id".into(), results: None };
        let response = after(response, [number(1), Action::Back, Action::Next, Action::Arrived(receipt.clone())]);
        assert_eq!((response.steps(), response.stage()), (7, &Stage::Thanks(receipt)));
    }
}
