//! cargo-deny, which reads deny.toml.

use std::path::PathBuf;

use anyhow::Result;

use crate::{
    process::{self, timed},
    workspace::Workspace,
};

const VERSION: &str = "0.20.2";

/// Builds cargo-deny where it is missing (about a minute), and returns its path.
pub fn ensure(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.tools.join(format!("cargo-deny-{VERSION}"));
    let program = folder.join("bin/cargo-deny");
    if !program.is_file() {
        println!("installing cargo-deny {VERSION}");
        // A debug build takes a third of the time and is quick enough for one graph of dependencies.
        let mut install = workspace.cargo();
        install
            .args(["install", "cargo-deny", "--locked", "--debug", "--quiet", "--version", VERSION, "--root"])
            .arg(&folder)
            .env("CARGO_PROFILE_DEV_DEBUG", "false")
            .env_remove("CARGO_TARGET_DIR");
        timed("cargo-deny installed", || process::run(&mut install))?;
    }
    Ok(program)
}
