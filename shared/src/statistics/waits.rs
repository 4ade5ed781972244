use std::collections::BTreeMap;

use super::survival::{MedianDuration, product_limit_median};

/// How far the time that stands for a bucket may be from a time in it, as a share of it.
const RELATIVE_ERROR: f64 = 0.02;

/// How long something took, or has taken so far where it has not come yet: counts in buckets of time, which add up.
///
/// Bucket i holds the times from r^(i-1) to r^i seconds with r = (1 + e) / (1 - e), and the time 2 r^i / (r + 1) stands
/// for it, at most e = 2% away from any of them (Masson, Rim, Lee 2019).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waits(BTreeMap<u16, Ends>);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Ends {
    over: u64,
    open: u64,
}

/// When half of the waits were over, in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MedianWait {
    pub seconds: f64,
    pub low: f64,
    /// `None` where the data does not reach it.
    pub high: Option<f64>,
}

impl Waits {
    /// It came after so many seconds.
    pub fn add_event(&mut self, seconds: u64) {
        self.0.entry(bucket_of(seconds)).or_default().over += 1;
    }

    /// It had not come when it was last looked at, after so many seconds.
    pub fn add_censored(&mut self, seconds: u64) {
        self.0.entry(bucket_of(seconds)).or_default().open += 1;
    }

    pub fn count(&self) -> u64 {
        self.0.values().map(|ends| ends.over + ends.open).sum()
    }

    pub fn open(&self) -> u64 {
        self.0.values().map(|ends| ends.open).sum()
    }

    /// The longest, over or not, in seconds.
    pub fn longest(&self) -> Option<f64> {
        self.0.last_key_value().map(|(bucket, _)| seconds_of(*bucket))
    }

    /// The Kaplan–Meier median, with those that are open counted for as long as they were watched. `None` where more than
    /// half still wait at the end.
    pub fn median(&self) -> Option<MedianWait> {
        let times = self.0.iter().map(|(bucket, ends)| (seconds_of(*bucket), ends.over, ends.open));
        let MedianDuration { value, low, high } = product_limit_median(times)?;
        Some(MedianWait { seconds: value, low, high })
    }
}

fn ratio() -> f64 {
    (1.0 + RELATIVE_ERROR) / (1.0 - RELATIVE_ERROR)
}

fn bucket_of(seconds: u64) -> u16 {
    let bucket = (seconds.max(1) as f64).ln() / ratio().ln();
    bucket.ceil() as u16
}

fn seconds_of(bucket: u16) -> f64 {
    2.0 * ratio().powi(i32::from(bucket)) / (ratio() + 1.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn waits(over: &[u64], open: &[u64]) -> Waits {
        let mut waits = Waits::default();
        over.iter().for_each(|seconds| waits.add_event(*seconds));
        open.iter().for_each(|seconds| waits.add_censored(*seconds));
        waits
    }

    #[test]
    fn those_that_still_wait_are_not_left_out() {
        let answered = [60, 120, 180];
        assert!(waits(&answered, &[]).median().unwrap().seconds < 130.0);
        // Three of six came, and the others waited for longer: half were over after the third.
        let median = waits(&answered, &[500, 500, 500]).median().unwrap();
        assert!((176.0..184.0).contains(&median.seconds), "{median:?}");
        assert_eq!(median.high, None);
        assert_eq!(waits(&answered, &[500, 500, 500, 500]).median(), None);
        assert_eq!(waits(&[], &[]).median(), None);
    }

    proptest! {
        #[test]
        fn a_bucket_stands_for_its_times_within_two_percent(seconds in 1_u64..400_000_000) {
            let stands_for = seconds_of(bucket_of(seconds));
            let error = (stands_for - seconds as f64).abs() / seconds as f64;
            prop_assert!(error <= RELATIVE_ERROR + 1e-9, "{} for {}", stands_for, seconds);
        }

        #[test]
        fn the_order_is_of_no_matter(mut all in prop::collection::vec((1_u64..10_000_000, any::<bool>()), 0..40)) {
            let waits = |all: &[(u64, bool)]| {
                let mut waits = Waits::default();
                for (seconds, over) in all {
                    if *over { waits.add_event(*seconds) } else { waits.add_censored(*seconds) }
                }
                waits
            };
            let (one, count) = (waits(&all), all.len());
            all.reverse();
            all.rotate_left(count / 3);
            prop_assert_eq!(one.median(), waits(&all).median());
            if let Some(MedianWait { seconds, low, high }) = one.median() {
                prop_assert!(low <= seconds && high.is_none_or(|high| high >= seconds));
            }
        }
    }
}
