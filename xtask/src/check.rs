//! What CI checks besides running tests, cheapest first.

use std::process::Command;

use anyhow::{Context, Result};

use crate::{
    process::{self, timed},
    schema, setup,
    workspace::Workspace,
};

pub fn run(workspace: &Workspace) -> Result<()> {
    setup::rust::ensure_components(workspace)?;
    setup::rust::ensure_wasm_target(workspace)?;

    timed("format checked", || {
        process::run(workspace.cargo().args(["fmt", "--all", "--check"]))
            .context("the code is not formatted: run `cargo fmt --all`")
    })?;

    let host = ["--workspace", "--all-targets", "--all-features"];
    timed("lints checked", || clippy(workspace, &host))?;
    for package in ["valuemap-widget", "valuemap-dashboard"] {
        let browser = ["--package", package, "--target", setup::rust::WASM_TARGET];
        timed(&format!("lints of {package} checked for the browser"), || clippy(workspace, &browser))?;
    }

    let cargo_deny = setup::cargo_deny::ensure(workspace)?;
    timed("licences, bans and sources of dependencies checked", || {
        let checks = ["--all-features", "check", "licenses", "bans", "sources"];
        process::run(Command::new(cargo_deny).args(checks).current_dir(&workspace.root))
    })?;

    timed("GraphQL schema files compared", || schema::compare(workspace))
}

fn clippy(workspace: &Workspace, selection: &[&str]) -> Result<()> {
    process::run(workspace.cargo().arg("clippy").args(selection).args(["--", "--deny", "warnings"]))
}
