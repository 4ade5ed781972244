//! What the end-to-end tests need of the operating system: Chromium, its driver, a PostgreSQL server, npm.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::process::{self, timed};

pub struct TestTools {
    pub chromium: PathBuf,
    pub chromedriver: PathBuf,
    /// The folder with initdb and pg_ctl.
    pub postgres: PathBuf,
}

/// Something to find; if it isn't there, something to install.
struct Need {
    name: &'static str,
    find: fn() -> Option<PathBuf>,
    /// The package that has it, on Debian and on Ubuntu.
    packages: [&'static str; 2],
}

const CHROMIUM: Need = Need {
    name: "Chromium (or its path in the variable CHROMIUM)",
    find: || from_variable("CHROMIUM").or_else(|| process::find(&["chromium", "chromium-browser", "google-chrome"])),
    packages: ["chromium", "chromium-browser"],
};

const CHROMEDRIVER: Need = Need {
    name: "chromedriver of the same version (or its path in the variable CHROMEDRIVER)",
    find: || from_variable("CHROMEDRIVER").or_else(|| process::find(&["chromedriver"])),
    packages: ["chromium-driver", "chromium-chromedriver"],
};

const POSTGRES: Need = Need {
    name: "the PostgreSQL server (initdb and pg_ctl in PATH)",
    find: find_postgres,
    packages: ["postgresql"; 2],
};

const NODE: Need = Need { name: "Node.js", find: || process::find(&["node"]), packages: ["nodejs"; 2] };

const NPM: Need = Need { name: "npm", find: || process::find(&["npm"]), packages: ["npm"; 2] };

/// Plays the disk that fails.
const STRACE: Need = Need { name: "strace", find: || process::find(&["strace"]), packages: ["strace"; 2] };

/// npm, with Node.js beside it.
pub fn ensure_npm() -> Result<PathBuf> {
    ensure(&[NODE, NPM])?;
    (NPM.find)().context("npm was installed, but PATH still has none")
}

pub fn ensure_chromium() -> Result<PathBuf> {
    ensure(&[CHROMIUM])?;
    (CHROMIUM.find)().context("Chromium was installed, but PATH still has none")
}

pub fn ensure_test_tools() -> Result<TestTools> {
    ensure(&[CHROMIUM, CHROMEDRIVER, POSTGRES, NODE, NPM])?;
    if cfg!(target_os = "linux") {
        ensure(&[STRACE])?;
    }
    let find = |need: Need| (need.find)().with_context(|| format!("the tests still lack {}: install it", need.name));
    Ok(TestTools { chromium: find(CHROMIUM)?, chromedriver: find(CHROMEDRIVER)?, postgres: find(POSTGRES)? })
}

fn ensure(needs: &[Need]) -> Result<()> {
    let missing: Vec<&Need> = needs.iter().filter(|need| (need.find)().is_none()).collect();
    if missing.is_empty() { Ok(()) } else { install(&missing) }
}

fn install(missing: &[&Need]) -> Result<()> {
    let names = missing.iter().map(|need| need.name).collect::<Vec<_>>().join("; ");
    let Some(apt_get) = process::find(&["apt-get"]) else {
        bail!("the tests need these, and only apt-get could install them by itself. Install: {names}");
    };
    let ubuntu = usize::from(fs::read_to_string("/etc/os-release").is_ok_and(|text| text.contains("ID=ubuntu")));
    let packages: Vec<&str> = missing.iter().map(|need| need.packages[ubuntu]).collect();
    println!("installing {} with apt-get", packages.join(", "));
    let install = || {
        process::run(as_root(&apt_get)?.arg("update").arg("--quiet=2"))?;
        process::run(
            as_root(&apt_get)?.args(["install", "--quiet=2", "--yes", "--no-install-recommends"]).args(&packages),
        )
    };
    timed("packages installed", install).with_context(|| {
        format!("the tests need: {names}. As root: apt-get install --no-install-recommends {}", packages.join(" "))
    })
}

/// A command that never asks: neither sudo for a password nor a package for its settings.
fn as_root(program: &Path) -> Result<Command> {
    const QUIET: &str = "DEBIAN_FRONTEND=noninteractive";
    let mut command = Command::new("env");
    if user_id(None)? != 0 {
        let sudo = process::find(&["sudo"]).context("this needs root, and there is no sudo")?;
        command = Command::new(sudo);
        command.args(["-n", "env"]);
    }
    command.arg(QUIET).arg(program);
    Ok(command)
}

/// The number of a user; without a name, of the one that this program runs as.
pub fn user_id(name: Option<&str>) -> Result<u32> {
    id(Command::new("id").arg("-u").args(name))
}

/// The number of a user's main group.
pub fn group_id(user: &str) -> Result<u32> {
    id(Command::new("id").args(["-g", user]))
}

fn id(command: &mut Command) -> Result<u32> {
    let number = process::output(command)?;
    String::from_utf8_lossy(&number).trim().parse().context("`id` did not print a number")
}

fn from_variable(name: &str) -> Option<PathBuf> {
    env::var_os(name).map(PathBuf::from)
}

/// PATH first, then the folders where Debian keeps the server, newest version first.
fn find_postgres() -> Option<PathBuf> {
    let in_path =
        process::find(&["initdb"]).and_then(|program| Some(program.canonicalize().ok()?.parent()?.to_owned()));
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut of_debian: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    of_debian.sort_by_key(|folder| folder.parent().and_then(version_number));
    in_path
        .into_iter()
        .chain(of_debian.into_iter().rev())
        .find(|folder| ["initdb", "pg_ctl", "postgres"].iter().all(|program| folder.join(program).is_file()))
}

fn version_number(folder: &Path) -> Option<u32> {
    folder.file_name()?.to_str()?.parse().ok()
}
