//! A keyed rate limiter.

use std::hash::Hash;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, MonotonicClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{NotUntil, Quota, RateLimiter};

type Limiter<K, C> = RateLimiter<K, DashMapStateStore<K>, C, NoOpMiddleware<<C as Clock>::Instant>>;

/// So many a minute for each key, and as many as the burst at once (the generic cell rate algorithm).
#[derive(Debug)]
pub struct Rate<K: Hash + Eq + Clone, C: Clock = MonotonicClock> {
    /// `None` where there is no limit.
    limiter: Option<(Limiter<K, C>, u32)>,
}

impl<K: Hash + Eq + Clone> Rate<K> {
    /// No limit where `per_minute` is 0. The burst is one at least.
    pub fn new(per_minute: u32, burst: u32) -> Self {
        Self::with_clock(per_minute, burst, MonotonicClock)
    }
}

impl<K: Hash + Eq + Clone, C: Clock> Rate<K, C> {
    fn with_clock(per_minute: u32, burst: u32, clock: C) -> Self {
        let limiter = |per_minute| {
            let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
            let quota = Quota::per_minute(per_minute).allow_burst(burst);
            (RateLimiter::dashmap_with_clock(quota, clock), burst.get())
        };
        Self { limiter: NonZeroU32::new(per_minute).map(limiter) }
    }

    /// Takes `count` of what a key has left. Where there is too little, nothing is taken, and the error says how long it
    /// takes until there is enough.
    pub fn take(&self, key: &K, count: u32) -> Result<(), Duration> {
        let Some((limiter, burst)) = &self.limiter else { return Ok(()) };
        // Whoever asks for more than there can ever be gets it when the key has been idle long enough.
        let Some(count) = NonZeroU32::new(count.min(*burst)) else { return Ok(()) };
        let wait = |refused: NotUntil<C::Instant>| refused.wait_time_from(limiter.clock().now());
        limiter.check_key_n(key, count).unwrap_or(Ok(())).map_err(wait)
    }

    /// Frees the memory of keys that have all of their burst again.
    pub fn forget_idle(&self) {
        if let Some((limiter, _)) = &self.limiter {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }
}

#[cfg(test)]
mod tests {
    use governor::clock::FakeRelativeClock;

    use super::*;

    #[test]
    fn a_key_has_its_burst_and_then_its_rate() {
        let clock = FakeRelativeClock::default();
        let rate = Rate::with_clock(30, 3, clock.clone());
        for _ in 0..3 {
            assert_eq!(rate.take(&"a", 1), Ok(()));
        }
        assert_eq!(rate.take(&"a", 1), Err(Duration::from_secs(2)));
        assert_eq!(rate.take(&"b", 1), Ok(()));
        clock.advance(Duration::from_secs(2));
        assert_eq!(rate.take(&"a", 1), Ok(()));
        assert!(rate.take(&"a", 1).is_err());
    }

    #[test]
    fn what_costs_more_than_the_burst_is_let_through_after_a_rest() {
        let clock = FakeRelativeClock::default();
        let rate = Rate::with_clock(60, 10, clock.clone());
        assert_eq!(rate.take(&(), 5_000), Ok(()));
        assert_eq!(rate.take(&(), 5_000), Err(Duration::from_secs(10)));
        assert_eq!(rate.take(&(), 0), Ok(()));
    }

    #[test]
    fn idle_keys_are_forgotten() {
        let clock = FakeRelativeClock::default();
        let rate = Rate::with_clock(60, 10, clock.clone());
        let keys = |rate: &Rate<i32, FakeRelativeClock>| rate.limiter.as_ref().map(|(limiter, _)| limiter.len());
        (0..100).for_each(|key| assert_eq!(rate.take(&key, 1), Ok(())));
        rate.forget_idle();
        assert_eq!(keys(&rate), Some(100));
        clock.advance(Duration::from_secs(60));
        rate.forget_idle();
        assert_eq!(keys(&rate), Some(0));
    }
}
