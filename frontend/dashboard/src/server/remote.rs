//! A value that the server has: a reducer over requests and answers, and the hook that feeds it.

use std::cell::Cell;
use std::rc::Rc;

use gloo_timers::future::TimeoutFuture;
use js_sys::Date;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::Failure;

/// A request for what `key` names. Another `round` is a new request for the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Request<K> {
    key: K,
    round: u32,
}

/// The latest known state of a value on the server.
#[derive(Clone, Debug, PartialEq)]
pub struct Remote<K, T> {
    requested: Option<Request<K>>,
    pub waiting: bool,
    /// Kept while the same is requested again, even if that fails.
    pub value: Option<T>,
    /// Why the latest request failed, if it did.
    pub failure: Option<Failure>,
    /// The time of day at which `value` arrived, such as `14:05`.
    pub arrived: Option<AttrValue>,
}

#[derive(Debug)]
pub enum RemoteAction<K, T> {
    Requested(Request<K>),
    Answered { request: Request<K>, outcome: Result<T, Failure>, time: AttrValue },
}

impl<K, T> Default for Remote<K, T> {
    fn default() -> Self {
        Self { requested: None, waiting: true, value: None, failure: None, arrived: None }
    }
}

impl<K: Clone + PartialEq, T: Clone> Remote<K, T> {
    fn after(&self, action: RemoteAction<K, T>) -> Self {
        match action {
            RemoteAction::Requested(request) => {
                let again = self.requested.as_ref().is_some_and(|requested| requested.key == request.key);
                let kept = if again { self.clone() } else { Self::default() };
                Self { requested: Some(request), waiting: true, ..kept }
            }
            // Somebody has picked something else since, or requested again.
            RemoteAction::Answered { request, .. } if self.requested.as_ref() != Some(&request) => self.clone(),
            RemoteAction::Answered { outcome: Ok(value), time, .. } => {
                Self { waiting: false, value: Some(value), failure: None, arrived: Some(time), ..self.clone() }
            }
            RemoteAction::Answered { outcome: Err(failure), .. } => {
                // It is asked for again by itself.
                let waiting = matches!(failure, Failure::BeingComputed { .. });
                Self { waiting, failure: Some(failure), ..self.clone() }
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

/// A value in place of which another may be there soon.
pub trait Provisional {
    /// In how many seconds to ask again; `None` for one that stays.
    fn ask_again(&self) -> Option<u32>;
}

/// Fetches what `key` names, and again whenever `key` or `round` changes, or while the server is still computing it.
#[hook]
pub fn use_remote<K, T, F>(key: K, round: u32, fetch: impl Fn(K) -> F + 'static) -> UseReducerHandle<Remote<K, T>>
where
    K: Clone + PartialEq + 'static,
    T: Clone + 'static,
    F: Future<Output = Result<T, Failure>> + 'static,
{
    use_remote_while(key, round, fetch, |_| None)
}

/// The same for a value that the server gives in place of one that it is still computing.
#[hook]
pub fn use_provisional<K, T, F>(key: K, round: u32, fetch: impl Fn(K) -> F + 'static) -> UseReducerHandle<Remote<K, T>>
where
    K: Clone + PartialEq + 'static,
    T: Provisional + Clone + 'static,
    F: Future<Output = Result<T, Failure>> + 'static,
{
    use_remote_while(key, round, fetch, T::ask_again)
}

#[hook]
fn use_remote_while<K, T, F>(
    key: K,
    round: u32,
    fetch: impl Fn(K) -> F + 'static,
    again: fn(&T) -> Option<u32>,
) -> UseReducerHandle<Remote<K, T>>
where
    K: Clone + PartialEq + 'static,
    T: Clone + 'static,
    F: Future<Output = Result<T, Failure>> + 'static,
{
    let remote = use_reducer(Remote::default);
    let dispatcher = remote.dispatcher();
    use_effect_with(Request { key, round }, move |request| {
        let request = request.clone();
        let is_wanted = Rc::new(Cell::new(true));
        let is_unwanted = is_wanted.clone();
        dispatcher.dispatch(RemoteAction::Requested(request.clone()));
        spawn_local(async move {
            while is_wanted.get() {
                let outcome = fetch(request.key.clone()).await;
                let again = match &outcome {
                    Err(Failure::BeingComputed { seconds, .. }) => Some(*seconds),
                    Ok(value) => again(value),
                    Err(_) => None,
                };
                let request = request.clone();
                dispatcher.dispatch(RemoteAction::Answered { request, outcome, time: time_of_day(&Date::new_0()) });
                let Some(seconds) = again else { break };
                TimeoutFuture::new(seconds.saturating_mul(1_000)).await;
            }
        });
        move || is_unwanted.set(false)
    });
    remote
}

/// The time of day where the person is, such as `14:05`.
pub fn time_of_day(at: &Date) -> AttrValue {
    format!("{:02}:{:02}", at.get_hours(), at.get_minutes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(key: &'static str, round: u32) -> Request<&'static str> {
        Request { key, round }
    }

    fn answered(request: Request<&'static str>, outcome: Result<u32, Failure>) -> RemoteAction<&'static str, u32> {
        RemoteAction::Answered { request, outcome, time: "14:05".into() }
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

    use RemoteAction::Requested;

    #[test]
    fn an_answer_replaces_the_wait() {
        check([], (true, None, None));
        check([Requested(request("a", 0))], (true, None, None));
        check([Requested(request("a", 0)), answered(request("a", 0), Ok(1))], (false, Some(1), None));
    }

    #[test]
    fn asking_again_keeps_what_is_shown() {
        let known = || [Requested(request("a", 0)), answered(request("a", 0), Ok(1)), Requested(request("a", 1))];
        check(known(), (true, Some(1), None));
        check(known().into_iter().chain([answered(request("a", 1), Ok(2))]), (false, Some(2), None));
        let failed = answered(request("a", 1), Err(Failure::NotFound));
        check(known().into_iter().chain([failed]), (false, Some(1), Some(Failure::NotFound)));
    }

    #[test]
    fn what_is_being_computed_is_waited_for() {
        let computing = || Failure::BeingComputed { seconds: 2, summed_up: None };
        let asked = || [Requested(request("a", 0)), answered(request("a", 0), Err(computing()))];
        check(asked(), (true, None, Some(computing())));
        check(asked().into_iter().chain([answered(request("a", 0), Ok(1))]), (false, Some(1), None));
    }

    #[test]
    fn asking_for_something_else_forgets_what_was_shown() {
        check(
            [Requested(request("a", 0)), answered(request("a", 0), Ok(1)), Requested(request("b", 0))],
            (true, None, None),
        );
    }

    #[test]
    fn an_outdated_answer_is_ignored() {
        check(
            [Requested(request("a", 0)), Requested(request("b", 0)), answered(request("a", 0), Ok(1))],
            (true, None, None),
        );
        check(
            [
                Requested(request("a", 0)),
                Requested(request("a", 1)),
                answered(request("a", 1), Ok(2)),
                answered(request("a", 0), Ok(1)),
            ],
            (false, Some(2), None),
        );
    }

    #[test]
    fn success_clears_the_failure_and_notes_the_time() {
        let remote = after([
            Requested(request("a", 0)),
            answered(request("a", 0), Err(Failure::SignedOut)),
            Requested(request("a", 1)),
            answered(request("a", 1), Ok(2)),
        ]);
        assert_eq!((remote.failure, remote.arrived), (None, Some("14:05".into())));
    }
}
