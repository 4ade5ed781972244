//! The server binary: built, and started.

use std::{os::unix::process::CommandExt, path::Path, path::PathBuf, process::Command};

use anyhow::{Context, Result};

use crate::{artifacts, process::timed, workspace::Workspace};

/// Builds the server. A release embeds the web assets that are in dist/ at this moment.
pub fn build(workspace: &Workspace, release: bool) -> Result<PathBuf> {
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--package", "valuemap"]).args(release.then_some("--release"));
    let artifacts = timed("server built", || artifacts::build(&mut cargo))?;
    artifacts::server(&artifacts)
}

/// Becomes the server, so that signals reach it and nothing stays behind. Returns only if it cannot be started.
pub fn serve(workspace: &Workspace, server: &Path, arguments: &[String]) -> Result<()> {
    let error =
        Command::new(server).args(["serve", "--seed-when-empty"]).args(arguments).current_dir(&workspace.root).exec();
    Err(error).with_context(|| format!("could not start {}", server.display()))
}
