//! System calls that fail: the disk answers EIO, or has no room, once or several times or for a while.

use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use valuemap_tests::Engine;

use super::traffic::{Traffic, recovers};
use super::{can_play_as_root, run};
use crate::World;

/// `strace` at a server, which has system calls of it fail.
struct Failing {
    strace: Child,
}

impl Failing {
    /// From when this returns, calls fail: `when` says which of each thread, `1..3`, or all of them, `1+`.
    async fn start(process: u32, call: &str, error: &str, when: &str) -> Self {
        let (process, inject) = (process.to_string(), format!("inject={call}:error={error}:when={when}"));
        let mut strace = Command::new("strace")
            .args(["-f", "-p", &process, "-o", "/dev/null", "-e", &format!("trace={call}"), "-e", &inject])
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut said = BufReader::new(strace.stderr.take().unwrap()).lines();
        let attached = said.next_line().await.unwrap().unwrap_or_default();
        assert!(attached.contains("attached"), "strace says: {attached}");
        tokio::spawn(async move { while let Ok(Some(_)) = said.next_line().await {} });
        Self { strace }
    }

    async fn end(mut self) {
        run("kill", &["-INT", &self.strace.id().unwrap().to_string()]).await;
        self.strace.wait().await.unwrap();
    }
}

/// How long calls fail.
enum Until {
    /// So many answers were refused.
    Refused(usize),
    /// So many were acknowledged all the same: a commit that was not confirmed is tried once more on a new connection.
    Acknowledged(usize),
}
use Until::{Acknowledged, Refused};

async fn check(faults: &[(&str, &str, &str, Until)]) {
    if !can_play_as_root("a disk with errors").await {
        return;
    }
    let world = World::new(Engine::Sqlite).await;
    let traffic = Traffic::start(&world, false).await;
    for (calls, error, when, until) in faults {
        traffic.until_acknowledged(50).await;
        let failing = Failing::start(world.server.id().unwrap(), calls, error, when).await;
        match until {
            Refused(count) => traffic.until_refused(*count).await,
            Acknowledged(count) => traffic.until_acknowledged(*count).await,
        }
        failing.end().await;
        recovers(&world, &traffic).await;
    }
    traffic.settle(&world).await;
}

const ALL: &str = "1+";
/// Which of them SQLite calls depends on how it was built.
const SYNC: &str = "fsync,fdatasync";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sync_that_fails_loses_nothing() {
    check(&[
        (SYNC, "EIO", "2..3", Acknowledged(100)),
        (SYNC, "EIO", ALL, Refused(1)),
        (SYNC, "EIO", ALL, Refused(50)),
        (SYNC, "ENOSPC", ALL, Refused(20)),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_that_fails_loses_nothing() {
    check(&[
        ("pwrite64", "EIO", ALL, Refused(1)),
        ("pwrite64", "EIO", ALL, Refused(50)),
        ("pwrite64", "EIO", "5+3", Refused(20)),
        ("pwrite64", "ENOSPC", ALL, Refused(1)),
        ("pwrite64", "ENOSPC", "2+7", Refused(20)),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_truncation_or_a_read_that_fails_loses_nothing() {
    check(&[("ftruncate", "EIO", ALL, Acknowledged(100)), ("pread64", "EIO", "3+2", Refused(3))]).await;
}
