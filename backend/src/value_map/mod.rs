//! The value map: reads tallies, never answers, so that a score costs the same at ten answers and at ten million.

pub mod comparison_graphql;
pub mod comparisons;
pub mod counted;
pub mod entities;
pub mod explain;
mod explained_rows;
pub mod graphql;
pub mod maps;
pub mod model_graphql;
pub mod models;
pub mod money;
pub mod published;
pub mod store;
pub mod wire;
