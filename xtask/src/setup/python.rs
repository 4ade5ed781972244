//! Python packages that benchmarks are compared with, in an environment of their own.

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

/// The Python of an environment that has these requirements, installed if need be; `None`, and why on this terminal,
/// where Python 3 is missing or pip cannot install.
pub fn ensure(workspace: &Workspace, requirements: &Path) -> Result<Option<PathBuf>> {
    let Some(python) = process::find(&["python3"]) else {
        println!("the comparison with Python packages is skipped: python3 is not installed");
        return Ok(None);
    };
    let pinned = fs::read(requirements).with_context(|| format!("could not read {}", requirements.display()))?;
    let folder = workspace.tools.join(format!("python-{}", hash::short(&pinned)));
    if !folder.is_dir()
        && let Err(error) = timed("Python packages installed", || install(&python, requirements, &folder))
    {
        println!("the comparison with Python packages is skipped: {error:#}");
        return Ok(None);
    }
    Ok(Some(folder.join("bin/python")))
}

/// Installs beside the final folder and renames, so that a folder that is there is complete. Scripts of the packages
/// would not survive that, but modules do.
fn install(python: &Path, requirements: &Path, folder: &Path) -> Result<()> {
    let tools = folder.parent().context("the tools folder has no parent")?;
    fs::create_dir_all(tools).with_context(|| format!("could not make {}", tools.display()))?;
    let unfinished = tempfile::tempdir_in(tools)?;
    process::output(Command::new(python).args(["-m", "venv"]).arg(unfinished.path()))?;
    let mut pip = Command::new(unfinished.path().join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]).arg(requirements);
    process::output(&mut pip)?;
    fs::rename(unfinished.path(), folder).or_else(|error| {
        // Somebody else was quicker: theirs is as good.
        if folder.is_dir() { Ok(()) } else { Err(error) }
    })?;
    Ok(())
}
