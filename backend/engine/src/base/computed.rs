//! A cache of values that take long to compute: each is computed once at a time, to the end, and kept.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use moka::sync::Cache;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::Instant;

/// How long a person's or a program's request waits.
pub const A_MOMENT: Duration = Duration::from_secs(3);
/// What another computation needs, it waits for.
pub const TO_THE_END: Duration = Duration::from_secs(60 * 60);
/// How long a value is good for whose revision is still the same: bounded, for what changes the database behind the server's
/// back, such as a restored backup or a failover that lost commits. One that took longer to compute is good for as long as
/// it took, or it would be out of date as soon as it is there.
const LIFETIME: Duration = Duration::from_secs(60);
/// A computation that takes longer waits for something that does not come.
const LONGEST: Duration = Duration::from_secs(180);
/// The bounds of `Retry-After`.
const ASK_AGAIN: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(30)];
/// How old a value may be that is given in place of one that is still being computed, without a word.
const STALE: Duration = Duration::from_secs(60);
/// How old it may be where that is said.
const EARLIER: Duration = Duration::from_secs(60 * 60);

/// Why there is no value.
#[derive(Clone, Debug)]
pub enum NoValue<E> {
    /// It is being computed; whoever asks again after this time may find it.
    BeingComputed(Duration),
    /// It could not be computed.
    Failed(Arc<E>),
}

/// What a value is computed from, as far as it is known without computing.
#[derive(Clone, Debug)]
pub struct Asked<K, R> {
    pub key: K,
    /// A value of another revision is out of date.
    pub revision: R,
    /// The timeout of the request, after which the client has to retry.
    pub patience: Duration,
}

/// A value that was asked for, or an earlier one.
#[derive(Debug)]
pub struct Found<V> {
    pub value: Arc<V>,
    /// How long ago it was begun, where the one that was asked for is still being computed.
    pub earlier: Option<Duration>,
}

type Outcome<R, V, E> = Option<Result<Arc<Kept<R, V>>, Arc<E>>>;

type Running<K, R, V, E> = Arc<Mutex<HashMap<K, watch::Receiver<Outcome<R, V, E>>>>>;

/// A cache with a bound. A computation that was begun is finished and kept, whether anybody still waits for it or not,
/// and of those for one key only one runs at a time.
pub struct ComputedCache<K: Hash + Eq, R, V, E> {
    kept: Cache<K, Arc<Kept<R, V>>>,
    running: Running<K, R, V, E>,
    /// Where it is computed.
    home: Handle,
}

impl<K: Hash + Eq, R, V, E> std::fmt::Debug for ComputedCache<K, R, V, E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ComputedCache").finish_non_exhaustive()
    }
}

#[derive(Debug)]
struct Kept<R, V> {
    revision: R,
    begun: Instant,
    finished: Instant,
    value: Arc<V>,
}

impl<R: PartialEq, V> Kept<R, V> {
    fn is_good(&self, revision: &R) -> bool {
        let took = self.finished - self.begun;
        self.revision == *revision && self.begun.elapsed() < LIFETIME.max(2 * took)
    }
}

impl<K, R, V, E> ComputedCache<K, R, V, E>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    R: PartialEq + Clone + Send + Sync + 'static,
    V: Send + Sync + 'static,
    E: Send + Sync + 'static,
{
    pub fn new(capacity: u64, home: Handle) -> Self {
        Self { kept: Cache::new(capacity), running: Arc::default(), home }
    }

    /// The value that is kept, if it is good, or else the one that `compute` makes.
    pub async fn get<F>(&self, asked: Asked<K, R>, compute: impl FnOnce() -> F) -> Result<Arc<V>, NoValue<E>>
    where
        F: Future<Output = Result<V, E>> + Send + 'static,
    {
        Ok(self.find(asked, compute, STALE).await?.value)
    }

    /// The same, or a value that was computed some time ago while the other one is being computed. Whoever asks has to say
    /// which of them it is.
    pub async fn get_or_earlier<F>(
        &self,
        asked: Asked<K, R>,
        compute: impl FnOnce() -> F,
    ) -> Result<Found<V>, NoValue<E>>
    where
        F: Future<Output = Result<V, E>> + Send + 'static,
    {
        self.find(asked, compute, EARLIER).await
    }

    async fn find<F>(
        &self,
        asked: Asked<K, R>,
        compute: impl FnOnce() -> F,
        oldest: Duration,
    ) -> Result<Found<V>, NoValue<E>>
    where
        F: Future<Output = Result<V, E>> + Send + 'static,
    {
        let current = |value: Arc<V>| Found { value, earlier: None };
        let deadline = Instant::now() + asked.patience;
        let mut compute = Some(compute);
        loop {
            if let Some(kept) = self.good(&asked) {
                return Ok(current(kept));
            }
            let (mut outcome, is_mine) = self.join_or_start(&asked, &mut compute);
            let waited = tokio::time::timeout_at(deadline, outcome.wait_for(Option::is_some)).await;
            match waited.map(|outcome| outcome.ok().and_then(|outcome| outcome.clone())) {
                Err(_) => return self.earlier(&asked.key, oldest).ok_or_else(|| self.ask_again(&asked.key)),
                Ok(Some(Err(error))) => return Err(NoValue::Failed(error)),
                Ok(Some(Ok(kept))) if is_mine => return Ok(current(kept.value.clone())),
                // It was begun for somebody else, and may be out of date already.
                Ok(Some(Ok(_))) => {}
                // It panicked. That is in the log, and the next one may do better.
                Ok(None) => return Err(self.ask_again(&asked.key)),
            }
        }
    }

    /// The value that was computed last, out of date or not.
    pub fn latest(&self, key: &K) -> Option<Arc<V>> {
        Some(self.kept.get(key)?.value.clone())
    }

    fn good(&self, asked: &Asked<K, R>) -> Option<Arc<V>> {
        let kept = self.kept.get(&asked.key)?;
        kept.is_good(&asked.revision).then(|| kept.value.clone())
    }

    /// What is kept although it is out of date: better than nothing while the next one is being computed.
    fn earlier(&self, key: &K, oldest: Duration) -> Option<Found<V>> {
        let kept = self.kept.get(key)?;
        let age = kept.begun.elapsed();
        (age < oldest).then(|| Found { value: kept.value.clone(), earlier: Some(age) })
    }

    fn ask_again<T>(&self, key: &K) -> NoValue<T> {
        let took = self.kept.get(key).map_or(Duration::ZERO, |kept| kept.finished - kept.begun);
        NoValue::BeingComputed(took.clamp(ASK_AGAIN[0], ASK_AGAIN[1]))
    }

    fn join_or_start<F>(
        &self,
        asked: &Asked<K, R>,
        compute: &mut Option<impl FnOnce() -> F>,
    ) -> (watch::Receiver<Outcome<R, V, E>>, bool)
    where
        F: Future<Output = Result<V, E>> + Send + 'static,
    {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(outcome) = running.get(&asked.key) {
            return (outcome.clone(), false);
        }
        let (sender, receiver) = watch::channel(None);
        // Whoever has begun one has waited for it, so there is one left to begin.
        let Some(compute) = compute.take() else { return (receiver, false) };
        // Registered before it begins, so that it finds itself there when it ends.
        running.insert(asked.key.clone(), receiver.clone());
        let (computing, begun, revision) = (compute(), Instant::now(), asked.revision.clone());
        let (key, kept, running) = (asked.key.clone(), self.kept.clone(), self.running.clone());
        self.home.spawn(async move {
            // A computation that panics is over, too.
            let over = Over(|| drop(running.lock().unwrap_or_else(PoisonError::into_inner).remove(&key)));
            let Ok(outcome) = tokio::time::timeout(LONGEST, computing).await else {
                tracing::warn!("a computation was given up after {} seconds", LONGEST.as_secs());
                return;
            };
            let outcome = outcome.map(|value| {
                let value = Arc::new(Kept { revision, begun, finished: Instant::now(), value: Arc::new(value) });
                kept.insert(key.clone(), value.clone());
                value
            });
            // First, or who hears of it would join it once more.
            drop(over);
            sender.send_replace(Some(outcome.map_err(Arc::new)));
        });
        (receiver, true)
    }
}

struct Over<F: Fn()>(F);

impl<F: Fn()> Drop for Over<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::Semaphore;

    use super::*;

    type Numbers = ComputedCache<&'static str, u64, usize, String>;

    /// Counts how often it is computed, each time when a permit is there.
    #[derive(Clone)]
    struct Counted {
        numbers: Arc<Numbers>,
        computed: Arc<AtomicUsize>,
        permits: Arc<Semaphore>,
    }

    impl Counted {
        fn new() -> Self {
            let numbers = Arc::new(ComputedCache::new(10, Handle::current()));
            Self { numbers, computed: Arc::default(), permits: Arc::new(Semaphore::new(0)) }
        }

        async fn get(&self, revision: u64) -> Result<usize, NoValue<String>> {
            let asked = Asked { key: "key", revision, patience: A_MOMENT };
            let Self { computed, permits, .. } = self.clone();
            let compute = || async move {
                permits.acquire().await.unwrap().forget();
                Ok(computed.fetch_add(1, Ordering::SeqCst) + 1)
            };
            self.numbers.get(asked, compute).await.map(|value| *value)
        }
    }

    #[tokio::test]
    async fn all_who_ask_at_once_wait_for_one_computation() {
        let counted = Counted::new();
        counted.permits.add_permits(10);
        let found = futures_util::future::join_all((0..5).map(|_| counted.get(1))).await;
        assert!(found.iter().all(|found| matches!(found, Ok(1))), "{found:?}");
        assert!(matches!(counted.get(2).await, Ok(2)));
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_begun_is_finished_and_kept_when_nobody_could_wait_for_it() {
        let counted = Counted::new();
        assert!(matches!(counted.get(1).await, Err(NoValue::BeingComputed(_))));
        assert!(matches!(counted.get(1).await, Err(NoValue::BeingComputed(_))));
        counted.permits.add_permits(1);
        assert!(matches!(counted.get(1).await, Ok(1)));
        // The next revision is not there in time: what is kept is better than nothing.
        assert!(matches!(counted.get(2).await, Ok(1)));
        counted.permits.add_permits(1);
        assert!(matches!(counted.get(2).await, Ok(2)));
    }

    #[tokio::test(start_paused = true)]
    async fn an_earlier_value_is_said_to_be_one() {
        let counted = Counted::new();
        counted.permits.add_permits(1);
        assert!(matches!(counted.get(1).await, Ok(1)));
        tokio::time::advance(2 * STALE).await;
        assert!(matches!(counted.get(2).await, Err(NoValue::BeingComputed(_))));
        let asked = Asked { key: "key", revision: 2, patience: A_MOMENT };
        let never = || async { std::future::pending().await };
        let found = counted.numbers.get_or_earlier(asked, never).await.unwrap();
        assert!(*found.value == 1 && found.earlier > Some(2 * STALE), "{found:?}");
    }

    #[tokio::test]
    async fn a_computation_that_panics_is_over() {
        let numbers = Numbers::new(10, Handle::current());
        let asked = Asked { key: "key", revision: 1, patience: A_MOMENT };
        let panics = || async { panic!("on purpose") };
        assert!(matches!(numbers.get(asked.clone(), panics).await, Err(NoValue::BeingComputed(_))));
        assert!(matches!(numbers.get(asked, || async { Ok(7) }).await.as_deref(), Ok(7)));
    }
}
