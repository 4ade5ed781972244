//! Where a figure comes from: opened from its title.

mod inputs;
mod query;
mod rows;
mod rows_state;
mod title;

pub use query::FigureKey;
pub use rows::RowsDialog;
pub use title::ExplainedTitle;
