//! What came of a file, on the wire.

use async_graphql::{Enum, SimpleObject};
use chrono::{DateTime, Utc};
use valuemap_shared::imports as domain;

use crate::wire::scalars::Count;

/// What a file would store, or stored, and all that is to be said of it. E-mail addresses are left out of its texts.
#[derive(SimpleObject)]
pub struct ImportReport {
    file: String,
    /// What it is written in.
    form: String,
    format: String,
    /// Why it is of this format, where nobody had named one.
    because: Option<String>,
    /// Why the file cannot be read at all, as things are.
    refused: Option<String>,
    rows: Count,
    /// The line that names the columns, and all their names.
    header_line: Count,
    header: Vec<String>,
    columns: Vec<ImportColumn>,
    ignored_columns: Vec<String>,
    /// What was said of an earlier file of this source and holds for this one, too.
    remembered: Vec<String>,
    /// When this very file was last loaded.
    loaded_before: Option<DateTime<Utc>>,
    /// Rows that cannot be loaded, the first 20. Where there is one, nothing is loaded.
    problems: Vec<LineProblem>,
    problem_count: Count,
    bad_rows: Count,
    skipped: Vec<SkippedRows>,
    /// What stands in the file and is no row of its table.
    passed_over: Vec<String>,
    notes: Vec<ImportNote>,
    remarks: Vec<String>,
    records: Vec<ImportedRecords>,
    /// What no activity can be credited with, as it is linked to nobody.
    not_linked: Vec<String>,
    is_loaded: bool,
}

#[derive(SimpleObject)]
pub struct ImportColumn {
    field: String,
    column: String,
    because: ColumnReason,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::ColumnReason")]
pub enum ColumnReason {
    /// It is called so.
    Name,
    /// The corrections say so.
    Given,
    /// Corrections of an earlier file of this source said so.
    Remembered,
}

#[derive(SimpleObject)]
pub struct LineProblem {
    line: Count,
    reason: String,
}

#[derive(SimpleObject)]
pub struct SkippedRows {
    rows: Count,
    reason: String,
}

/// What was read otherwise than it is written, or is missing.
#[derive(SimpleObject)]
pub struct ImportNote {
    note: String,
    count: Count,
    first_line: Count,
}

#[derive(SimpleObject)]
pub struct ImportedRecords {
    /// In words: `outcomes`.
    kind: String,
    new: Count,
    changed: Count,
    /// Those that are stored already, just as they are.
    known: Count,
}

impl From<domain::ImportReport> for ImportReport {
    fn from(report: domain::ImportReport) -> Self {
        let column =
            |domain::ImportColumn { field, column, because }| ImportColumn { field, column, because: because.into() };
        let problem = |domain::LineProblem { line, reason }| LineProblem { line: Count(line), reason };
        let skipped = |domain::Skipped { rows, reason }| SkippedRows { rows: Count(rows), reason };
        let note = |domain::ImportNote { note, count, first_line }| ImportNote {
            note,
            count: Count(count),
            first_line: Count(first_line),
        };
        let records = |domain::ImportedRecords { kind, new, changed, known }| ImportedRecords {
            kind,
            new: Count(new),
            changed: Count(changed),
            known: Count(known),
        };
        Self {
            file: report.file,
            form: report.form,
            format: report.format,
            because: report.because,
            refused: report.refused,
            rows: Count(report.rows),
            header_line: Count(report.header_line),
            header: report.header,
            columns: report.columns.into_iter().map(column).collect(),
            ignored_columns: report.ignored_columns,
            remembered: report.remembered,
            loaded_before: report.loaded_before,
            problems: report.problems.into_iter().map(problem).collect(),
            problem_count: Count(report.problem_count),
            bad_rows: Count(report.bad_rows),
            skipped: report.skipped.into_iter().map(skipped).collect(),
            passed_over: report.passed_over,
            notes: report.notes.into_iter().map(note).collect(),
            remarks: report.remarks,
            records: report.records.into_iter().map(records).collect(),
            not_linked: report.not_linked,
            is_loaded: report.is_loaded,
        }
    }
}
