//! What labels of answers mean, as `--value` says it: for one column, or for all.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::bail;
use valuemap_shared::survey::Question;

use crate::import::columns::value_key;
use crate::import::responses::mapping::scale_of;
use crate::import::table::Table;

/// The number of a scale, the key of a choice, or nothing where there is no answer, by the label.
#[derive(Debug, Default)]
pub struct Labels {
    said: Vec<Said>,
    /// Indexes into `said`, by the column, `None` for all of them, and the label.
    by_label: BTreeMap<(Option<usize>, String), usize>,
}

#[derive(Debug)]
struct Said {
    label: String,
    meaning: String,
    /// The columns that it was read in.
    read_in: BTreeSet<usize>,
}

impl Labels {
    /// `said` are labels with their meanings; `COLUMN:LABEL` is one of that column alone.
    pub fn of(said: &[(String, String)], table: &Table, questions: &[(usize, Question)]) -> anyhow::Result<Self> {
        let mut labels = Self::default();
        for (written, meaning) in said {
            let colons = written.match_indices(':').map(|(at, _)| at).rev();
            let mut apart = colons.filter_map(|at| {
                let (column, label) = (written[..at].trim(), written[at + 1..].trim());
                match table.columns_named(column)[..] {
                    [index] if !label.is_empty() && questions.iter().any(|(other, _)| *other == index) => {
                        Some((index, label))
                    }
                    _ => None,
                }
            });
            let (column, label) = apart.next().map_or((None, written.as_str()), |(index, label)| (Some(index), label));
            labels.add(column, label, (written, meaning))?;
        }
        Ok(labels)
    }

    fn add(&mut self, column: Option<usize>, label: &str, (written, meaning): (&str, &str)) -> anyhow::Result<()> {
        let said = Said { label: written.to_owned(), meaning: meaning.to_owned(), read_in: BTreeSet::new() };
        if let Some(before) = self.by_label.insert((column, value_key(label)), self.said.len())
            && self.said[before].meaning != meaning
        {
            bail!("--value says that `{written}` is `{}` and that it is `{meaning}`", self.said[before].meaning);
        }
        self.said.push(said);
        Ok(())
    }

    /// Labels that hold for all columns.
    #[cfg(test)]
    pub fn for_all(said: &[(&str, &str)]) -> Self {
        let mut labels = Self::default();
        said.iter().for_each(|(label, meaning)| labels.add(None, label, (label, meaning)).unwrap());
        labels
    }

    /// What a cell of a column means.
    pub fn meaning(&mut self, column: usize, cell: &str) -> Option<&str> {
        if self.said.is_empty() {
            return None;
        }
        let key = value_key(cell);
        let found = self.by_label.get(&(Some(column), key.clone())).or_else(|| self.by_label.get(&(None, key)))?;
        let said = &mut self.said[*found];
        said.read_in.insert(column);
        Some(&said.meaning)
    }

    /// Refuses a number that stood for a label on several scales: what is 5 of 5 is not 5 of 7.
    pub fn check_scales(&self, table: &Table, questions: &[(usize, Question)]) -> anyhow::Result<()> {
        for said in self.said.iter().filter(|said| !said.meaning.is_empty()) {
            let mut scales: BTreeMap<(i64, i64), usize> = BTreeMap::new();
            let is_read = |column: &usize| said.read_in.contains(column);
            for (column, question) in questions.iter().filter(|(column, _)| is_read(column)) {
                scales.extend(scale_of(&question.kind).map(|scale| (scale, *column)));
            }
            let scales: Vec<((i64, i64), usize)> = scales.into_iter().collect();
            if let [((low, high), one), ((other_low, other_high), other), ..] = scales[..] {
                let (one, other) = (table.called(one), table.called(other));
                let Said { label, meaning, .. } = said;
                bail!(
                    "--value \"{label}={meaning}\" holds for all columns, and `{label}` is answered on scales from {low} to \
                     {high} (`{one}`) and from {other_low} to {other_high} (`{other}`); say it for each: --value \
                     \"{one}:{label}={meaning}\""
                );
            }
        }
        Ok(())
    }

    /// Those that no cell has.
    pub fn unused(&self) -> impl Iterator<Item = &str> {
        self.said.iter().filter(|said| said.read_in.is_empty()).map(|said| said.label.as_str())
    }
}

#[cfg(test)]
mod tests {
    use valuemap_shared::survey::QuestionKind;

    use super::*;
    use crate::import::header::TableColumn;
    use crate::import::responses::mapping::question_of;

    fn labels(said: &[(&str, &str)], read: &[(usize, &str)]) -> anyhow::Result<Vec<String>> {
        let columns = ["Q1", "Q2: why", "NPS"].map(|name| TableColumn { name: name.to_owned(), label: None });
        let kinds = [5, 7].map(|points| QuestionKind::Agreement { points, benefit: None, reversed: false });
        let kinds = kinds.into_iter().chain([QuestionKind::Recommendation]);
        let questions: Vec<(usize, Question)> =
            columns.iter().zip(kinds).map(|(column, kind)| question_of(column, kind)).enumerate().collect();
        let table = Table { columns: columns.to_vec(), ..Table::default() };
        let said: Vec<(String, String)> =
            said.iter().map(|(label, meaning)| ((*label).to_owned(), (*meaning).to_owned())).collect();
        let mut labels = Labels::of(&said, &table, &questions)?;
        let meanings = read.iter().map(|(column, cell)| labels.meaning(*column, cell).unwrap_or("?").to_owned());
        let meanings = meanings.collect();
        labels.check_scales(&table, &questions)?;
        Ok(meanings)
    }

    #[test]
    fn a_label_is_of_one_column_or_of_all() {
        let said = [("Agree", "4"), ("Q2: why:Agree", "6"), ("5: fully", "5"), ("#3:Agree", "8")];
        let read = [(0, "agree"), (1, "Agree"), (2, "AGREE"), (0, "5 fully"), (0, "Q1")];
        assert_eq!(labels(&said, &read).unwrap(), ["4", "6", "8", "5", "?"]);
    }

    #[test]
    fn a_number_is_not_taken_for_two_scales() {
        let refused = labels(&[("Agree", "4")], &[(0, "Agree"), (1, "Agree")]).unwrap_err().to_string();
        let expected = "`Agree` is answered on scales from 1 to 5 (`Q1`) and from 1 to 7 (`Q2: why`); say it for each";
        assert!(refused.contains(expected), "{refused}");
        assert!(labels(&[("Agree", "4")], &[(0, "Agree")]).is_ok());
        assert!(labels(&[("None", "")], &[(0, "None"), (1, "None")]).is_ok());
        let refused = labels(&[("Agree", "4"), ("agree", "5")], &[]).unwrap_err().to_string();
        assert!(refused.contains("says that `agree` is `4` and that it is `5`"), "{refused}");
    }
}
