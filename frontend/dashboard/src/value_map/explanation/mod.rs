//! Where a figure comes from: opened from its title.

mod inputs;
mod query;
mod rows;
mod rows_state;
mod title;

pub use query::FigureKey;
pub use title::ExplainedTitle;
