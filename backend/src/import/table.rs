use std::path::Path;

use anyhow::{Context, bail};

/// A CSV file: its header, and its rows with the lines that they start on.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    pub header: Vec<String>,
    pub rows: Vec<(u64, Vec<String>)>,
    /// Rows that cannot be read, with their lines.
    pub broken: Vec<(u64, String)>,
}

impl Table {
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&bytes).with_context(|| format!("cannot use {}", path.display()))
    }

    /// Reads UTF-8, with or without byte order mark, or else Windows-1252; separated by commas, semicolons or tabs.
    fn parse(bytes: &[u8]) -> anyhow::Result<Self> {
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text.trim_start_matches('\u{feff}').to_owned(),
            Err(_) => encoding_rs::WINDOWS_1252.decode(bytes).0.into_owned(),
        };
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter(text.lines().next().unwrap_or_default()))
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let header: Vec<String> =
            reader.headers().context("the header cannot be read")?.iter().map(str::to_owned).collect();
        if header.iter().all(String::is_empty) {
            bail!("the file is empty; its first line has to name the columns");
        }
        if let Some(twice) =
            header.iter().enumerate().find(|(place, name)| !name.is_empty() && header[..*place].contains(name))
        {
            bail!("two columns are named `{}`", twice.1);
        }
        let mut table = Self { header, rows: Vec::new(), broken: Vec::new() };
        for record in reader.records() {
            match record {
                Ok(record) => {
                    let line = record.position().map_or(0, csv::Position::line);
                    table.rows.push((line, record.iter().map(str::to_owned).collect()));
                }
                Err(error) => table.broken.push(explain(&error)),
            }
        }
        Ok(table)
    }

    pub fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|column| column == name)
    }
}

/// The one of the three that the header has most of.
fn delimiter(header: &str) -> u8 {
    let count = |delimiter: &u8| header.bytes().filter(|byte| byte == delimiter).count();
    [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',')
}

fn explain(error: &csv::Error) -> (u64, String) {
    let line = error.position().map_or(0, csv::Position::line);
    let reason = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("the row has {len} cells where the header has {expected_len}")
        }
        _ => error.to_string(),
    };
    (line, reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expected: &[&[&str]]) {
        let table = Table::parse(bytes).unwrap();
        let mut found = vec![table.header];
        found.extend(table.rows.into_iter().map(|(_, cells)| cells));
        assert_eq!(found, expected);
    }

    #[test]
    fn files_come_with_any_of_the_usual_separators_and_encodings() {
        check(b"a,b\n1,\"x, y\"\n", &[&["a", "b"], &["1", "x, y"]]);
        check(b"\xef\xbb\xbfa;b\r\n1;2,5\r\n", &[&["a", "b"], &["1", "2,5"]]);
        check(b"a\tb\n1\t2\n", &[&["a", "b"], &["1", "2"]]);
        check(b"name\ncaf\xe9\n", &[&["name"], &["caf\u{e9}"]]);
    }

    #[test]
    fn rows_know_their_lines_and_broken_ones_say_why() {
        let table = Table::parse(b"a,b\n\"1\nand more\",2\n3\n4,5\n").unwrap();
        assert_eq!(table.rows.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 5]);
        assert_eq!(table.broken, [(4, "the row has 1 cells where the header has 2".to_owned())]);
    }

    #[test]
    fn a_file_without_header_or_with_a_column_twice_is_refused() {
        assert!(Table::parse(b"").is_err());
        assert!(Table::parse(b"a,a\n1,2\n").is_err());
    }
}
