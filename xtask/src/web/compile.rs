//! From a frontend crate to the wasm file that Cargo makes of it.

use std::{env, fs, path::Path, process::Command};

use anyhow::{Context, Result, ensure};

use super::snip::linker::Linker;
use crate::{process, setup::rust::WASM_TARGET, workspace::Workspace};

/// A crate that runs in the browser.
pub struct Crate {
    pub package: &'static str,
    /// Which of its targets the browser loads, as Cargo's arguments.
    pub target: &'static [&'static str],
    /// What Cargo calls the result.
    pub file: &'static str,
}

/// Compiles one crate by itself: built together, two crates would each get the other's features.
pub fn compile(workspace: &Workspace, source: &Crate) -> Result<Vec<u8>> {
    run(workspace, source, &mut cargo(workspace, source)?)
}

/// As [`compile`], for a crate whose panics only stop it: they take no room.
pub fn compile_without_panics(workspace: &Workspace, source: &Crate) -> Result<Vec<u8>> {
    let linker = Linker::install(workspace)?;
    let mut path = vec![linker.folder];
    path.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    let mut cargo = cargo(workspace, source)?;
    // Arguments of this crate alone: as flags, they would have everything that it depends on compiled again.
    cargo.arg("--").arg(format!("-Clinker={}", linker.name));
    run(workspace, source, cargo.env("PATH", env::join_paths(path)?))
}

fn cargo(workspace: &Workspace, source: &Crate) -> Result<Command> {
    let mut cargo = workspace.cargo();
    cargo
        .args(["rustc", "--package", source.package])
        .args(source.target)
        .args(["--target", WASM_TARGET, "--profile", "browser"])
        .env("CARGO_ENCODED_RUSTFLAGS", flags(workspace)?);
    Ok(cargo)
}

fn run(workspace: &Workspace, source: &Crate, cargo: &mut Command) -> Result<Vec<u8>> {
    process::run(cargo)?;

    let file = workspace.target.join(WASM_TARGET).join("browser").join(source.file);
    let wasm = fs::read(&file).with_context(|| format!("could not read {}", file.display()))?;
    if let Some(home) = env::home_dir().filter(|home| home.components().count() > 1) {
        ensure!(
            !contains(&wasm, home.as_os_str().as_encoded_bytes()),
            "{} names this machine's folder {}: remap it in xtask/src/web/compile.rs",
            source.file,
            home.display()
        );
    }
    Ok(wasm)
}

/// Takes this machine's folders out of panic messages: the same source gives the same bytes everywhere, and fewer of them.
fn flags(workspace: &Workspace) -> Result<String> {
    let rustc = |arguments: &[&str]| -> Result<String> {
        let printed = process::output(Command::new("rustc").args(arguments).current_dir(&workspace.root))?;
        Ok(String::from_utf8(printed)?.trim().to_owned())
    };
    let version = rustc(&["--version", "--verbose"])?;
    let commit = version.lines().find_map(|line| line.strip_prefix("commit-hash: ")).unwrap_or("unknown");
    let library = Path::new(&rustc(&["--print", "sysroot"])?).join("lib/rustlib/src/rust");
    let cargo_home = match env::var_os("CARGO_HOME") {
        Some(folder) => folder.into(),
        None => env::home_dir().context("there is no home directory: set CARGO_HOME")?.join(".cargo"),
    };
    let remap = |from: &Path, to: &str| format!("--remap-path-prefix={}={to}", from.display());

    let inherited = env::var("CARGO_ENCODED_RUSTFLAGS")
        .or_else(|_| env::var("RUSTFLAGS").map(|flags| flags.split_whitespace().collect::<Vec<_>>().join(SEPARATOR)));
    let mut flags: Vec<String> = inherited.ok().filter(|flags| !flags.is_empty()).into_iter().collect();
    // Of several matching prefixes, the last one counts.
    flags.push(remap(&cargo_home, "/cargo"));
    flags.push(remap(&library, &format!("/rustc/{commit}")));
    Ok(flags.join(SEPARATOR))
}

/// What separates flags where they may contain spaces.
const SEPARATOR: &str = "\u{1f}";

fn contains(content: &[u8], part: &[u8]) -> bool {
    content.windows(part.len()).any(|window| window == part)
}
