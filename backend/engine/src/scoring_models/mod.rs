//! The versions of a community's scoring model.

pub mod entities;
pub mod store;
