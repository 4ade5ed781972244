//! How far the summing up of a community is, for those who wait for it.

use std::sync::atomic::{AtomicUsize, Ordering};

/// How far what is tracked is summed up.
#[derive(Debug, Default)]
pub struct SummingUp {
    done: AtomicUsize,
    of: AtomicUsize,
}

impl SummingUp {
    /// So many sums are known, of so many that there are.
    pub fn begin(&self, done: usize, of: usize) {
        self.done.store(done, Ordering::Relaxed);
        self.of.store(of, Ordering::Relaxed);
    }

    pub fn add(&self, done: usize) {
        self.done.fetch_add(done, Ordering::Relaxed);
    }

    /// `None` where nothing is left to sum up.
    pub fn percent(&self) -> Option<u8> {
        let (done, of) = (self.done.load(Ordering::Relaxed), self.of.load(Ordering::Relaxed));
        if done < of { u8::try_from(100 * done / of).ok() } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_told_while_there_is_any() {
        let progress = SummingUp::default();
        assert_eq!(progress.percent(), None);
        progress.begin(60, 80);
        assert_eq!(progress.percent(), Some(75));
        progress.add(19);
        assert_eq!(progress.percent(), Some(98));
        progress.add(1);
        assert_eq!(progress.percent(), None);
    }
}
