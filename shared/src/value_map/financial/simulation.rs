use std::cmp::Ordering;

use rand::RngExt;
use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;
use rust_decimal::Decimal;

use super::amount::bounded;
use super::{AmountError, return_on_investment};
use crate::money;

/// How many draws a simulation makes unless there is a reason for another number.
pub const DRAWS: usize = 10_000;
/// Below this, fewer than ten draws lie beyond P10 and P90.
const FEWEST_DRAWS: usize = 100;
/// So that a simulation never takes more than a browser has.
const MAX_DRAWS: usize = 1_000_000;

/// The 10th, 50th and 90th percentiles of the draws.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Percentiles<T> {
    pub p10: T,
    pub p50: T,
    pub p90: T,
}

/// The range of an amount under uncertain assumptions, with what is needed to compute it again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Simulation {
    pub amount: Percentiles<Decimal>,
    pub draws: usize,
    pub seed: u64,
}

/// What something is worth and what it cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Return {
    pub value: Decimal,
    pub cost: Decimal,
}

/// The range of a return under uncertain assumptions, with what is needed to compute it again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReturnSimulation {
    pub value: Percentiles<Decimal>,
    /// Value less cost.
    pub net: Percentiles<Decimal>,
    /// As a share of cost: 0.5 gains half of it. `None` where a draw costs nothing.
    pub return_on_investment: Option<Percentiles<f64>>,
    /// P(ROI > 0), from the share of draws whose value is above their cost; never quite 0 or 1, since draws are as many
    /// as they are. `None` where a draw costs nothing: against no cost there is no gain.
    pub chance_of_gain: Option<f64>,
    pub draws: usize,
    pub seed: u64,
}

/// What becomes of an amount when one assumption alone moves between its ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TornadoBar {
    /// The index of the assumption among those that were handed in.
    pub assumption: usize,
    pub at_low: Decimal,
    pub at_high: Decimal,
    /// How far the two lie apart; never negative.
    pub swing: Decimal,
}

/// Something that is not known exactly and is drawn.
pub trait Uncertain {
    /// The value that is not exceeded with `probability`.
    fn quantile(&self, probability: f64) -> f64;

    /// The ends that a tornado moves it to.
    fn low(&self) -> f64;

    fn high(&self) -> f64;

    /// Its most likely value.
    fn mode(&self) -> f64;
}

impl<T: Uncertain + ?Sized> Uncertain for &T {
    fn quantile(&self, probability: f64) -> f64 {
        (**self).quantile(probability)
    }

    fn low(&self) -> f64 {
        (**self).low()
    }

    fn high(&self) -> f64 {
        (**self).high()
    }

    fn mode(&self) -> f64 {
        (**self).mode()
    }
}

/// Why nothing was simulated.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SimulationError {
    #[error("a simulation of {0} draws was asked for; ask for {FEWEST_DRAWS} to {MAX_DRAWS}")]
    Draws(usize),
    #[error(transparent)]
    Amount(#[from] AmountError),
}

/// P10, P50 and P90 of an amount by Monte Carlo (Metropolis and Ulam 1949): each draw takes every assumption from its
/// distribution, independently of the others, and `outcome` computes the amount from them, in the order in
/// which they were handed in. The same seed gives the same figures on every machine.
///
/// Each assumption uses up one random number per draw, even a constant: making one certain leaves the others as drawn.
pub fn simulate(
    seed: u64,
    draws: usize,
    assumptions: &[impl Uncertain],
    outcome: impl Fn(&[f64]) -> Result<Decimal, AmountError>,
) -> Result<Simulation, SimulationError> {
    let amounts = outcomes(seed, draws, assumptions, |drawn| bounded(outcome(drawn)?))?;
    Ok(Simulation { amount: percentiles_of_amounts(amounts), draws, seed })
}

/// As [`simulate`], for an outcome that has a value and a cost.
pub fn simulate_return(
    seed: u64,
    draws: usize,
    assumptions: &[impl Uncertain],
    outcome: impl Fn(&[f64]) -> Result<Return, AmountError>,
) -> Result<ReturnSimulation, SimulationError> {
    let returns = outcomes(seed, draws, assumptions, |drawn| {
        let Return { value, cost } = outcome(drawn)?;
        Ok(Return { value: bounded(value)?, cost: bounded(cost)? })
    })?;
    let gains = returns.iter().filter(|drawn| drawn.value > drawn.cost).count() as f64;
    // The mean of Jeffreys' posterior of the share.
    let chance_of_gain = (gains + 0.5) / (draws as f64 + 1.0);
    let shares: Option<Vec<f64>> = returns.iter().map(|drawn| return_on_investment(drawn.value, drawn.cost)).collect();
    Ok(ReturnSimulation {
        value: percentiles_of_amounts(returns.iter().map(|drawn| drawn.value).collect()),
        net: percentiles_of_amounts(returns.iter().map(|drawn| drawn.value - drawn.cost).collect()),
        chance_of_gain: shares.is_some().then_some(chance_of_gain),
        return_on_investment: shares.map(percentiles_of_shares),
        draws,
        seed,
    })
}

/// Which assumption matters most: each is moved from its low to its high end with all others at their mode. The widest
/// swing comes first; of equal ones, whichever was handed in first (Eschenbach 1992, Interfaces 22, 40-46).
pub fn tornado(
    assumptions: &[impl Uncertain],
    outcome: impl Fn(&[f64]) -> Result<Decimal, AmountError>,
) -> Result<Vec<TornadoBar>, AmountError> {
    let modes: Vec<f64> = assumptions.iter().map(Uncertain::mode).collect();
    let outcome_with = |assumption: usize, value: f64| {
        let mut values = modes.clone();
        values[assumption] = value;
        bounded(outcome(&values)?)
    };
    let bar = |(assumption, (low, high))| {
        let (at_low, at_high) = (outcome_with(assumption, low)?, outcome_with(assumption, high)?);
        Ok(TornadoBar { assumption, at_low, at_high, swing: (at_high - at_low).abs() })
    };
    let ends = assumptions.iter().map(|moved| (moved.low(), moved.high()));
    let mut bars = ends.enumerate().map(bar).collect::<Result<Vec<_>, AmountError>>()?;
    bars.sort_by_key(|bar| std::cmp::Reverse(bar.swing));
    Ok(bars)
}

fn outcomes<T>(
    seed: u64,
    draws: usize,
    assumptions: &[impl Uncertain],
    outcome: impl Fn(&[f64]) -> Result<T, AmountError>,
) -> Result<Vec<T>, SimulationError> {
    if !(FEWEST_DRAWS..=MAX_DRAWS).contains(&draws) {
        return Err(SimulationError::Draws(draws));
    }
    let mut generator = Pcg64Mcg::seed_from_u64(seed);
    let mut drawn = vec![0.0; assumptions.len()];
    let mut next = || {
        for (value, assumption) in drawn.iter_mut().zip(assumptions) {
            *value = assumption.quantile(generator.random());
        }
        Ok(outcome(&drawn)?)
    };
    (0..draws).map(|_| next()).collect()
}

fn percentiles_of_amounts(mut amounts: Vec<Decimal>) -> Percentiles<Decimal> {
    // Bounded amounts are far too small to overflow.
    percentiles(&mut amounts, Decimal::cmp, |low, high, tenths| {
        money::rounded(low + (high - low) * Decimal::new(tenths, 1))
    })
}

fn percentiles_of_shares(mut shares: Vec<f64>) -> Percentiles<f64> {
    percentiles(&mut shares, f64::total_cmp, |low, high, tenths| low + (high - low) * (tenths as f64 / 10.0))
}

/// By linear interpolation between order statistics (Hyndman and Fan 1996, type 7). `between` gets two neighbours and
/// how many tenths of the way from one to the other to go. `values` may not be empty.
fn percentiles<T: Copy>(
    values: &mut [T],
    order: impl Fn(&T, &T) -> Ordering + Copy,
    between: impl Fn(T, T, i64) -> T,
) -> Percentiles<T> {
    let last = values.len() - 1;
    // Six order statistics are found without sorting the rest.
    let mut at = |tenths: usize| {
        let position = tenths * last;
        let (_, low, above) = values.select_nth_unstable_by(position / 10, order);
        let high = above.iter().copied().min_by(order).unwrap_or(*low);
        between(*low, high, (position % 10) as i64)
    };
    Percentiles { p10: at(1), p50: at(5), p90: at(9) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{Triangular, checked_times};
    use super::*;

    const NOTHING: &[Triangular] = &[];

    fn assumption(low: f64, mode: f64, high: f64) -> Triangular {
        Triangular::new(low, mode, high).unwrap()
    }

    fn thousand_times(drawn: &[f64]) -> Result<Decimal, AmountError> {
        checked_times(Decimal::ONE_THOUSAND, drawn.iter().product())
    }

    /// These figures were computed once on x86-64 and on wasm32. Whoever sees them change has changed what every
    /// stored seed gives.
    #[test]
    fn a_seed_gives_the_same_figures_on_every_machine() {
        let assumptions = [assumption(0.5, 0.7, 0.8), assumption(0.1, 0.3, 0.6)];
        let simulation = simulate(20_261_121, DRAWS, &assumptions, thousand_times).unwrap();
        let pinned = Percentiles {
            p10: Decimal::new(1_316_872, 4),
            p50: Decimal::new(2_162_832, 4),
            p90: Decimal::new(3_214_738, 4),
        };
        assert_eq!(simulation, Simulation { amount: pinned, draws: DRAWS, seed: 20_261_121 });
        assert_ne!(simulate(1, DRAWS, &assumptions, thousand_times).unwrap().amount, pinned);
    }

    #[test]
    fn percentiles_lie_between_neighbours() {
        let amounts = (0..=14).rev().map(Decimal::from).collect();
        let expected = Percentiles { p10: Decimal::new(14, 1), p50: Decimal::from(7), p90: Decimal::new(126, 1) };
        assert_eq!(percentiles_of_amounts(amounts), expected);
        let shares = percentiles_of_shares(vec![3.0, 1.0]);
        assert!((shares.p10 - 1.2).abs() < 1e-12 && shares.p50 == 2.0 && (shares.p90 - 2.8).abs() < 1e-12);
    }

    #[test]
    fn making_one_assumption_certain_leaves_the_others_as_drawn() {
        let second = assumption(1.0, 2.0, 3.0);
        let of_second = |drawn: &[f64]| checked_times(Decimal::ONE_HUNDRED, drawn[1]);
        let uncertain = simulate(1, 500, &[assumption(0.0, 1.0, 2.0), second], of_second).unwrap();
        let certain = simulate(1, 500, &[assumption(1.0, 1.0, 1.0), second], of_second).unwrap();
        assert_eq!(uncertain, certain);
    }

    #[test]
    fn the_chance_of_a_gain_is_that_of_value_above_cost() {
        let outcome = |drawn: &[f64]| {
            Ok(Return { value: checked_times(Decimal::ONE_HUNDRED, drawn[0])?, cost: Decimal::ONE_HUNDRED })
        };
        let even = simulate_return(3, DRAWS, &[assumption(0.0, 1.0, 2.0)], outcome).unwrap();
        assert!((even.chance_of_gain.unwrap() - 0.5).abs() < 0.02, "{even:?}");
        let shares = even.return_on_investment.unwrap();
        assert!(shares.p10 < 0.0 && shares.p90 > 0.0 && shares.p50.abs() < 0.03);
        assert_eq!(even.net.p90, even.value.p90 - Decimal::ONE_HUNDRED);

        let break_even = simulate_return(3, DRAWS, &[assumption(1.0, 1.0, 1.0)], outcome).unwrap();
        assert_eq!(break_even.chance_of_gain, Some(0.5 / 10_001.0));
        let free = |_: &[f64]| Ok(Return { value: Decimal::ONE, cost: Decimal::ZERO });
        let free = simulate_return(3, DRAWS, NOTHING, free).unwrap();
        assert_eq!((free.chance_of_gain, free.return_on_investment), (None, None));
    }

    #[test]
    fn what_cannot_be_simulated_is_refused() {
        for draws in [0, 99, 1_000_001] {
            assert_eq!(simulate(1, draws, NOTHING, thousand_times), Err(SimulationError::Draws(draws)));
        }
        let endless = |_: &[f64]| checked_times(Decimal::ONE, f64::INFINITY);
        assert!(matches!(simulate(1, DRAWS, NOTHING, endless), Err(SimulationError::Amount(_))));
        assert!(matches!(simulate(1, DRAWS, NOTHING, |_| Ok(Decimal::MAX)), Err(SimulationError::Amount(_))));
    }

    #[test]
    fn a_tornado_starts_with_what_matters_most() {
        // 1000 x a - 100 x b: at the modes, 500 - 200.
        let outcome = |values: &[f64]| {
            Ok(checked_times(Decimal::ONE_THOUSAND, values[0])? - checked_times(Decimal::ONE_HUNDRED, values[1])?)
        };
        let assumptions = [assumption(0.4, 0.5, 0.7), assumption(0.0, 2.0, 9.0), assumption(4.0, 5.0, 6.0)];
        let bars = tornado(&assumptions, outcome).unwrap();
        let bar = |assumption, at_low: i64, at_high: i64, swing: i64| TornadoBar {
            assumption,
            at_low: at_low.into(),
            at_high: at_high.into(),
            swing: swing.into(),
        };
        assert_eq!(bars, [bar(1, 500, -400, 900), bar(0, 200, 500, 300), bar(2, 300, 300, 0)]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn figures_are_in_order_and_within_what_is_possible(
            mut points in proptest::collection::vec(proptest::array::uniform3(0.0..10.0_f64), 1..4), seed: u64,
        ) {
            points.iter_mut().for_each(|points| points.sort_by(f64::total_cmp));
            let assumptions: Vec<Triangular> =
                points.iter().map(|[low, mode, high]| assumption(*low, *mode, *high)).collect();
            let Percentiles { p10, p50, p90 } = simulate(seed, 100, &assumptions, thousand_times).unwrap().amount;
            let least = thousand_times(&points.iter().map(|points| points[0]).collect::<Vec<_>>()).unwrap();
            let most = thousand_times(&points.iter().map(|points| points[2]).collect::<Vec<_>>()).unwrap();
            prop_assert!(least <= p10 && p10 <= p50 && p50 <= p90 && p90 <= most);

            let bars = tornado(&assumptions, thousand_times).unwrap();
            prop_assert!(bars.windows(2).all(|bars| bars[0].swing >= bars[1].swing));
            prop_assert_eq!(bars.len(), assumptions.len());
        }
    }
}
