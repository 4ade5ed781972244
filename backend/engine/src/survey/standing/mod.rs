//! Whether an answer counts, after it was stored: answers are released, discarded or quarantined, and every figure
//! follows at once.

pub mod lists;
mod moves;
mod selection;

pub use moves::Move;
pub use selection::{Decision, Matching, Selection};
