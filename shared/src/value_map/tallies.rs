use std::collections::BTreeMap;

use crate::statistics::Sample;
use crate::survey::{Cell, Subject};

/// How many respondents fell in each cell, by subject. Adding two of them counts both together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TallyCounts {
    counts: BTreeMap<Subject, BTreeMap<Cell, u64>>,
}

impl TallyCounts {
    pub fn add(&mut self, subject: Subject, cell: Cell, count: u64) {
        *self.counts.entry(subject).or_default().entry(cell).or_default() += count;
    }

    pub fn cells(&self, subject: &Subject) -> impl Iterator<Item = (Cell, u64)> {
        self.counts.get(subject).into_iter().flatten().map(|(cell, count)| (*cell, *count))
    }

    /// How many respondents the subject has.
    pub fn respondents(&self, subject: &Subject) -> u64 {
        self.cells(subject).map(|(_, count)| count).sum()
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
