//! How much a browser downloads to show one survey.

use std::{fs, io::Write};

use anyhow::{Context, Result, ensure};
use flate2::{Compression, write::GzEncoder};

use super::bundle::{self, files_in};
use crate::workspace::Workspace;

pub fn print(workspace: &Workspace) -> Result<()> {
    let folder = workspace.dist().join("embed/v1");
    let files = files_in(&folder)?;
    ensure!(!files.is_empty(), "there is no widget in dist/ yet: run `cargo xtask build`");

    println!("{:<32} {:>9} {:>9} {:>9}", "file", "bytes", "gzip -9", "brotli");
    let mut totals = [0; 3];
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension != "br")) {
        let content = fs::read(file).with_context(|| format!("could not read {}", file.display()))?;
        let sizes = [content.len(), gzip(&content)?, bundle::brotli(&content).len()];
        for (total, size) in totals.iter_mut().zip(sizes) {
            *total += size;
        }
        print_row(&file.strip_prefix(&folder)?.to_string_lossy(), sizes);
    }
    print_row("total", totals);
    Ok(())
}

fn print_row(name: &str, [raw, gzip, brotli]: [usize; 3]) {
    println!("{name:<32} {raw:>9} {gzip:>9} {brotli:>9}");
}

fn gzip(content: &[u8]) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?.len())
}
