//! Credits of outcomes to activities, computed and kept, and what activities returned.

pub mod break_even;
pub mod conversion;
mod costs;
mod credits;
pub mod entities;
pub mod grouping;
mod history;
mod met;
pub mod returns;
pub mod run;
pub mod store;
