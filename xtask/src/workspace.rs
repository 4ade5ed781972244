//! Where things are: the repository, what Cargo builds, the tools that were installed for it.

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::process;

pub struct Workspace {
    pub root: PathBuf,
    /// Cargo's target directory.
    pub target: PathBuf,
    /// Tools that Cargo does not manage. Outside the repository, so that every clone shares them.
    pub tools: PathBuf,
}

impl Workspace {
    pub fn discover() -> Result<Workspace> {
        let manifest = env::var_os("CARGO_MANIFEST_DIR").context("start this program as `cargo xtask`")?;
        let root = Path::new(&manifest).parent().context("xtask/ has no parent folder")?.to_path_buf();
        let metadata = process::output(cargo_in(&root).args(["metadata", "--no-deps", "--format-version=1"]))?;
        let metadata: Value = serde_json::from_slice(&metadata)?;
        let target = metadata["target_directory"].as_str().context("`cargo metadata` names no target directory")?;
        let tools = cache_folder()?.join("valuemap/tools");
        let workspace = Workspace { target: PathBuf::from(target), tools, root };
        // A debug server that was compiled while there is no dist/ never serves anything from it.
        fs::create_dir_all(workspace.dist()).context("could not make dist/")?;
        Ok(workspace)
    }

    /// The Cargo that started this program, at work in the repository.
    pub fn cargo(&self) -> Command {
        cargo_in(&self.root)
    }

    /// Everything that is served to browsers.
    pub fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    pub fn frontend(&self) -> PathBuf {
        self.root.join("frontend")
    }
}

fn cargo_in(folder: &Path) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    cargo.current_dir(folder);
    // What the outer Cargo says about this package would, in the inner one, look like a change to some build scripts.
    for (name, _) in env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"CARGO_PKG_") || name.as_encoded_bytes().starts_with(b"CARGO_MANIFEST_")
        {
            cargo.env_remove(name);
        }
    }
    cargo
}

fn cache_folder() -> Result<PathBuf> {
    if let Some(cache) = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute()) {
        return Ok(cache);
    }
    let home = env::home_dir().context("there is no home directory to keep tools in: set HOME or XDG_CACHE_HOME")?;
    Ok(home.join(".cache"))
}
