//! `cargo xtask`: set-up, builds, tests and checks, one command each.
//!
//! Every command installs what it needs and is missing, says so, and is quick when there is nothing to do.

#![allow(clippy::print_stdout, reason = "a command-line tool reports on standard output")]

#[cfg(not(unix))]
compile_error!("`cargo xtask` needs Linux or macOS. On Windows, use it inside WSL.");

mod artifacts;
mod bench;
mod check;
mod package;
mod process;
mod schema;
mod server;
mod setup;
mod test;
mod web;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::{bench::Benchmark, web::snip::linker, workspace::Workspace};

/// Builds, runs, tests and checks Valuemap.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the web assets and the server
    Build {
        #[arg(long)]
        release: bool,
    },
    /// Build everything, then serve it with a sample community on 127.0.0.1:8080
    Run {
        #[arg(long)]
        release: bool,
        /// Passed on to `valuemap serve`
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// Install what tests need and run them all: unit tests, then end-to-end tests on SQLite, PostgreSQL and Chromium
    Test {
        /// How often the tests of faults kill the server
        #[arg(long, value_name = "N")]
        kill_rounds: Option<u32>,
        /// Passed on to the test binaries: names of tests, `--nocapture`, ...
        #[arg(last = true)]
        filters: Vec<String>,
    },
    /// Check what is not a test: format, lints, the GraphQL schema files, licences
    Check,
    /// Rewrite backend/schema.graphql and backend/schema-embed.graphql
    Schema,
    /// Show what a browser downloads for one survey
    Sizes {
        /// Show what weighs in the WebAssembly instead: crates and the largest functions
        #[arg(long)]
        functions: bool,
    },
    /// Make the npm package `valuemap-survey` in dist/npm
    Package {
        /// Look at it as those who would use it do: publint, types, React and Vue in a browser
        #[arg(long)]
        check: bool,
    },
    /// Measure how fast it is
    Bench {
        #[arg(value_enum, default_value = "load")]
        benchmark: Benchmark,
        /// Passed on to the benchmark of the widget: --rounds N, --only NAME,NAME, --json, --serve
        #[arg(last = true)]
        arguments: Vec<String>,
    },
}

fn main() -> ExitCode {
    let result = if linker::is_called() { Err(linker::run()) } else { run(Arguments::parse().command) };
    result.unwrap_or_else(|error| {
        // By hand, because anyhow would add a backtrace of this program, which helps nobody.
        eprintln!("error: {error}");
        error.chain().skip(1).for_each(|cause| eprintln!("because: {cause}"));
        ExitCode::FAILURE
    })
}

fn run(command: Command) -> Result<ExitCode> {
    let workspace = Workspace::discover()?;
    match command {
        Command::Build { release } => {
            web::build(&workspace)?;
            server::build(&workspace, release)?;
        }
        Command::Run { release, arguments } => {
            web::build(&workspace)?;
            let server = server::build(&workspace, release)?;
            server::serve(&workspace, &server, &arguments)?;
        }
        Command::Test { kill_rounds, filters } => return test::run(&workspace, kill_rounds, &filters),
        Command::Check => check::run(&workspace)?,
        Command::Schema => schema::rewrite(&workspace)?,
        Command::Sizes { functions: true } => web::functions::print(&workspace)?,
        Command::Sizes { functions: false } => web::sizes::print(&workspace)?,
        Command::Package { check } => package::run(&workspace, check)?,
        Command::Bench { benchmark, arguments } => return bench::run(&workspace, benchmark, &arguments),
    }
    Ok(ExitCode::SUCCESS)
}
