//! Who may import whom. The folders of the engine are floors: each imports those below it, never one beside or above it.

#![allow(clippy::unwrap_used, reason = "a file that cannot be read fails the test")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Ground first. Folders of one floor do not know each other.
const FLOORS: &[&[&str]] = &[
    &["base"],
    &["database"],
    &["tenancy"],
    &["follow_ups", "jobs", "limits", "member_identity", "scoring_models", "uploads"],
    &["survey"],
    &["founding"],
    &["activities"],
    &["value_map"],
    &["attribution", "import", "webhooks"],
    &["sample", "services", "work"],
];

fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") && !is_of_tests(&path) {
                let text = std::fs::read_to_string(&path).unwrap();
                // A test may build its world from whatever there is.
                let (code, _) = text.split_once("#[cfg(test)]\nmod tests").unwrap_or((&text, ""));
                found.push((path, code.to_owned()));
            }
        }
    }
    assert!(!found.is_empty(), "no sources in {folder}");
    found
}

/// Files that only tests are compiled with.
fn is_of_tests(path: &Path) -> bool {
    const STEMS: [&str; 4] = ["costliest", "own_documents", "testing", "tests"];
    path.file_stem().is_some_and(|stem| STEMS.iter().any(|of_tests| *of_tests == stem))
}

/// The folders of this crate that a file names: `crate::survey::store` names survey.
fn named(code: &str) -> BTreeSet<&str> {
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let names = lines.flat_map(|line| line.split("crate::").skip(1));
    names.map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()).collect()
}

fn floor_of(folder: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&folder))
}

#[test]
fn the_engine_imports_downward() {
    let mut wrong = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (path, code) in sources("src") {
        let inside = path.strip_prefix(&root).unwrap();
        let folder = inside.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs");
        if folder == "lib" {
            continue;
        }
        let floor = floor_of(folder).unwrap_or_else(|| panic!("{folder} has no floor"));
        for other in named(&code).into_iter().filter(|other| *other != folder) {
            if floor_of(other).is_none_or(|other| other >= floor) {
                wrong.push(format!("{} imports {other}", inside.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "beside or upward:\n{}", wrong.join("\n"));
}

/// What the manifest of a crate names as its dependencies.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(manifest)).unwrap();
    let lines = text.lines().skip_while(|line| *line != "[dependencies]").skip(1);
    let names = lines.take_while(|line| !line.starts_with('[')).filter_map(|line| line.split(['.', ' ', '=']).next());
    names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

#[test]
fn each_crate_keeps_to_its_technology() {
    let check = |manifest: &str, own: &str, foreign: &[&str]| {
        let found = dependencies(manifest);
        assert!(found.contains(own), "{manifest} was not read");
        for foreign in foreign {
            assert!(!found.contains(*foreign), "{manifest} depends on {foreign}");
        }
    };
    let server = ["actix-web", "clap", "indicatif", "maud", "rust-embed"];
    check("Cargo.toml", "sea-orm", &[&server[..], &["async-graphql", "valuemap-api"]].concat());
    check("../api/Cargo.toml", "async-graphql", &[&server[..], &["sea-orm-migration"]].concat());
}

#[test]
fn the_wire_holds_no_statement() {
    const STATEMENTS: [&str; 9] = [
        "Entity::",
        "ConnectionTrait",
        "Statement::",
        "sea_query",
        "QueryFilter",
        "QuerySelect",
        "ActiveModel",
        "execute_unprepared",
        "sea_orm::prelude",
    ];
    for (path, code) in sources("../api/src") {
        for statement in STATEMENTS {
            assert!(!code.contains(statement), "{} uses {statement}", path.display());
        }
    }
}

/// Whoever asks over the network proves that they may write; only the server itself and its command line just do.
#[test]
fn the_wire_writes_on_behalf_of_who_asks() {
    for (path, code) in sources("../api/src") {
        for made in ["Author::SERVER", "Author::operator", "about_themselves"] {
            assert!(!code.contains(made), "{} uses {made}", path.display());
        }
    }
}

#[test]
fn features_of_the_wire_do_not_know_what_stands_on_top() {
    const ON_TOP: [&str; 5] = ["community", "embed", "loaders", "node", "schema"];
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../api/src");
    for (path, code) in sources("../api/src") {
        let inside = path.strip_prefix(&root).unwrap();
        let first = inside.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs");
        let floor = |name: &str| ON_TOP.iter().position(|on_top| *on_top == name);
        // The ceiling names everything.
        if ["lib", "loaders", "schema", "known_documents"].contains(&first) {
            continue;
        }
        for other in named(&code).into_iter().filter(|other| *other != first) {
            let is_lower = floor(first).is_some_and(|floor_of_first| floor(other).is_some_and(|o| o < floor_of_first));
            assert!(floor(other).is_none() || is_lower, "{} imports {other}", inside.display());
        }
    }
}
