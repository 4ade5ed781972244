//! The GraphQL wire: what internal apps and the widget ask and are answered. No HTTP, and no SQL statement.
//!
//! Each feature has a folder or a file, which imports `wire`, `context` and `documents` and no other feature's schema
//! type unless the graph itself has that edge. `community`, `node` and `schema` stand on top and name all features.

pub mod context;
pub mod documents;
pub mod error;
pub mod value_map;
pub mod wire;

mod activities;
mod attribution;
mod follow_ups;
mod member_identity;
mod notices;
mod rate_limits;
mod survey;
mod webhooks;

mod audit;
mod community;
mod embed;
mod jobs;
mod node;
mod site_identity;
mod sites;
mod tokens;
mod uploads;
mod viewer;

pub mod known_documents;
pub mod loaders;
#[cfg(test)]
mod own_documents;
pub mod schema;
