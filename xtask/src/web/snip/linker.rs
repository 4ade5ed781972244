//! The linker that rustc is given for the widget: it cuts panics out of the objects, then has the real one link them.

use std::{
    env,
    ffi::OsString,
    fs,
    os::unix::{ffi::OsStrExt, fs::symlink, process::CommandExt},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Error, Result, anyhow, ensure};

use super::{blank_paths, is_of_panics, object};
use crate::{web::hash, workspace::Workspace};

/// How this program's name starts when it is to link. rustc starts its linker without words of our own.
const NAME: &str = "valuemap-link";
/// The linker that rustc would use. It puts its folder on the path of linkers.
const REAL: &str = "rust-lld";

/// A name for this program under which rustc finds it.
pub struct Linker {
    /// To be put on the path: a path among rustc's arguments would, where it changes, compile again for nothing.
    pub folder: PathBuf,
    /// Changes with what is cut, because Cargo sees a linker's name only, not what is in it.
    pub name: String,
}

impl Linker {
    pub fn install(workspace: &Workspace) -> Result<Linker> {
        let rules = [include_str!("../snip.rs"), include_str!("linker.rs"), include_str!("object.rs")].concat();
        let name = format!("{NAME}-{}", hash::short(rules.as_bytes()));
        let folder = workspace.target.join("xtask");
        let link = folder.join(&name);
        let program = env::current_exe()?;
        if !fs::read_link(&link).is_ok_and(|old| old == program) {
            fs::create_dir_all(&folder).with_context(|| format!("could not make {}", folder.display()))?;
            // It may be there and lead elsewhere, or not be there.
            let _ = fs::remove_file(&link);
            symlink(&program, &link).with_context(|| format!("could not make {}", link.display()))?;
        }
        Ok(Linker { folder, name })
    }
}

/// Whether rustc has started this program, to link.
pub fn is_called() -> bool {
    let name = env::args_os().next();
    name.as_deref()
        .and_then(|name| Path::new(name).file_name())
        .is_some_and(|name| name.as_bytes().starts_with(NAME.as_bytes()))
}

/// Edits the objects, which are rustc's temporary files, and becomes the real linker. Returns only if it cannot.
pub fn run() -> Error {
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    match cut(&arguments) {
        Ok(()) => anyhow!(Command::new(REAL).args(arguments).exec()).context("could not start rust-lld"),
        Err(error) => error,
    }
}

fn cut(arguments: &[OsString]) -> Result<()> {
    let mut cut = 0;
    for path in arguments.iter().map(Path::new).filter(|path| path.extension().is_some_and(|kind| kind == "o")) {
        let shown = || path.display().to_string();
        let (mut edited, functions) =
            object::trap(&fs::read(path).with_context(shown)?, is_of_panics).with_context(shown)?;
        let data = object::data(&edited).with_context(shown)?;
        blank_paths(&mut edited[data]);
        fs::write(path, edited).with_context(shown)?;
        cut += functions;
    }
    ensure!(cut > 0, "rustc's objects have no function that panics: look at what it gives its linker now");
    Ok(())
}
