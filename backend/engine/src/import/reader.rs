//! A CSV reader: the rows of a table, one at a time, each with the line that it starts on.

use std::collections::VecDeque;
use std::io::{Chain, Read};

use csv::StringRecord;

use crate::import::layout::Layout;
use crate::import::position::{BrokenRow, RowPosition, Short};
use crate::import::trailer::{Trailer, is_blank};

/// A last row of our own. Where it ends up inside of another, a quotation mark was never closed.
const END: &str = "\u{1a}\n";

/// The longest run of rows that may turn out to be what stands below the table.
const LONGEST_TRAILER: usize = 200;

pub struct Rows<R> {
    reader: csv::Reader<Chain<R, &'static [u8]>>,
    columns: usize,
    header: StringRecord,
    /// How many lines stand above what the reader reads.
    lines_before: u64,
    /// The line that the table ends before.
    end: Option<u64>,
    is_over: bool,
    /// Rows that were read and not returned yet.
    ready: VecDeque<(RowPosition, StringRecord)>,
    broken: VecDeque<BrokenRow>,
    /// The row before this one, if it had too few cells: its line, and how many it had.
    short_before: Option<(u64, usize)>,
    /// Rows that stood below the table, once all were read.
    pub trailer: Trailer,
}

impl<R: Read> Rows<R> {
    /// `text` is the whole file, in UTF-8 and with every line ended by `\n`.
    pub fn new(mut text: R, layout: &Layout) -> anyhow::Result<Self> {
        let (mut lines, mut byte) = (1, [0]);
        while lines < layout.line && text.read(&mut byte)? == 1 {
            lines += u64::from(byte[0] == b'\n');
        }
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(layout.delimiter)
            .flexible(true)
            .from_reader(text.chain(END.as_bytes()));
        let header = reader.headers()?.clone();
        Ok(Self {
            reader,
            columns: header.len(),
            header,
            lines_before: layout.line - 1,
            end: layout.end,
            is_over: false,
            ready: VecDeque::new(),
            broken: VecDeque::new(),
            short_before: None,
            trailer: Trailer::default(),
        })
    }

    /// Reads the next row into `cells`, and returns where it is; `None` after the last one. Rows without any content are
    /// passed over, and so is what stands below the table.
    pub fn next(&mut self, cells: &mut StringRecord) -> Option<Result<RowPosition, BrokenRow>> {
        let mut held = VecDeque::new();
        loop {
            if let Some((position, ready)) = self.ready.pop_front() {
                *cells = ready;
                return Some(Ok(position));
            }
            if let Some(broken) = self.broken.pop_front() {
                return Some(Err(broken));
            }
            let (row, follows_gap) = match self.read(cells) {
                None if held.is_empty() => return None,
                None => {
                    self.ready = self.trailer.taken_from(std::mem::take(&mut held));
                    continue;
                }
                Some(read) => read,
            };
            match row {
                Ok(position) if Trailer::may_hold(cells, position.short.is_some()) && held.len() < LONGEST_TRAILER => {
                    held.push_back((position, cells.clone(), follows_gap));
                }
                row if held.is_empty() => return Some(row),
                row => {
                    self.ready = held
                        .drain(..)
                        .filter(|(_, cells, _)| !is_blank(cells))
                        .map(|(at, cells, _)| (at, cells))
                        .collect();
                    match row {
                        Ok(position) => self.ready.push_back((position, cells.clone())),
                        Err(broken) => self.broken.push_back(broken),
                    }
                }
            }
        }
    }

    /// Reads one row, and whether a blank line stands before it.
    fn read(&mut self, cells: &mut StringRecord) -> Option<(Result<RowPosition, BrokenRow>, bool)> {
        loop {
            if self.is_over {
                return None;
            }
            let before = self.reader.position().line();
            match self.reader.read_record(cells) {
                Ok(false) => return None,
                Ok(true) if cells.len() == 1 && cells[0] == *END.trim_end() => return None,
                Ok(true) => {
                    let breaks: usize =
                        cells.iter().map(|cell| cell.bytes().filter(|byte| *byte == b'\n').count()).sum();
                    let (breaks, after) = (breaks as u64, self.reader.position().line());
                    // The reader's own position of a record is that of the blank lines before it.
                    let start = after.saturating_sub(1 + breaks);
                    let line = start + self.lines_before;
                    if self.end.is_some_and(|end| line >= end) {
                        self.is_over = true;
                        return None;
                    }
                    if *cells == self.header {
                        self.trailer.repeated_headers += 1;
                        continue;
                    }
                    if cells.iter().next_back().is_some_and(|last| last.ends_with(END)) {
                        let reason = "a quotation mark is opened in this row and never closed".to_owned();
                        return Some((Err(BrokenRow { line: line + 1, reason }), false));
                    }
                    return Some((self.fitted(cells, line, breaks), start > before));
                }
                Err(error) => {
                    self.is_over = true;
                    let line = error.position().map_or(0, csv::Position::line) + self.lines_before;
                    return Some((Err(BrokenRow { line, reason: error.to_string() }), false));
                }
            }
        }
    }

    /// Gives a row as many cells as the header has, where that loses nothing.
    fn fitted(&mut self, cells: &mut StringRecord, line: u64, breaks: u64) -> Result<RowPosition, BrokenRow> {
        let (found, columns) = (cells.len(), self.columns);
        let before = self.short_before.take();
        if found > columns && cells.iter().skip(columns).all(|cell| cell.trim().is_empty()) {
            cells.truncate(columns);
        }
        if cells.len() > columns {
            let mut reason = format!("the row has {found} cells where the header has {columns}");
            if breaks > 0 {
                let last = line + breaks;
                reason.push_str(&format!("; it goes on to line {last}: is a quotation mark missing?"));
            }
            return Err(BrokenRow { line, reason });
        }
        if found >= columns {
            return Ok(RowPosition { line, short: None });
        }
        for _ in found..columns {
            cells.push_field("");
        }
        // Rows of one cell each come below tables, and are not looked at together.
        let half = before.filter(|(_, before)| before + found == columns + 1 && (*before, found) != (1, 1));
        self.short_before = Some((line, found));
        Ok(RowPosition { line, short: Some(Short { cells: found, half }) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::layout::Fitness;

    /// What is read, a line each: `line: cell|cell` or `line! reason`; then what was passed over.
    fn check(text: &str, expected: &[&str]) {
        let layout = Layout::find(text.as_bytes(), None, |_| Fitness::Complete).unwrap();
        let mut rows = Rows::new(text.as_bytes(), &layout).unwrap();
        let mut found = Vec::new();
        let mut cells = StringRecord::new();
        while let Some(row) = rows.next(&mut cells) {
            found.push(match row {
                Ok(at) => format!("{}: {}", at.line, cells.iter().collect::<Vec<_>>().join("|")),
                Err(BrokenRow { line, reason }) => format!("{line}! {reason}"),
            });
        }
        let Trailer { totals, footer, repeated_headers } = &rows.trailer;
        if rows.trailer != Trailer::default() {
            found.push(format!("totals {totals:?}, footer {footer:?}, headers {repeated_headers}"));
        }
        assert_eq!(found, expected);
    }

    #[test]
    fn rows_know_their_lines_whatever_stands_before_them() {
        check("a,b\n\n\n\"1\nand\n\nmore\",2\n3,4\n\n5,6\n", &["4: 1\nand\n\nmore|2", "8: 3|4", "10: 5|6"]);
        check("\"a\nb\",c\n1,2\n", &["3: 1|2"]);
    }

    #[test]
    fn cells_that_are_empty_may_be_too_many_or_missing() {
        check("a,b,c\n1,2,3,\n4,5,6,,\n", &["2: 1|2|3", "3: 4|5|6"]);
        check("a,b,c\n1,2,3\n4,5\n6,7,8\n", &["2: 1|2|3", "3: 4|5|", "4: 6|7|8"]);
        check("a,b,,\n1,2,,\n,,,\n,,,\n3,4,,\n", &["2: 1|2||", "5: 3|4||"]);
    }

    #[test]
    fn broken_rows_say_why() {
        check("a,b\n4,5,6\n", &["2! the row has 3 cells where the header has 2"]);
        let missing =
            "2! the row has 4 cells where the header has 2; it goes on to line 3: is a quotation mark missing?";
        check("a,b\n1,\"2\n3,4\",5,6\n", &[missing]);
    }

    #[test]
    fn two_short_rows_are_read_and_known_to_be_the_halves_of_one_perhaps() {
        let check = |text: &str, expected: &[Option<(u64, usize)>]| {
            let layout = Layout::find(text.as_bytes(), None, |_| Fitness::Complete).unwrap();
            let mut rows = Rows::new(text.as_bytes(), &layout).unwrap();
            let mut cells = StringRecord::new();
            let read = || rows.next(&mut cells).map(|row| row.unwrap().short.and_then(|short| short.half));
            assert_eq!(std::iter::from_fn(read).collect::<Vec<_>>(), expected, "{text}");
        };
        check("a,b,c\n1,Acme\n2,Bolt\n3,Coil\n4,5,6\n", &[None, Some((2, 2)), Some((3, 2)), None]);
        check("a,b,c,d\n1,2,3\n1,2,3\n", &[None, None]);
        check("a,b,c\n1,2\n4,5,6\n1,2\n", &[None, None, None]);
        let short = Short { cells: 2, half: Some((2, 2)) };
        let expected =
            "lines 2 and 3 look like one row that was broken in two: they have 2 and 2 cells where the header has 3";
        assert_eq!(short.explanation(3, 3), expected);
    }

    #[test]
    fn a_quotation_mark_that_is_never_closed_does_not_swallow_the_rest() {
        let reason = "a quotation mark is opened in this row and never closed";
        check("a,b\n1,2\n3,\"4\n5,6\n", &["2: 1|2", &format!("3! {reason}")]);
        check("a,b\n\"3,4\n5,6\n", &[&format!("2! {reason}")]);
    }

    #[test]
    fn footers_and_totals_are_passed_over_at_the_end_only() {
        let table = "a,b,c\n1,2,3\n";
        check(&format!("{table}\n\nWon deals\nCopyright\n"), &["2: 1|2|3", "totals [], footer [5, 6], headers 0"]);
        check(&format!("{table}Copyright (c) 2026 us,,\n"), &["2: 1|2|3", "totals [], footer [3], headers 0"]);
        check(&format!("{table}Grand Totals (1 records),,3\n"), &["2: 1|2|3", "totals [3], footer [], headers 0"]);
        check(&format!("{table},,\nTotal,,3\n,,\n"), &["2: 1|2|3", "totals [4], footer [], headers 0"]);
        check(&format!("{table}\nTotal,5,6\n7,8,9\n"), &["2: 1|2|3", "4: Total|5|6", "5: 7|8|9"]);
        for total in [
            "Gesamt",
            "Summe:",
            "Total g\u{e9}n\u{e9}ral",
            "Totaal",
            "\u{5408}\u{8a08}",
            "Total Records: 2",
            "Total \u{ff1a}",
        ] {
            check(&format!("{table}{total},,3\n"), &["2: 1|2|3", "totals [3], footer [], headers 0"]);
        }
        check(&format!("{table}Exported on,2026-03-05\n"), &["2: 1|2|3", "totals [], footer [3], headers 0"]);
        check(&format!("{table}Generated by us\n"), &["2: 1|2|3", "totals [], footer [3], headers 0"]);
        // What could be a row is none of these.
        check(&format!("{table}Total Energies,,3\n"), &["2: 1|2|3", "3: Total Energies||3"]);
        check(&format!("{table}4\n"), &["2: 1|2|3", "3: 4||"]);
        check(&format!("{table}Acme Inc,,\n"), &["2: 1|2|3", "3: Acme Inc||"]);
        check("a\n1\nTwo words\n", &["2: 1", "3: Two words"]);
    }

    #[test]
    fn a_header_that_comes_again_is_no_row() {
        check("a,b\n1,2\na,b\n3,4\n", &["2: 1|2", "4: 3|4", "totals [], footer [], headers 1"]);
    }
}
