//! Remembers what a folder of dist/ was made from, so that it is made again only when that has changed.

use std::{env, fs, path::PathBuf, time::UNIX_EPOCH};

use anyhow::{Context, Result};

use super::{bundle::write_if_changed, hash};
use crate::workspace::Workspace;

pub struct Stamp {
    path: PathBuf,
    fingerprint: String,
}

impl Stamp {
    /// For a result that is made from these contents, by this program, with or without the optional tools.
    pub fn new(workspace: &Workspace, name: &str, inputs: &[&[u8]], optimized: bool) -> Result<Stamp> {
        let program = env::current_exe()?.metadata().context("could not look at this program's file")?;
        let built = program.modified()?.duration_since(UNIX_EPOCH)?.as_nanos();
        let mut parts = vec![format!("{built} {optimized}")];
        parts.extend(inputs.iter().map(|input| hash::short(input)));
        let path = workspace.dist().join(".stamps").join(name);
        Ok(Stamp { path, fingerprint: parts.join("\n") })
    }

    pub fn is_current(&self) -> bool {
        fs::read_to_string(&self.path).is_ok_and(|old| old == self.fingerprint)
    }

    /// To be called once the result is complete.
    pub fn set(&self) -> Result<()> {
        write_if_changed(&self.path, self.fingerprint.as_bytes())
    }
}
