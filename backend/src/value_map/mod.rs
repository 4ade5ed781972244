//! The value map: reads tallies, never answers, so that a score costs the same at ten answers and at ten million.

pub mod entities;
pub mod graphql;
pub mod maps;
pub mod published;
pub mod store;
