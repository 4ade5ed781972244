//! What deflected cases are held against: the cases that were avoided, compared with an earlier quarter.

use rust_decimal::Decimal;

use super::financial::{CountDistribution, ServicePeriod, WeeklyCounts};
use super::{BaselineQuarter, ContactBaseline, Counts};
use crate::calendar::Quarter;

/// What the deflected cases of a quarter are held against.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cap {
    /// Nothing, since cases or customers are not tracked.
    Untracked,
    /// The cases that were avoided against this quarter.
    Avoided(BaselineQuarter),
    /// They would have to be held against avoided cases, and these are not known: why.
    Missing(String),
}

impl Cap {
    pub fn of(period: Quarter, counts: &Counts, baseline: Option<ContactBaseline>) -> Self {
        let missing = |message: String| Self::Missing(message);
        match baseline {
            None => Self::Untracked,
            Some(ContactBaseline::NoneYet) => missing(
                "Support cases and customers are tracked for too short a time: there is no quarter yet that the cases of \
                 this one could be compared with."
                    .into(),
            ),
            Some(ContactBaseline::Unusable(named, fault)) => missing(format!(
                "The scoring model compares support cases with {named}, but {}. Name another quarter.",
                fault.as_str()
            )),
            Some(ContactBaseline::Quarter(baseline)) if baseline.period == period => missing(
                "This is the quarter that the support cases of later ones are compared with: how many were avoided cannot \
                 be said of it."
                    .into(),
            ),
            Some(ContactBaseline::Quarter(baseline)) if baseline.period > period => missing(format!(
                "Support cases are compared with {}, which came later: how many were avoided cannot be said of this \
                 quarter.",
                baseline.period
            )),
            Some(ContactBaseline::Quarter(_)) if counts.customers == 0 => {
                missing("No account was a customer: how many support cases were avoided cannot be said.".into())
            }
            Some(ContactBaseline::Quarter(_)) if counts.cases == 0 => missing(
                "No support cases are tracked for this period: how many were avoided cannot be said.".into(),
            ),
            Some(ContactBaseline::Quarter(baseline)) => Self::Avoided(baseline),
        }
    }

    /// The cases then and now, each subject to chance.
    pub fn case_counts(&self, now: &Counts) -> (CountDistribution, CountDistribution) {
        let count =
            |cases: u64, weeks: WeeklyCounts| CountDistribution::negative_binomial(cases as f64, weeks.dispersion());
        match self {
            Self::Avoided(baseline) => (count(baseline.cases, baseline.case_weeks), count(now.cases, now.case_weeks)),
            Self::Untracked | Self::Missing(_) => (CountDistribution::poisson(0.0), CountDistribution::poisson(0.0)),
        }
    }

    /// The contacts and customers of the quarter that is compared with and of this one, for these counts of cases; `share` of
    /// this one has passed. What they cost is left open.
    pub fn service_periods(
        &self,
        customers: u64,
        share: f64,
        (cases_before, cases_now): (f64, f64),
    ) -> Option<(ServicePeriod, ServicePeriod)> {
        let Self::Avoided(baseline) = self else { return None };
        // What all of that quarter would have brought, and of that as much as there is of this one.
        let contacts = cases_before / baseline.covered.share() * share;
        let period = |customers, contacts| ServicePeriod { customers, contacts, cost: Decimal::ZERO };
        Some((period(baseline.customers, contacts), period(customers, cases_now)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::financial::Rate;
    use super::super::model::{ScoringModel, standard_model};
    use super::super::{
        Absence, BaselineFault, MoneyFigures, Nesting, Reading, SelfHelp, Stretch, WorthInputs, financial_reading,
    };
    use super::*;

    fn baseline(period: Quarter, cases: u64) -> Option<ContactBaseline> {
        let (case_weeks, covered) = (WeeklyCounts::default(), Stretch::default());
        Some(ContactBaseline::Quarter(BaselineQuarter { period, customers: 100, cases, case_weeks, covered }))
    }

    /// A hundred customers, so many cases and so many sessions, of which a fifth spared a case.
    fn inputs_of(period: Quarter, cases: u64, sessions: u64, baseline: Option<ContactBaseline>) -> WorthInputs {
        let rate = |yes, asked| Some(Rate::new(yes, asked).unwrap());
        WorthInputs {
            period,
            first_day: period.first_day(),
            stretch: Stretch::default(),
            money: MoneyFigures::default(),
            counts: Counts { customers: 100, cases, questions: 50, member_solutions: 20, ..Counts::default() },
            baseline,
            self_help: SelfHelp {
                sessions: Some(sessions),
                success: rate(60, 100),
                intent: rate(36, 60),
                no_further_action: rate(20, 36),
                nesting: Nesting::Nested,
            },
        }
    }

    fn containment(now: &WorthInputs, before: &WorthInputs) -> Reading {
        financial_reading(&ScoringModel::parse(&standard_model(), 1).unwrap(), now, before).elements.pop().unwrap().1
    }

    #[test]
    fn the_quarter_that_is_compared_with_avoided_nothing_that_could_be_told() {
        let period = Quarter::new(2026, 4).unwrap();
        let inputs = |baseline| inputs_of(period, 80, 4_000, baseline);
        for (baseline, expected) in [
            (baseline(period, 80), "This is the quarter that the support cases of later ones are compared with"),
            (baseline(period.next(), 80), "Support cases are compared with 2027-Q1, which came later"),
            (Some(ContactBaseline::NoneYet), "Support cases and customers are tracked for too short a time"),
            (
                Some(ContactBaseline::Unusable(period.previous(), BaselineFault::HardlyCovered)),
                "The scoring model compares support cases with 2026-Q3, but cases and customers are tracked for less than",
            ),
        ] {
            match containment(&inputs(baseline), &inputs(baseline)) {
                Reading::NoScore(absence) => {
                    assert_eq!(absence.reason, Absence::NoData);
                    assert!(absence.message.starts_with(expected), "{}", absence.message);
                }
                other => panic!("{other:?}"),
            }
        }
        // Where cases are not tracked at all, the deflected ones count, and that is said.
        match containment(&inputs(None), &inputs(None)) {
            Reading::Worth(worth) => assert!(worth.explanation.method.contains("not held against avoided ones")),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_holds_the_amount_down_is_a_mover_of_its_own() {
        let period = Quarter::new(2026, 4).unwrap();
        let first = Quarter::new(2026, 1).unwrap();
        let inputs = |cases: u64, sessions: u64| inputs_of(period, cases, sessions, baseline(first, 400));
        // More sessions than before, and so many more cases that little was avoided.
        let Reading::Worth(worth) = containment(&inputs(380, 4_400), &inputs(100, 4_000)) else { panic!() };
        let moved = |name: &str| worth.movers.iter().find(|mover| mover.name.starts_with(name)).unwrap().amount;
        assert!(worth.change.unwrap() < Decimal::ZERO);
        assert!(moved("Searches and visits") > Decimal::ZERO);
        assert!(moved("Held down to the support cases that were avoided") < Decimal::ZERO);
        assert_eq!(Some(worth.movers.iter().map(|mover| mover.amount).sum()), worth.change);
    }

    #[test]
    fn avoided_cases_have_the_error_of_counts() {
        let period = Quarter::new(2026, 4).unwrap();
        let inputs = inputs_of(period, 372, 40_000, baseline(period.previous(), 400));
        let Reading::Worth(worth) = containment(&inputs, &inputs) else { panic!() };
        // 28 avoided, and the difference of two such counts has a standard error of 28: from nothing to about 64.
        assert_eq!(worth.amount.low, Decimal::ZERO);
        let (likely, high) = (worth.amount.likely, worth.amount.high);
        assert!(likely > Decimal::from(600) && likely < Decimal::from(850), "{likely}");
        assert!(high > Decimal::from(1_500) && high < Decimal::from(2_000), "{high}");
        assert_eq!(worth.movers.len(), 0);
        // Half of a quarter is as good as all of it, with half of the cases.
        let Some(ContactBaseline::Quarter(whole)) = inputs.baseline else { panic!() };
        let half = BaselineQuarter { cases: 200, covered: Stretch { days: 46, of: 92 }, ..whole };
        let inputs = WorthInputs { baseline: Some(ContactBaseline::Quarter(half)), ..inputs };
        let Reading::Worth(of_half) = containment(&inputs, &inputs) else { panic!() };
        assert!(of_half.amount.high > high, "twice the cases of half a quarter are less certain");
    }

    #[test]
    fn what_is_avoided_bounds_what_is_credited() {
        let containment = |cases: u64| {
            let period = Quarter::new(2026, 4).unwrap();
            let inputs = inputs_of(period, 80, 4_000, baseline(period.previous(), cases));
            match containment(&inputs, &inputs) {
                Reading::Worth(worth) => worth.amount.likely,
                other => panic!("{other:?}"),
            }
        };
        // As many contacts per customer as ever: nothing was avoided.
        assert_eq!(containment(80), Decimal::ZERO);
        // 100 were avoided and far more deflected: 100 cases at about 26 count.
        let hundred = containment(180);
        assert!(hundred > Decimal::from(2_300) && hundred < Decimal::from(3_000), "{hundred}");
        assert!(containment(100_000) > hundred);
    }

    #[test]
    fn one_account_with_one_case_has_a_figure() {
        let period = Quarter::new(2026, 4).unwrap();
        let Some(ContactBaseline::Quarter(one)) = baseline(period.previous(), 1) else { panic!() };
        let one = ContactBaseline::Quarter(BaselineQuarter { customers: 1, ..one });
        let mut inputs = inputs_of(period, 1, 10, Some(one));
        inputs.counts.customers = 1;
        let Reading::Worth(worth) = containment(&inputs, &inputs) else { panic!() };
        assert!(worth.amount.low == Decimal::ZERO && worth.amount.high > Decimal::ZERO, "{:?}", worth.amount);
    }
}
