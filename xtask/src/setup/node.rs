//! What comes from npm: wasm-opt and esbuild, which make the downloads a little smaller and are optional, and what the
//! browser tests look at pages with.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use crate::{
    process::{self, timed},
    web::hash,
    workspace::Workspace,
};

/// Everything that npm needs to install the pinned versions.
const FILES: [&str; 3] = ["package.json", "package-lock.json", ".npmrc"];

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
        match ensure(workspace, &npm, "xtask/node", "wasm-opt and esbuild installed") {
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

/// The folder of the packages that the browser tests need: axe-core, and the styles of other people's pages.
pub fn test_modules(workspace: &Workspace) -> Result<PathBuf> {
    let npm = process::find(&["npm"]).context("the browser tests need npm")?;
    ensure(workspace, &npm, "tests/node", "axe-core and styles for tests installed")
}

/// The modules that a folder of the repository pins, installed if need be.
fn ensure(workspace: &Workspace, npm: &Path, pinned: &str, done: &str) -> Result<PathBuf> {
    let lock = workspace.root.join(pinned).join("package-lock.json");
    let lock = fs::read(&lock).with_context(|| format!("could not read {}", lock.display()))?;
    let folder = workspace.tools.join(format!("node-{}", hash::short(&lock)));
    if !folder.is_dir() {
        timed(done, || install(npm, &workspace.root.join(pinned), &folder))?;
    }
    Ok(folder.join("node_modules"))
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
