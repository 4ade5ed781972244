//! What comes from npm, in the versions that the repository pins. Builds can do without; browser tools cannot.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use super::system;
use crate::{
    process::{self, timed},
    web::hash,
    workspace::Workspace,
};

/// Everything that npm needs to install the pinned versions.
const FILES: [&str; 3] = ["package.json", "package-lock.json", ".npmrc"];

/// wasm-opt and esbuild, which make the downloads a little smaller.
pub struct NodeTools {
    modules: PathBuf,
}

impl NodeTools {
    /// The tools, installed if need be; `None` where Node.js is missing or npm cannot reach its registry.
    pub fn ensure(workspace: &Workspace) -> Result<Option<NodeTools>> {
        let (Some(_), Some(npm)) = (process::find(&["node"]), process::find(&["npm"])) else {
            println!("files for the browser will be about 5 % larger: Node.js and npm are not installed");
            return Ok(None);
        };
        match installed(workspace, &npm, "xtask/node") {
            Ok(modules) => Ok(Some(NodeTools { modules })),
            Err(error) => {
                println!("files for the browser will be about 5 % larger: {error:#}");
                Ok(None)
            }
        }
    }

    pub fn wasm_opt(&self) -> Command {
        self.script("binaryen/bin/wasm-opt")
    }

    pub fn esbuild(&self) -> Command {
        self.script("esbuild/bin/esbuild")
    }

    fn script(&self, path: &str) -> Command {
        let mut node = Command::new("node");
        node.arg(self.modules.join(path));
        node
    }
}

/// The packages that a folder of the repository pins: their `node_modules`. Node.js is installed too where it is missing.
pub fn modules(workspace: &Workspace, pinned: &str) -> Result<PathBuf> {
    let npm = system::ensure_npm()?;
    installed(workspace, &npm, pinned)
}

fn installed(workspace: &Workspace, npm: &Path, pinned: &str) -> Result<PathBuf> {
    let folder = workspace.root.join(pinned);
    let lock = fs::read(folder.join("package-lock.json"))
        .with_context(|| format!("could not read {pinned}/package-lock.json"))?;
    let kept = workspace.tools.join(format!("node-{}", hash::short(&lock)));
    if !kept.is_dir() {
        timed(&format!("packages of {pinned} installed"), || install(npm, &folder, &kept))?;
    }
    Ok(kept.join("node_modules"))
}

/// Installs beside the final folder and renames, so that a folder that is there is complete.
fn install(npm: &Path, pinned: &Path, folder: &Path) -> Result<()> {
    let tools = folder.parent().context("the tools folder has no parent")?;
    fs::create_dir_all(tools).with_context(|| format!("could not make {}", tools.display()))?;
    let unfinished = tempfile::tempdir_in(tools)?;
    for file in FILES {
        fs::copy(pinned.join(file), unfinished.path().join(file))
            .with_context(|| format!("{} lacks {file}", pinned.display()))?;
    }
    process::output(Command::new(npm).args(["ci", "--ignore-scripts"]).current_dir(unfinished.path()))?;
    fs::rename(unfinished.path(), folder).or_else(|error| {
        // Somebody else was quicker: theirs is as good.
        if folder.is_dir() { Ok(()) } else { Err(error) }
    })?;
    Ok(())
}
