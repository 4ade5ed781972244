//! dist/demo: a community page with the widget in it, as it is in frontend/demo.

use std::fs;

use anyhow::{Context, Result, ensure};

use super::bundle::{Bundle, files_in};
use crate::workspace::Workspace;

pub fn build(workspace: &Workspace) -> Result<()> {
    let source = workspace.frontend().join("demo");
    let mut bundle = Bundle::default();
    for file in files_in(&source)? {
        let path = file.strip_prefix(&source)?.to_str().context("a file name in frontend/demo is not UTF-8")?;
        bundle.add(path, fs::read(&file).with_context(|| format!("could not read {}", file.display()))?);
    }
    ensure!(bundle.files().next().is_some(), "{} holds no demo page", source.display());
    bundle.write_to(&workspace.dist().join("demo"))
}
