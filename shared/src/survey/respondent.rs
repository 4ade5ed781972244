//! One respondent counts once, however many surveys of a community they answered in a quarter.
//!
//! Each answer is tallied by itself. Where somebody answers another survey, corrections are tallied beside it, on its
//! day: they take away what was counted of this respondent so far, and what the new answer adds by itself, and add what
//! both come to. So the sum of any first days of a quarter is what was known by then, and sums stay sums.

use std::collections::BTreeMap;

use super::tally::PairPositions;
use super::{Cell, Subject, pairs_of};

/// What one more answer of a respondent corrects, beside what it adds by itself. Empty where nobody is counted twice.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Correction {
    pub cells: Vec<(Subject, Cell, i64)>,
    pub pairs: Vec<(PairPositions, i64)>,
}

/// The corrections of a respondent's answers to several surveys, each given as the cells that it adds by itself, in the
/// order in which they were received. The first has nothing to correct.
pub fn corrections(answers: &[Vec<(Subject, Cell)>]) -> Vec<Correction> {
    let mut so_far: BTreeMap<Subject, Cell> = BTreeMap::new();
    answers.iter().map(|answer| correct(&mut so_far, answer)).collect()
}

fn correct(so_far: &mut BTreeMap<Subject, Cell>, answer: &[(Subject, Cell)]) -> Correction {
    let listed = |cells: &BTreeMap<Subject, Cell>| -> Vec<(Subject, Cell)> {
        cells.iter().map(|(subject, cell)| (subject.clone(), *cell)).collect()
    };
    let before = listed(so_far);
    let mut correction = Correction::default();
    for (subject, cell) in answer {
        let both = match (subject, so_far.get(subject)) {
            (Subject::Benefit(_), Some(earlier)) => earlier.with(*cell),
            (Subject::Benefit(_), None) => *cell,
            (Subject::Recommendation, _) => *cell,
            _ => continue,
        };
        if let Some(earlier) = so_far.insert(subject.clone(), both) {
            let of = || Subject::Repeats(Box::new(subject.clone()));
            correction.cells.extend([(of(), earlier, -1), (of(), *cell, -1), (of(), both, 1)]);
        }
    }
    if before.is_empty() {
        return correction;
    }
    let signed = |cells: &[(Subject, Cell)], sign: i64| pairs_of(cells).into_iter().map(move |pair| (pair, sign));
    correction.pairs.extend(signed(&before, -1).chain(signed(answer, -1)).chain(signed(&listed(so_far), 1)));
    correction
}

impl Cell {
    /// Where a respondent stands who is in both cells, by different questions. Scales of different length are brought to
    /// their least common one; where none has at most 255 points, the later answer counts.
    fn with(self, later: Self) -> Self {
        let together = || {
            let steps = least_common_multiple(self.points.checked_sub(1)?, later.points.checked_sub(1)?)?;
            let (earlier, later) = (self.on_steps(steps), later.on_steps(steps));
            Some(Self {
                points: steps.checked_add(1)?,
                answered: earlier.answered.checked_add(later.answered)?,
                total: earlier.total.checked_add(later.total)?,
            })
        };
        together().unwrap_or(later)
    }

    /// The same position on a scale of so many steps, a multiple of its own.
    fn on_steps(self, steps: u8) -> Self {
        let answered = u16::from(self.answered);
        let longer = u16::from(steps) / (u16::from(self.points) - 1);
        Self { points: self.points, answered: self.answered, total: answered + (self.total - answered) * longer }
    }
}

/// `None` where it is above 255, or one of them is 0.
fn least_common_multiple(one: u8, other: u8) -> Option<u8> {
    let (mut larger, mut smaller) = (one.max(other), one.min(other));
    if smaller == 0 {
        return None;
    }
    while smaller > 0 {
        (larger, smaller) = (smaller, larger % smaller);
    }
    (one / larger).checked_mul(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::survey::Benefit;

    const KNOWS: Subject = Subject::Benefit(Benefit::ProductKnowledge);
    const LEARNS: Subject = Subject::Benefit(Benefit::PeerBestPractices);

    fn cell(points: u8, answered: u8, total: u16) -> Cell {
        Cell { points, answered, total }
    }

    /// What all tallies and corrections of a subject come to.
    fn net(answers: &[Vec<(Subject, Cell)>], subject: &Subject) -> Vec<(Cell, i64)> {
        let mut counts: BTreeMap<Cell, i64> = BTreeMap::new();
        for (own, correction) in answers.iter().zip(corrections(answers)) {
            for (_, cell) in own.iter().filter(|(of, _)| of == subject) {
                *counts.entry(*cell).or_default() += 1;
            }
            for (_, cell, count) in
                correction.cells.iter().filter(|(of, ..)| *of == Subject::Repeats(Box::new(subject.clone())))
            {
                *counts.entry(*cell).or_default() += count;
            }
        }
        counts.into_iter().filter(|(_, count)| *count != 0).collect()
    }

    #[test]
    fn a_respondent_of_several_surveys_is_in_one_cell() {
        let once = vec![(KNOWS, cell(5, 1, 5))];
        assert_eq!(corrections(std::slice::from_ref(&once)), [Correction::default()]);
        let three = [once, vec![(KNOWS, cell(5, 1, 1)), (LEARNS, cell(5, 1, 4))], vec![(KNOWS, cell(5, 2, 6))]];
        assert_eq!(net(&three, &KNOWS), [(cell(5, 4, 12), 1)]);
        assert_eq!(net(&three, &LEARNS), [(cell(5, 1, 4), 1)]);
    }

    #[test]
    fn scales_of_different_length_are_brought_to_a_common_one() {
        let both = cell(5, 1, 4).with(cell(7, 1, 1));
        assert_eq!(both, cell(13, 2, 11));
        assert_eq!(both.percent(), (75.0 + 0.0) / 2.0);
        assert!(!both.is_top_two());
        assert_eq!(cell(200, 1, 4).with(cell(198, 1, 5)), cell(198, 1, 5), "there is none of at most 255 points");
        assert_eq!(cell(5, 250, 250).with(cell(5, 10, 10)), cell(5, 10, 10));
    }

    #[test]
    fn the_later_recommendation_counts() {
        let answers = [9, 3].map(|point| vec![(Subject::Recommendation, cell(11, 1, point))]);
        assert_eq!(net(&answers, &Subject::Recommendation), [(cell(11, 1, 3), 1)]);
    }

    #[test]
    fn questions_are_of_one_survey_and_nobody_is_counted_twice() {
        let answer = vec![(Subject::Responses, cell(0, 1, 0)), (Subject::Question("q".into()), cell(5, 1, 3))];
        assert_eq!(corrections(&[answer.clone(), answer])[1], Correction::default());
    }

    #[test]
    fn pairs_follow_what_a_respondent_comes_to() {
        let answers = [vec![(KNOWS, cell(5, 1, 5))], vec![(KNOWS, cell(5, 1, 1)), (LEARNS, cell(5, 1, 4))]];
        let pair = (Benefit::ProductKnowledge, Benefit::PeerBestPractices);
        // By itself the second answer adds (0, 75); both come to (50, 75).
        let [first, second] = <[Correction; 2]>::try_from(corrections(&answers)).unwrap();
        assert_eq!(first.pairs, []);
        assert_eq!(second.pairs, [((pair, (0, 7_500)), -1), ((pair, (5_000, 7_500)), 1)]);
    }
}
