//! What the public may see: members read the community's results after they submitted.
//!
//! A live figure would let anybody who reads it before and after a neighbour's answer compute that answer. So days
//! are released in groups: only days that are over, and only when a group of consecutive days holds at least the
//! minimum of answers. Two readings then differ by a whole group or not at all, unless somebody imports answers into
//! days that were released before.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::{CoMoment, CoMoments, TallyCounts};
use crate::survey::{Benefit, Cell, Subject};

/// What was answered on the first days of a quarter, to compare as many days of the next one with, given what was
/// answered on its other days.
///
/// The quarter as a whole is shown, too: less its first days it would uncover the others. Where so few answered on those
/// that they could not be shown, the first days are left out.
pub fn comparable(
    (mut tallies, mut co_moments): (TallyCounts, CoMoments),
    (others, other_pairs): &(TallyCounts, CoMoments),
    minimum: u64,
) -> (TallyCounts, CoMoments) {
    tallies.retain(|subject| !(1..minimum).contains(&asked(others, subject)));
    co_moments.retain(|pair, _| other_pairs.get(pair).is_none_or(|other| is_shown(other, minimum)));
    (tallies, co_moments)
}

/// What was answered in the months of a quarter, given in parts that are of a month each, less what may not be shown by
/// month, which is named.
///
/// The quarter as a whole is shown, too, and so may be some first days of it ([`comparable`]): a part is any span between
/// two days at which one of them ends. Where so few answered in one part that they could not be shown by themselves, no
/// month of the quarter is.
pub fn months(
    parts: Vec<(usize, (TallyCounts, CoMoments))>,
    minimum: u64,
) -> ([(TallyCounts, CoMoments); 3], BTreeSet<Subject>) {
    let (mut hidden, mut hidden_pairs) = (BTreeSet::new(), BTreeSet::new());
    let mut months: [(TallyCounts, CoMoments); 3] = Default::default();
    for (month, (part, pairs)) in parts {
        hidden.extend(part.subjects().filter(|subject| (1..minimum).contains(&asked(&part, subject))).cloned());
        hidden_pairs.extend(pairs.iter().filter(|(_, sums)| !is_shown(sums, minimum)).map(|(pair, _)| *pair));
        if let Some((tallies, co_moments)) = months.get_mut(month) {
            tallies.merge(part);
            for (pair, sums) in pairs {
                co_moments.entry(pair).or_default().add(sums);
            }
        }
    }
    for (tallies, co_moments) in &mut months {
        tallies.retain(|subject| !hidden.contains(subject));
        co_moments.retain(|pair, _| !hidden_pairs.contains(pair));
    }
    (months, hidden)
}

/// Nobody answered about both, or enough did.
fn is_shown(sums: &CoMoment, minimum: u64) -> bool {
    *sums == CoMoment::default() || sums.count.unsigned_abs() >= minimum
}

/// How many answered what a subject is a part of.
fn asked(tallies: &TallyCounts, subject: &Subject) -> u64 {
    // A scale of no points, as in `Figures::chosen`.
    let of_question = |question: &str| {
        let question = Subject::Question(question.to_owned());
        tallies.cells(&question).filter(|(cell, _)| cell.points == 0).map(|(_, count)| count).sum()
    };
    match subject {
        Subject::Choice { question, .. } | Subject::Question(question) => of_question(question),
        // Of those who were asked the last question after they had answered so far as they did.
        Subject::Together(given) => {
            let mut asked = given.clone();
            asked.last_mut().map(|last| last.choice.take());
            tallies.respondents(&Subject::Together(asked))
        }
        other => tallies.respondents(other),
    }
}

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
    let (mut released, mut waiting) = (TallyCounts::default(), Vec::<(Cell, i64)>::new());
    let minimum = i64::try_from(minimum).unwrap_or(i64::MAX);
    for day in days {
        waiting.extend(day.changes(&subject));
        if waiting.iter().map(|(_, count)| count).sum::<i64>() >= minimum {
            for (cell, count) in waiting.drain(..) {
                released.change(subject.clone(), cell, count);
            }
        }
    }
    let sample = released.percents(&subject);
    PublicResult { benefit, value: sample.mean().map(|mean| mean.round() as u8), answers: sample.size() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::survey::GivenChoice;

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
    fn first_days_are_compared_with_unless_the_others_would_be_uncovered() {
        let subject = Subject::Benefit(Benefit::PeerBestPractices);
        let kept = |others: u64| {
            let (tallies, _) =
                comparable((answers(4, 10), CoMoments::new()), &(answers(3, others), CoMoments::new()), 5);
            tallies.respondents(&subject)
        };
        assert_eq!([kept(0), kept(1), kept(4), kept(5)], [10, 0, 0, 10]);
    }

    #[test]
    fn no_month_is_shown_where_one_would_be_uncovered() {
        let subject = Subject::Benefit(Benefit::PeerBestPractices);
        let pair = (Benefit::ProductKnowledge, Benefit::PeerBestPractices);
        let together = |count: u64| CoMoments::from([(pair, CoMoment { count: count as i64, ..CoMoment::default() })]);
        let shown = |parts: &[(usize, u64)]| {
            let part = |(month, count): &(usize, u64)| (*month, (answers(4, *count), together(*count)));
            let (months, hidden) = months(parts.iter().map(part).collect(), 5);
            for (tallies, co_moments) in &months {
                let pairs = co_moments.get(&pair).map_or(0, |sums| sums.count.unsigned_abs());
                assert_eq!(tallies.respondents(&subject), pairs);
            }
            (months.map(|(tallies, _)| tallies.respondents(&subject)), hidden.contains(&subject))
        };
        assert_eq!(shown(&[(0, 5), (1, 0), (2, 9)]), ([5, 0, 9], false));
        assert_eq!(shown(&[(0, 5), (1, 4), (2, 9)]), ([0, 0, 0], true));
        // The running quarter is compared with days up to some in the second month.
        assert_eq!(shown(&[(0, 5), (1, 5), (1, 6), (2, 9)]), ([5, 11, 9], false));
        assert_eq!(shown(&[(0, 5), (1, 10), (1, 1), (2, 9)]), ([0, 0, 0], true));
    }

    #[test]
    fn a_choice_stays_as_long_as_its_question_does() {
        let no_scale = Cell { points: 0, answered: 1, total: 0 };
        let choice = Subject::Choice { question: "found".into(), choice: "yes".into() };
        let found = GivenChoice { question: "found".into(), choice: Some("yes".into()) };
        let together = Subject::Together(vec![found, GivenChoice { question: "intent".into(), choice: None }]);
        let answered = |yes: u64, all: u64| {
            let mut tallies = TallyCounts::default();
            tallies.add(Subject::Question("found".into()), no_scale, all);
            tallies.add(choice.clone(), no_scale, yes);
            tallies.add(together.clone(), no_scale, yes);
            (tallies, CoMoments::new())
        };
        let (tallies, _) = comparable(answered(3, 10), &answered(1, 8), 5);
        // One of the others was asked the second question: what they said would be uncovered.
        assert_eq!((tallies.respondents(&choice), tallies.respondents(&together)), (3, 0));
        let (tallies, _) = comparable(answered(3, 10), &answered(1, 4), 5);
        assert_eq!(tallies, TallyCounts::default());
    }

    #[test]
    fn days_wait_until_enough_answers_came_together() {
        assert_eq!(released(&[(1, 5, 3)], 9), (None, 0));
        assert_eq!(released(&[(1, 5, 3), (2, 3, 2)], 9), (Some(80), 5));
        assert_eq!(released(&[(1, 5, 3), (2, 3, 2), (3, 1, 4)], 9), (Some(80), 5));
        assert_eq!(released(&[(1, 5, 5), (3, 1, 4), (4, 1, 1)], 9), (Some(50), 10));
    }

    #[test]
    fn who_answers_another_survey_is_not_one_more_who_waits() {
        let subject = Subject::Benefit(Benefit::PeerBestPractices);
        let at = |total: u16| Cell { points: 5, answered: 1, total };
        // Five chose 5 on the first day. On the second, one of them chose 1 in another survey, and four others chose 1.
        let mut second = answers(1, 5);
        let repeats = || Subject::Repeats(Box::new(subject.clone()));
        second.change(repeats(), at(5), -1);
        second.change(repeats(), at(1), -1);
        second.change(repeats(), Cell { points: 5, answered: 2, total: 6 }, 1);
        let mut days = BTreeMap::from([(day(1), answers(5, 5)), (day(2), second)]);
        let public = |days: &BTreeMap<NaiveDate, TallyCounts>| {
            let results = public_results(days, day(9), 5);
            let result = results.into_iter().find(|result| result.benefit == Benefit::PeerBestPractices).unwrap();
            (result.value, result.answers)
        };
        assert_eq!(public(&days), (Some(100), 5));
        days.insert(day(3), answers(1, 1));
        // (4 x 100 + 50 + 5 x 0) / 10.
        assert_eq!(public(&days), (Some(45), 10));
    }

    #[test]
    fn today_is_not_over() {
        assert_eq!(released(&[(1, 5, 50)], 1), (None, 0));
        assert_eq!(released(&[(1, 5, 50)], 2), (Some(100), 50));
    }
}
