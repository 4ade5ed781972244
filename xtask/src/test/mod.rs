//! All tests, the end-to-end ones last: they need the server, a browser and two kinds of database.

pub mod postgres;

use std::{
    env,
    process::{Command, ExitCode},
};

use anyhow::{Context, Result, bail};

use crate::{
    artifacts::{self, Artifact},
    process, setup, web,
    workspace::Workspace,
};

use postgres::{Durability, Postgres};

/// The integration test that starts everything.
const END_TO_END: &str = "end_to_end";

/// Tells the end-to-end tests of a PostgreSQL server whose superuser they may be. Set it to have them use yours.
pub const POSTGRES_URL: &str = "VALUEMAP_TEST_POSTGRES";

/// Runs the tests whose names contain one of the filters, or all. The exit code is that of the end-to-end tests.
pub fn run(workspace: &Workspace, kill_rounds: Option<u32>, filters: &[String]) -> Result<ExitCode> {
    let tools = setup::system::ensure_test_tools()?;
    let modules = setup::node::modules(workspace, "tests/node")?;
    web::build(workspace)?;
    web::sizes::check(workspace)?;
    let artifacts = artifacts::build_server_and_tests(workspace)?;

    let mut own_tests = workspace.cargo();
    own_tests.args(["test", "--quiet", "--package", "xtask", "--"]).args(filters);
    let mut parts = vec![("xtask", own_tests)];
    let unit_tests = artifacts.iter().filter(|artifact| artifact.is_test && artifact.name != END_TO_END);
    parts.extend(unit_tests.map(|artifact| (artifact.name.as_str(), program(artifact, filters))));

    let mut failed = Vec::new();
    for (name, mut tests) in parts {
        if run_part(name, &mut tests)? != 0 {
            failed.push(name);
        }
    }
    if !failed.is_empty() {
        bail!("tests failed in {}: the end-to-end tests did not run", failed.join(", "));
    }

    let end_to_end = artifacts.iter().find(|artifact| artifact.is_test && artifact.name == END_TO_END);
    let mut end_to_end = program(end_to_end.context("the workspace has no integration test `end_to_end`")?, filters);
    end_to_end
        .env("VALUEMAP_TEST_SERVER", artifacts::server(&artifacts)?)
        .env("CHROMIUM", tools.chromium)
        .env("CHROMEDRIVER", tools.chromedriver)
        .env("VALUEMAP_TEST_POSTGRES_PROGRAMS", &tools.postgres)
        .env("VALUEMAP_TEST_NODE_MODULES", modules)
        .envs(kill_rounds.map(|rounds| ("VALUEMAP_TEST_KILL_ROUNDS", rounds.to_string())));
    let _running = match env::var_os(POSTGRES_URL) {
        Some(_) => None,
        None => {
            let postgres = Postgres::start(&tools.postgres, Durability::None)?;
            end_to_end.env(POSTGRES_URL, postgres.url());
            Some(postgres)
        }
    };
    Ok(ExitCode::from(run_part(END_TO_END, &mut end_to_end)?))
}

/// A program of tests, started as `cargo test` would.
fn program(artifact: &Artifact, filters: &[String]) -> Command {
    let mut command = Command::new(&artifact.executable);
    command.args(filters).current_dir(&artifact.package).env("CARGO_MANIFEST_DIR", &artifact.package);
    command
}

/// Runs tests and returns their exit code. A death by signal counts as a failure like any other.
fn run_part(name: &str, tests: &mut Command) -> Result<u8> {
    println!("\ntests of {name}");
    let status = process::status(tests)?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}
