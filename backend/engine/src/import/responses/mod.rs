//! Answers to a survey that was held elsewhere: one row a respondent.

mod cells;
mod evidence;
mod ids;
mod labels;
mod load;
mod mapped;
mod mapping;
mod plan;
mod propose;
mod scales;
mod stored;
mod tools;
mod unfinished;
mod wording;

pub use load::{Loaded, known_by, load};
pub use mapping::{Mapping, Target};
pub use plan::{Destination, Plan, RowProblem, plan};
pub use propose::{Proposal, ProposedColumn, propose};
pub use tools::are_answers;
