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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

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
