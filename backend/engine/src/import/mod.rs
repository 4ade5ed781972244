//! What was collected elsewhere, from CSV files: answers to surveys, and everything that is tracked.
//!
//! An import is all or nothing. A preview reads, checks and counts exactly as loading does.

mod columns;
mod content;
pub mod entities;
mod file;
mod format;
mod formats;
mod loading;
mod matching;
mod numbers;
mod pass;
mod problems;
mod reader;
pub mod records;
mod remembered;
pub mod responses;
mod row;
mod settings;
mod table;
#[cfg(test)]
mod testing;
mod times;

pub use columns::How;
pub use format::{Format, FormatOption};
pub use formats::FORMATS;
pub use loading::keep_swept;
pub use numbers::DecimalMark;
pub use problems::Problems;
pub use remembered::file_of;
pub use table::Table;
pub use times::DateFormat;
