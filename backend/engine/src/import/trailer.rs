//! What stands below a table: totals, and the footer of a report. A line counts as part of it only
//! if nothing but such lines follows to the end of the file.

use std::collections::VecDeque;

use csv::StringRecord;

use crate::import::position::RowPosition;

/// What was passed over, with its lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trailer {
    pub totals: Vec<u64>,
    pub footer: Vec<u64>,
    /// How often the header stood in the file again.
    pub repeated_headers: u64,
}

/// A row that may stand below the table, and whether a blank line stands before it.
type Held = (RowPosition, StringRecord, bool);

impl Trailer {
    /// What stands in a file and is no row of its table.
    pub fn sentences(&self) -> Vec<String> {
        let lines = |lines: &[u64]| match lines {
            [line] => format!("line {line}"),
            [first, .., last] => format!("lines {first} to {last}"),
            [] => String::new(),
        };
        let mut said = Vec::new();
        if !self.totals.is_empty() {
            said.push(format!("Skipped {}: rows of totals ({})", self.totals.len(), lines(&self.totals)));
        }
        if !self.footer.is_empty() {
            said.push(format!("Skipped {}: the footer below the table ({})", self.footer.len(), lines(&self.footer)));
        }
        if self.repeated_headers > 0 {
            said.push(format!("Skipped {}: the header again", self.repeated_headers));
        }
        said
    }

    /// Whether a row may stand below the table: it is blank, a total, or a single text.
    pub fn may_hold(cells: &StringRecord, is_short: bool) -> bool {
        let mut filled = cells.iter().map(str::trim).filter(|cell| !cell.is_empty());
        let (first, is_alone) = (filled.next(), filled.next().is_none());
        let is_lonely = |text: &str| is_alone && (is_short || text.contains(' ')) && cells.len() > 1;
        first.is_none_or(is_lonely) || total_label(cells).is_some()
    }

    /// Takes what stands below the table from the last rows of a file, and returns those that belong to it.
    pub fn taken_from(&mut self, held: VecDeque<Held>) -> VecDeque<(RowPosition, StringRecord)> {
        let mut rows = VecDeque::new();
        let mut is_over = false;
        for (position, cells, follows_gap) in held {
            let text = cells.iter().map(str::trim).find(|cell| !cell.is_empty()).unwrap_or_default();
            is_over |= follows_gap || is_blank(&cells) || is_closing(text);
            if total_label(&cells).is_some() {
                self.totals.push(position.line);
                is_over = true;
            } else if is_over {
                self.footer.extend((!text.is_empty()).then_some(position.line));
            } else {
                rows.push_back((position, cells));
            }
        }
        rows
    }
}

/// Whether a row has no content.
pub fn is_blank(cells: &StringRecord) -> bool {
    cells.iter().all(|cell| cell.trim().is_empty())
}

/// The first content of a row, if it is the label of a row of totals. Those have no content in some of the columns.
pub fn total_label(cells: &StringRecord) -> Option<&str> {
    if cells.iter().all(|cell| !cell.trim().is_empty()) {
        return None;
    }
    cells.iter().map(str::trim).find(|cell| !cell.is_empty()).filter(|cell| is_total(cell))
}

/// Whether a text is the label of a row of totals: `Total`, `Grand Totals (3 records)`, `Summe:`.
fn is_total(text: &str) -> bool {
    let plain = text.to_lowercase();
    let bare = plain.split(['(', ':']).next().unwrap_or_default().trim();
    const LABELS: [&str; 15] = [
        "total",
        "totals",
        "grand total",
        "grand totals",
        "subtotal",
        "subtotals",
        "sub total",
        "sum",
        "summe",
        "gesamt",
        "gesamtsumme",
        "insgesamt",
        "total general",
        "total g\u{e9}n\u{e9}ral",
        "totale",
    ];
    LABELS.contains(&bare)
}

/// Whether a text begins what reports end with.
fn is_closing(text: &str) -> bool {
    let plain = text.to_lowercase();
    ["copyright", "\u{a9}", "(c) ", "confidential", "generated ", "report generated", "exported ", "filtered by"]
        .iter()
        .any(|start| plain.starts_with(start))
}
