//! Answers to a survey that was held elsewhere: one row a respondent.

mod cells;
mod ids;
mod load;
mod mapping;
mod plan;
mod unfinished;

pub use crate::import::columns::value_key as label_key;
pub use cells::Labels;
pub use load::{Loaded, known_by, load};
pub use mapping::Mapping;
pub use plan::{Destination, Plan, RowProblem, plan};
