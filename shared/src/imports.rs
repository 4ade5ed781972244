//! What came of a file: what it would store, or stored, and all that is to be said of it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What a file would do, or did.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportReport {
    /// The file's name.
    pub file: String,
    /// What it is written in: an encoding and what separates its columns, or a sheet of a workbook.
    pub form: String,
    /// The format that it was read as, and why where nobody had named one.
    pub format: String,
    pub because: Option<String>,
    /// Why the file cannot be read at all, as things are.
    pub refused: Option<String>,
    pub rows: u64,
    /// The line that names the columns, and all their names.
    pub header_line: u64,
    pub header: Vec<String>,
    pub columns: Vec<ImportColumn>,
    /// Columns that are not read, as far as anybody would expect them to be.
    pub ignored_columns: Vec<String>,
    /// What was said of an earlier file of this source and holds for this one, too.
    pub remembered: Vec<String>,
    /// When this very file was last loaded.
    pub loaded_before: Option<DateTime<Utc>>,
    /// The first of the rows that cannot be loaded.
    pub problems: Vec<LineProblem>,
    pub problem_count: u64,
    pub bad_rows: u64,
    /// Rows that add nothing, by the reason.
    pub skipped: Vec<Skipped>,
    /// What stands in the file and is no row of its table.
    pub passed_over: Vec<String>,
    /// What was read otherwise than it is written, or is missing.
    pub notes: Vec<ImportNote>,
    /// What follows from columns that the file does not have, and whatever else people should know.
    pub remarks: Vec<String>,
    pub records: Vec<ImportedRecords>,
    /// What is linked to nobody once the file is loaded, so that no activity can be credited with it.
    pub not_linked: Vec<String>,
    pub is_loaded: bool,
}

/// Which column a field is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportColumn {
    pub field: String,
    pub column: String,
    pub because: ColumnReason,
}

/// Why a column is a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ColumnReason {
    /// It is called so.
    Name,
    /// Somebody says so.
    Given,
    /// Somebody said so of an earlier file of this source.
    Remembered,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineProblem {
    pub line: u64,
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    pub rows: u64,
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportNote {
    pub note: String,
    pub count: u64,
    /// The line where it is so for the first time.
    pub first_line: u64,
}

/// How many records of a kind a file stores.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportedRecords {
    /// In words: `outcomes`.
    pub kind: String,
    pub new: u64,
    pub changed: u64,
    /// Those that are stored already, just as they are.
    pub known: u64,
}

impl ImportReport {
    /// The same with every text changed, as whoever stores it wants it.
    pub fn with_texts(mut self, change: impl Fn(&str) -> String) -> Self {
        let columns = self.columns.iter_mut().map(|column| &mut column.column);
        let texts = columns
            .chain([&mut self.file, &mut self.form])
            .chain(&mut self.because)
            .chain(&mut self.header)
            .chain(&mut self.ignored_columns)
            .chain(&mut self.refused)
            .chain(&mut self.remembered)
            .chain(self.problems.iter_mut().map(|problem| &mut problem.reason))
            .chain(self.skipped.iter_mut().map(|skipped| &mut skipped.reason))
            .chain(self.notes.iter_mut().map(|note| &mut note.note))
            .chain(&mut self.passed_over)
            .chain(&mut self.remarks)
            .chain(&mut self.not_linked);
        texts.for_each(|text| *text = change(text));
        self
    }
}
