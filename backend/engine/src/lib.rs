//! What happens, in SQL and time: no HTTP, no GraphQL, no command line.
//!
//! The folders are floors. Each imports those below it, never one beside or above it; `tests/architecture.rs` of this
//! crate has the list and checks it.

pub mod base;

pub mod database;

pub mod tenancy;

pub mod follow_ups;
pub mod jobs;
pub mod limits;
pub mod member_identity;
pub mod scoring_models;
pub mod uploads;

pub mod survey;

pub mod founding;

pub mod activities;

pub mod value_map;

pub mod attribution;
pub mod import;
pub mod webhooks;

pub mod sample;
pub mod services;
pub mod work;
