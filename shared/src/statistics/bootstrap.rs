use rand::RngExt;
use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;

use super::Interval;
use super::{LEVEL, Sample, normal_cdf, normal_quantile};

/// How many resamples a bootstrap draws.
pub const RESAMPLES: usize = 9_999;

/// The bias-corrected and accelerated bootstrap interval of a mean (Efron 1987), of [`RESAMPLES`] resamples that the
/// seed decides: the same sample and seed give the same interval on every machine.
///
/// `None` where it is not defined: below two observations, or when all of them are equal.
pub fn bca_interval(sample: &Sample, seed: u64) -> Option<Interval> {
    if sample.variance()? == 0.0 {
        return None;
    }
    let observations = sample.observations();
    let mean = sample.mean()?;
    let means = sorted_resampled_means(&observations, seed);

    let below = means.partition_point(|resampled| *resampled < mean - TOLERANCE);
    let not_above = means.partition_point(|resampled| *resampled <= mean + TOLERANCE);
    let bias = normal_quantile((below + not_above) as f64 / (2 * means.len()) as f64);
    let acceleration = acceleration(&observations, mean);
    let end = |probability: f64| {
        let shifted = bias + normal_quantile(probability);
        quantile(&means, normal_cdf(bias + shifted / (1.0 - acceleration * shifted)))
    };
    let tail = (1.0 - LEVEL) / 2.0;
    Some(Interval { low: end(tail), high: end(1.0 - tail), level: LEVEL })
}

/// Means of the same observations differ in their last bits with the order of summation.
const TOLERANCE: f64 = 1e-9;

fn sorted_resampled_means(observations: &[f64], seed: u64) -> Vec<f64> {
    let mut generator = Pcg64Mcg::seed_from_u64(seed);
    let size = observations.len();
    let mut resampled_mean = || {
        let sum: f64 = (0..size).map(|_| observations[generator.random_range(0..size)]).sum();
        sum / size as f64
    };
    let mut means: Vec<f64> = (0..RESAMPLES).map(|_| resampled_mean()).collect();
    means.sort_by(f64::total_cmp);
    means
}

/// The acceleration from the jackknife. For a mean, leaving one observation out moves it by (mean - x) / (n - 1).
fn acceleration(observations: &[f64], mean: f64) -> f64 {
    let (mut squares, mut cubes) = (0.0, 0.0);
    for observation in observations {
        let influence = observation - mean;
        squares += influence.powi(2);
        cubes += influence.powi(3);
    }
    cubes / (6.0 * squares.powf(1.5))
}

/// The quantile by linear interpolation between order statistics (Hyndman and Fan 1996, type 7).
fn quantile(sorted: &[f64], probability: f64) -> f64 {
    let position = probability.clamp(0.0, 1.0) * (sorted.len() - 1) as f64;
    let (low, high) = (sorted[position.floor() as usize], sorted[position.ceil() as usize]);
    low + (high - low) * position.fract()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_seed_decides() {
        let sample = Sample::from_counts([(0.0, 2), (50.0, 3), (75.0, 4), (100.0, 1)]);
        assert_eq!(bca_interval(&sample, 1), bca_interval(&sample, 1));
    }

    #[test]
    fn without_spread_there_is_no_bootstrap_interval() {
        assert_eq!(bca_interval(&Sample::from_counts([(75.0, 12)]), 1), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn the_interval_holds_the_mean(counts in proptest::collection::vec(1_u64..6, 5)) {
            let sample = Sample::from_counts(counts.into_iter().enumerate().map(|(k, count)| (25.0 * k as f64, count)));
            let interval = bca_interval(&sample, 7).unwrap();
            let mean = sample.mean().unwrap();
            prop_assert!(interval.low <= mean && mean <= interval.high);
            prop_assert!(interval.low >= 0.0 && interval.high <= 100.0);
        }
    }
}
