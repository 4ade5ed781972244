//! A CSV reader: the rows of a file, one at a time, each with the line that it starts on.

use std::io::{Chain, Cursor, Read};

use anyhow::{Context, bail};
use csv::StringRecord;

/// The longest header that is looked at to tell what separates columns.
const LONGEST_HEADER: u64 = 1 << 20;

/// A last row of our own. Where it ends up inside of another, a quotation mark was never closed.
const END: &str = "\u{1a}\n";

/// The start that was looked at already, the rest, and [`END`].
type Text<R> = Chain<Chain<Cursor<Vec<u8>>, R>, &'static [u8]>;

pub struct Rows<R> {
    reader: csv::Reader<Text<R>>,
    pub header: Vec<String>,
    pub delimiter: char,
    has_failed: bool,
}

/// A row that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenRow {
    pub line: u64,
    pub reason: String,
}

impl<R: Read> Rows<R> {
    /// `text` is UTF-8 in which every line ends with `\n`.
    pub fn new(mut text: R) -> anyhow::Result<Self> {
        let mut start = Vec::new();
        let is_open = |start: &[u8]| start.iter().filter(|byte| **byte == b'"').count() % 2 == 1;
        let mut byte = [0];
        while text.read(&mut byte)? == 1 {
            start.push(byte[0]);
            if byte[0] == b'\n' && !is_open(&start) || start.len() as u64 >= LONGEST_HEADER {
                break;
            }
        }
        let delimiter = delimiter(&start);
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .from_reader(Cursor::new(start).chain(text).chain(END.as_bytes()));
        let header: Vec<String> =
            reader.headers().context("the header cannot be read")?.iter().map(|name| name.trim().to_owned()).collect();
        if header.iter().all(|name| name.is_empty() || name == END.trim_end()) {
            bail!("the file is empty; its first line has to name the columns");
        }
        Ok(Self { reader, header, delimiter: char::from(delimiter), has_failed: false })
    }

    /// Reads the next row into `cells`, and returns its line; `None` after the last one.
    pub fn next(&mut self, cells: &mut StringRecord) -> Option<Result<u64, BrokenRow>> {
        if self.has_failed {
            return None;
        }
        match self.reader.read_record(cells) {
            Ok(false) => None,
            Ok(true) if cells.len() == 1 && cells[0] == *END.trim_end() => None,
            Ok(true) => {
                let breaks: usize = cells.iter().map(|cell| cell.bytes().filter(|byte| *byte == b'\n').count()).sum();
                let (breaks, after) = (breaks as u64, self.reader.position().line());
                if cells.iter().next_back().is_some_and(|last| last.ends_with(END)) {
                    let reason = "a quotation mark is opened in this row and never closed".to_owned();
                    return Some(Err(BrokenRow { line: after.saturating_sub(breaks), reason }));
                }
                // The reader's own position of a record is that of the blank lines before it.
                let line = after.saturating_sub(1 + breaks);
                if cells.len() == self.header.len() {
                    return Some(Ok(line));
                }
                let mut reason =
                    format!("the row has {} cells where the header has {}", cells.len(), self.header.len());
                if breaks > 0 {
                    reason.push_str(&format!("; it goes on to line {}: is a quotation mark missing?", after - 1));
                }
                Some(Err(BrokenRow { line, reason }))
            }
            Err(error) => {
                self.has_failed = true;
                let line = error.position().map_or(0, csv::Position::line);
                Some(Err(BrokenRow { line, reason: error.to_string() }))
            }
        }
    }
}

/// The one of the three that the header has most of, outside of quotation marks.
fn delimiter(header: &[u8]) -> u8 {
    let (mut counts, mut quoted) = ([(b'\t', 0), (b';', 0), (b',', 0)], false);
    for byte in header {
        quoted ^= *byte == b'"';
        if let Some((_, count)) = counts.iter_mut().find(|(delimiter, _)| !quoted && delimiter == byte) {
            *count += 1;
        }
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map_or(b',', |(delimiter, _)| delimiter)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is read, a line each: `line: cell|cell` or `line! reason`.
    fn check(text: &str, expected: &[&str]) {
        let mut rows = Rows::new(text.as_bytes()).unwrap();
        let mut found = vec![rows.header.join("|")];
        let mut cells = StringRecord::new();
        while let Some(row) = rows.next(&mut cells) {
            found.push(match row {
                Ok(line) => format!("{line}: {}", cells.iter().collect::<Vec<_>>().join("|")),
                Err(BrokenRow { line, reason }) => format!("{line}! {reason}"),
            });
        }
        assert_eq!(found, expected);
    }

    #[test]
    fn columns_are_separated_by_what_the_header_has_most_of() {
        check("a,b\n1,\"x, y\"\n", &["a|b", "2: 1|x, y"]);
        check("a;b\n1;2,5\n", &["a|b", "2: 1|2,5"]);
        check("a\tb\n1\t2\n", &["a|b", "2: 1|2"]);
        check("\"a, or b, or c\";d\n1;2\n", &["a, or b, or c|d", "2: 1|2"]);
    }

    #[test]
    fn rows_know_their_lines_whatever_stands_before_them() {
        check("a,b\n\n\n\"1\nand\n\nmore\",2\n3,4\n\n5,6\n", &["a|b", "4: 1\nand\n\nmore|2", "8: 3|4", "10: 5|6"]);
        check("\"a\nb\",c\n1,2\n", &["a\nb|c", "3: 1|2"]);
    }

    #[test]
    fn broken_rows_say_why() {
        check("a,b\n3\n4,5\n", &["a|b", "2! the row has 1 cells where the header has 2", "3: 4|5"]);
        let missing =
            "2! the row has 4 cells where the header has 2; it goes on to line 3: is a quotation mark missing?";
        check("a,b\n1,\"2\n3,4\",5,6\n", &["a|b", missing]);
    }

    #[test]
    fn a_quotation_mark_that_is_never_closed_does_not_swallow_the_rest() {
        let reason = "a quotation mark is opened in this row and never closed";
        check("a,b\n1,2\n3,\"4\n5,6\n", &["a|b", "2: 1|2", &format!("3! {reason}")]);
        check("a,b\n\"3,4\n5,6\n", &["a|b", &format!("2! {reason}")]);
    }
}
