//! The npm package: built, and looked at as those who would use it do.

use std::process::Command;

use anyhow::Result;

use crate::{process, server, setup, web, workspace::Workspace};

/// The apps and the type tests that use the package.
const FOLDER: &str = "tests/package";

pub fn run(workspace: &Workspace, check: bool) -> Result<()> {
    web::build(workspace)?;
    web::package::build(workspace)?;
    let package = workspace.dist().join("npm");
    println!("the npm package is in {}", package.display());
    if !check {
        return Ok(());
    }
    let chromium = setup::system::ensure_chromium()?;
    let modules = setup::node::modules(workspace, FOLDER)?;
    let server = server::build(workspace, false)?;
    let mut checks = Command::new("node");
    checks.arg(workspace.root.join(FOLDER).join("check.mjs"));
    checks.env("VALUEMAP_PACKAGE", package).env("VALUEMAP_NODE_MODULES", modules);
    checks.env("VALUEMAP_TEST_SERVER", server).env("CHROMIUM", chromium);
    process::run(&mut checks)
}
