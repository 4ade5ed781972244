//! Answers to a survey that was held elsewhere: one row a respondent.

mod load;
mod mapping;
mod plan;

pub use load::{Loaded, load};
pub use mapping::Mapping;
pub use plan::{Destination, Plan, RowProblem, plan};
