//! The programs that Cargo builds, as Cargo itself names them.

use std::{
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::{
    process::{self, timed},
    workspace::Workspace,
};

pub struct Artifact {
    /// The crate: that of a package's library or binary, or an integration test's own.
    pub name: String,
    /// The folder of its package.
    pub package: PathBuf,
    pub is_test: bool,
    pub executable: PathBuf,
}

/// Runs a `cargo build` and returns the programs that it made or found up to date, in order of their names.
pub fn build(cargo: &mut Command) -> Result<Vec<Artifact>> {
    cargo.arg("--message-format=json-render-diagnostics").stderr(Stdio::inherit());
    let messages = String::from_utf8(process::output(cargo)?)?;
    let messages = messages.lines().filter_map(|line| serde_json::from_str(line).ok());
    let mut artifacts: Vec<Artifact> = messages.filter_map(|message: Value| artifact(&message)).collect();
    artifacts.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(artifacts)
}

/// Builds the server and every test, in one go: selected in several, most dependencies would be compiled several times,
/// because each selection of packages has its own selection of features.
pub fn build_server_and_tests(workspace: &Workspace) -> Result<Vec<Artifact>> {
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--workspace", "--exclude", "xtask", "--all-features", "--bin", "valuemap", "--tests"]);
    timed("server and tests built", || build(&mut cargo))
}

pub fn server(artifacts: &[Artifact]) -> Result<PathBuf> {
    let server = artifacts.iter().find(|artifact| artifact.name == "valuemap" && !artifact.is_test);
    Ok(server.context("Cargo built no binary `valuemap`")?.executable.clone())
}

fn artifact(message: &Value) -> Option<Artifact> {
    Some(Artifact {
        name: message["target"]["name"].as_str()?.to_owned(),
        package: PathBuf::from(message["manifest_path"].as_str()?).parent()?.to_owned(),
        is_test: message["profile"]["test"].as_bool()?,
        executable: PathBuf::from(message["executable"].as_str()?),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::artifact;

    #[test]
    fn only_programs_are_artifacts() {
        let library = json!({ "reason": "compiler-artifact", "manifest_path": "/w/shared/Cargo.toml",
            "target": { "name": "valuemap_shared" }, "profile": { "test": false }, "executable": null });
        assert!(artifact(&library).is_none());
        assert!(artifact(&json!({ "reason": "build-finished", "success": true })).is_none());

        let tests = json!({ "reason": "compiler-artifact", "manifest_path": "/w/shared/Cargo.toml",
            "target": { "name": "valuemap_shared" }, "profile": { "test": true }, "executable": "/t/valuemap_shared-1" });
        let tests = artifact(&tests).unwrap();
        assert!(tests.is_test && tests.package.ends_with("shared"));
    }
}
