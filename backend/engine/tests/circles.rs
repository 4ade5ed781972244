//! There are no cyclic imports, direct or indirect: files in a cycle can only be understood and changed together.

#![allow(clippy::unwrap_used, reason = "a file that cannot be read fails the test")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Circles that are meant: the GraphQL graph itself, whose types lead to each other, and a score and its change, which
/// are one computation.
const MEANT: [&[&str]; 2] = [
    &["activities::activity", "activities::cost", "activities::identity", "activities::outcome", "activities::party"],
    &["value_map::decomposition", "value_map::internal"],
];

type Modules = BTreeMap<String, String>;

/// The code of each module of a crate, without comments and tests.
fn modules(source: &Path) -> Modules {
    let mut found = Modules::new();
    let mut folders = vec![source.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(source).unwrap().with_extension("");
                let mut parts: Vec<&str> = name.iter().map(|part| part.to_str().unwrap()).collect();
                if ["mod", "lib", "main"].contains(parts.last().unwrap()) {
                    parts.pop();
                }
                let text = std::fs::read_to_string(&path).unwrap();
                let (code, _) = text.split_once("#[cfg(test)]").unwrap_or((&text, ""));
                let code: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
                found.insert(parts.join("::"), code.join("\n"));
            }
        }
    }
    found
}

/// `a::{b, c::{d, e}}` as the paths that it stands for.
fn expanded(tree: &str) -> Vec<String> {
    let Some((before, rest)) = tree.split_once('{') else { return vec![tree.trim().to_owned()] };
    let inside = rest.rsplit_once('}').map_or(rest, |(inside, _)| inside);
    let (mut depth, mut parts, mut part) = (0, Vec::new(), String::new());
    for letter in inside.chars() {
        match letter {
            ',' if depth == 0 => parts.push(std::mem::take(&mut part)),
            _ => {
                depth += i32::from(letter == '{') - i32::from(letter == '}');
                part.push(letter);
            }
        }
    }
    parts.push(part);
    let whole = |part: &String| expanded(&format!("{}{}", before.trim(), part.trim()));
    parts.iter().filter(|part| !part.trim().is_empty()).flat_map(whole).collect()
}

/// The paths that a module names by `use` or in its code, but not what it merely passes on.
fn named(code: &str) -> Vec<String> {
    let mut paths = Vec::new();
    for statement in code.split(';') {
        let Some(position) = statement.rfind("use ").filter(|position| {
            let line = statement[..*position].rsplit('\n').next().unwrap_or_default();
            line.trim().is_empty() && !line.contains("pub")
        }) else {
            let words = statement.split(|letter: char| !letter.is_alphanumeric() && letter != '_' && letter != ':');
            let starts = |word: &&str| word.starts_with("crate::") || word.starts_with("super::");
            paths.extend(
                words.filter(starts).filter(|_| !statement.trim_start().starts_with("pub use")).map(str::to_owned),
            );
            continue;
        };
        paths.extend(expanded(&statement[position + 4..]));
    }
    paths
}

/// Which module of the crate a path leads to: the one that defines what it names.
fn module_of<'a>(modules: &'a Modules, from: &str, path: &str) -> Option<&'a str> {
    let mut parts: Vec<&str> = path.split(" as ").next()?.split("::").map(str::trim).collect();
    let mut base: Vec<&str> = from.split("::").filter(|part| !part.is_empty()).collect();
    match *parts.first()? {
        "crate" => {
            parts.remove(0);
            base.clear();
        }
        "super" => {
            while parts.first() == Some(&"super") {
                parts.remove(0);
                base.pop();
            }
        }
        _ => return None,
    }
    base.extend(parts);
    let longest =
        (1..=base.len()).rev().map(|length| base[..length].join("::")).find(|name| modules.contains_key(name));
    let (found, _) = modules.get_key_value(&longest?)?;
    let depth = found.split("::").count();
    let Some(item) = base.get(depth) else { return Some(found) };
    // A module that passes it on from one below.
    let defines = |code: &str| {
        let kinds = ["struct", "enum", "trait", "type", "fn", "const", "static"];
        let named = |kind: &&str| {
            let definition = format!("{kind} {item}");
            let after = code.split(&definition).skip(1).map(|rest| rest.chars().next());
            after.flatten().any(|letter| !letter.is_alphanumeric() && letter != '_')
        };
        kinds.iter().any(named)
    };
    let below = format!("{found}::");
    let deeper = modules.iter().find(|(name, code)| name.starts_with(&below) && defines(code));
    if defines(&modules[found]) { Some(found) } else { deeper.map(|(name, _)| name.as_str()).or(Some(found)) }
}

/// The modules that can be reached from each and reach it again.
fn circles(modules: &Modules) -> BTreeSet<BTreeSet<String>> {
    let imports: BTreeMap<&str, BTreeSet<&str>> = modules
        .iter()
        .map(|(name, code)| {
            let paths = named(code);
            let targets = paths.iter().filter_map(|path| module_of(modules, name, path));
            (name.as_str(), targets.filter(|target| target != name).collect())
        })
        .collect();
    let reached = |from: &str| {
        let (mut seen, mut left) = (BTreeSet::new(), vec![from.to_owned()]);
        while let Some(name) = left.pop() {
            for next in imports.get(name.as_str()).into_iter().flatten() {
                if seen.insert((*next).to_owned()) {
                    left.push((*next).to_owned());
                }
            }
        }
        seen
    };
    let all: BTreeMap<&str, BTreeSet<String>> = imports.keys().map(|name| (*name, reached(name))).collect();
    let circle = |name: &str| -> BTreeSet<String> {
        all[name]
            .iter()
            .filter(|other| all.get(other.as_str()).is_some_and(|back| back.contains(name)))
            .cloned()
            .collect()
    };
    all.keys().map(|name| circle(name)).filter(|circle| circle.len() > 1).collect()
}

#[test]
fn nothing_imports_what_imports_it() {
    let meant: BTreeSet<BTreeSet<String>> =
        MEANT.iter().map(|circle| circle.iter().map(|name| (*name).to_owned()).collect()).collect();
    let mut found = BTreeSet::new();
    for source in ["../../shared/src", "src", "../api/src", "../server/src"] {
        let modules = modules(&Path::new(env!("CARGO_MANIFEST_DIR")).join(source));
        assert!(modules.len() > 10, "no sources in {source}");
        found.extend(circles(&modules));
    }
    assert_eq!(found, meant, "circles that are not meant, or are gone");
}

#[test]
fn a_circle_is_found_whatever_way_it_is_imported() {
    let module = |name: &str, code: &str| (name.to_owned(), code.to_owned());
    let open = Modules::from([
        module("a", "use crate::b::{One, c::Two};"),
        module("b", "pub use c::Two;\npub struct One;"),
        module("b::c", "pub struct Two;"),
    ]);
    assert!(circles(&open).is_empty());
    for back in ["use crate::a::Any;", "use super::super::a;", "fn any() -> crate::a::Any {}"] {
        let mut closed = open.clone();
        closed.insert("b::c".to_owned(), format!("{back}\npub struct Two;"));
        assert_eq!(circles(&closed), BTreeSet::from([BTreeSet::from(["a".to_owned(), "b::c".to_owned()])]), "{back}");
    }
}
