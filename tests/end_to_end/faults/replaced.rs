//! The database file is moved or replaced under the server.

use std::path::Path;
use std::time::{Duration, Instant};

use valuemap_tests::{Engine, Server};

use super::traffic::{Traffic, readiness};
use crate::{PAGE, World};

/// What happens to the file, and how it is undone. Both get the path of the database.
type Step = fn(&Path);

fn aside(path: &Path) -> std::path::PathBuf {
    path.with_extension("aside")
}

const MOVED: [Step; 2] =
    [|path| std::fs::rename(path, aside(path)).unwrap(), |path| std::fs::rename(aside(path), path).unwrap()];
/// As who restores a backup does.
const REPLACED: [Step; 2] = [
    |path| {
        std::fs::copy(path, aside(path)).unwrap();
        let kept = path.with_extension("kept");
        std::fs::rename(path, &kept).unwrap();
        std::fs::rename(aside(path), path).unwrap();
    },
    |path| std::fs::rename(path.with_extension("kept"), path).unwrap(),
];
const LOG_MOVED: [Step; 2] = [
    |path| std::fs::rename(path.with_extension("db-wal"), aside(path)).unwrap(),
    |path| std::fs::rename(aside(path), path.with_extension("db-wal")).unwrap(),
];

async fn check([fault, undo]: [Step; 2]) {
    let mut world = World::new(Engine::Sqlite).await;
    let path = world.scratch.folder().join("valuemap.db");
    let traffic = Traffic::start(&world, false).await;
    traffic.until_acknowledged(50).await;
    fault(&path);
    let broken = Instant::now();
    traffic.until_refused(30).await;
    assert!(broken.elapsed() < Duration::from_secs(1), "noticed after {:?}", broken.elapsed());
    // What had been committed before is acknowledged while these are refused.
    traffic.until_refused(100).await;
    let before = traffic.statuses()[&200];
    // For good: even where the file comes back, nobody knows what was written meanwhile.
    let (status, body) = readiness(&world.server).await;
    assert_eq!(status, 503, "{body}");
    traffic.until_refused(100).await;
    assert_eq!(traffic.statuses()[&200], before, "something was acknowledged into a file that is gone");
    let traffic = traffic.stop().await;
    world.server.kill().await.unwrap();
    undo(&path);
    world.server = Server::start(&world.scratch, &[]).await.unwrap();
    world.embed = world.server.embed(PAGE);
    traffic.check(&world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_acknowledged_into_a_file_that_was_moved() {
    check(MOVED).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_acknowledged_into_a_file_that_was_replaced() {
    check(REPLACED).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_acknowledged_into_a_log_that_was_moved() {
    check(LOG_MOVED).await;
}
