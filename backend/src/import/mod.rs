//! Answers that were collected elsewhere, from CSV files.
//!
//! An import is all or nothing, and a preview is the same import with its transaction rolled back at the end.

pub mod entities;
mod load;
mod mapping;
mod plan;
mod table;

pub use load::{Loaded, load};
pub use mapping::Mapping;
pub use plan::{Destination, Plan, RowProblem, plan};
pub use table::Table;
