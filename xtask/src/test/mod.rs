//! All tests, the end-to-end ones last: they need the server, a browser and two kinds of database.

mod postgres;

use std::{
    env,
    process::{Command, ExitCode},
};

use anyhow::Result;

use crate::{process, server, setup, web, workspace::Workspace};

use postgres::Postgres;

/// Tells the end-to-end tests of a PostgreSQL server whose superuser they may be. Set it to have them use yours.
const POSTGRES_URL: &str = "VALUEMAP_TEST_POSTGRES";

/// Runs the tests whose names contain one of the filters, or all; the exit code is that of the first failing part.
pub fn run(workspace: &Workspace, filters: &[String]) -> Result<ExitCode> {
    let tools = setup::system::ensure_test_tools()?;
    web::build(workspace)?;
    let server = server::build_with_tests(workspace)?;

    let mut tooling = workspace.cargo();
    tooling.args(["test", "--package", "xtask", "--"]).args(filters);
    let mut units = workspace.cargo();
    units.arg("test").args(server::WITH_TESTS).args(["--lib", "--bins"]);
    for name in workspace.integration_tests("valuemap-tests") {
        units.args(["--test", &name]);
    }
    units.arg("--").args(filters);
    for command in [&mut tooling, &mut units] {
        let code = exit_code(command)?;
        if code != 0 {
            return Ok(ExitCode::from(code));
        }
    }

    let mut end_to_end = workspace.cargo();
    end_to_end
        .arg("test")
        .args(server::WITH_TESTS)
        .args(["--test", "end_to_end", "--"])
        .args(filters)
        .env("VALUEMAP_TEST_SERVER", server)
        .env("CHROMIUM", tools.chromium)
        .env("CHROMEDRIVER", tools.chromedriver);
    let _running = match env::var_os(POSTGRES_URL) {
        Some(_) => None,
        None => {
            let postgres = Postgres::start(&tools.postgres)?;
            end_to_end.env(POSTGRES_URL, postgres.url());
            Some(postgres)
        }
    };
    Ok(ExitCode::from(exit_code(&mut end_to_end)?))
}

/// A death by signal counts as a failure like any other.
fn exit_code(command: &mut Command) -> Result<u8> {
    let status = process::status(command)?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}
