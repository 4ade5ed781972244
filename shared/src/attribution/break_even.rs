use rust_decimal::Decimal;

use crate::value_map::financial::{ReturnError, Triangular, break_even_count, checked_times};

/// Least, most likely and most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Likely<T> {
    pub low: T,
    pub likely: T,
    pub high: T,
}

/// What has to come of an activity before it has paid for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakEven {
    /// What one outcome brings that would not have come otherwise, after what it costs to deliver.
    pub value_per_outcome: Likely<Decimal>,
    /// The fewest outcomes first, which is where each of them brings the most. `None` where an outcome brings nothing,
    /// so that no number of them is enough.
    pub outcomes: Likely<Option<u64>>,
}

/// Break-even count before booking: cost / (amount of an outcome x margin x incrementality), at either end of the two
/// assumptions and at their most likely.
pub fn break_even(
    cost: Decimal,
    amount: Decimal,
    margin: &Triangular,
    incrementality: &Triangular,
) -> Result<BreakEven, ReturnError> {
    let value = |margin: f64, share: f64| Ok::<_, ReturnError>(checked_times(amount, margin * share)?);
    let value_per_outcome = Likely {
        low: value(margin.low(), incrementality.low())?,
        likely: value(margin.mode(), incrementality.mode())?,
        high: value(margin.high(), incrementality.high())?,
    };
    let count = |value| match break_even_count(cost, value) {
        Ok(count) => Ok(Some(count)),
        Err(ReturnError::WorthlessOutcome(_)) => Ok(None),
        Err(error) => Err(error),
    };
    let outcomes = Likely {
        low: count(value_per_outcome.high)?,
        likely: count(value_per_outcome.likely)?,
        high: count(value_per_outcome.low)?,
    };
    Ok(BreakEven { value_per_outcome, outcomes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_an_outcome_brings_the_fewer_have_to_come() {
        let range = |low, mode, high| Triangular::new(low, mode, high).unwrap();
        let found =
            break_even(Decimal::from(1_500), Decimal::from(500), &range(0.5, 0.5, 0.6), &range(0.0, 0.5, 1.0)).unwrap();
        let values = [0, 125, 300].map(Decimal::from);
        assert_eq!(found.value_per_outcome, Likely { low: values[0], likely: values[1], high: values[2] });
        assert_eq!(found.outcomes, Likely { low: Some(5), likely: Some(12), high: None });
        assert!(break_even(Decimal::from(-1), Decimal::ONE, &range(1.0, 1.0, 1.0), &range(1.0, 1.0, 1.0)).is_err());
    }
}
