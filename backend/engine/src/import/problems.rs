//! Rows that cannot be imported: the first of them to be shown, all of them to be written to a file.

use std::fs::File;
use std::path::PathBuf;

use anyhow::Context;
use valuemap_shared::imports::LineProblem;

/// Maximum number of problems that are shown one by one.
const LISTED: usize = 20;

#[derive(Default)]
pub struct Problems {
    /// The first ones, each with its line.
    pub listed: Vec<LineProblem>,
    pub count: u64,
    pub rows: u64,
    last_line: u64,
    path: Option<PathBuf>,
    file: Option<csv::Writer<File>>,
}

impl Problems {
    /// `path` is where the whole list goes. A file that is there already is left alone.
    pub fn new(path: Option<PathBuf>) -> anyhow::Result<Self> {
        if let Some(path) = path.as_ref().filter(|path| path.exists()) {
            anyhow::bail!("cannot write {}: there is such a file already", path.display());
        }
        Ok(Self { path, ..Self::default() })
    }

    /// Adds problems in the order of their lines.
    pub fn add(&mut self, line: u64, reason: String) -> anyhow::Result<()> {
        self.count += 1;
        self.rows += u64::from(line != self.last_line);
        self.last_line = line;
        if let Some(path) = &self.path {
            let writer = match self.file.take() {
                Some(writer) => writer,
                None => {
                    let file = File::create_new(path).with_context(|| format!("cannot write {}", path.display()))?;
                    let mut writer = csv::Writer::from_writer(file);
                    writer.write_record(["line", "reason"])?;
                    writer
                }
            };
            self.file.insert(writer).write_record([line.to_string().as_str(), &reason])?;
        }
        if self.listed.len() < LISTED {
            self.listed.push(LineProblem { line, reason });
        }
        Ok(())
    }

    pub fn finish(&mut self) -> anyhow::Result<()> {
        if let Some(file) = &mut self.file {
            file.flush().context("cannot write the list of problems")?;
        }
        Ok(())
    }
}
