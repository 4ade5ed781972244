use std::os::unix::fs::chown;
use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context, bail};
use sea_orm::{ConnectionTrait, Database};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::process::Command;

use crate::{Engine, Scratch, setting};

/// A PostgreSQL server of one test, which it may crash, fill up and replace. It is stopped when it is dropped.
#[derive(Debug)]
pub struct Cluster {
    folder: TempDir,
    pub port: u16,
}

/// Durable like the default, without waiting for the disk: the processes crash here, and the machine does not.
const SETTINGS: &str = "listen_addresses = '127.0.0.1'\nfsync = off\nmax_connections = 60\nwal_keep_size = 64\n\
                        hot_standby = on\nautovacuum = off\nshared_buffers = 32MB\n";

impl Cluster {
    /// Starts an empty server with more settings than the usual ones.
    pub async fn start(settings: &str) -> anyhow::Result<Self> {
        let mut cluster = Self::folder()?;
        let data = cluster.data();
        let create = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync", "--pgdata"];
        run(cluster.program("initdb")?.args(create).arg(&data)).await?;
        cluster.configure(&format!("{SETTINGS}{settings}\n"))?;
        cluster.start_anew().await?;
        Ok(cluster)
    }

    /// A server that follows the one at a port.
    pub async fn standby_of(port: u16, settings: &str) -> anyhow::Result<Self> {
        let mut cluster = Self::folder()?;
        let mut copy = cluster.program("pg_basebackup")?;
        copy.args([
            "--host=127.0.0.1",
            "--username=postgres",
            "--checkpoint=fast",
            "--write-recovery-conf",
            "--no-sync",
        ]);
        copy.arg(format!("--port={port}")).arg("--pgdata").arg(cluster.data());
        run(&mut copy).await?;
        cluster.configure(&format!("{settings}\n"))?;
        cluster.start_anew().await?;
        Ok(cluster)
    }

    fn folder() -> anyhow::Result<Self> {
        let folder = TempDir::with_prefix("valuemap-cluster-")?;
        if let Some((user, group)) = owner()? {
            chown(folder.path(), Some(user), Some(group))?;
        }
        Ok(Self { folder, port: 0 })
    }

    fn configure(&self, settings: &str) -> anyhow::Result<()> {
        let path = self.data().join("postgresql.conf");
        let sockets = format!("unix_socket_directories = '{}'\n", self.folder.path().display());
        let before = std::fs::read_to_string(&path)?;
        Ok(std::fs::write(&path, format!("{before}{settings}{sockets}"))?)
    }

    /// On a port that is free; another program may take it before.
    async fn start_anew(&mut self) -> anyhow::Result<()> {
        for _ in 0..3 {
            self.port = TcpListener::bind("127.0.0.1:0").await?.local_addr()?.port();
            if self.start_again().await.is_ok() {
                return Ok(());
            }
        }
        bail!("PostgreSQL does not start: {}", std::fs::read_to_string(self.log()).unwrap_or_default())
    }

    /// On the same port as before.
    pub async fn start_again(&self) -> anyhow::Result<()> {
        let mut start = self.program("pg_ctl")?;
        start.args(["start", "--wait", "--silent", "--pgdata"]).arg(self.data());
        start.arg("--log").arg(self.log()).arg(format!("--options=-p {}", self.port));
        // The server keeps these open.
        start.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if start.status().await?.success() { Ok(()) } else { bail!("pg_ctl start failed") }
    }

    /// Ends it as a crash does: no checkpoint, and nobody on a connection hears of it.
    pub async fn crash(&self) -> anyhow::Result<()> {
        run(self.program("pg_ctl")?.args(["stop", "--silent", "--mode=immediate", "--pgdata"]).arg(self.data())).await
    }

    /// Makes a standby the leader.
    pub async fn promote(&self) -> anyhow::Result<()> {
        run(self.program("pg_ctl")?.args(["promote", "--wait", "--silent", "--pgdata"]).arg(self.data())).await
    }

    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Runs statements one by one: some may not share a transaction.
    pub async fn execute(&self, statements: &[&str]) -> anyhow::Result<()> {
        let connection = Database::connect(self.url()).await?;
        for statement in statements {
            connection.execute_unprepared(statement).await?;
        }
        Ok(connection.close().await?)
    }

    /// Waits until a standby has everything that was committed so far.
    pub async fn wait_for_standby(&self) -> anyhow::Result<()> {
        let connection = Database::connect(self.url()).await?;
        let query =
            "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND flush_lsn >= pg_current_wal_lsn()";
        loop {
            let statement = sea_orm::Statement::from_string(sea_orm::DatabaseBackend::Postgres, query);
            let row = connection.query_one_raw(statement).await?.context("a count has a row")?;
            if row.try_get_by_index::<i64>(0)? > 0 {
                return Ok(connection.close().await?);
            }
        }
    }

    /// The database of a test, reached through a port that may be another's than this server's.
    pub fn scratch(&self, port: u16) -> anyhow::Result<Scratch> {
        let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
        Ok(Scratch { engine: Engine::Postgres, url, folder: TempDir::with_prefix("valuemap-test-")? })
    }

    /// Gives a folder to whom the server runs as.
    pub fn owns(&self, folder: &std::path::Path) -> anyhow::Result<()> {
        if let Some((user, group)) = owner()? {
            chown(folder, Some(user), Some(group))?;
        }
        Ok(())
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// A program of PostgreSQL, which refuses to be run by root.
    fn program(&self, name: &str) -> anyhow::Result<Command> {
        let mut command = Command::new(PathBuf::from(setting("VALUEMAP_TEST_POSTGRES_PROGRAMS")?).join(name));
        command.current_dir("/");
        if let Some((user, group)) = owner()? {
            command.uid(user).gid(group);
        }
        Ok(command)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let stop = self.program("pg_ctl").map(|mut stop| {
            stop.args(["stop", "--silent", "--mode=immediate", "--pgdata"]).arg(self.data());
            stop.as_std_mut().stdout(Stdio::null()).stderr(Stdio::null()).status()
        });
        // A server that the test has crashed is down already.
        drop(stop);
    }
}

/// Who PostgreSQL is to run as, where this is root.
fn owner() -> anyhow::Result<Option<(u32, u32)>> {
    if number(&["-u"])? != 0 {
        return Ok(None);
    }
    let user = if number(&["-u", "postgres"]).is_ok() { "postgres" } else { "nobody" };
    Ok(Some((number(&["-u", user])?, number(&["-g", user])?)))
}

fn number(arguments: &[&str]) -> anyhow::Result<u32> {
    let output = std::process::Command::new("id").args(arguments).output()?;
    String::from_utf8(output.stdout)?.trim().parse().context("`id` prints a number")
}

async fn run(command: &mut Command) -> anyhow::Result<()> {
    let output = command.stdin(Stdio::null()).output().await?;
    if output.status.success() { Ok(()) } else { bail!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)) }
}
