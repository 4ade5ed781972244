use std::collections::BTreeMap;

use crate::survey::Benefit;

/// Two benefits that one member answered about, the smaller first.
pub type Pair = (Benefit, Benefit);

/// Sums over the members who answered about both benefits of a pair, in hundredths of a point on 0..100. They add up
/// over days and versions, as tallies do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CoMoment {
    pub count: i64,
    pub first_sum: i64,
    pub second_sum: i64,
    pub product_sum: i64,
}

impl CoMoment {
    /// What one member adds.
    pub fn of(first: i64, second: i64) -> Self {
        Self { count: 1, first_sum: first, second_sum: second, product_sum: first * second }
    }

    pub fn add(&mut self, other: Self) {
        self.count += other.count;
        self.first_sum += other.first_sum;
        self.second_sum += other.second_sum;
        self.product_sum += other.product_sum;
    }

    /// What takes it away again.
    pub fn negated(self) -> Self {
        Self {
            count: -self.count,
            first_sum: -self.first_sum,
            second_sum: -self.second_sum,
            product_sum: -self.product_sum,
        }
    }

    /// The unbiased sample covariance, in points squared; `None` below two members.
    pub fn covariance(&self) -> Option<f64> {
        let count = self.count as f64;
        // The sums of a million members pass 2^53: whole numbers until the last step.
        let numerator = i128::from(self.product_sum) * i128::from(self.count)
            - i128::from(self.first_sum) * i128::from(self.second_sum);
        (self.count > 1).then(|| numerator as f64 / (count * (count - 1.0)) / 10_000.0)
    }
}

/// The co-moments of a period, by pair.
pub type CoMoments = BTreeMap<Pair, CoMoment>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_covariance_is_that_of_the_positions() {
        let mut sums = CoMoment::default();
        for (first, second) in [(0, 25), (50, 50), (100, 100), (75, 25)] {
            sums.add(CoMoment::of(first * 100, second * 100));
        }
        // By hand: the deviations (-56.25, -6.25, 43.75, 18.75) times (-25, 0, 50, -25) sum to 3125.
        assert!((sums.covariance().unwrap() - 3_125.0 / 3.0).abs() < 1e-9);
        assert_eq!(CoMoment::of(1, 1).covariance(), None);
    }
}
