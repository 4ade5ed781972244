use rust_decimal::Decimal;
use rust_decimal::prelude::{FromPrimitive, ToPrimitive};

use super::AmountError;
use super::amount::{not_negative, ratio, sum};
use crate::money;

/// Hours that somebody worked, and what an hour costs with all that comes on top of the wage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Labour {
    pub hours: Decimal,
    /// The loaded rate: an amount per hour.
    pub hourly_rate: Decimal,
}

/// All that an activity cost. Nothing in it may be below zero.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FullyLoadedCost {
    pub cash: Decimal,
    pub travel: Decimal,
    pub labour: Vec<Labour>,
    /// The activity's share of what the platform costs.
    pub platform_share: Decimal,
}

/// What a community returns, from answers of members and from what people find by themselves. The two are kept apart,
/// because searches usually dominate and answers are what the community alone can give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommunityReturn {
    pub value_of_answers: Decimal,
    pub value_of_searches: Decimal,
    pub cost: Decimal,
}

/// Why there is no figure.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ReturnError {
    #[error("an outcome is worth {0}, so that no number of them recovers the cost; enter a value above zero")]
    WorthlessOutcome(Decimal),
    #[error("the weight {0} of an outcome is not a number from zero on; correct it")]
    Weight(f64),
    #[error(transparent)]
    Amount(#[from] AmountError),
}

impl FullyLoadedCost {
    /// Cash + travel + sum of hours x loaded rate + platform share, exact before it is rounded once.
    pub fn total(&self) -> Result<Decimal, AmountError> {
        let mut parts = vec![
            not_negative("the cash cost", self.cash)?,
            not_negative("the travel cost", self.travel)?,
            not_negative("the share of the platform's cost", self.platform_share)?,
        ];
        for Labour { hours, hourly_rate } in &self.labour {
            not_negative("a number of hours", *hours)?;
            not_negative("an hourly rate", *hourly_rate)?;
            let too_large = || AmountError::TooLarge { what: format!("{hours} hours at {hourly_rate}") };
            parts.push(hours.checked_mul(*hourly_rate).ok_or_else(too_large)?);
        }
        sum(parts)
    }
}

impl CommunityReturn {
    /// (Value of answers + value of self-service - cost) / cost. `None` where nothing was spent.
    pub fn return_on_investment(&self) -> Option<f64> {
        return_on_investment(self.value_of_answers.checked_add(self.value_of_searches)?, self.cost)
    }

    /// The return if nobody had found anything by searching, against the whole cost. `None` where nothing was spent.
    pub fn return_of_answers_alone(&self) -> Option<f64> {
        return_on_investment(self.value_of_answers, self.cost)
    }

    /// The return if no member had answered, against the whole cost. `None` where nothing was spent.
    pub fn return_of_searches_alone(&self) -> Option<f64> {
        return_on_investment(self.value_of_searches, self.cost)
    }

    /// The part of the value that comes from searches, in 0..1. `None` where there is no value.
    pub fn share_of_searches(&self) -> Option<f64> {
        ratio(self.value_of_searches, self.value_of_answers.checked_add(self.value_of_searches)?)
    }
}

/// (Value - cost) / cost, as a share: 0.5 gains half of the cost, -1 loses all of it. Of several activities, hand in
/// the sums of their values and costs. `None` where nothing was spent.
pub fn return_on_investment(value: Decimal, cost: Decimal) -> Option<f64> {
    ratio(value.checked_sub(cost)?, cost)
}

/// The cost of one outcome, rounded. `None` without outcomes.
pub fn cost_per_outcome(cost: Decimal, count: u64) -> Option<Decimal> {
    cost.checked_div(Decimal::from(count)).map(money::rounded)
}

/// The sum of weight x count over the kinds of outcomes, each given as its weight and its count. Weights are points
/// that the organisation chose, from zero on; they are no money.
pub fn weighted_outcome_index(outcomes: impl IntoIterator<Item = (f64, u64)>) -> Result<f64, ReturnError> {
    outcomes.into_iter().try_fold(0.0, |index, (weight, count)| {
        let points = weight * count as f64;
        if weight >= 0.0 && points.is_finite() { Ok(index + points) } else { Err(ReturnError::Weight(weight)) }
    })
}

/// Points of the weighted outcome index for each unit of the currency that was spent. `None` where nothing was spent or
/// the index is too large for a decimal.
pub fn efficiency(weighted_outcome_index: f64, cost: Decimal) -> Option<f64> {
    ratio(Decimal::from_f64(weighted_outcome_index)?, cost)
}

/// How many outcomes have to come before an activity has paid for itself, ceil(cost / value per outcome): asked before
/// it is booked.
pub fn break_even_count(cost: Decimal, value_per_outcome: Decimal) -> Result<u64, ReturnError> {
    not_negative("the cost", cost)?;
    if value_per_outcome <= Decimal::ZERO {
        return Err(ReturnError::WorthlessOutcome(value_per_outcome));
    }
    let too_many = || AmountError::TooLarge { what: format!("{cost} divided by {value_per_outcome}") };
    let count = cost.checked_div(value_per_outcome).and_then(|count| count.ceil().to_u64()).ok_or_else(too_many)?;
    Ok(count)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn amount(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn a_cost_has_all_its_parts() {
        let labour = |hours, hourly_rate| Labour { hours: amount(hours), hourly_rate: amount(hourly_rate) };
        let cost = FullyLoadedCost {
            cash: amount("1200.50"),
            travel: amount("340.25"),
            labour: vec![labour("16.5", "62.40"), labour("2", "110")],
            platform_share: amount("75"),
        };
        assert_eq!(cost.total(), Ok(amount("2865.35")));
        assert_eq!(FullyLoadedCost::default().total(), Ok(Decimal::ZERO));
    }

    #[test]
    fn no_part_of_a_cost_is_negative_or_endless() {
        let minus = Decimal::NEGATIVE_ONE;
        let labour = |hours, hourly_rate| vec![Labour { hours, hourly_rate }];
        let wrong = [
            FullyLoadedCost { cash: minus, ..Default::default() },
            FullyLoadedCost { travel: minus, ..Default::default() },
            FullyLoadedCost { platform_share: minus, ..Default::default() },
            FullyLoadedCost { labour: labour(minus, minus), ..Default::default() },
            FullyLoadedCost { labour: labour(Decimal::ONE, minus), ..Default::default() },
        ];
        for cost in wrong {
            assert!(matches!(cost.total(), Err(AmountError::Negative { .. })), "{cost:?}");
        }
        let endless = FullyLoadedCost { labour: labour(Decimal::MAX, Decimal::TWO), ..Default::default() };
        assert!(matches!(endless.total(), Err(AmountError::TooLarge { .. })));
    }

    #[test]
    fn nothing_spent_has_no_return() {
        assert_eq!(return_on_investment(amount("150"), amount("100")), Some(0.5));
        assert_eq!(return_on_investment(Decimal::ZERO, amount("100")), Some(-1.0));
        assert_eq!(return_on_investment(amount("150"), Decimal::ZERO), None);
        assert_eq!(return_on_investment(amount("150"), amount("-1")), None);
    }

    #[test]
    fn outcomes_share_their_cost() {
        assert_eq!(cost_per_outcome(amount("1000"), 3), Some(amount("333.3333")));
        assert_eq!(cost_per_outcome(amount("1000"), 0), None);
        assert_eq!(weighted_outcome_index([(1.0, 10), (2.5, 4), (0.0, 99)]), Ok(20.0));
        assert_eq!(efficiency(20.0, amount("80")), Some(0.25));
        assert_eq!(efficiency(20.0, Decimal::ZERO), None);
        for weight in [-1.0, f64::INFINITY] {
            assert_eq!(weighted_outcome_index([(weight, 1)]), Err(ReturnError::Weight(weight)));
        }
        assert!(weighted_outcome_index([(f64::NAN, 0)]).is_err());
    }

    #[test]
    fn a_started_outcome_counts_towards_breaking_even() {
        assert_eq!(break_even_count(amount("1000"), amount("250")), Ok(4));
        assert_eq!(break_even_count(amount("1000.0001"), amount("250")), Ok(5));
        assert_eq!(break_even_count(Decimal::ZERO, amount("250")), Ok(0));
        for value in [Decimal::ZERO, Decimal::NEGATIVE_ONE] {
            assert_eq!(break_even_count(amount("1000"), value), Err(ReturnError::WorthlessOutcome(value)));
        }
        assert!(matches!(break_even_count(amount("-1"), Decimal::ONE), Err(ReturnError::Amount(_))));
        assert!(matches!(break_even_count(Decimal::MAX, amount("0.0001")), Err(ReturnError::Amount(_))));
    }

    #[test]
    fn answers_and_searches_are_told_apart() {
        let community = CommunityReturn {
            value_of_answers: amount("30000"),
            value_of_searches: amount("90000"),
            cost: amount("40000"),
        };
        assert_eq!(community.return_on_investment(), Some(2.0));
        assert_eq!(community.return_of_answers_alone(), Some(-0.25));
        assert_eq!(community.return_of_searches_alone(), Some(1.25));
        assert_eq!(community.share_of_searches(), Some(0.75));
        let nothing =
            CommunityReturn { value_of_answers: Decimal::ZERO, value_of_searches: Decimal::ZERO, ..community };
        assert_eq!((nothing.return_on_investment(), nothing.share_of_searches()), (Some(-1.0), None));
    }

    proptest! {
        #[test]
        fn breaking_even_takes_that_many_and_not_one_less(cost in 1_i64..1_000_000_000, value in 1_i64..1_000_000) {
            let (cost, value) = (Decimal::new(cost, 4), Decimal::new(value, 4));
            let count = Decimal::from(break_even_count(cost, value).unwrap());
            prop_assert!(count * value >= cost);
            prop_assert!((count - Decimal::ONE) * value < cost);
        }

        #[test]
        fn a_return_is_positive_where_value_is_above_cost(value in 0_i64..1_000_000_000, cost in 1_i64..1_000_000_000) {
            let share = return_on_investment(Decimal::new(value, 4), Decimal::new(cost, 4)).unwrap();
            prop_assert_eq!(share > 0.0, value > cost);
            prop_assert_eq!(share < 0.0, value < cost);
        }
    }
}
