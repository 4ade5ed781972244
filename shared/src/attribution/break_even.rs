use rust_decimal::Decimal;

use crate::value_map::financial::{
    DRAWS, Percentiles, ReturnError, SimulationError, Triangular, break_even_count, checked_times, simulate,
};

/// P10, P50 and P90, as everywhere.
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

/// Break-even count before booking: cost / (amount of an outcome x margin x incrementality), the two drawn from the seed.
pub fn break_even(
    cost: Decimal,
    amount: Decimal,
    margin: &Triangular,
    incrementality: &Triangular,
    seed: u64,
) -> Result<BreakEven, BreakEvenError> {
    let value = |drawn: &[f64]| checked_times(amount, drawn[0] * drawn[1]);
    let Percentiles { p10, p50, p90 } = simulate(seed, DRAWS, &[*margin, *incrementality], value)?.amount;
    let value_per_outcome = Likely { low: p10, likely: p50, high: p90 };
    let count = |value| match break_even_count(cost, value) {
        Ok(count) => Ok(Some(count)),
        Err(ReturnError::WorthlessOutcome(_)) => Ok(None),
        Err(error) => Err(BreakEvenError::from(error)),
    };
    let outcomes = Likely {
        low: count(value_per_outcome.high)?,
        likely: count(value_per_outcome.likely)?,
        high: count(value_per_outcome.low)?,
    };
    Ok(BreakEven { value_per_outcome, outcomes })
}

/// Why there is no break-even count.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum BreakEvenError {
    #[error(transparent)]
    Simulation(#[from] SimulationError),
    #[error(transparent)]
    Return(#[from] ReturnError),
}

#[cfg(test)]
mod tests {
    use rust_decimal::prelude::ToPrimitive;

    use super::*;

    fn range(low: f64, mode: f64, high: f64) -> Triangular {
        Triangular::new(low, mode, high).unwrap()
    }

    #[test]
    fn the_fewest_outcomes_are_needed_where_each_brings_the_most() {
        let (half, even) = (range(0.5, 0.5, 0.5), range(0.0, 0.5, 1.0));
        let found = break_even(Decimal::from(1_500), Decimal::from(500), &half, &even, 1).unwrap();
        // Of a symmetric triangle P50 is the middle, and P10 lies the root of a twentieth above its low end.
        let expected = [250.0 * 0.05_f64.sqrt(), 125.0, 250.0 * (1.0 - 0.05_f64.sqrt())];
        let Likely { low, likely, high } = found.value_per_outcome;
        for (ours, expected) in [low, likely, high].into_iter().zip(expected) {
            assert!((ours.to_f64().unwrap() - expected).abs() < 2.0, "{ours} {expected}");
        }
        let Likely { low, likely, high } = found.outcomes;
        assert_eq!((low, high), (Some(8), Some(27)));
        assert!(likely == Some(12) || likely == Some(13));
        let nothing = range(0.0, 0.0, 0.0);
        let worthless = break_even(Decimal::ONE, Decimal::from(500), &half, &nothing, 1).unwrap();
        assert_eq!(worthless.outcomes, Likely { low: None, likely: None, high: None });
        assert!(break_even(Decimal::from(-1), Decimal::ONE, &half, &half, 1).is_err());
    }
}
