//! A disk that is full, at every stage of a write, and a process that may write no more.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;
use valuemap_tests::{Engine, Scratch};

use super::traffic::{Traffic, readiness, recovers};
use super::{can_play_as_root, run};
use crate::World;

/// A file system in memory, of a size, until it is dropped.
pub struct SmallDisk {
    folder: TempDir,
}

impl SmallDisk {
    pub async fn new(size: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = format!("size={size}");
        run("mount", &["-t", "tmpfs", "-o", &options, "tmpfs", &folder.path().display().to_string()]).await;
        Self { folder }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Fills the disk until this much is left.
    pub fn fill(&self, left: u64) -> Filler {
        let filler = Filler(self.path().join("filler"));
        loop {
            let free = Command::new("stat").args(["-f", "-c", "%a %S"]).arg(self.path()).output().unwrap();
            let numbers = String::from_utf8(free.stdout).unwrap();
            let (blocks, size) = numbers.trim().split_once(' ').unwrap();
            let free = blocks.parse::<u64>().unwrap() * size.parse::<u64>().unwrap();
            let length = free.saturating_sub(left).to_string();
            let filled = Command::new("fallocate").args(["-l", &length]).arg(&filler.0).output().unwrap();
            // The server may have taken some of it meanwhile.
            if filled.status.success() {
                return filler;
            }
        }
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: the server that is dropped later may still have its files open.
        let _ = Command::new("umount").arg("--lazy").arg(self.path()).status();
    }
}

pub struct Filler(PathBuf);

impl Drop for Filler {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

const NOT_WRITABLE: &str = "the database takes no writes; the log says why";

/// Nothing left, a few pages of the log, the log and no checkpoint, a part of one.
const LEFT: [u64; 4] = [0, 8 << 10, 60 << 10, 600 << 10];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_refuses_honestly_and_is_forgotten_when_there_is_room() {
    if !can_play_as_root("a full disk").await {
        return;
    }
    let disk = SmallDisk::new("60m").await;
    let world = World::on(Scratch::sqlite_in(disk.path()).unwrap()).await;
    let traffic = Traffic::start(&world, true).await;
    traffic.until_acknowledged(50).await;
    for left in LEFT {
        let filler = disk.fill(left);
        traffic.until_refused(30).await;
        drop(filler);
        recovers(&world, &traffic).await;
    }
    traffic.settle(&world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_said_by_readyz() {
    if !can_play_as_root("a full disk").await {
        return;
    }
    let disk = SmallDisk::new("40m").await;
    let world = World::on(Scratch::sqlite_in(disk.path()).unwrap()).await;
    assert_eq!(readiness(&world.server).await.0, 200);
    let filler = disk.fill(0);
    let traffic = Traffic::start(&world, false).await;
    traffic.until_refused(30).await;
    let full = Instant::now();
    while readiness(&world.server).await != (503, json!({ "status": "unavailable", "reason": NOT_WRITABLE })) {
        assert!(full.elapsed() < Duration::from_secs(2), "a full disk is not seen");
    }
    drop(filler);
    recovers(&world, &traffic).await;
    traffic.settle(&world).await;
}

/// The limit of a process on the size of its files, which needs no root.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_may_not_grow_refuses_honestly() {
    let world = World::new(Engine::Sqlite).await;
    let traffic = Traffic::start(&world, false).await;
    let process = world.server.id().unwrap().to_string();
    for _ in 0..2 {
        traffic.until_acknowledged(50).await;
        run("prlimit", &["--pid", &process, "--fsize=65536:unlimited"]).await;
        traffic.until_refused(30).await;
        run("prlimit", &["--pid", &process, "--fsize=unlimited:unlimited"]).await;
        recovers(&world, &traffic).await;
    }
    traffic.settle(&world).await;
}
