use std::sync::Arc;

use super::Uncertain;
use crate::statistics::chi_squared_cdf;

/// Beyond this part of the highest probability, counts are left out: all of them together are rarer than one draw in a
/// billion.
const NEGLIGIBLE: f64 = 1e-15;
/// The ends of a count's range, on the low side: as far out as the ends of a triangle around a 95% interval.
const LOW_END: f64 = 0.005;

/// How a count would come out if the same time were lived through again: the Poisson distribution, or where the counts
/// of equal parts of that time vary more, the negative binomial distribution with the same mean.
#[derive(Clone, Debug, PartialEq)]
pub struct CountDistribution {
    mean: f64,
    /// The least count that has a probability worth the name.
    first: u64,
    /// The probabilities of `first` and below, of the one above and below, and so on.
    cumulative: Arc<[f64]>,
}

impl CountDistribution {
    /// A mean that is not above zero makes it always zero.
    pub fn poisson(mean: f64) -> Self {
        Self::from_ratios(mean, mean, |count| mean / (count + 1.0))
    }

    /// `dispersion` is the variance as a multiple of the mean; up to 1 it is the Poisson distribution.
    pub fn negative_binomial(mean: f64, dispersion: f64) -> Self {
        if dispersion.is_nan() || dispersion <= 1.0 {
            return Self::poisson(mean);
        }
        let size = mean / (dispersion - 1.0);
        let failure = (dispersion - 1.0) / dispersion;
        let mode = (size - 1.0) * (dispersion - 1.0);
        Self::from_ratios(mean, mode, |count| failure * (count + size) / (count + 1.0))
    }

    /// The probabilities follow from their ratios: `ratio` is that of the count after one to the count itself. Only
    /// operations that IEEE 754 rounds in one way, so that a seed gives the same counts on every machine.
    fn from_ratios(mean: f64, mode: f64, ratio: impl Fn(f64) -> f64) -> Self {
        if !(mean.is_finite() && mean > 0.0) {
            return Self { mean: 0.0, first: 0, cumulative: Arc::from([1.0]) };
        }
        let mode = mode.max(0.0).floor();
        let below = std::iter::successors(Some((mode, 1.0)), |(count, probability)| {
            (*count > 0.0).then(|| (count - 1.0, probability / ratio(count - 1.0)))
        });
        let above = std::iter::successors(Some((mode, 1.0)), |(count, probability)| {
            Some((count + 1.0, probability * ratio(*count)))
        });
        let mut probabilities: Vec<f64> =
            below.map(|(_, probability)| probability).take_while(|probability| *probability > NEGLIGIBLE).collect();
        let first = mode as u64 + 1 - probabilities.len() as u64;
        probabilities.reverse();
        probabilities.extend(
            above.skip(1).map(|(_, probability)| probability).take_while(|probability| *probability > NEGLIGIBLE),
        );
        let total: f64 = probabilities.iter().sum();
        let sums = probabilities.iter().scan(0.0, |sum, probability| {
            *sum += probability / total;
            Some(*sum)
        });
        Self { mean, first, cumulative: sums.collect() }
    }

    pub fn mean(&self) -> f64 {
        self.mean
    }
}

impl Uncertain for CountDistribution {
    /// The least count that is not exceeded with `probability`.
    fn quantile(&self, probability: f64) -> f64 {
        let index = self.cumulative.partition_point(|cumulative| *cumulative < probability);
        (self.first + index.min(self.cumulative.len() - 1) as u64) as f64
    }

    fn low(&self) -> f64 {
        self.quantile(LOW_END)
    }

    /// What was counted.
    fn mode(&self) -> f64 {
        self.mean
    }

    fn high(&self) -> f64 {
        self.quantile(1.0 - LOW_END)
    }
}

/// A count by weeks, as sums that can be kept by day: whether it varies more than chance alone explains.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WeeklyCounts {
    /// Whole weeks. Days of the week differ, so that days would say little.
    pub weeks: u64,
    /// Of the counts of these weeks.
    pub sum: u64,
    pub squares: u64,
}

/// Weeks that vary more than this many times as much as by chance say more about how cases were entered (all of a month on
/// one day, say) than about how many there would be another time.
const MOST_DISPERSED: f64 = 10.0;

/// With fewer weeks their variance says next to nothing.
const LEAST_WEEKS: u64 = 6;

impl WeeklyCounts {
    pub fn of(weeks: impl IntoIterator<Item = u64>) -> Self {
        weeks.into_iter().fold(Self::default(), |sums, count| Self {
            weeks: sums.weeks + 1,
            sum: sums.sum + count,
            squares: sums.squares + count * count,
        })
    }

    /// The variance of a week's count as a multiple of its mean, where that is beyond chance: 1 unless the index of
    /// dispersion is among the highest 5% that Poisson counts have (Fisher 1925; Cox, Lewis 1966), and 10 at most.
    pub fn dispersion(&self) -> f64 {
        let (weeks, sum) = (self.weeks as f64, self.sum as f64);
        if self.weeks < LEAST_WEEKS || self.sum == 0 {
            return 1.0;
        }
        let mean = sum / weeks;
        let index = (self.squares as f64 - sum * mean) / mean;
        let freedom = weeks - 1.0;
        if chi_squared_cdf(index, freedom) > 0.95 { (index / freedom).min(MOST_DISPERSED) } else { 1.0 }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn weeks_that_vary_by_chance_alone_are_poisson() {
        let even = WeeklyCounts::of([38, 44, 41, 35, 47, 40, 39, 42, 36, 45, 43, 37, 41]);
        assert_eq!(even.dispersion(), 1.0);
        let few = WeeklyCounts::of([0, 90, 0, 90]);
        assert_eq!(few.dispersion(), 1.0);
        // Mean 40, twelve squared deviations of 400.
        let bursts = WeeklyCounts::of([20, 60, 20, 60, 20, 60, 20, 60, 20, 60, 20, 60, 40]);
        assert!((bursts.dispersion() - 10.0).abs() < 1e-12);
        let in_one_day = WeeklyCounts::of([0, 0, 0, 200, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(in_one_day.dispersion(), MOST_DISPERSED);
    }

    #[test]
    fn nothing_counted_is_always_nothing() {
        for mean in [0.0, -1.0, f64::NAN] {
            assert_eq!(CountDistribution::poisson(mean).quantile(0.999), 0.0);
        }
        assert_eq!(CountDistribution::negative_binomial(20.0, 0.5), CountDistribution::poisson(20.0));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn mean_and_variance_are_as_stated(mean in 0.3..3_000.0_f64, dispersion in 1.0..6.0_f64) {
            let counts = CountDistribution::negative_binomial(mean, dispersion);
            let steps = std::iter::once(counts.cumulative[0])
                .chain(counts.cumulative.windows(2).map(|pair| pair[1] - pair[0]));
            let (mut first, mut second) = (0.0, 0.0);
            for (index, probability) in steps.enumerate() {
                let deviation = (counts.first + index as u64) as f64 - mean;
                first += probability * deviation;
                second += probability * deviation * deviation;
            }
            prop_assert!(first.abs() < 1e-6 * mean.max(1.0), "{first}");
            prop_assert!((second / (dispersion * mean) - 1.0).abs() < 1e-6, "{second}");
            prop_assert!(counts.quantile(0.1) <= counts.quantile(0.5) && counts.low() <= counts.high());
        }
    }
}
