//! The scales of columns whose answers are nothing but known labels.

use std::collections::BTreeMap;

use valuemap_shared::survey::QuestionKind;

use crate::import::columns::normalised;
use crate::import::responses::mapping::Target;
use crate::import::responses::propose::column::{Column, ProposedColumn};
use crate::import::responses::scales::{NamedScale, rank_of, scale_of};

pub struct Phrases {
    /// Of each column, where its labels tell it, or those of all: a survey mostly has one scale.
    scales: Vec<Option<NamedScale>>,
    /// Whether they are of several lengths, so that a label has another number in each.
    are_several: bool,
}

impl Phrases {
    pub fn of(columns: &[Column<'_>]) -> Self {
        let is_labelled = |column: &&Column<'_>| {
            column.role.is_none() && !column.cells.is_empty() && column.cells.iter().all(|cell| rank_of(cell).is_some())
        };
        let labelled: Vec<&Column<'_>> = columns.iter().filter(is_labelled).collect();
        let own =
            |column: &Column<'_>| Some(column).filter(is_labelled).and_then(|column| scale_of(&phrases_of(&[column])));
        let scales: Vec<Option<NamedScale>> = columns.iter().map(own).collect();
        let mut lengths: Vec<u8> = scales.iter().flatten().map(|scale| scale.points).collect();
        lengths.sort_unstable();
        lengths.dedup();
        let all = scale_of(&phrases_of(&labelled)).filter(|all| lengths.iter().all(|points| *points == all.points));
        // Of a scale of seven is what has its finer steps; `Agree` alone may be of five.
        let is_of_all = |column: &Column<'_>, all: &NamedScale| {
            let has = |step: i8| column.cells.iter().filter_map(|cell| rank_of(cell)).any(|rank| rank.abs() == step);
            Some(column).filter(is_labelled).is_some() && (all.points == 5 || has(1) && has(2))
        };
        let scales = columns.iter().zip(scales);
        let scales = scales.map(|(column, own)| own.or_else(|| all.clone().filter(|all| is_of_all(column, all))));
        Self { scales: scales.collect(), are_several: lengths.len() > 1 }
    }

    /// The scale of the column at `index`.
    pub fn scale(&self, index: usize) -> Option<&NamedScale> {
        self.scales[index].as_ref()
    }

    /// What `--value` has to say of the columns that are read by it: for each where their scales differ.
    pub fn labels(&self, proposed: &[ProposedColumn]) -> Vec<(String, String)> {
        let mut labels: BTreeMap<(&str, String), (String, String)> = BTreeMap::new();
        for (proposed, scale) in proposed.iter().zip(&self.scales) {
            let is_read = matches!(proposed.target, Some(Target::New(QuestionKind::Agreement { .. })));
            for (phrase, number) in scale.iter().filter(|_| is_read).flat_map(|scale| &scale.numbers) {
                let (column, label) = match self.are_several {
                    true => (proposed.called.as_str(), format!("{}:{phrase}", proposed.called)),
                    false => ("", phrase.clone()),
                };
                labels.entry((column, normalised(phrase))).or_insert((label, number.to_string()));
            }
        }
        labels.into_values().collect()
    }
}

/// The different labels of columns.
fn phrases_of(columns: &[&Column<'_>]) -> Vec<String> {
    let mut phrases: BTreeMap<String, String> = BTreeMap::new();
    for cell in columns.iter().flat_map(|column| &column.cells) {
        phrases.entry(normalised(cell)).or_insert_with(|| (*cell).to_owned());
    }
    phrases.into_values().collect()
}
