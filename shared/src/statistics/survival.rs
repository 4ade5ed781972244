use std::collections::BTreeMap;

use super::{LEVEL, normal_quantile};

/// Up to here each duration is kept as it is; longer ones to within 2 %.
const EXACT: u32 = 50;

/// How long it took those who got there, and how long the others have been on the way, in whole days or another unit.
///
/// They are counts by duration, so the sum of two such tallies is one of both. Durations above 50 share a bucket with those
/// up to 4 % longer and are taken for its middle, which is off by 2 % at most.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Durations(BTreeMap<u32, Count>);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    reached: u64,
    open: u64,
}

/// The duration by which half of all have got there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MedianDuration {
    pub value: f64,
    /// The ends of the 95 % interval.
    pub low: f64,
    /// `None` where it lies beyond what has been seen.
    pub high: Option<f64>,
}

impl Durations {
    pub fn add(&mut self, duration: u32, has_reached: bool) {
        let count = self.0.entry(bucket(duration).0).or_default();
        if has_reached {
            count.reached += 1;
        } else {
            count.open += 1;
        }
    }

    /// The durations of both.
    pub fn with(mut self, other: &Self) -> Self {
        for (bucket, count) in &other.0 {
            let sum = self.0.entry(*bucket).or_default();
            sum.reached += count.reached;
            sum.open += count.open;
        }
        self
    }

    pub fn total(&self) -> u64 {
        self.0.values().map(|count| count.reached + count.open).sum()
    }

    pub fn reached(&self) -> u64 {
        self.0.values().map(|count| count.reached).sum()
    }

    /// The median of those who got there. Those who are on the way may take longer, so it errs on the short side.
    pub fn median_of_reached(&self) -> Option<f64> {
        let reached = self.reached();
        // Of an even number the mean of the two in the middle.
        let at = |rank: u64| {
            let mut before = 0;
            let found = self.0.iter().find(|(_, count)| {
                before += count.reached;
                rank < before
            });
            found.map(|(first, _)| middle(*first))
        };
        Some((at(reached.checked_sub(1)? / 2)? + at(reached / 2)?) / 2.0)
    }

    /// The median of all, where those who are on the way are censored. `None` where fewer than half are estimated to have
    /// got there.
    pub fn median(&self) -> Option<MedianDuration> {
        product_limit_median(self.0.iter().map(|(first, count)| (middle(*first), count.reached, count.open)))
    }
}

/// The median by the product-limit estimate (Kaplan, Meier 1958) of times in order, each with how many reached it and how
/// many were watched until then. Its interval is where that of the estimate holds a half (Brookmeyer, Crowley 1982), with
/// Greenwood's error on the log(-log) scale (Kalbfleisch, Prentice 1980).
pub(super) fn product_limit_median(times: impl Iterator<Item = (f64, u64, u64)> + Clone) -> Option<MedianDuration> {
    // Products of shares that ought to come to a half.
    const HALF: f64 = 0.5 + 1e-9;
    let z = normal_quantile(0.5 + LEVEL / 2.0);
    let mut at_risk: u64 = times.clone().map(|(_, reached, open)| reached + open).sum();
    let (mut survival, mut variance) = (1.0_f64, 0.0_f64);
    let (mut value, mut low, mut high) = (None, None, None);
    for (time, reached, open) in times {
        if reached > 0 {
            let (gone, of) = (reached as f64, at_risk as f64);
            survival *= (of - gone) / of;
            value = value.or((survival <= HALF).then_some(time));
            // Nothing is known of the error where nobody is left.
            let mut ends = (0.0, 1.0);
            if reached < at_risk {
                variance += gone / (of * (of - gone));
                let log = survival.ln();
                let end = |z: f64| (-((-log).ln() - z * variance.sqrt() / log).exp()).exp();
                ends = (end(z), end(-z));
            }
            low = low.or((ends.0 <= HALF).then_some(time));
            high = high.or((ends.1 <= HALF).then_some(time));
        }
        at_risk -= reached + open;
    }
    Some(MedianDuration { value: value?, low: low?, high })
}

/// The first and the last duration that share a bucket with this one.
fn bucket(duration: u32) -> (u32, u32) {
    if duration <= EXACT {
        return (duration, duration);
    }
    let mut first = EXACT + 1;
    loop {
        let last = first.saturating_add(first / 25);
        if duration <= last {
            return (first, last);
        }
        first = last + 1;
    }
}

/// What all of a bucket are taken for.
fn middle(first: u32) -> f64 {
    let (first, last) = bucket(first);
    (f64::from(first) + f64::from(last)) / 2.0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn durations(rows: &[(u32, bool)]) -> Durations {
        let mut durations = Durations::default();
        rows.iter().for_each(|(duration, has_reached)| durations.add(*duration, *has_reached));
        durations
    }

    #[test]
    fn those_on_the_way_count_for_as_long_as_they_were_seen() {
        // At 2 four of five are left; those who were seen for 3 are at risk then, and not at 5, where one of two is.
        let found = durations(&[(2, true), (3, false), (3, false), (5, true), (9, false)]);
        assert_eq!(found.median().map(|median| median.value), Some(5.0));
        assert_eq!((found.total(), found.reached(), found.median_of_reached()), (5, 2, Some(3.5)));
    }

    #[test]
    fn there_is_no_median_where_fewer_than_half_got_there() {
        assert_eq!(durations(&[(2, true), (3, false), (3, false)]).median(), None);
        assert_eq!(durations(&[(3, false)]).median_of_reached(), None);
        assert_eq!(Durations::default().median(), None);
    }

    #[test]
    fn nothing_is_known_of_the_error_where_nobody_is_left() {
        let all = durations(&[(0, true), (0, true)]);
        assert_eq!(all.median(), Some(MedianDuration { value: 0.0, low: 0.0, high: None }));
    }

    #[test]
    fn the_longest_has_a_bucket() {
        let (first, last) = bucket(u32::MAX);
        assert!(first < last && last == u32::MAX);
    }

    proptest! {
        #[test]
        fn a_duration_is_kept_to_two_percent(duration in 0_u32..2_000_000) {
            let (first, last) = bucket(duration);
            prop_assert!(first <= duration && duration <= last);
            prop_assert_eq!(bucket(last), (first, last));
            prop_assert!((middle(first) - f64::from(duration)).abs() <= 0.02 * f64::from(duration));
        }

        #[test]
        fn tallies_add_up(rows in proptest::collection::vec((0_u32..400, any::<bool>()), 0..60), cut in 0_usize..60) {
            let (one, other) = rows.split_at(cut.min(rows.len()));
            let sum = durations(one).with(&durations(other));
            prop_assert_eq!(&sum, &durations(&rows));
            if let Some(median) = sum.median() {
                prop_assert!(median.low <= median.value && median.high.is_none_or(|high| median.value <= high));
            }
        }
    }
}
