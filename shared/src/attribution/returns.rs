//! What a group of activities returned: the outcomes that it is credited with, as money that would not have come in
//! without it, against what it cost.

use rust_decimal::Decimal;

use crate::value_map::Element;
use crate::value_map::financial::{
    AmountError, CompoundSum, DRAWS, Return, ReturnSimulation, SimulationError, Triangular, Uncertain, simulate_return,
};
use crate::value_map::model::{AcquisitionValue, Financial};

/// What a model credits to a group. Each amount belongs to one element, so that none counts twice.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CreditedAmounts {
    pub upgrades: CompoundSum,
    pub repeat_purchases: CompoundSum,
    /// First purchases.
    pub acquisition: CompoundSum,
    /// How many first purchases: what counts where a customer is worth what it would have cost to win one otherwise.
    pub acquired: CompoundSum,
}

impl CreditedAmounts {
    pub fn total(&self) -> Decimal {
        self.upgrades.amount + self.repeat_purchases.amount + self.acquisition.amount
    }
}

/// What turns credited amounts into value: margins, and the share that would not have come about otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct ValueAssumptions {
    /// Incrementality, then the factors of upgrades, repeat purchases and acquisition.
    ranges: [Triangular; 4],
    /// What a new customer saves, where that is counted in place of the first-year margin.
    saved: Option<Decimal>,
    seed: u64,
}

impl ValueAssumptions {
    pub fn of(financial: &Financial) -> Self {
        let nothing = Triangular::ZERO;
        let margin = |element| financial.margins.get(&element).copied().unwrap_or(nothing);
        let (acquisition, saved) = match financial.acquisition {
            AcquisitionValue::FirstYearMargin => (margin(Element::Acquisition), None),
            AcquisitionValue::CostSaved(range) => (range.relative(), Some(range.mode)),
        };
        let ranges =
            [financial.incrementality, margin(Element::Upgrades), margin(Element::RepeatPurchases), acquisition];
        Self { ranges, saved, seed: financial.seed }
    }

    /// Value and return over the whole range of the assumptions, and of how many outcomes there might have been. The same
    /// credits and cost give the same figures.
    pub fn simulate(&self, credited: &CreditedAmounts, cost: Decimal) -> Result<ReturnSimulation, SimulationError> {
        let acquired = self.saved.map(|saved| credited.acquired.times(saved));
        let sums = [credited.upgrades, credited.repeat_purchases, acquired.unwrap_or(credited.acquisition)];
        let counts = sums.map(|sum| sum.sampling());
        let mut drawn: Vec<&dyn Uncertain> = Vec::with_capacity(self.ranges.len() + counts.len());
        drawn.extend(self.ranges.iter().map(|range| range as &dyn Uncertain));
        drawn.extend(counts.iter().map(|count| count as &dyn Uncertain));
        simulate_return(self.seed, DRAWS, &drawn, |drawn| Ok(Return { value: value(&sums, drawn)?, cost }))
    }
}

/// What the sums of upgrades, repeat purchases and acquisition come to, with the incrementality, a factor for each and a
/// count for each that were drawn.
fn value(sums: &[CompoundSum; 3], drawn: &[f64]) -> Result<Decimal, AmountError> {
    let (incrementality, factors, counts) = (drawn[0], &drawn[1..4], &drawn[4..7]);
    let mut value = Decimal::ZERO;
    for ((sum, factor), count) in sums.iter().zip(factors).zip(counts).filter(|((sum, _), _)| !sum.turnover.is_zero()) {
        value += sum.drawn(incrementality * factor, *count)?;
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use rust_decimal::prelude::ToPrimitive;

    use super::*;
    use crate::value_map::model::{MoneyRange, ScoringModel, standard_model};

    fn financial() -> Financial {
        let mut financial = ScoringModel::parse(&standard_model(), 1).unwrap().financial;
        let range = |low, mode, high| Triangular::new(low, mode, high).unwrap();
        financial.incrementality = range(0.25, 0.5, 0.75);
        for (element, margin) in
            [(Element::Upgrades, 0.8), (Element::RepeatPurchases, 0.5), (Element::Acquisition, 0.25)]
        {
            financial.margins.insert(element, range(margin, margin, margin));
        }
        financial.acquisition = AcquisitionValue::FirstYearMargin;
        financial
    }

    /// So many outcomes of one size each.
    fn sum(count: u32, amount: i64) -> CompoundSum {
        let mut sum = CompoundSum::default();
        (0..count).for_each(|_| sum.add(Decimal::from(amount)));
        sum
    }

    fn close(amount: Decimal, expected: f64, allowed: f64) {
        assert!((amount.to_f64().unwrap() - expected).abs() < allowed, "{amount} is not {expected}");
    }

    #[test]
    fn each_amount_has_the_margin_of_its_element() {
        let assumptions = ValueAssumptions::of(&financial());
        let credited = CreditedAmounts {
            upgrades: sum(10_000, 1),
            repeat_purchases: sum(10_000, 2),
            acquisition: sum(10_000, 3),
            acquired: sum(10_000, 1),
        };
        // (10,000 x 0.8 + 20,000 x 0.5 + 30,000 x 0.25) x 0.5, of so many outcomes that their number hardly matters.
        let simulated = assumptions.simulate(&credited, Decimal::from(8_500)).unwrap();
        close(simulated.value.p50, 12_750.0, 130.0);
        // Of a symmetric triangle, P10 lies sqrt(0.2) / 2 of the half width above its low end.
        close(simulated.value.p10, 25_500.0 * (0.25 + 0.25 * 0.2_f64.sqrt()), 130.0);
        let shares = simulated.return_on_investment.unwrap();
        assert!((shares.p50 - 0.5).abs() < 0.02, "{shares:?}");
        assert_eq!(simulated, assumptions.simulate(&credited, Decimal::from(8_500)).unwrap());
    }

    #[test]
    fn ten_outcomes_are_never_certain_to_gain() {
        let mut financial = financial();
        financial.incrementality = Triangular::new(0.5, 0.5, 0.5).unwrap();
        let assumptions = ValueAssumptions::of(&financial);
        let chance = |count, amount, cost| {
            let credited = CreditedAmounts { upgrades: sum(count, amount), ..CreditedAmounts::default() };
            assumptions.simulate(&credited, Decimal::from(cost)).unwrap().chance_of_gain
        };
        // Each brings 1,000 x 0.8 x 0.5 = 400: more than six are needed, and P(N > 6) is 0.8699 for N of mean 10.
        assert!((chance(10, 1_000, 2_400).unwrap() - 0.8699).abs() < 0.01);
        let cheap = chance(10, 1_000, 1).unwrap();
        assert!(cheap > 0.999 && cheap < 1.0, "{cheap}");
        assert_eq!(chance(10, 1_000, 0), None, "without costs there is nothing to gain against");
    }

    #[test]
    fn a_customer_may_be_worth_what_winning_one_costs_otherwise() {
        let mut financial = financial();
        let range = MoneyRange { low: Decimal::from(200), mode: Decimal::from(200), high: Decimal::from(200) };
        financial.acquisition = AcquisitionValue::CostSaved(range);
        financial.incrementality = Triangular::new(0.5, 0.5, 0.5).unwrap();
        let credited = CreditedAmounts { acquisition: sum(9, 999), acquired: sum(9, 1), ..CreditedAmounts::default() };
        let simulated = ValueAssumptions::of(&financial).simulate(&credited, Decimal::ONE).unwrap();
        // 100 each, and the median of Poisson counts of mean 9 is 9.
        assert_eq!(simulated.value.p50, Decimal::from(900));
    }
}
