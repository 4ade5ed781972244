//! The financial layer: what each element pays, how sure that is, and what the community returns as a whole.
//!
//! Money is counted once: every outcome belongs to one element, a comparison replaces the attributed amount of its
//! element and is not added to it, and cases that were avoided count up to what was measured to be deflected.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::assumption::Assumption;
use super::cap::Cap;
use super::comparison::Comparison;
use super::financial::{
    AmountError, AmountRange, Cases, CompoundSum, CountDistribution, DRAWS, Evidence, Rate, ServicePeriod, Triangular,
    around, avoided_contacts, checked_times, cost_elasticity, credited_contacts, simulate,
};
use super::model::{AcquisitionValue, ScoringModel};
use super::{ContactBaseline, Counts, Element, Figures, MoneyFigures, OutcomeSums, SelfHelp, Stretch};
use crate::calendar::Quarter;
use crate::money::times;

/// What the financial layer of a quarter, or of a month of it, is computed from. Equal inputs give equal figures, so the
/// figures can be kept for as long as these stay as they are.
#[derive(Clone, Debug, PartialEq)]
pub struct WorthInputs {
    pub period: Quarter,
    /// Of the days that are counted.
    pub first_day: NaiveDate,
    /// How many they are, of those that the quarter has.
    pub stretch: Stretch,
    pub money: MoneyFigures,
    pub counts: Counts,
    pub baseline: Option<ContactBaseline>,
    pub self_help: SelfHelp,
}

impl WorthInputs {
    pub fn of(
        period: Quarter,
        model: &ScoringModel,
        figures: &Figures,
        ask_minimum: u64,
        baseline: Option<ContactBaseline>,
    ) -> Self {
        Self {
            period,
            first_day: period.first_day(),
            stretch: figures.stretch,
            money: figures.money.clone(),
            counts: figures.counts,
            baseline,
            self_help: SelfHelp::of(model, figures, ask_minimum),
        }
    }
}

/// One way in which money comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Term {
    /// Outcomes that activities are credited with.
    Attributed(Element),
    /// The same in the time of a comparison, which is counted in their place.
    Replaced(Element),
    /// The comparison of this index.
    Compared(usize),
    /// Questions that members answered.
    Answers,
    /// People who found the answer by themselves.
    Searches,
}

/// The indexes of the assumptions that every quarter has, in the order in which they are drawn.
const INCREMENTALITY: usize = 0;
const MARGIN_OF_UPGRADES: usize = 1;
const MARGIN_OF_REPEAT_PURCHASES: usize = 2;
const MARGIN_OF_ACQUISITION: usize = 3;
const COST_PER_CASE: usize = 4;
const SUCCESS: usize = 5;
const INTENT: usize = 6;
const NO_FURTHER_ACTION: usize = 7;
const BASELINE_CASES: usize = 8;
const CASES: usize = 9;
/// From here on, how many outcomes of each element there were, and how many in the time of a comparison.
const OUTCOMES: usize = 10;
const REPLACED: usize = 13;
/// From here on, the effects of comparisons.
const COMPARISONS: usize = 16;

/// The elements that outcomes belong to, in the order of their assumptions.
const OF_OUTCOMES: [Element; 3] = [Element::Upgrades, Element::RepeatPurchases, Element::Acquisition];

/// The money of some days as a function of its assumptions.
#[derive(Clone, Debug)]
pub(super) struct Valuation<'a> {
    pub inputs: &'a WorthInputs,
    /// What the deflected cases are held against.
    pub cap: Cap,
    model: &'a ScoringModel,
    assumptions: Vec<(String, Assumption)>,
}

impl<'a> Valuation<'a> {
    pub fn new(model: &'a ScoringModel, inputs: &'a WorthInputs) -> Self {
        let financial = &model.financial;
        let nothing = Triangular::ZERO;
        let margin = |element: Element| financial.margins.get(&element).copied().unwrap_or(nothing);
        let acquisition = match financial.acquisition {
            AcquisitionValue::FirstYearMargin => ("First-year margin of new customers", margin(Element::Acquisition)),
            AcquisitionValue::CostSaved(range) => {
                ("Cost of winning a customer otherwise, as a share of its most likely amount", range.relative())
            }
        };
        let rate = |rate: Option<Rate>| rate.map_or(nothing, of_rate);
        let help = &inputs.self_help;
        let mut assumptions = vec![
            ("What would not have come about without the community", financial.incrementality),
            ("Margin of upgrades", margin(Element::Upgrades)),
            ("Margin of repeat purchases", margin(Element::RepeatPurchases)),
            acquisition,
            ("Cost per case, as a share of its most likely amount", financial.cost_per_case.relative()),
            ("Found the answer", rate(help.success)),
            ("Would have asked support", rate(help.intent)),
            ("Needed nothing further", rate(help.no_further_action)),
        ]
        .into_iter()
        .map(|(name, range)| (name.to_owned(), Assumption::Range(range)))
        .collect::<Vec<_>>();
        let mut count = |name: String, counts| assumptions.push((name, Assumption::Count(counts)));
        let cap = Cap::of(inputs.period, &inputs.counts, inputs.baseline);
        let (before, now) = cap.case_counts(&inputs.counts);
        count("Support cases in the quarter that is compared with".into(), before);
        count("Support cases".into(), now);
        for element in OF_OUTCOMES {
            let counts = Self::sampling(model, inputs, Term::Attributed(element));
            count(format!("Number of outcomes credited: {}", spoken(element)), counts);
        }
        for element in OF_OUTCOMES {
            let counts = Self::sampling(model, inputs, Term::Replaced(element));
            count(format!("Number of outcomes in the time of a comparison: {}", spoken(element)), counts);
        }
        for comparison in &inputs.money.comparisons {
            let outcomes = comparison.outcomes().unwrap_or(nothing);
            assumptions.push((format!("Outcomes found by `{}`", comparison.name), Assumption::Range(outcomes)));
        }
        Self { inputs, cap, model, assumptions }
    }

    /// The same as if nothing held the deflected cases down.
    pub fn without_cap(&self) -> Self {
        Self { cap: Cap::Untracked, ..self.clone() }
    }

    /// The assumptions that some terms depend on, with their most likely values.
    pub fn assumptions_of(&self, terms: &[Term]) -> Vec<(&str, &Assumption)> {
        let of = |term: &Term| match term {
            Term::Attributed(element) | Term::Replaced(element) => {
                vec![INCREMENTALITY, margin_of(*element), sampling_of(*term)]
            }
            Term::Compared(index) => {
                let element = self.comparison(*index).map_or(Element::Upgrades, |comparison| comparison.element);
                vec![margin_of(element), COMPARISONS + index]
            }
            Term::Answers => vec![COST_PER_CASE, INTENT, NO_FURTHER_ACTION, BASELINE_CASES, CASES],
            Term::Searches => vec![COST_PER_CASE, SUCCESS, INTENT, NO_FURTHER_ACTION, BASELINE_CASES, CASES],
        };
        let mut indexes: Vec<usize> = terms.iter().flat_map(of).collect();
        indexes.sort_unstable();
        indexes.dedup();
        let at = |index: usize| self.assumptions.get(index).map(|(name, assumption)| (name.as_str(), assumption));
        indexes.into_iter().filter_map(at).collect()
    }

    pub fn names(&self) -> Vec<&str> {
        self.assumptions.iter().map(|(name, _)| name.as_str()).collect()
    }

    pub fn ranges(&self) -> Vec<Assumption> {
        self.assumptions.iter().map(|(_, assumption)| assumption.clone()).collect()
    }

    pub fn evidence(&self, term: Term) -> Evidence {
        match term {
            Term::Attributed(_) | Term::Replaced(_) => Evidence::Attributed,
            Term::Compared(index) => self.comparison(index).map_or(Evidence::Experiment, Comparison::evidence),
            Term::Answers | Term::Searches => Evidence::Measured,
        }
    }

    pub fn outcomes(&self, element: Element) -> Option<OutcomeSums> {
        self.inputs.money.outcomes.get(&element).copied()
    }

    /// The terms of an element that have data: those that count, and those that were found beside them.
    pub fn terms(&self, element: Element) -> (Vec<Term>, Vec<Term>) {
        if element == Element::CostContainment {
            if matches!(self.cap, Cap::Missing(_)) {
                return (Vec::new(), Vec::new());
            }
            let help = &self.inputs.self_help;
            let answers = help.answers(&self.inputs.counts).map(|_| Term::Answers);
            return (answers.into_iter().chain(help.searches().map(|_| Term::Searches)).collect(), Vec::new());
        }
        let compared: Vec<Term> = (0..self.inputs.money.comparisons.len())
            .filter(|index| {
                let comparison = &self.inputs.money.comparisons[*index];
                comparison.element == element && comparison.outcomes().is_some() && self.share_of(comparison) > 0.0
            })
            .map(Term::Compared)
            .collect();
        // Where nothing is linked, none of an element says nothing either.
        let is_unknown =
            |sums: &OutcomeSums| sums.is_unlinked() || (sums.count == 0 && self.inputs.money.is_unlinked());
        let sums = self.outcomes(element).filter(|sums| !is_unknown(sums));
        // Outcomes out of the time of comparisons are credited as ever.
        let attributed = sums.filter(|sums| compared.is_empty() || !sums.credited.turnover.is_zero());
        let replaced = sums.filter(|sums| !sums.replaced.turnover.is_zero());
        let counted = compared.into_iter().chain(attributed.map(|_| Term::Attributed(element)));
        (counted.collect(), replaced.map(|_| Term::Replaced(element)).into_iter().collect())
    }

    /// The share of a comparison's time that falls into the days that are counted.
    pub fn share_of(&self, comparison: &Comparison) -> f64 {
        let WorthInputs { first_day, stretch, .. } = self.inputs;
        comparison.share_in(*first_day, stretch.last_day(*first_day))
    }

    pub fn comparison(&self, index: usize) -> Option<&Comparison> {
        self.inputs.money.comparisons.get(index)
    }

    /// What some terms come to, for these values of the assumptions.
    pub fn amount(&self, terms: &[Term], drawn: &[f64]) -> Result<Decimal, AmountError> {
        terms.iter().try_fold(Decimal::ZERO, |sum, term| Ok(sum + self.term(*term, drawn)?))
    }

    /// P10, P50 and P90 of some terms together.
    pub fn range(&self, terms: &[Term]) -> Option<AmountRange> {
        let simulated =
            simulate(self.model.financial.seed, DRAWS, &self.ranges(), |drawn| self.amount(terms, drawn)).ok()?;
        let amount = simulated.amount;
        Some(AmountRange { low: amount.p10, likely: amount.p50, high: amount.p90 })
    }

    fn term(&self, term: Term, drawn: &[f64]) -> Result<Decimal, AmountError> {
        match term {
            Term::Attributed(element) | Term::Replaced(element) => {
                let share = drawn[INCREMENTALITY] * self.margin(element, drawn);
                let count = drawn[sampling_of(term)];
                match (element, self.model.financial.acquisition) {
                    (Element::Acquisition, AcquisitionValue::CostSaved(range)) => {
                        checked_times(range.mode, share * count)
                    }
                    _ => sums_of(self.inputs, term).1.drawn(share, count),
                }
            }
            Term::Compared(index) => {
                let Some(comparison) = self.comparison(index) else { return Ok(Decimal::ZERO) };
                let outcomes = drawn[COMPARISONS + index] * self.share_of(comparison);
                checked_times(comparison.amount_per_outcome, outcomes * self.margin(comparison.element, drawn))
            }
            Term::Answers => self.saved(self.answers(drawn), drawn),
            Term::Searches => self.saved(self.searches(drawn), drawn),
        }
    }

    fn margin(&self, element: Element, drawn: &[f64]) -> f64 {
        drawn[margin_of(element)]
    }

    /// Questions that a member solved, whose asker would have asked support otherwise and asked nothing further.
    fn answers(&self, drawn: &[f64]) -> f64 {
        self.inputs.counts.member_solutions as f64 * drawn[INTENT] * drawn[NO_FURTHER_ACTION]
    }

    fn searches(&self, drawn: &[f64]) -> f64 {
        let sessions = self.inputs.self_help.sessions.unwrap_or_default() as f64;
        sessions * drawn[SUCCESS] * drawn[INTENT] * drawn[NO_FURTHER_ACTION]
    }

    /// What some of the deflected cases saved. All of them together count up to the cases that were avoided.
    fn saved(&self, part: f64, drawn: &[f64]) -> Result<Decimal, AmountError> {
        let deflected = self.answers(drawn) + self.searches(drawn);
        let measured = Cases { low: deflected, likely: deflected, high: deflected };
        let share = match self.avoided(drawn[BASELINE_CASES], drawn[CASES]) {
            Some(avoided) if deflected > 0.0 => credited_contacts(avoided, &measured).likely / deflected,
            _ => 1.0,
        };
        checked_times(self.model.financial.cost_per_case.mode, part * share * drawn[COST_PER_CASE])
    }

    /// Contacts that the baseline's contacts per customer would have brought and that did not come, for these counts of
    /// cases then and now. `None` where nothing is compared with.
    fn avoided(&self, before: f64, now: f64) -> Option<f64> {
        let (before, now) = self.service_periods((before, now))?;
        avoided_contacts(&before, &now)
    }

    /// The same for what was counted.
    pub fn likely_avoided(&self) -> Option<f64> {
        let (before, now) = self.counted_cases();
        self.avoided(before, now)
    }

    /// The elasticity of the cost to serve, since the quarter that is compared with.
    pub fn elasticity(&self) -> Option<f64> {
        let (before, now) = self.service_periods(self.counted_cases())?;
        let cost = |contacts: f64| times(self.model.financial.cost_per_case.mode, contacts);
        let with_cost = |period: ServicePeriod| ServicePeriod { cost: cost(period.contacts), ..period };
        cost_elasticity(&with_cost(before), &with_cost(now))
    }

    fn service_periods(&self, cases: (f64, f64)) -> Option<(ServicePeriod, ServicePeriod)> {
        self.cap.service_periods(self.inputs.counts.customers, self.inputs.stretch.share(), cases)
    }

    fn counted_cases(&self) -> (f64, f64) {
        let counted = |index: usize| self.assumptions[index].1.mode();
        (counted(BASELINE_CASES), counted(CASES))
    }

    fn sampling(model: &ScoringModel, inputs: &WorthInputs, term: Term) -> CountDistribution {
        let (count, sum) = sums_of(inputs, term);
        match (term, model.financial.acquisition) {
            (
                Term::Attributed(Element::Acquisition) | Term::Replaced(Element::Acquisition),
                AcquisitionValue::CostSaved(_),
            ) => CountDistribution::poisson(count as f64),
            _ => sum.sampling(),
        }
    }
}

/// How many outcomes a term is of, and what they came to.
fn sums_of(inputs: &WorthInputs, term: Term) -> (u64, CompoundSum) {
    let of = |element: Element| inputs.money.outcomes.get(&element).copied().unwrap_or_default();
    match term {
        Term::Attributed(element) => (of(element).credited_count, of(element).credited),
        Term::Replaced(element) => (of(element).replaced_count, of(element).replaced),
        Term::Compared(_) | Term::Answers | Term::Searches => (0, CompoundSum::default()),
    }
}

fn sampling_of(term: Term) -> usize {
    let index = |element| OF_OUTCOMES.iter().position(|of| *of == element).unwrap_or_default();
    match term {
        Term::Replaced(element) => REPLACED + index(element),
        Term::Attributed(element) => OUTCOMES + index(element),
        Term::Compared(_) | Term::Answers | Term::Searches => OUTCOMES,
    }
}

fn spoken(element: Element) -> String {
    element.as_str().to_lowercase().replace('_', " ")
}

fn margin_of(element: Element) -> usize {
    match element {
        Element::Upgrades => MARGIN_OF_UPGRADES,
        Element::RepeatPurchases => MARGIN_OF_REPEAT_PURCHASES,
        _ => MARGIN_OF_ACQUISITION,
    }
}

/// A rate as an assumption, within 0..1.
fn of_rate(rate: Rate) -> Triangular {
    let share = rate.share();
    let (low, high) = around(share, rate.interval());
    Triangular::around(share, low.max(0.0), high.min(1.0))
}
