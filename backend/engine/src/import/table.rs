//! A CSV file that is held as a whole, its header of one row or of several.

use std::collections::BTreeMap;

use anyhow::bail;
use csv::StringRecord;

use crate::base::progress::unseen;
use crate::import::columns::{normalised, numbered};
use crate::import::file::SourceFile;
use crate::import::header::{HeaderRows, LOOKED_AT, Survey, TableColumn};
use crate::import::layout::{Fitness, Layout};
use crate::import::position::Short;
use crate::import::reader::Rows;
use crate::import::trailer::Trailer;
use crate::import::zones::SaidZone;

#[derive(Debug, Default)]
pub struct Table {
    pub columns: Vec<TableColumn>,
    /// The rows with the lines that they start on.
    pub rows: Vec<(u64, Vec<String>)>,
    /// Rows that cannot be read, with their lines.
    pub broken: Vec<(u64, String)>,
    /// Rows that had fewer cells than the header, each at its line.
    pub short: BTreeMap<u64, Short>,
    pub trailer: Trailer,
    pub layout_line: u64,
    /// The tool that wrote the file, where its header tells.
    pub survey: Option<Survey>,
    /// What Qualtrics calls the columns, in whichever language and by whichever row they are named.
    pub import_ids: Vec<String>,
    /// The time zones that Qualtrics notes for columns, by their indexes.
    pub zones: Vec<Option<String>>,
}

impl Table {
    /// `wanted` are the columns that are going to be read; the header is the line that has them, and where none is wanted
    /// yet, the first of the longest ones.
    pub fn read(
        file: &SourceFile,
        header_line: Option<u64>,
        header_rows: Option<usize>,
        wanted: &[&str],
    ) -> anyhow::Result<Self> {
        let fitness = |header: &[String]| {
            let has = |wanted: &&&str| {
                header
                    .iter()
                    .any(|name| !name.is_empty() && (name == **wanted || wanted.starts_with(&format!("{name} ["))))
            };
            match wanted.iter().filter(has).count() {
                0 if wanted.is_empty() => Fitness::Partial(header.len()),
                all if all == wanted.len() => Fitness::Complete,
                some => Fitness::Partial(some),
            }
        };
        let layout = Layout::find(file.text(&unseen())?, header_line, fitness)?;
        Self::parse(file.text(&unseen())?, &layout, header_rows)
    }

    fn parse(text: impl std::io::Read, layout: &Layout, header_rows: Option<usize>) -> anyhow::Result<Self> {
        let mut rows = Rows::new(text, layout)?;
        let mut table = Self { layout_line: layout.line, ..Self::default() };
        let mut cells = StringRecord::new();
        while let Some(row) = rows.next(&mut cells) {
            match row {
                Ok(position) => {
                    table.short.extend(position.short.map(|short| (position.line, short)));
                    table.rows.push((position.line, cells.iter().map(|cell| cell.trim().to_owned()).collect()));
                }
                Err(broken) => table.broken.push((broken.line, broken.reason)),
            }
        }
        let below = table.rows.iter().take(LOOKED_AT).map(|(_, cells)| cells.as_slice()).collect::<Vec<_>>();
        let header = HeaderRows::of(&layout.header, &below, header_rows)?;
        table.rows.drain(..header.below.min(table.rows.len()));
        (table.columns, table.survey) = (header.columns, header.survey);
        (table.import_ids, table.zones) = (header.import_ids, header.zones);
        table.trailer = rows.trailer;
        Ok(table)
    }

    /// The index of a column: by its name, by its position as `#3`, or by what else it is called.
    pub fn column(&self, name: &str) -> anyhow::Result<usize> {
        match self.columns_named(name)[..] {
            [index] => Ok(index),
            [first, second, ..] => bail!(
                "the columns {} and {} could both be `{name}`; say which one it is by its number: #{}",
                first + 1,
                second + 1,
                first + 1
            ),
            [] => {
                let names: Vec<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
                bail!("the file has no column `{name}`; it has {}", names.join(", "))
            }
        }
    }

    /// The columns that may be meant: the one at a position, or those of the very name, of a similar one, or of that label.
    pub fn columns_named(&self, name: &str) -> Vec<usize> {
        if let Some(index) = numbered(name).filter(|index| *index < self.columns.len()) {
            return vec![index];
        }
        let plain = normalised(name);
        let ways: [&dyn Fn(&TableColumn) -> bool; 3] = [
            &|column| !name.is_empty() && column.name == name,
            &|column| !plain.is_empty() && normalised(&column.name) == plain,
            &|column| {
                column
                    .label
                    .as_deref()
                    .is_some_and(|label| label == name || !plain.is_empty() && normalised(label) == plain)
            },
        ];
        let those = |is_it: &dyn Fn(&TableColumn) -> bool| -> Vec<usize> {
            (0..self.columns.len()).filter(|index| is_it(&self.columns[*index])).collect()
        };
        ways.into_iter().map(those).find(|found| !found.is_empty()).unwrap_or_default()
    }

    /// The time zone that the file says for the times of a column: in a note of Qualtrics, or in the column's name.
    pub fn zone(&self, index: usize) -> Option<SaidZone> {
        let noted = self.zones.get(index).and_then(Option::as_ref).or_else(|| self.zones.iter().flatten().next());
        noted.and_then(|zone| SaidZone::parse(zone)).or_else(|| SaidZone::of_column(&self.columns[index].name))
    }

    /// What a column is remembered as: its name, or its position where the name does not tell it.
    pub fn called(&self, index: usize) -> String {
        let name = &self.columns[index].name;
        if self.columns_named(name) == [index] { name.clone() } else { format!("#{}", index + 1) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Table {
        let layout = Layout::find(text.as_bytes(), None, |_| Fitness::Complete).unwrap();
        Table::parse(text.as_bytes(), &layout, None).unwrap()
    }

    #[test]
    fn cells_are_trimmed_and_broken_rows_kept_apart() {
        let table = table(" a ,b\n\"1\nand more\", 2\n3\n4,5\n6,7,8\n");
        assert_eq!(table.columns[0].name, "a");
        assert_eq!(table.rows[0], (2, vec!["1\nand more".to_owned(), "2".to_owned()]));
        assert_eq!((table.rows[1].0, table.rows[2].0), (4, 5));
        assert_eq!(table.short, BTreeMap::from([(4, Short { cells: 1, half: None })]));
        assert_eq!(table.broken, [(6, "the row has 3 cells where the header has 2".to_owned())]);
    }

    #[test]
    fn qualtrics_columns_have_their_ids_whichever_row_names_them() {
        let ids = "\"{\"\"ImportId\"\":\"\"status\"\"}\",\"{\"\"ImportId\"\":\"\"QID1\"\"}\"";
        for text in [format!("Status,Q1\nAntworttyp,Why?\n{ids}\n0,4\n"), format!("Antworttyp,Why?\n{ids}\n0,4\n")] {
            let table = table(&text);
            assert_eq!((table.survey, table.rows.len()), (Some(Survey::Qualtrics), 1), "{text}");
            assert_eq!(table.import_ids, ["status", "QID1"], "{text}");
        }
    }

    #[test]
    fn a_column_is_called_so_that_it_is_found_again() {
        let check = |header: &str, index: usize, expected: &str| {
            let table = table(&format!("{header}\n1,2,3\n"));
            assert_eq!((table.called(index).as_str(), table.column(expected).unwrap()), (expected, index));
        };
        check("id,Why?,Q", 1, "Why?");
        check("id,Why?,Why?", 2, "#3");
        check("id,Why?,why", 2, "why");
        check("id,,Q", 1, "#2");
        check("id,Q,#2", 2, "#3");
    }

    #[test]
    fn columns_of_one_name_do_no_harm_until_they_are_asked_for() {
        let table = table("id,Why?,Q,why\n1,2,3,4\n");
        assert_eq!((table.column("Q").unwrap(), table.column("#2").unwrap(), table.column("Why?").unwrap()), (2, 1, 1));
        let table = self::table("id,Why?,Q,Why?\n1,2,3,4\n");
        let refused = table.column("Why?").unwrap_err().to_string();
        assert!(refused.contains("the columns 2 and 4 could both be `Why?`"), "{refused}");
        let refused = format!("{:#}", table.column("Z").unwrap_err());
        assert!(refused.contains("the file has no column `Z`; it has id, Why?, Q, Why?"), "{refused}");
    }
}
