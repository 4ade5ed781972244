//! Credits of outcomes to activities, computed and kept, and what activities returned.

pub mod break_even;
pub mod conversion;
mod costs;
pub mod entities;
pub mod grouping;
mod history;
pub mod returns;
pub mod run;
pub mod store;
