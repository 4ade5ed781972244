//! The load benchmark, on a release build and on databases that sync every commit.

use std::process::ExitCode;

use anyhow::Result;

use crate::{
    process, server, setup,
    test::{
        POSTGRES_URL,
        postgres::{Durability, Postgres},
    },
    web,
    workspace::Workspace,
};

pub fn run(workspace: &Workspace) -> Result<ExitCode> {
    let tools = setup::system::ensure_test_tools()?;
    web::build(workspace)?;
    let server = server::build(workspace, true)?;
    let postgres = Postgres::start(&tools.postgres, Durability::Commits)?;
    let mut bench = workspace.cargo();
    bench
        .args(["bench", "--quiet", "--package", "valuemap-tests", "--bench", "load"])
        .env("VALUEMAP_TEST_SERVER", server)
        .env(POSTGRES_URL, postgres.url());
    let status = process::status(&mut bench)?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
