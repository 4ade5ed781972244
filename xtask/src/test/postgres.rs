//! A PostgreSQL server for one test run, in a folder of its own. Nothing of it outlives the run, however that ends.

use std::{
    fs,
    net::{Ipv4Addr, TcpListener},
    os::unix::{fs::chown, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result, bail};

use crate::{
    process::{self, timed},
    setup::system,
};

const SETTINGS: &str = "listen_addresses='127.0.0.1'
max_connections=200
";

/// What has to survive a power cut.
#[derive(Clone, Copy)]
pub enum Durability {
    /// Nothing, so nothing waits for the disk.
    None,
    /// Every commit, as PostgreSQL does it by default.
    Commits,
}

impl Durability {
    fn settings(self) -> &'static str {
        match self {
            Self::None => "fsync=off\nfull_page_writes=off\nsynchronous_commit=off\n",
            Self::Commits => "",
        }
    }
}

pub struct Postgres {
    port: u16,
    folder: PathBuf,
    caretaker: Child,
}

impl Postgres {
    /// Starts a server with the programs in this folder.
    pub fn start(programs: &Path, durability: Durability) -> Result<Postgres> {
        let owner = Owner::choose()?;
        let folder = tempfile::Builder::new().prefix("valuemap-postgres-").tempdir()?.keep();
        if let Owner::Other { user, group } = owner {
            chown(&folder, Some(user), Some(group)).context("could not give PostgreSQL its folder")?;
        }
        let caretaker = caretaker(programs, &folder, &owner)?;
        // From here on the caretaker, through `Drop`, tidies up after a failure.
        let mut postgres = Postgres { port: 0, folder, caretaker };
        timed("throw-away PostgreSQL started", || postgres.create_and_start(programs, &owner, durability))?;
        Ok(postgres)
    }

    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    fn create_and_start(&mut self, programs: &Path, owner: &Owner, durability: Durability) -> Result<()> {
        let data = self.folder.join("data");
        let mut create = owner.command(&programs.join("initdb"));
        create.args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync", "--pgdata"]);
        process::output(create.arg(&data))?;

        let settings = data.join("postgresql.conf");
        let defaults = fs::read_to_string(&settings)?;
        let sockets = format!("unix_socket_directories='{}'\n", self.folder.display());
        fs::write(&settings, defaults + SETTINGS + durability.settings() + &sockets)?;

        // Another program may take the free port before PostgreSQL does.
        const TRIES: u8 = 3;
        for _ in 0..TRIES {
            self.port = free_port()?;
            let mut start = owner.command(&programs.join("pg_ctl"));
            start.args(["start", "--wait", "--silent", "--pgdata"]).arg(&data);
            start.arg("--log").arg(self.log()).arg(format!("--options=-p {}", self.port));
            // The server keeps these open: with a pipe in place of them, waiting for pg_ctl would never end.
            start.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            if process::status(&mut start)?.success() {
                return Ok(());
            }
        }
        let log = fs::read_to_string(self.log()).unwrap_or_default();
        bail!("PostgreSQL does not start. Its log:\n{}", log.trim_end())
    }

    fn log(&self) -> PathBuf {
        self.folder.join("log")
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.caretaker.stdin.take());
        // Whatever fails here fails after the tests, on files in the folder for temporary ones.
        let _ = self.caretaker.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Starts a process that waits for the end of its input, then stops the server and removes the folder. The input ends with
/// this program, whether it returns, is interrupted or is killed.
fn caretaker(programs: &Path, folder: &Path, owner: &Owner) -> Result<Child> {
    const SCRIPT: &str = r#"cat; "$1/pg_ctl" stop --silent --mode=immediate --pgdata "$2/data"; rm -rf "$2""#;
    let mut shell = owner.command(Path::new("sh"));
    shell.args(["-c", SCRIPT, "caretaker"]).args([programs, folder]);
    shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    // Ctrl-C is for the tests: the caretaker has work left then.
    shell.process_group(0);
    shell.spawn().context("could not start sh")
}

/// Who PostgreSQL runs as: it refuses to be root.
enum Owner {
    Myself,
    Other { user: u32, group: u32 },
}

impl Owner {
    fn choose() -> Result<Owner> {
        if system::user_id(None)? != 0 {
            return Ok(Owner::Myself);
        }
        let name = if system::user_id(Some("postgres")).is_ok() { "postgres" } else { "nobody" };
        Ok(Owner::Other { user: system::user_id(Some(name))?, group: system::group_id(name)? })
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        // A folder that every user may enter.
        command.current_dir("/");
        if let Owner::Other { user, group } = *self {
            command.uid(user).gid(group);
        }
        command
    }
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("could not find a free port on 127.0.0.1")?;
    Ok(listener.local_addr()?.port())
}
