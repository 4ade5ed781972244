//! What the server was asked, and what it said: a reducer, and the hook that feeds it.

use std::rc::Rc;

use js_sys::Date;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::api::Failure;

/// What was asked for (`key`), for the how-manieth time.
#[derive(Clone, Debug, PartialEq)]
pub struct Question<K> {
    key: K,
    round: u32,
}

/// The latest that is known about something that the server knows.
#[derive(Clone, Debug, PartialEq)]
pub struct Remote<K, T> {
    asked: Option<Question<K>>,
    pub waiting: bool,
    /// Stays while the same is asked again, even if that fails.
    pub value: Option<T>,
    /// What went wrong the last time.
    pub failure: Option<Failure>,
    /// The time of day at which `value` arrived, such as `14:05`.
    pub arrived: Option<AttrValue>,
}

#[derive(Debug)]
pub enum RemoteAction<K, T> {
    Asked(Question<K>),
    Answered { question: Question<K>, outcome: Result<T, Failure>, time: AttrValue },
}

impl<K, T> Default for Remote<K, T> {
    fn default() -> Self {
        Self { asked: None, waiting: true, value: None, failure: None, arrived: None }
    }
}

impl<K: Clone + PartialEq, T: Clone> Remote<K, T> {
    fn after(&self, action: RemoteAction<K, T>) -> Self {
        match action {
            RemoteAction::Asked(question) => {
                let again = self.asked.as_ref().is_some_and(|asked| asked.key == question.key);
                let kept = if again { self.clone() } else { Self::default() };
                Self { asked: Some(question), waiting: true, ..kept }
            }
            // Somebody has picked something else since, or asked again.
            RemoteAction::Answered { question, .. } if self.asked.as_ref() != Some(&question) => self.clone(),
            RemoteAction::Answered { outcome: Ok(value), time, .. } => {
                Self { waiting: false, value: Some(value), failure: None, arrived: Some(time), ..self.clone() }
            }
            RemoteAction::Answered { outcome: Err(failure), .. } => {
                Self { waiting: false, failure: Some(failure), ..self.clone() }
            }
        }
    }
}

impl<K: Clone + PartialEq, T: Clone> Reducible for Remote<K, T> {
    type Action = RemoteAction<K, T>;

    fn reduce(self: Rc<Self>, action: Self::Action) -> Rc<Self> {
        Rc::new(self.after(action))
    }
}

/// Asks the server for what `key` names, and again whenever `key` or `round` changes.
#[hook]
pub fn use_remote<K, T, F>(key: K, round: u32, fetch: impl FnOnce(K) -> F + 'static) -> UseReducerHandle<Remote<K, T>>
where
    K: Clone + PartialEq + 'static,
    T: Clone + 'static,
    F: Future<Output = Result<T, Failure>> + 'static,
{
    let remote = use_reducer(Remote::default);
    let dispatcher = remote.dispatcher();
    use_effect_with(Question { key, round }, move |question| {
        let question = question.clone();
        dispatcher.dispatch(RemoteAction::Asked(question.clone()));
        spawn_local(async move {
            let outcome = fetch(question.key.clone()).await;
            dispatcher.dispatch(RemoteAction::Answered { question, outcome, time: time_of_day() });
        });
    });
    remote
}

fn time_of_day() -> AttrValue {
    let now = Date::new_0();
    format!("{:02}:{:02}", now.get_hours(), now.get_minutes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(key: &'static str, round: u32) -> Question<&'static str> {
        Question { key, round }
    }

    fn answered(question: Question<&'static str>, outcome: Result<u32, Failure>) -> RemoteAction<&'static str, u32> {
        RemoteAction::Answered { question, outcome, time: "14:05".into() }
    }

    fn after(actions: impl IntoIterator<Item = RemoteAction<&'static str, u32>>) -> Remote<&'static str, u32> {
        actions.into_iter().fold(Remote::default(), |remote, action| remote.after(action))
    }

    fn check(
        actions: impl IntoIterator<Item = RemoteAction<&'static str, u32>>,
        expected: (bool, Option<u32>, Option<Failure>),
    ) {
        let remote = after(actions);
        assert_eq!((remote.waiting, remote.value, remote.failure), expected);
    }

    use RemoteAction::Asked;

    #[test]
    fn an_answer_replaces_the_wait() {
        check([], (true, None, None));
        check([Asked(question("a", 0))], (true, None, None));
        check([Asked(question("a", 0)), answered(question("a", 0), Ok(1))], (false, Some(1), None));
    }

    #[test]
    fn asking_again_keeps_what_is_shown() {
        let known = || [Asked(question("a", 0)), answered(question("a", 0), Ok(1)), Asked(question("a", 1))];
        check(known(), (true, Some(1), None));
        check(known().into_iter().chain([answered(question("a", 1), Ok(2))]), (false, Some(2), None));
        let failed = answered(question("a", 1), Err(Failure::NotFound));
        check(known().into_iter().chain([failed]), (false, Some(1), Some(Failure::NotFound)));
    }

    #[test]
    fn asking_for_something_else_forgets_what_was_shown() {
        check(
            [Asked(question("a", 0)), answered(question("a", 0), Ok(1)), Asked(question("b", 0))],
            (true, None, None),
        );
    }

    #[test]
    fn an_answer_that_comes_too_late_is_ignored() {
        check(
            [Asked(question("a", 0)), Asked(question("b", 0)), answered(question("a", 0), Ok(1))],
            (true, None, None),
        );
        check(
            [
                Asked(question("a", 0)),
                Asked(question("a", 1)),
                answered(question("a", 1), Ok(2)),
                answered(question("a", 0), Ok(1)),
            ],
            (false, Some(2), None),
        );
    }

    #[test]
    fn success_clears_the_failure_and_notes_the_time() {
        let remote = after([
            Asked(question("a", 0)),
            answered(question("a", 0), Err(Failure::SignedOut)),
            Asked(question("a", 1)),
            answered(question("a", 1), Ok(2)),
        ]);
        assert_eq!((remote.failure, remote.arrived), (None, Some("14:05".into())));
    }
}
