//! A folder of dist/, put together in memory and then written at once.

use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use brotli::CompressorWriter;

use super::hash;

/// Files by their path in the folder.
#[derive(Default)]
pub struct Bundle {
    files: BTreeMap<String, Vec<u8>>,
}

impl Bundle {
    pub fn add(&mut self, path: impl Into<String>, content: impl Into<Vec<u8>>) {
        self.files.insert(path.into(), content.into());
    }

    /// Adds a file whose name tells its content, so that browsers may keep it for ever. Returns its path.
    pub fn add_hashed(&mut self, stem: &str, extension: &str, content: impl Into<Vec<u8>>) -> String {
        let content = content.into();
        let path = format!("{stem}-{}.{extension}", hash::short(&content));
        self.add(path.clone(), content);
        path
    }

    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|(path, content)| (path.as_str(), content.as_slice()))
    }

    /// Makes the folder hold these files, a compressed sibling for each that is worth one, and nothing else.
    pub fn write_to(mut self, folder: &Path) -> Result<()> {
        let worth_compressing = self.files.iter().filter(|(path, content)| is_compressible(path, content));
        let compressed: Vec<_> =
            worth_compressing.map(|(path, content)| (format!("{path}.br"), brotli(content))).collect();
        self.files.extend(compressed);
        self.write_plain_to(folder)
    }

    /// As [`Bundle::write_to`], for what no server of ours sends.
    pub fn write_plain_to(self, folder: &Path) -> Result<()> {
        for path in files_in(folder)? {
            let kept = path.strip_prefix(folder)?.to_str().is_some_and(|path| self.files.contains_key(path));
            if !kept {
                fs::remove_file(&path).with_context(|| format!("could not remove {}", path.display()))?;
            }
        }
        for (path, content) in &self.files {
            write_if_changed(&folder.join(path), content)?;
        }
        Ok(())
    }
}

/// Every file in a folder and in those below it, in order.
pub fn files_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        if !folder.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&folder).with_context(|| format!("could not read {}", folder.display()))? {
            let path = entry?.path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    Ok(found)
}

/// Leaves a file that is right alone: its date is what Cargo goes by.
pub fn write_if_changed(path: &Path, content: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|old| old == content) {
        return Ok(());
    }
    let folder = path.parent().context("a file without a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("could not make {}", folder.display()))?;
    fs::write(path, content).with_context(|| format!("could not write {}", path.display()))
}

pub fn brotli(content: &[u8]) -> Vec<u8> {
    const BUFFER: usize = 64 * 1024;
    const QUALITY: u32 = 11;
    const WINDOW: u32 = 22;
    let mut compressor = CompressorWriter::new(Vec::new(), BUFFER, QUALITY, WINDOW);
    // Writing to memory cannot fail.
    let _ = compressor.write_all(content);
    compressor.into_inner()
}

fn is_compressible(path: &str, content: &[u8]) -> bool {
    const EXTENSIONS: [&str; 7] = ["css", "html", "js", "json", "svg", "txt", "wasm"];
    const WORTH_IT: usize = 1024;
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    content.len() > WORTH_IT && EXTENSIONS.contains(&extension)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Bundle, files_in};

    #[test]
    fn the_folder_ends_up_with_the_bundle_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("old")).unwrap();
        fs::write(folder.path().join("old/a-1.js"), "stale").unwrap();

        let mut bundle = Bundle::default();
        bundle.add("index.html", "short");
        let script = bundle.add_hashed("assets/a", "js", "x".repeat(2000));
        bundle.add("picture.png", vec![0; 2000]);
        bundle.write_to(folder.path()).unwrap();

        let found = files_in(folder.path()).unwrap();
        let found: Vec<_> =
            found.iter().map(|path| path.strip_prefix(folder.path()).unwrap().to_str().unwrap()).collect();
        assert_eq!(found, [&script, &format!("{script}.br"), "index.html", "picture.png"]);
    }
}
