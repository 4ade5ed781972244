use std::path::Path;

use anyhow::{Context, bail};
use csv::StringRecord;

use crate::base::progress::unseen;
use crate::import::file::SourceFile;
use crate::import::reader::Rows;

/// A CSV file that is held as a whole: its header, and its rows with the lines that they start on.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    pub header: Vec<String>,
    pub rows: Vec<(u64, Vec<String>)>,
    /// Rows that cannot be read, with their lines.
    pub broken: Vec<(u64, String)>,
}

impl Table {
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let file = SourceFile::inspect(path)?;
        Self::parse(file.text(&unseen())?).with_context(|| format!("cannot use {}", path.display()))
    }

    fn parse(text: impl std::io::Read) -> anyhow::Result<Self> {
        let mut rows = Rows::new(text)?;
        let header = rows.header.clone();
        if let Some(twice) =
            header.iter().enumerate().find(|(index, name)| !name.is_empty() && header[..*index].contains(name))
        {
            bail!("two columns are named `{}`", twice.1);
        }
        let mut table = Self { header, rows: Vec::new(), broken: Vec::new() };
        let mut cells = StringRecord::new();
        while let Some(row) = rows.next(&mut cells) {
            match row {
                Ok(line) => table.rows.push((line, cells.iter().map(|cell| cell.trim().to_owned()).collect())),
                Err(broken) => table.broken.push((broken.line, broken.reason)),
            }
        }
        Ok(table)
    }

    pub fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|column| column == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_trimmed_and_broken_rows_kept_apart() {
        let table = Table::parse(" a ,b\n\"1\nand more\", 2\n3\n4,5\n".as_bytes()).unwrap();
        assert_eq!(table.header, ["a", "b"]);
        assert_eq!(table.rows[0], (2, vec!["1\nand more".to_owned(), "2".to_owned()]));
        assert_eq!(table.rows[1].0, 5);
        assert_eq!(table.broken, [(4, "the row has 1 cells where the header has 2".to_owned())]);
    }

    #[test]
    fn a_file_without_header_or_with_a_column_twice_is_refused() {
        assert!(Table::parse(b"".as_slice()).is_err());
        assert!(Table::parse("a,a\n1,2\n".as_bytes()).is_err());
    }
}
