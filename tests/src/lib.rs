//! What the end-to-end tests and the load benchmark stand on: the real binary on a database of its own, a client, a
//! browser, other people's pages and a network that fails.
//!
//! `cargo xtask test` sets the environment that is read here.

mod browser;
mod client;
mod cluster;
mod database;
mod fault_proxy;
mod host_site;
mod identity;
mod server;
mod switch;

pub use browser::Browser;
pub use client::{Api, Embed, Reply, answer_all, submission_id};
pub use cluster::Cluster;
pub use database::{Engine, Scratch};
pub use fault_proxy::{Fault, FaultProxy, Kind, gaps};
pub use host_site::{Blanks, HostSite};
pub use identity::{Signer, seconds_since_1970, unsigned};
pub use server::{Server, valuemap, valuemap_at, valuemap_command};
pub use switch::Switch;

/// How long anything may take before it counts as hung: a crowded machine is slow, and still right.
pub const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);

/// What `cargo xtask test` tells the tests.
pub fn setting(name: &str) -> anyhow::Result<String> {
    std::env::var(name).map_err(|_| anyhow::anyhow!("{name} is not set: run the tests with `cargo xtask test`"))
}
