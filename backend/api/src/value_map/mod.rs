//! The value map on the internal wire.

pub mod comparison;
pub mod explain;
pub mod map;
pub mod scoring_model;
pub mod series;

pub use scoring_model::read_document;
pub mod wire;
