//! Sees to it that the web assets, which `cargo xtask build` makes, are in the binary as they are now.

#![allow(clippy::print_stdout, reason = "build scripts talk to Cargo on standard output")]

use std::env;
use std::path::Path;

fn main() -> std::io::Result<()> {
    let dist = Path::new("../../dist");
    // A debug build reads the folder when it runs, whatever is in there by then; but a folder has to be there.
    std::fs::create_dir_all(dist)?;
    let is_embedded = env::var_os("PROFILE").is_some_and(|profile| profile == "release");
    println!("cargo::rerun-if-changed={}", if is_embedded { "../../dist" } else { "build.rs" });
    Ok(())
}
