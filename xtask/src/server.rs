//! The server binary: built, and started.

use std::{os::unix::process::CommandExt, path::Path, path::PathBuf, process::Command};

use anyhow::{Context, Result};

use crate::{
    process::{self, timed},
    workspace::Workspace,
};

#[derive(Clone, Copy)]
pub enum Profile {
    Debug,
    Release,
}

impl Profile {
    pub fn from_flag(release: bool) -> Profile {
        if release { Profile::Release } else { Profile::Debug }
    }
}

/// Builds the server. A release embeds the web assets that are in dist/ at this moment.
pub fn build(workspace: &Workspace, profile: Profile) -> Result<PathBuf> {
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--package", "valuemap"]);
    let folder = match profile {
        Profile::Debug => "debug",
        Profile::Release => {
            cargo.arg("--release");
            "release"
        }
    };
    timed("server built", || process::run(&mut cargo))?;
    Ok(workspace.target.join(folder).join("valuemap"))
}

/// What tests and checks select: all of the workspace in one feature resolution, so that the dependencies of the server,
/// the unit tests and the end-to-end tests are compiled once.
pub const WITH_TESTS: [&str; 4] = ["--workspace", "--exclude", "xtask", "--all-features"];

/// Builds the server together with every test.
pub fn build_with_tests(workspace: &Workspace) -> Result<PathBuf> {
    let mut cargo = workspace.cargo();
    cargo.arg("build").args(WITH_TESTS).args(["--bin", "valuemap", "--tests"]);
    timed("server and tests built", || process::run(&mut cargo))?;
    Ok(workspace.target.join("debug/valuemap"))
}

/// Becomes the server, so that signals reach it and nothing stays behind. Returns only if it cannot be started.
pub fn serve(workspace: &Workspace, server: &Path, arguments: &[String]) -> Result<()> {
    let error =
        Command::new(server).args(["serve", "--seed-when-empty"]).args(arguments).current_dir(&workspace.root).exec();
    Err(error).with_context(|| format!("could not start {}", server.display()))
}
