//! The committed GraphQL schema files, which let a reviewer see every change of the API.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result, bail};

use crate::{artifacts, process, workspace::Workspace};

struct SchemaFile {
    path: &'static str,
    arguments: &'static [&'static str],
}

const FILES: [SchemaFile; 2] = [
    SchemaFile { path: "backend/schema.graphql", arguments: &["schema"] },
    SchemaFile { path: "backend/schema-embed.graphql", arguments: &["schema", "--embed"] },
];

pub fn rewrite(workspace: &Workspace) -> Result<()> {
    let server = artifacts::server(&artifacts::build_server_and_tests(workspace)?)?;
    for file in FILES {
        fs::write(workspace.root.join(file.path), print(&server, &file)?)
            .with_context(|| format!("could not write {}", file.path))?;
        println!("{} written", file.path);
    }
    Ok(())
}

/// Fails where a committed file is not what the server would print.
pub fn compare(workspace: &Workspace) -> Result<()> {
    let server = artifacts::server(&artifacts::build_server_and_tests(workspace)?)?;
    for file in FILES {
        let printed = print(&server, &file)?;
        let committed = fs::read_to_string(workspace.root.join(file.path)).unwrap_or_default();
        if let Some(line) = first_difference(&committed, &printed) {
            bail!(
                "{} is out of date from line {line} on. `cargo xtask schema` rewrites it; read and commit the change.",
                file.path
            );
        }
    }
    Ok(())
}

fn print(server: &Path, file: &SchemaFile) -> Result<String> {
    let schema = process::output(Command::new(server).args(file.arguments))?;
    String::from_utf8(schema).context("the schema is not UTF-8")
}

fn first_difference(old: &str, new: &str) -> Option<usize> {
    if old == new {
        return None;
    }
    let same = old.lines().zip(new.lines()).take_while(|(old, new)| old == new).count();
    Some(same + 1)
}

#[cfg(test)]
mod tests {
    use super::first_difference;

    #[test]
    fn a_difference_is_reported_by_line() {
        assert_eq!(first_difference("a\nb\n", "a\nb\n"), None);
        assert_eq!(first_difference("a\nb\n", "a\nc\n"), Some(2));
        assert_eq!(first_difference("a\n", "a\nb\n"), Some(2));
        assert_eq!(first_difference("", "a\n"), Some(1));
    }
}
