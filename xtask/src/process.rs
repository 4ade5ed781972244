//! Other programs: finding them, running them, timing them.

use std::{
    env,
    path::PathBuf,
    process::{Command, ExitStatus},
    time::Instant,
};

use anyhow::{Context, Result, bail, ensure};

/// Runs a command to its end, on this terminal.
pub fn run(command: &mut Command) -> Result<()> {
    let status = status(command)?;
    ensure!(status.success(), "this command failed ({status}):\n  {}", shown(command));
    Ok(())
}

/// As [`run`], for commands whose failure is a result.
pub fn status(command: &mut Command) -> Result<ExitStatus> {
    command.status().with_context(|| format!("could not start this command:\n  {}", shown(command)))
}

/// Runs a command unseen and returns what it printed. What it complained about becomes part of the error.
pub fn output(command: &mut Command) -> Result<Vec<u8>> {
    let output = command.output().with_context(|| format!("could not start this command:\n  {}", shown(command)))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        bail!("this command failed ({}):\n  {}\n{}", output.status, shown(command), complaint.trim_end());
    }
    Ok(output.stdout)
}

/// The first of these programs that PATH has.
pub fn find(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    names.iter().find_map(|name| env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file()))
}

/// Does some work and reports how long it took: `widget built in 12 s`.
pub fn timed<T>(done: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let start = Instant::now();
    let result = work()?;
    println!("{done} in {:.1} s", start.elapsed().as_secs_f64());
    Ok(result)
}

/// A command as one would type it.
pub fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
