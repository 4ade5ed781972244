use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::comparison::Comparison;
use super::financial::{CompoundSum, WeeklyCounts};
use super::model::Choice;
use super::{CoMoments, Element, Health, TallyCounts};
use crate::activities::CostKind;
use crate::calendar::Quarter;
use crate::survey::Subject;

/// All that the scores of one quarter are computed from: sums and counts, never answers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    pub stretch: Stretch,
    pub tallies: TallyCounts,
    pub co_moments: CoMoments,
    /// By the key of the measure, the observations of the quarter made one.
    pub observed: BTreeMap<String, Observed>,
    pub counts: Counts,
    /// Of a quarter that is running, how far as many days of the quarter before got; `None` where active members are those
    /// of a whole quarter.
    pub active_pace: Option<DistinctPace>,
    pub health: Health,
    pub money: MoneyFigures,
}

/// How many active members a quarter that is over had in its first days, and in all of them. Each counts once, on the day
/// of their first activity in it, so that counts of days add up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DistinctPace {
    pub first_days: u64,
    pub whole: u64,
}

/// How many days of a quarter or a month the figures are of: its first ones. Of one that is running they are the days so
/// far, and of the quarter that it is compared with, as many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stretch {
    pub days: u32,
    pub of: u32,
}

impl Default for Stretch {
    fn default() -> Self {
        Self { days: 1, of: 1 }
    }
}

impl Stretch {
    /// The last of these days, given the first.
    pub(super) fn last_day(self, first: NaiveDate) -> NaiveDate {
        let after_first = chrono::Days::new(u64::from(self.days.saturating_sub(1)));
        first.checked_add_days(after_first).unwrap_or(first)
    }

    /// In 0..1.
    pub fn share(self) -> f64 {
        f64::from(self.days) / f64::from(self.of.max(1))
    }
}

/// What a sum so far comes to in a whole quarter at the same pace; `None` where the quarter has hardly begun.
pub(super) fn at_this_pace(sum: f64, covered: f64) -> Option<f64> {
    (covered >= LEAST_SHARE).then(|| sum / covered)
}

/// With less of a quarter over than this, its pace is a matter of chance.
const LEAST_SHARE: f64 = 0.1;

/// What a measure was observed to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observed {
    pub value: f64,
    /// The ends of a 95% interval, where the source had one.
    pub interval: Option<(f64, f64)>,
    pub observations: u64,
    /// The share of the quarter that they cover, in 0..1: up to the last one while the quarter is running.
    pub covered: f64,
}

/// What was counted in a quarter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Accounts that were customers on the last day.
    pub customers: u64,
    /// Support cases that were opened.
    pub cases: u64,
    /// Asked by members, with a thread, so that it is known what belongs to them.
    pub questions: u64,
    /// Of these, the ones with an accepted answer.
    pub answered_questions: u64,
    /// Accepted answers that members gave; staff not counted.
    pub member_solutions: u64,
    pub replies: u64,
    pub staff_replies: u64,
    /// Members who wrote, liked or took part in an activity; staff not counted.
    pub active_members: u64,
    /// The support cases week by week: how much they vary.
    pub case_weeks: WeeklyCounts,
}

/// Money of a quarter, in the community's own currency.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MoneyFigures {
    /// By financial element, the outcomes in money. Each outcome belongs to one element.
    pub outcomes: BTreeMap<Element, OutcomeSums>,
    pub costs: BTreeMap<CostKind, Decimal>,
    /// Comparisons whose time reaches into the quarter.
    pub comparisons: Vec<Comparison>,
    /// Touchpoints of members without an account, where outcomes are credited by account and those of some element
    /// are linked to nobody; else 0.
    pub unlinked_touchpoints: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutcomeSums {
    pub count: u64,
    pub amount: Decimal,
    /// Of these, the ones that an activity was met before, within the look-back window.
    pub credited_count: u64,
    pub credited: CompoundSum,
    /// Credited, too, but in the time of a comparison of the element, which takes their place.
    pub replaced_count: u64,
    pub replaced: CompoundSum,
    /// Of all, the ones that could not be credited, whatever was met: they are of nobody, or of an account that no
    /// member is linked to and that had met nothing itself before.
    pub unlinked_count: u64,
}

impl OutcomeSums {
    /// Nothing is credited, and at least half of the outcomes could not have been: what activities are worth is not known,
    /// and zero would pass for an answer.
    pub fn is_unlinked(&self) -> bool {
        let credited = self.credited_count + self.replaced_count;
        self.count > 0 && credited == 0 && 2 * self.unlinked_count >= self.count
    }
}

impl MoneyFigures {
    /// There are outcomes, and none of any element could be credited.
    pub fn is_unlinked(&self) -> bool {
        let mut with_outcomes = self.outcomes.values().filter(|sums| sums.count > 0).peekable();
        with_outcomes.peek().is_some() && with_outcomes.all(OutcomeSums::is_unlinked)
    }
}

/// The quarter that later ones are compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContactBaseline {
    Quarter(BaselineQuarter),
    /// Cases and customers are tracked, and this quarter cannot be compared with, though the scoring model names it.
    Unusable(Quarter, BaselineFault),
    /// Cases and customers are tracked, and as yet no quarter is covered well enough.
    NoneYet,
}

/// The contacts and customers of the quarter that later ones are compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BaselineQuarter {
    pub period: Quarter,
    /// On its last day.
    pub customers: u64,
    /// Opened on the days that are covered.
    pub cases: u64,
    pub case_weeks: WeeklyCounts,
    /// The days on which both cases and customers were tracked.
    pub covered: Stretch,
}

/// Why a quarter cannot be compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BaselineFault {
    NoCases,
    NoCustomers,
    /// Tracking began when more than half of it was over.
    HardlyCovered,
}

impl BaselineFault {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoCases => "no support cases are tracked for it",
            Self::NoCustomers => "no account was a customer at its end",
            Self::HardlyCovered => "cases and customers are tracked for less than half of it",
        }
    }
}

impl Figures {
    /// How many gave an answer to a single-choice question, and how many answered it at all.
    pub fn chosen(&self, choice: &Choice) -> (u64, u64) {
        let of_choice = Subject::Choice { question: choice.question.clone(), choice: choice.choice.clone() };
        // A scale of no points: an agreement question of the same name in another survey is another question.
        let question = Subject::Question(choice.question.clone());
        let asked = self.tallies.cells(&question);
        (self.respondents(&of_choice), asked.filter(|(cell, _)| cell.points == 0).map(|(_, count)| count).sum())
    }

    /// How many members answered the question whose answers are counted under this subject.
    pub fn respondents(&self, subject: &Subject) -> u64 {
        self.tallies.respondents(subject)
    }
}
