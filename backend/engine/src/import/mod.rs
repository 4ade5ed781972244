//! What was collected elsewhere, from CSV files: answers to surveys, and everything that is tracked.
//!
//! An import is all or nothing. A preview reads, checks and counts exactly as loading does.

mod columns;
mod deals;
pub mod entities;
mod file;
mod format;
mod hubspot;
pub mod keys;
mod numbers;
mod pass;
mod plain;
mod problems;
mod reader;
pub mod records;
mod remembered;
pub mod responses;
mod row;
mod salesforce;
mod table;
#[cfg(test)]
mod testing;
mod times;
mod zendesk;

pub use columns::How;
pub use format::{FORMATS, Format, FormatOption};
pub use numbers::DecimalMark;
pub use problems::Problems;
pub use table::Table;
pub use times::DateFormat;
