use super::Interval;
use super::{LEVEL, normal_quantile};

/// The Wilson score interval of a proportion, in 0..1 (Wilson 1927; Brown, Cai, DasGupta 2001).
///
/// `successes` need not be whole: a mean on a scale from 0 to 1 is allowed in place of a proportion. `trials` has to
/// be positive.
pub fn wilson_interval(successes: f64, trials: f64) -> Interval {
    let z = normal_quantile(0.5 + LEVEL / 2.0);
    let share = successes / trials;
    let denominator = 1.0 + z * z / trials;
    let centre = (share + z * z / (2.0 * trials)) / denominator;
    let half = z / denominator * (share * (1.0 - share) / trials + z * z / (4.0 * trials * trials)).sqrt();
    Interval { low: (centre - half).max(0.0), high: (centre + half).min(1.0), level: LEVEL }
}

/// The hybrid score interval of the difference of two proportions, each of so many successes in so many trials (Newcombe
/// 1998, method 10): the Wilson intervals of the two, put together. Both trials have to be positive.
pub fn newcombe_interval(one: (u64, u64), other: (u64, u64)) -> Interval {
    let parts = |(successes, trials): (u64, u64)| {
        let (successes, trials) = (successes as f64, trials as f64);
        (successes / trials, wilson_interval(successes, trials))
    };
    let ((share, interval), (other_share, other_interval)) = (parts(one), parts(other));
    let below = (share - interval.low).hypot(other_interval.high - other_share);
    let above = (interval.high - share).hypot(other_share - other_interval.low);
    let difference = share - other_share;
    Interval { low: (difference - below).max(-1.0), high: (difference + above).min(1.0), level: LEVEL }
}

/// The score interval of the rate of a Poisson count, in counts (Barker 2002): all
/// rates that a normal test does not reject.
pub fn poisson_interval(count: u64) -> Interval {
    let z = normal_quantile(0.5 + LEVEL / 2.0);
    let count = count as f64;
    let centre = count + z * z / 2.0;
    let half = z * (count + z * z / 4.0).sqrt();
    Interval { low: (centre - half).max(0.0), high: centre + half, level: LEVEL }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_count_has_the_score_interval_of_other_packages() {
        // statsmodels.stats.rates.confint_poisson(count, 1, method="score"), statsmodels 0.15.0.
        for (count, low, high) in [(0, 0.0, 3.841_459), (10, 5.431_986, 18.409_473), (200, 174.136_184, 229.705_275)] {
            let interval = poisson_interval(count);
            assert!((interval.low - low).abs() < 1e-6 && (interval.high - high).abs() < 1e-6, "{interval:?}");
        }
    }

    proptest! {
        #[test]
        fn the_interval_holds_the_share_and_stays_within_0_and_1(trials in 1_u32..10_000, part in 0.0..=1.0_f64) {
            let successes = (f64::from(trials) * part).floor();
            let interval = wilson_interval(successes, f64::from(trials));
            let share = successes / f64::from(trials);
            prop_assert!(interval.low >= 0.0 && interval.high <= 1.0);
            prop_assert!(interval.low <= share + 1e-12 && share <= interval.high + 1e-12);
        }
    }
}
