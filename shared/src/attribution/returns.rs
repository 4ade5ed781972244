//! What a group of activities returned: the outcomes that it is credited with, as money that would not have come in
//! without it, against what it cost.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::value_map::Element;
use crate::value_map::financial::{
    AmountError, DRAWS, Return, ReturnSimulation, SimulationError, Triangular, checked_times, return_on_investment,
    simulate_return,
};
use crate::value_map::model::{AcquisitionValue, Financial, MoneyRange};

/// What a model credits to a group. Each amount belongs to one element, so that none counts twice.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CreditedAmounts {
    pub upgrades: Decimal,
    pub repeat_purchases: Decimal,
    /// First purchases.
    pub acquisition: Decimal,
    /// How many first purchases: what counts where a customer is worth what it would have cost to win one otherwise.
    pub acquired: f64,
}

impl CreditedAmounts {
    pub fn total(&self) -> Decimal {
        self.upgrades + self.repeat_purchases + self.acquisition
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
        let nothing = certain(0.0);
        let margin = |element| financial.margins.get(&element).copied().unwrap_or(nothing);
        let (acquisition, saved) = match financial.acquisition {
            AcquisitionValue::FirstYearMargin => (margin(Element::Acquisition), None),
            AcquisitionValue::CostSaved(range) => (relative(range), Some(range.mode)),
        };
        let ranges =
            [financial.incrementality, margin(Element::Upgrades), margin(Element::RepeatPurchases), acquisition];
        Self { ranges, saved, seed: financial.seed }
    }

    /// The value with every assumption at its most likely.
    pub fn likely(&self, credited: &CreditedAmounts) -> Result<Decimal, AmountError> {
        self.value(credited, &self.ranges.map(|range| range.mode()))
    }

    /// The return if every assumption is at its most likely. `None` where nothing was spent.
    pub fn likely_return(&self, credited: &CreditedAmounts, cost: Decimal) -> Result<Option<f64>, AmountError> {
        Ok(return_on_investment(self.likely(credited)?, cost))
    }

    /// The return over the whole range of the assumptions. The same credits and cost give the same figures.
    pub fn simulate(&self, credited: &CreditedAmounts, cost: Decimal) -> Result<ReturnSimulation, SimulationError> {
        simulate_return(self.seed, DRAWS, &self.ranges, |drawn| {
            Ok(Return { value: self.value(credited, drawn)?, cost })
        })
    }

    fn value(&self, credited: &CreditedAmounts, drawn: &[f64]) -> Result<Decimal, AmountError> {
        let [incrementality, upgrades, repeat_purchases, acquisition] = [drawn[0], drawn[1], drawn[2], drawn[3]];
        let acquired = match self.saved {
            None => (credited.acquisition, acquisition),
            Some(saved) => (saved, acquisition * credited.acquired),
        };
        [(credited.upgrades, upgrades), (credited.repeat_purchases, repeat_purchases), acquired]
            .into_iter()
            .filter(|(amount, _)| !amount.is_zero())
            .try_fold(Decimal::ZERO, |sum, (amount, share)| Ok(sum + checked_times(amount, incrementality * share)?))
    }
}

fn certain(value: f64) -> Triangular {
    Triangular::new(value, value, value).unwrap_or_else(|_| unreachable!("a finite constant is a range"))
}

/// A range of money as factors of its mode.
fn relative(range: MoneyRange) -> Triangular {
    let factor = |amount: Decimal| amount.checked_div(range.mode).and_then(|ratio| ratio.to_f64()).unwrap_or(1.0);
    Triangular::new(factor(range.low).min(1.0), 1.0, factor(range.high).max(1.0)).unwrap_or_else(|_| certain(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value_map::model::{ScoringModel, standard_model};

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

    fn credited() -> CreditedAmounts {
        let amount = |amount: i64| Decimal::from(amount);
        CreditedAmounts {
            upgrades: amount(1_000),
            repeat_purchases: amount(600),
            acquisition: amount(400),
            acquired: 1.5,
        }
    }

    #[test]
    fn each_amount_has_the_margin_of_its_element() {
        let assumptions = ValueAssumptions::of(&financial());
        // (1000 x 0.8 + 600 x 0.5 + 400 x 0.25) x 0.5.
        assert_eq!(assumptions.likely(&credited()), Ok(Decimal::from(600)));
        assert_eq!(assumptions.likely_return(&credited(), Decimal::from(400)), Ok(Some(0.5)));
        assert_eq!(assumptions.likely_return(&credited(), Decimal::ZERO), Ok(None));
        let simulated = assumptions.simulate(&credited(), Decimal::from(400)).unwrap();
        // Of a symmetric triangle, P50 is the middle; P10 lies sqrt(0.2) / 2 of the half width above its low end.
        let p10 = 1_200.0 * (0.25 + 0.25 * 0.2_f64.sqrt());
        assert!((simulated.value.p50.to_f64().unwrap() - 600.0).abs() < 6.0, "{:?}", simulated.value);
        assert!((simulated.value.p10.to_f64().unwrap() - p10).abs() < 6.0, "{:?}", simulated.value);
        assert_eq!(simulated, assumptions.simulate(&credited(), Decimal::from(400)).unwrap());
    }

    #[test]
    fn a_customer_may_be_worth_what_winning_one_costs_otherwise() {
        let mut financial = financial();
        let range = MoneyRange { low: Decimal::from(100), mode: Decimal::from(200), high: Decimal::from(400) };
        financial.acquisition = AcquisitionValue::CostSaved(range);
        // (1000 x 0.8 + 600 x 0.5 + 1.5 x 200) x 0.5.
        assert_eq!(ValueAssumptions::of(&financial).likely(&credited()), Ok(Decimal::from(700)));
    }
}
