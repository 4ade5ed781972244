//! What was collected elsewhere, from CSV files: answers to surveys, and everything that is tracked.
//!
//! An import is all or nothing. A preview reads, checks and counts exactly as loading does.

mod amounts;
mod column_names;
mod columns;
mod content;
pub mod corrections;
mod currency_signs;
mod encoding;
pub mod entities;
mod file;
mod format;
mod formats;
mod found;
mod header;
mod keys;
mod known_headers;
mod layout;
mod loading;
mod matching;
mod numbers;
mod other_tables;
mod pass;
mod position;
mod problems;
mod reader;
mod recognise;
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
mod widths;
mod zeros;
mod zones;

pub use chrono_tz::Tz as Zone;
pub use encoding::encoding_named;
pub use encoding_rs::Encoding;
pub use file::SourceFile;
pub use format::{Field, Format, FormatOption};
pub use formats::FORMATS;
pub use loading::keep_swept;
pub use numbers::DecimalMark;
pub use problems::Problems;
pub use recognise::{Recognised, header_of, recognise_file};
pub use remembered::file_of;
pub use table::Table;
pub use times::{DateFormat, TimeSettings};
pub use zones::zone_named;
