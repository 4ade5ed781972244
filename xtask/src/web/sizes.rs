//! How much a browser downloads to show one survey, and how much it may.

use std::{fs, io::Write};

use anyhow::{Context, Result, ensure};
use flate2::{Compression, write::GzEncoder};

use super::bundle::{self, files_in};
use crate::workspace::Workspace;

/// What a visitor pays at a time: the files that are downloaded, by how their names begin and end, and the most bytes
/// that they may have together, as brotli makes them. The data of a survey comes on top.
struct Budget {
    name: &'static str,
    files: &'static [(&'static str, &'static str)],
    most: usize,
}

const LOADER: (&str, &str) = ("valuemap.", "js");
const STYLE: (&str, &str) = ("survey-", "css");
/// The largest of the languages that ship.
const LANGUAGE: (&str, &str) = ("", "json");
const ATTRIBUTES: (&str, &str) = ("attributes-", "js");
const OVERLAY: (&str, &str) = ("overlay-", "js");

const BUDGETS: [Budget; 4] = [
    Budget { name: "loader", files: &[LOADER], most: 3_000 },
    Budget { name: "a page view, survey untouched", files: &[LOADER, STYLE, LANGUAGE], most: 7_500 },
    Budget { name: "the same with a popover", files: &[LOADER, STYLE, LANGUAGE, ATTRIBUTES, OVERLAY], most: 9_000 },
    Budget {
        name: "all that a survey takes, to the thanks",
        files: &[
            LOADER,
            STYLE,
            LANGUAGE,
            ("survey-", "js"),
            ("survey-", "wasm"),
            ("outcome-", "css"),
            ("delivery-", "js"),
        ],
        most: 60_000,
    },
];

struct Size {
    name: String,
    raw: usize,
    gzip: usize,
    brotli: usize,
}

pub fn print(workspace: &Workspace) -> Result<()> {
    let sizes = sizes(workspace)?;
    println!("{:<32} {:>9} {:>9} {:>9}", "file", "bytes", "gzip -9", "brotli");
    for Size { name, raw, gzip, brotli } in &sizes {
        println!("{name:<32} {raw:>9} {gzip:>9} {brotli:>9}");
    }
    println!("\n{:<52} {:>9} {:>9}", "downloaded for", "brotli", "budget");
    for budget in &BUDGETS {
        println!("{:<52} {:>9} {:>9}", budget.name, spent(budget, &sizes)?, budget.most);
    }
    Ok(())
}

/// Fails where something has become too large.
pub fn check(workspace: &Workspace) -> Result<()> {
    let sizes = sizes(workspace)?;
    for budget in &BUDGETS {
        let spent = spent(budget, &sizes)?;
        ensure!(
            spent <= budget.most,
            "{}: {spent} bytes are more than the {} that it may have",
            budget.name,
            budget.most
        );
    }
    Ok(())
}

fn spent(budget: &Budget, sizes: &[Size]) -> Result<usize> {
    let largest = |(start, end): &(&str, &str)| {
        let matching = sizes.iter().filter(|size| {
            size.name.starts_with(start) && size.name.ends_with(&format!(".{end}")) && size.name != "manifest.json"
        });
        matching.map(|size| size.brotli).max().with_context(|| format!("the widget has no file {start}*.{end}"))
    };
    budget.files.iter().map(largest).sum()
}

fn sizes(workspace: &Workspace) -> Result<Vec<Size>> {
    let folder = workspace.dist().join("embed/v1");
    let files = files_in(&folder)?;
    ensure!(!files.is_empty(), "there is no widget in dist/ yet: run `cargo xtask build`");
    let files = files.iter().filter(|file| file.extension().is_some_and(|extension| extension != "br"));
    files
        .map(|file| {
            let content = fs::read(file).with_context(|| format!("could not read {}", file.display()))?;
            Ok(Size {
                name: file.strip_prefix(&folder)?.to_string_lossy().into_owned(),
                raw: content.len(),
                gzip: gzip(&content)?,
                brotli: bundle::brotli(&content).len(),
            })
        })
        .collect()
}

fn gzip(content: &[u8]) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?.len())
}

#[cfg(test)]
mod tests {
    use super::{Budget, LANGUAGE, LOADER, Size, spent};

    fn size(name: &str, brotli: usize) -> Size {
        Size { name: name.into(), raw: 0, gzip: 0, brotli }
    }

    #[test]
    fn a_budget_counts_one_file_of_a_kind_and_misses_what_is_not_there() {
        let sizes = [size("valuemap.js", 5), size("en-1.json", 2), size("ja-2.json", 3), size("manifest.json", 90)];
        let budget = |files| Budget { name: "", files, most: 0 };
        assert_eq!(spent(&budget(&[LOADER, LANGUAGE]), &sizes).unwrap(), 8);
        assert!(spent(&budget(&[("survey-", "wasm")]), &sizes).is_err());
    }
}
