//! The financial layer: what each element pays, how sure that is, and what the community returns as a whole.
//!
//! Money is counted once: every outcome belongs to one element, a comparison replaces the attributed amount of its
//! element and is not added to it, and cases that were avoided count up to what was measured to be deflected.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::ask::Ask;
use super::comparison::Comparison;
use super::financial::{
    AmountError, AmountRange, AnswerDeflection, Cases, DRAWS, Evidence, Rate, SearchDeflection, ServicePeriod,
    Triangular, around, avoided_contacts, checked_times, credited_contacts, simulate,
};
use super::measured::Measured;
use super::model::{AcquisitionValue, Choice, MoneyRange, ScoringModel};
use super::{ContactBaseline, Counts, Element, Figures, MoneyFigures, OutcomeSums, Stretch};
use crate::calendar::Quarter;
use crate::money::times;

/// What the financial layer of one quarter is computed from. Equal inputs give equal figures, so the figures can be kept
/// for as long as these stay as they are.
#[derive(Clone, Debug, PartialEq)]
pub struct WorthInputs {
    pub period: Quarter,
    pub stretch: Stretch,
    pub money: MoneyFigures,
    pub counts: Counts,
    pub baseline: Option<ContactBaseline>,
    pub self_help: SelfHelp,
}

/// What the organisation's own survey and counters say about those who help themselves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SelfHelp {
    /// `None` where sessions were not observed.
    pub sessions: Option<u64>,
    /// `None` where too few were asked.
    pub success: Option<Rate>,
    pub intent: Option<Rate>,
    pub no_further_action: Option<Rate>,
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
            stretch: figures.stretch,
            money: figures.money.clone(),
            counts: figures.counts,
            baseline,
            self_help: SelfHelp::of(model, figures, ask_minimum),
        }
    }
}

impl SelfHelp {
    pub(super) fn of(model: &ScoringModel, figures: &Figures, minimum: u64) -> Self {
        let self_service = &model.financial.self_service;
        let sessions = figures.observed.get(&self_service.sessions).map(|observed| observed.value.max(0.0) as u64);
        let rate = |choice: &Choice| {
            let (chosen, asked) = figures.chosen(choice);
            if asked < minimum { None } else { Rate::new(chosen, asked).ok() }
        };
        Self {
            sessions,
            success: rate(&self_service.success),
            intent: rate(&self_service.intent),
            no_further_action: rate(&self_service.no_further_action),
        }
    }

    fn searches(&self) -> Option<SearchDeflection> {
        let (success, intent) = (self.success?, self.intent?);
        Some(SearchDeflection { events: self.sessions?, success, intent, no_further_action: self.no_further_action? })
    }

    fn answers(&self, counts: &Counts) -> Option<AnswerDeflection> {
        let (intent, no_further_action) = (self.intent?, self.no_further_action?);
        (counts.questions > 0).then_some(AnswerDeflection {
            accepted: counts.member_solutions,
            intent,
            no_further_action,
        })
    }
}

/// Cases that self-service and peers solved, as a share of these and the cases that were opened.
pub(super) fn deflection_share(model: &ScoringModel, figures: &Figures, ask: Ask) -> Result<Measured, String> {
    let help = SelfHelp::of(model, figures, ask.minimum);
    // As many days of cases as of sessions, where those lag behind.
    let covered = figures.observed.get(&model.financial.self_service.sessions).map_or(1.0, |sessions| sessions.covered);
    let cases = figures.counts.cases as f64 * (covered / figures.stretch.share()).min(1.0);
    if cases == 0.0 {
        return Err("no support cases are tracked for this quarter".into());
    }
    let parts = [
        help.searches().map(|searches| searches.cases()),
        help.answers(&figures.counts).map(|answers| answers.cases()),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    if parts.is_empty() {
        return Err("too few were asked whether they would have contacted support".into());
    }
    let share = |deflected: f64| deflected / (deflected + cases);
    let sum = |of: fn(&Cases) -> f64| share(parts.iter().map(of).sum());
    let interval = (sum(|cases| cases.low), sum(|cases| cases.high));
    // Both ways of deflection rest on those who were asked whether they would have contacted support.
    let (_, answers) = figures.chosen(&model.financial.self_service.intent);
    Ok(Measured { value: sum(|cases| cases.likely), interval: Some(interval), answers })
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

impl Term {
    pub fn evidence(self) -> Evidence {
        match self {
            Self::Attributed(_) | Self::Replaced(_) => Evidence::Attributed,
            Self::Compared(_) => Evidence::Experiment,
            Self::Answers | Self::Searches => Evidence::Measured,
        }
    }
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
/// From here on, the effects of comparisons.
const COMPARISONS: usize = 8;

/// A quarter's money as a function of its assumptions.
#[derive(Debug)]
pub(super) struct Valuation<'a> {
    pub inputs: &'a WorthInputs,
    model: &'a ScoringModel,
    assumptions: Vec<(String, Triangular)>,
}

impl<'a> Valuation<'a> {
    pub fn new(model: &'a ScoringModel, inputs: &'a WorthInputs) -> Self {
        let financial = &model.financial;
        let nothing = certain(0.0);
        let margin = |element: Element| financial.margins.get(&element).copied().unwrap_or(nothing);
        let acquisition = match financial.acquisition {
            AcquisitionValue::FirstYearMargin => ("First-year margin of new customers", margin(Element::Acquisition)),
            AcquisitionValue::CostSaved(range) => {
                ("Cost of winning a customer otherwise, as a share of its most likely amount", relative(range))
            }
        };
        let rate = |rate: Option<Rate>| rate.map_or(nothing, of_rate);
        let help = &inputs.self_help;
        let mut assumptions = vec![
            ("What would not have come about without the community", financial.incrementality),
            ("Margin of upgrades", margin(Element::Upgrades)),
            ("Margin of repeat purchases", margin(Element::RepeatPurchases)),
            acquisition,
            ("Cost per case, as a share of its most likely amount", relative(financial.cost_per_case)),
            ("Found the answer", rate(help.success)),
            ("Would have asked support", rate(help.intent)),
            ("Needed nothing further", rate(help.no_further_action)),
        ]
        .into_iter()
        .map(|(name, range)| (name.to_owned(), range))
        .collect::<Vec<_>>();
        for comparison in &inputs.money.comparisons {
            let outcomes = comparison.outcomes().unwrap_or(nothing);
            assumptions.push((format!("Outcomes found by `{}`", comparison.name), outcomes));
        }
        Self { inputs, model, assumptions }
    }

    /// The assumptions that some terms depend on, with their most likely values.
    pub fn assumptions_of(&self, terms: &[Term]) -> Vec<(&str, Triangular)> {
        let of = |term: &Term| match term {
            Term::Attributed(element) | Term::Replaced(element) => vec![INCREMENTALITY, margin_of(*element)],
            Term::Compared(index) => {
                let element = self.comparison(*index).map_or(Element::Upgrades, |comparison| comparison.element);
                vec![margin_of(element), COMPARISONS + index]
            }
            Term::Answers => vec![COST_PER_CASE, INTENT, NO_FURTHER_ACTION],
            Term::Searches => vec![COST_PER_CASE, SUCCESS, INTENT, NO_FURTHER_ACTION],
        };
        let mut indexes: Vec<usize> = terms.iter().flat_map(of).collect();
        indexes.sort_unstable();
        indexes.dedup();
        let at = |index: usize| self.assumptions.get(index).map(|(name, range)| (name.as_str(), *range));
        indexes.into_iter().filter_map(at).collect()
    }

    pub fn names(&self) -> Vec<&str> {
        self.assumptions.iter().map(|(name, _)| name.as_str()).collect()
    }

    pub fn ranges(&self) -> Vec<Triangular> {
        self.assumptions.iter().map(|(_, range)| *range).collect()
    }

    pub fn outcomes(&self, element: Element) -> Option<OutcomeSums> {
        self.inputs.money.outcomes.get(&element).copied()
    }

    /// The terms of an element that have data: those that count, and those that were found beside them.
    pub fn terms(&self, element: Element) -> (Vec<Term>, Vec<Term>) {
        if element == Element::CostContainment {
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
        let sums = self.outcomes(element);
        // Outcomes out of the time of comparisons are credited as ever.
        let attributed = sums.filter(|sums| compared.is_empty() || sums.credited_count > 0);
        let replaced = sums.filter(|sums| sums.replaced_count > 0);
        let counted = compared.into_iter().chain(attributed.map(|_| Term::Attributed(element)));
        (counted.collect(), replaced.map(|_| Term::Replaced(element)).into_iter().collect())
    }

    /// The share of a comparison's time that falls into the days that are counted.
    pub fn share_of(&self, comparison: &Comparison) -> f64 {
        comparison.share_in(self.inputs.period.first_day(), self.inputs.stretch.last_day(self.inputs.period))
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
                let sums = self.outcomes(element).unwrap_or_default();
                let (count, amount) = match term {
                    Term::Replaced(_) => (sums.replaced_count, sums.replaced_amount),
                    _ => (sums.credited_count, sums.credited_amount),
                };
                let share = drawn[INCREMENTALITY] * self.margin(element, drawn);
                match (element, self.model.financial.acquisition) {
                    (Element::Acquisition, AcquisitionValue::CostSaved(range)) => {
                        checked_times(range.mode, share * count as f64)
                    }
                    _ => checked_times(amount, share),
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
        let share = match self.avoided() {
            Some(avoided) if deflected > 0.0 => credited_contacts(avoided, &measured).likely / deflected,
            _ => 1.0,
        };
        checked_times(self.model.financial.cost_per_case.mode, part * share * drawn[COST_PER_CASE])
    }

    /// Contacts that the baseline's contacts per customer would have brought and that did not come. `None` without a
    /// baseline that came before.
    pub fn avoided(&self) -> Option<f64> {
        let (before, now) = self.service_periods()?;
        avoided_contacts(&before, &now)
    }

    pub fn service_periods(&self) -> Option<(ServicePeriod, ServicePeriod)> {
        let baseline = self.inputs.baseline.filter(|baseline| baseline.period < self.inputs.period)?;
        let counts = &self.inputs.counts;
        if counts.customers == 0 || counts.cases == 0 {
            return None;
        }
        let cost = |contacts: u64| times(self.model.financial.cost_per_case.mode, contacts as f64);
        // As much of the baseline quarter as there is of this one.
        let contacts = (baseline.cases as f64 * self.inputs.stretch.share()).round() as u64;
        let before = ServicePeriod { customers: baseline.customers, contacts, cost: cost(contacts) };
        let now = ServicePeriod { customers: counts.customers, contacts: counts.cases, cost: cost(counts.cases) };
        Some((before, now))
    }
}

fn margin_of(element: Element) -> usize {
    match element {
        Element::Upgrades => MARGIN_OF_UPGRADES,
        Element::RepeatPurchases => MARGIN_OF_REPEAT_PURCHASES,
        _ => MARGIN_OF_ACQUISITION,
    }
}

fn certain(value: f64) -> Triangular {
    Triangular::new(value, value, value).unwrap_or_else(|_| unreachable!("a finite constant is a range"))
}

/// A rate as an assumption, within 0..1.
fn of_rate(rate: Rate) -> Triangular {
    let share = rate.share();
    let (low, high) = around(share, rate.interval());
    Triangular::new(low.clamp(0.0, share), share, high.clamp(share, 1.0)).unwrap_or_else(|_| certain(share))
}

/// A range of money as factors of its mode.
fn relative(range: MoneyRange) -> Triangular {
    let factor = |amount: Decimal| amount.checked_div(range.mode).and_then(|ratio| ratio.to_f64()).unwrap_or(1.0);
    Triangular::new(factor(range.low).min(1.0), 1.0, factor(range.high).max(1.0)).unwrap_or_else(|_| certain(1.0))
}
