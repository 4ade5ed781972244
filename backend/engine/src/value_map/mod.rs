//! The value map: reads tallies, never answers, so that a score costs the same at ten answers and at ten million.

mod active_members;
mod blocking;
pub mod comparisons;
mod contact_baseline;
pub mod counted;
mod customers;
pub mod day_book;
mod day_keeping;
mod day_reader;
pub mod day_recount;
mod day_sums;
pub mod days;
pub mod entities;
pub mod explain;
pub mod explained_outcomes;
pub mod explained_row;
pub mod explained_rows;
pub mod health;
pub mod map_cache;
pub mod money;
pub mod month_cache;
pub mod no_map;
pub mod public_results;
pub mod series;
pub mod store;
mod tracked;
