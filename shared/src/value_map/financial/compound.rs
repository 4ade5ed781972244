use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::{AmountError, CountDistribution, checked_times};

/// What outcomes came to, as sums that can be kept by day and added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CompoundSum {
    /// Refunds taken off.
    pub amount: Decimal,
    /// The same with refunds added on: the sum of the absolute amounts.
    pub turnover: Decimal,
    /// The sum of the squared amounts.
    pub squares: Decimal,
}

impl CompoundSum {
    /// Counts one more outcome.
    pub fn add(&mut self, amount: Decimal) {
        self.amount += amount;
        self.turnover += amount.abs();
        self.squares = self.squares.saturating_add(amount.saturating_mul(amount));
    }

    /// Adds what other outcomes came to.
    pub fn merge(&mut self, other: Self) {
        self.amount += other.amount;
        self.turnover += other.turnover;
        self.squares = self.squares.saturating_add(other.squares);
    }

    /// The sum of outcomes that each are so many times as large.
    pub fn times(&self, factor: Decimal) -> Self {
        let squared = factor.saturating_mul(factor);
        Self {
            amount: self.amount.saturating_mul(factor),
            turnover: self.turnover.saturating_mul(factor.abs()),
            squares: self.squares.saturating_mul(squared),
        }
    }

    /// How many outcomes of one size would be as uncertain together as these are: their count where all are of one size,
    /// fewer where a few make up most of the sum.
    pub fn effective_count(&self) -> f64 {
        let [turnover, squares] = [self.turnover, self.squares].map(|sum| sum.to_f64().unwrap_or_default());
        if squares > 0.0 { turnover * turnover / squares } else { 0.0 }
    }

    /// The number of outcomes of one size: what a draw of it says is handed to [`CompoundSum::drawn`].
    ///
    /// Outcomes that come independently at random make their sum a compound Poisson variable, whose variance is the
    /// expected sum of squares. It is approximated by a scaled Poisson variable of the same mean and variance (Bohm, Zech
    /// 2014, Nuclear Instruments and Methods A 748, 1-6).
    pub fn sampling(&self) -> CountDistribution {
        CountDistribution::poisson(self.effective_count())
    }

    /// A share of the sum, for this number of outcomes of one size.
    pub fn drawn(&self, share: f64, count: f64) -> Result<Decimal, AmountError> {
        let expected = self.effective_count();
        if expected == 0.0 {
            return checked_times(self.amount, share);
        }
        let surplus = count / expected - 1.0;
        if self.turnover == self.amount {
            return checked_times(self.amount, share * (1.0 + surplus));
        }
        Ok(checked_times(self.amount, share)? + checked_times(self.turnover, share * surplus)?)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Uncertain;
    use super::*;

    fn sum(amounts: &[i64]) -> CompoundSum {
        let mut sum = CompoundSum::default();
        amounts.iter().for_each(|amount| sum.add(Decimal::from(*amount)));
        sum
    }

    #[test]
    fn outcomes_of_one_size_are_as_uncertain_as_their_number() {
        let ten = sum(&[500; 10]);
        assert_eq!((ten.amount, ten.effective_count()), (Decimal::from(5_000), 10.0));
        assert_eq!(ten.drawn(0.5, 7.0), Ok(Decimal::from(1_750)));
        // One that makes up nearly all of the sum counts as little more than one.
        assert!((sum(&[1_000, 10, 10, 10]).effective_count() - 1.0606).abs() < 1e-3);
    }

    #[test]
    fn refunds_lower_the_sum_and_make_it_less_certain() {
        let refunded = sum(&[1_000, 1_000, -1_000]);
        assert_eq!((refunded.amount, refunded.effective_count()), (Decimal::from(1_000), 3.0));
        assert_eq!(refunded.drawn(1.0, 3.0), Ok(Decimal::from(1_000)));
        // Standard error: the root of three squares of 1,000.
        let [low, high] = [3.0 - 3.0_f64.sqrt(), 3.0 + 3.0_f64.sqrt()].map(|count| refunded.drawn(1.0, count).unwrap());
        assert!(((high - low).to_f64().unwrap() / 2.0 - 3.0_f64.sqrt() * 1_000.0).abs() < 1e-3);
    }

    #[test]
    fn nothing_has_no_chance_in_it() {
        let nothing = CompoundSum::default();
        assert_eq!((nothing.sampling().quantile(0.9), nothing.drawn(0.5, 0.0)), (0.0, Ok(Decimal::ZERO)));
    }
}
