//! What is tracked of one day, summed up: sums of days are sums of months and quarters.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use valuemap_shared::activities::CostKind;
use valuemap_shared::value_map::comparison::Comparison;
use valuemap_shared::value_map::financial::{CompoundSum, WeeklyCounts};
use valuemap_shared::value_map::{Counts, Element, MoneyFigures, OutcomeSums};

use crate::value_map::days::Span;
use crate::value_map::money::PaidOutcome;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct DaySums {
    /// Support cases that were opened.
    pub cases: u64,
    /// Asked by members, in threads.
    pub questions: u64,
    /// Of these, the ones with an accepted answer by now.
    pub answered_questions: u64,
    pub member_solutions: u64,
    pub replies: u64,
    pub staff_replies: u64,
    pub outcomes: BTreeMap<Element, PaidSums>,
    pub costs: BTreeMap<CostKind, Decimal>,
}

/// The outcomes in money of an element.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaidSums {
    /// Outcomes and refunds.
    pub rows: u64,
    /// Refunds are none.
    count: u64,
    amount: Decimal,
    credited_count: u64,
    credited: CompoundSum,
    unlinked_count: u64,
}

impl DaySums {
    pub fn add_outcome(&mut self, paid: &PaidOutcome) {
        let sums = self.outcomes.entry(paid.element).or_default();
        // A refund lowers what outcomes brought and is none itself.
        let one = u64::from(!paid.amount.is_sign_negative());
        sums.rows += 1;
        sums.count += one;
        sums.amount += paid.amount;
        sums.unlinked_count += if paid.linked { 0 } else { one };
        if paid.credited {
            sums.credited_count += one;
            sums.credited.add(paid.amount);
        }
    }
}

/// The sums of each day that anything is recorded of.
pub type ByDay = BTreeMap<NaiveDate, Arc<DaySums>>;

/// The counts that are sums of days.
pub fn counts(days: &ByDay, span: Span) -> Counts {
    let mut counts = Counts { case_weeks: case_weeks(days, span), ..Counts::default() };
    for (_, day) in days.range(span.first..=span.last) {
        counts.cases += day.cases;
        counts.questions += day.questions;
        counts.answered_questions += day.answered_questions;
        counts.member_solutions += day.member_solutions;
        counts.replies += day.replies;
        counts.staff_replies += day.staff_replies;
    }
    counts
}

/// How support cases were spread over the weeks, Monday to Sunday, that lie within a span as a whole: each week is of one
/// quarter at most, so that sums of weeks are sums of quarters.
fn case_weeks(days: &ByDay, span: Span) -> WeeklyCounts {
    let until_monday = (7 - i64::from(span.first.weekday().num_days_from_monday())) % 7;
    let monday = span.first + chrono::TimeDelta::days(until_monday);
    let weeks = Ord::max((span.last - monday).num_days() + 1, 0) / 7;
    WeeklyCounts::of((0..weeks).map(|week| {
        let first = monday + chrono::TimeDelta::days(7 * week);
        days.range(first..first + chrono::TimeDelta::days(7)).map(|(_, day)| day.cases).sum()
    }))
}

/// The money of a span, where comparisons take the place of what was credited in their time.
pub fn money(days: &ByDay, span: Span, comparisons: Vec<Comparison>) -> MoneyFigures {
    let mut figures = MoneyFigures { comparisons, ..MoneyFigures::default() };
    for (date, day) in days.range(span.first..=span.last) {
        for (kind, amount) in &day.costs {
            *figures.costs.entry(*kind).or_default() += amount;
        }
        for (element, paid) in &day.outcomes {
            let is_replaced = figures.comparisons.iter().any(|comparison| comparison.covers(*element, *date));
            add(figures.outcomes.entry(*element).or_default(), *paid, is_replaced);
        }
    }
    figures
}

fn add(sums: &mut OutcomeSums, paid: PaidSums, is_replaced: bool) {
    sums.count += paid.count;
    sums.amount += paid.amount;
    sums.unlinked_count += paid.unlinked_count;
    let (count, credited) = if is_replaced {
        (&mut sums.replaced_count, &mut sums.replaced)
    } else {
        (&mut sums.credited_count, &mut sums.credited)
    };
    *count += paid.credited_count;
    credited.merge(paid.credited);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_lie_within_the_span_as_a_whole() {
        let day = |number: u32| NaiveDate::from_ymd_opt(2026, 6, number).unwrap();
        // The 1st and the 8th are Mondays.
        let days: ByDay =
            (1..=16).map(|number| (day(number), DaySums { cases: 1, ..DaySums::default() }.into())).collect();
        let weeks = |first, last| case_weeks(&days, Span { first: day(first), last: day(last) });
        assert_eq!(weeks(1, 14), WeeklyCounts { weeks: 2, sum: 14, squares: 98 });
        assert_eq!(weeks(2, 16), WeeklyCounts { weeks: 1, sum: 7, squares: 49 });
        assert_eq!(weeks(9, 14), WeeklyCounts::default());
        assert_eq!(counts(&days, Span { first: day(9), last: day(14) }).cases, 6);
    }
}
