//! The parts of the Rust toolchain that a minimal installation lacks.

use std::{path::Path, process::Command};

use anyhow::{Context, Result, bail};

use crate::{process, workspace::Workspace};

pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

pub fn ensure_wasm_target(workspace: &Workspace) -> Result<()> {
    let libraries = process::output(
        Command::new("rustc").args(["--print", "target-libdir", "--target", WASM_TARGET]).current_dir(&workspace.root),
    )?;
    if Path::new(String::from_utf8_lossy(&libraries).trim()).is_dir() {
        return Ok(());
    }
    rustup(workspace, &["target", "add", WASM_TARGET])
        .with_context(|| format!("Rust's {WASM_TARGET} target is missing, and the frontends are built for it"))
}

pub fn ensure_components(workspace: &Workspace) -> Result<()> {
    for (component, subcommand) in [("rustfmt", "fmt"), ("clippy", "clippy")] {
        if process::output(workspace.cargo().args([subcommand, "--version"])).is_err() {
            rustup(workspace, &["component", "add", component])
                .with_context(|| format!("Rust's {component} is missing, and the checks use it"))?;
        }
    }
    Ok(())
}

fn rustup(workspace: &Workspace, arguments: &[&str]) -> Result<()> {
    let Some(rustup) = process::find(&["rustup"]) else {
        bail!(
            "install Rust with rustup (https://rustup.rs), or have `rustup {}`'s equivalent done",
            arguments.join(" ")
        );
    };
    println!("running rustup {}", arguments.join(" "));
    process::run(Command::new(rustup).args(arguments).current_dir(&workspace.root))
}
