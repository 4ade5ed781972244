use std::collections::BTreeMap;

use crate::statistics::Sample;
use crate::survey::{Cell, Subject};

/// How many respondents fell in each cell, by subject. Adding two of them counts both together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TallyCounts {
    /// Of some days by themselves a count may be below zero: a respondent who answered another survey has left a cell
    /// that an earlier day counted them in.
    counts: BTreeMap<Subject, BTreeMap<Cell, i64>>,
}

impl TallyCounts {
    pub fn add(&mut self, subject: Subject, cell: Cell, count: u64) {
        self.change(subject, cell, i64::try_from(count).unwrap_or(i64::MAX));
    }

    /// Adds a count that may be below zero. What [`Subject::Repeats`] counts goes to the subject that it corrects.
    pub fn change(&mut self, subject: Subject, cell: Cell, count: i64) {
        let subject = match subject {
            Subject::Repeats(of) => *of,
            subject => subject,
        };
        *self.counts.entry(subject).or_default().entry(cell).or_default() += count;
    }

    pub fn cells(&self, subject: &Subject) -> impl Iterator<Item = (Cell, u64)> {
        let positive = |(cell, count)| u64::try_from(count).ok().filter(|count| *count > 0).map(|count| (cell, count));
        self.changes(subject).filter_map(positive)
    }

    /// The counts as they are, those below zero included.
    pub fn changes(&self, subject: &Subject) -> impl Iterator<Item = (Cell, i64)> {
        self.counts.get(subject).into_iter().flatten().map(|(cell, count)| (*cell, *count))
    }

    /// How many respondents the subject has.
    pub fn respondents(&self, subject: &Subject) -> u64 {
        self.cells(subject).map(|(_, count)| count).sum()
    }

    pub fn subjects(&self) -> impl Iterator<Item = &Subject> {
        self.counts.keys()
    }

    /// Counts what the other one counts, too.
    pub fn merge(&mut self, other: Self) {
        for (subject, cells) in other.counts {
            let counts = self.counts.entry(subject).or_default();
            for (cell, count) in cells {
                *counts.entry(cell).or_default() += count;
            }
        }
    }

    /// Leaves out the subjects that are not to be kept.
    pub fn retain(&mut self, keep: impl Fn(&Subject) -> bool) {
        self.counts.retain(|subject, _| keep(subject));
    }

    /// The respondents' positions on 0..100.
    pub fn percents(&self, subject: &Subject) -> Sample {
        Sample::from_counts(self.cells(subject).map(|(cell, count)| (cell.percent(), count)))
    }
}
