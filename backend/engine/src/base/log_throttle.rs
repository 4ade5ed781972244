//! Throttled logging: at most one line a second of each kind, however often the same thing happens.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

const EVERY: Duration = Duration::from_secs(1);

/// Lets one line of a kind through in a second, and says how many were not written since.
#[derive(Debug, Default)]
pub struct LogThrottle(Mutex<Option<(Instant, u64)>>);

impl LogThrottle {
    pub const fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// `Some` where the line is to be written: with how many like it were not, since the last that was.
    pub fn pass(&self) -> Option<u64> {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match last.as_mut() {
            Some((at, unsaid)) if at.elapsed() < EVERY => {
                *unsaid += 1;
                None
            }
            _ => Some(last.replace((Instant::now(), 0)).map_or(0, |(_, unsaid)| unsaid)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_lines_at_once_one_is_written() {
        let throttle = LogThrottle::new();
        assert_eq!(throttle.pass(), Some(0));
        assert_eq!([throttle.pass(), throttle.pass()], [None, None]);
        if let Some((at, _)) = throttle.0.lock().unwrap().as_mut() {
            *at = at.checked_sub(EVERY).unwrap();
        }
        assert_eq!(throttle.pass(), Some(2));
    }
}
