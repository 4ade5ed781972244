//! The yardstick: rows of the same database on the same disk, written by nobody but the database.

use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait, TransactionTrait};
use valuemap_tests::{Engine, Scratch};

const DURATION: Duration = Duration::from_secs(5);

/// Rows a second that one connection commits, so many at a time, synced at each commit.
pub async fn commits_per_second(engine: Engine, rows_a_commit: usize) -> anyhow::Result<f64> {
    let scratch = Scratch::new(engine).await?;
    if engine == Engine::Sqlite {
        std::fs::write(scratch.folder().join("valuemap.db"), "")?;
    }
    let database = scratch.connect().await?;
    if engine == Engine::Sqlite {
        database.execute_unprepared("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL").await?;
    }
    database.execute_unprepared("CREATE TABLE plain (id INTEGER PRIMARY KEY, said TEXT NOT NULL)").await?;
    let (start, mut rows) = (Instant::now(), 0_usize);
    while start.elapsed() < DURATION {
        let transaction = database.begin().await?;
        for _ in 0..rows_a_commit {
            rows += 1;
            transaction.execute_unprepared(&format!("INSERT INTO plain VALUES ({rows}, 'an answer')")).await?;
        }
        transaction.commit().await?;
    }
    Ok(rows as f64 / start.elapsed().as_secs_f64())
}
