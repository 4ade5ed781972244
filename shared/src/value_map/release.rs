//! What the public may see: members read the community's results after they submitted.
//!
//! A live figure would let anybody who reads it before and after a neighbour's answer compute that answer. So days
//! are released in groups: only days that are over, and only when a group of consecutive days holds at least the
//! minimum of answers. Two readings then differ by a whole group or not at all, unless somebody imports answers into
//! days that were released before.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::TallyCounts;
use crate::survey::{Benefit, Cell, Subject};

/// The result of one benefit that is safe to publish; `value` is `None` while too few answered.
#[derive(Clone, Debug, PartialEq)]
pub struct PublicResult {
    pub benefit: Benefit,
    /// The benefit index, 0 to 100, rounded to a whole number.
    pub value: Option<u8>,
    pub answers: u64,
}

/// The results of days that are over, released in groups of at least `minimum` answers.
pub fn public_results(days: &BTreeMap<NaiveDate, TallyCounts>, today: NaiveDate, minimum: u64) -> Vec<PublicResult> {
    let past: Vec<&TallyCounts> = days.range(..today).map(|(_, tallies)| tallies).collect();
    Benefit::ALL.into_iter().map(|benefit| public_result(benefit, &past, minimum)).collect()
}

fn public_result(benefit: Benefit, days: &[&TallyCounts], minimum: u64) -> PublicResult {
    let subject = Subject::Benefit(benefit);
    let (mut released, mut waiting) = (TallyCounts::default(), Vec::<(Cell, u64)>::new());
    for day in days {
        waiting.extend(day.cells(&subject));
        if waiting.iter().map(|(_, count)| count).sum::<u64>() >= minimum {
            for (cell, count) in waiting.drain(..) {
                released.add(subject.clone(), cell, count);
            }
        }
    }
    let sample = released.percents(&subject);
    PublicResult { benefit, value: sample.mean().map(|mean| mean.round() as u8), answers: sample.size() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(number: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, number).unwrap()
    }

    fn answers(total: u16, count: u64) -> TallyCounts {
        let mut tallies = TallyCounts::default();
        let subject = Subject::Benefit(Benefit::PeerBestPractices);
        tallies.add(subject, Cell { points: 5, answered: 1, total }, count);
        tallies
    }

    fn released(days: &[(u32, u16, u64)], today: u32) -> (Option<u8>, u64) {
        let days = days.iter().map(|(number, total, count)| (day(*number), answers(*total, *count))).collect();
        let results = public_results(&days, day(today), 5);
        let result = results.iter().find(|result| result.benefit == Benefit::PeerBestPractices).unwrap();
        (result.value, result.answers)
    }

    #[test]
    fn days_wait_until_enough_answers_came_together() {
        assert_eq!(released(&[(1, 5, 3)], 9), (None, 0));
        assert_eq!(released(&[(1, 5, 3), (2, 3, 2)], 9), (Some(80), 5));
        assert_eq!(released(&[(1, 5, 3), (2, 3, 2), (3, 1, 4)], 9), (Some(80), 5));
        assert_eq!(released(&[(1, 5, 5), (3, 1, 4), (4, 1, 1)], 9), (Some(50), 10));
    }

    #[test]
    fn today_is_not_over() {
        assert_eq!(released(&[(1, 5, 50)], 1), (None, 0));
        assert_eq!(released(&[(1, 5, 50)], 2), (Some(100), 50));
    }
}
