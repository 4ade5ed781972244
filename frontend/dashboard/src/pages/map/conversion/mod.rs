//! From lead to sale: how many get further, and whether those whom the community had touched do so more often.

mod panel;
mod query;
mod steps;

pub use panel::ConversionPanel;
