//! What was collected elsewhere, from CSV files: answers to surveys, and everything that is tracked.
//!
//! An import is all or nothing. A preview reads, checks and counts exactly as loading does.

mod amounts;
mod columns;
mod content;
mod encoding;
pub mod entities;
mod file;
mod format;
mod formats;
mod found;
mod header;
mod keys;
mod layout;
mod loading;
mod matching;
mod numbers;
mod pass;
mod position;
mod problems;
mod reader;
pub mod records;
mod remembered;
pub mod responses;
mod row;
mod settings;
mod spreadsheet;
mod table;
#[cfg(test)]
mod testing;
mod times;
mod trailer;
mod zeros;
mod zone_in_name;

pub use chrono_tz::Tz as Zone;
pub use columns::How;
pub use encoding::encoding_named;
pub use encoding_rs::Encoding;
pub use file::SourceFile;
pub use format::{Format, FormatOption};
pub use formats::FORMATS;
pub use loading::keep_swept;
pub use numbers::DecimalMark;
pub use problems::Problems;
pub use remembered::file_of;
pub use table::Table;
pub use times::{DateFormat, TimeSettings, zone_named};
pub use trailer::Trailer;
