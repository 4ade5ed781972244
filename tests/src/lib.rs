//! What the end-to-end tests and the load benchmark stand on: the real binary on a database of its own, and a client.
//!
//! `cargo xtask test` sets the environment that is read here.

mod browser;
mod client;
mod database;
mod identity;
mod server;

pub use browser::Browser;
pub use client::{Api, Embed, Reply, answer_all, submission_id};
pub use database::{Engine, Scratch};
pub use identity::{Signer, seconds_since_1970, unsigned};
pub use server::{Server, valuemap};

/// How long anything may take before it counts as hung: a crowded machine is slow, and still right.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);

/// What `cargo xtask test` tells the tests.
fn setting(name: &str) -> anyhow::Result<String> {
    std::env::var(name).map_err(|_| anyhow::anyhow!("{name} is not set: run the tests with `cargo xtask test`"))
}
