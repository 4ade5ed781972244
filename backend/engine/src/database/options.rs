//! How connections are opened, and when one is not used again.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::ConnectOptions;
use sea_orm::sqlx::pool::PoolOptions;
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::sqlx::{self, Connection};

use crate::database::commit_marks::CommitMarks;
use crate::database::readiness::WriteHealth;

/// How long a request waits for a connection: shorter than a request may take, so that it can still say that it could
/// not get one.
pub const ACQUIRE: Duration = Duration::from_secs(3);
/// What each connection to SQLite keeps of its pages, in KiB. What is not there is in memory nevertheless, where the
/// operating system keeps the file.
const PAGE_CACHE: u32 = 4_096;
/// How long SQLite waits for another process that writes.
pub const BUSY: Duration = Duration::from_secs(4);
/// How long it waits at a time when a transaction is to begin that writes. The longer it waits, the more seldom it asks: up to
/// 5 ms pass between two times in this while, and 100 ms in the next.
pub const BUSY_AT_A_TIME: &str = "PRAGMA busy_timeout = 18";
/// How long PostgreSQL does.
const LOCK_TIMEOUT: &str = "SET lock_timeout = '4s'";

/// For how long after its last use a connection to PostgreSQL is taken to be alive without asking, which costs a wait
/// for the server each time.
const FRESH: Duration = Duration::from_secs(1);

/// The path in what follows `sqlite:`.
pub fn sqlite_path(rest: &str) -> &str {
    let path = rest.strip_prefix("//").unwrap_or(rest);
    path.split('?').next().unwrap_or(path)
}

/// For the one connection that writes.
///
/// A connection whose last begin, commit or rollback failed is closed, and a new one opened. The driver counts how deep
/// in transactions a connection is, and counts on after a failure that SQLite answered by rolling back by itself; every
/// later commit would then only release a savepoint.
pub fn sqlite_write_options(path: &str, health: Arc<WriteHealth>) -> ConnectOptions {
    let mut options = sqlite_options(path, 1..=1);
    options.map_sqlx_sqlite_pool_opts(move |pool| {
        let health = health.clone();
        keep_open(pool)
            .before_acquire(move |connection, _| {
                let is_usable = !health.take_suspicion() && !connection.is_in_transaction();
                Box::pin(async move { Ok(is_usable) })
            })
            .after_connect(|connection, _| Box::pin(ask_often(connection)))
    });
    options
}

async fn ask_often(connection: &mut sqlx::SqliteConnection) -> Result<(), sqlx::Error> {
    sqlx::query(BUSY_AT_A_TIME).execute(connection).await?;
    Ok(())
}

pub fn sqlite_read_options(path: &str, connections: RangeInclusive<u32>) -> ConnectOptions {
    let mut options = sqlite_options(path, connections);
    options.map_sqlx_sqlite_pool_opts(|pool| {
        keep_open(pool)
            .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
            .after_connect(|connection, _| {
                Box::pin(async move {
                    sea_orm::sqlx::query("PRAGMA query_only = ON").execute(connection).await?;
                    Ok(())
                })
            })
    });
    options
}

fn sqlite_options(path: &str, connections: RangeInclusive<u32>) -> ConnectOptions {
    let mut options = ConnectOptions::new(format!("sqlite://{path}?mode=rw"));
    options.min_connections(*connections.start()).max_connections(*connections.end()).sqlx_logging(false);
    options.map_sqlx_sqlite_opts(|options| {
        options
            .journal_mode(SqliteJournalMode::Wal)
            // Acknowledged means synced: NORMAL may lose the last commits when the power fails.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY)
            .pragma("cache_size", format!("-{PAGE_CACHE}"))
    });
    options
}

type SqlitePool = PoolOptions<sqlx::Sqlite>;

/// The write-ahead log goes when its last connection is closed, so at least one is open as long as the process.
fn keep_open(pool: SqlitePool) -> SqlitePool {
    without_maintenance(pool).acquire_timeout(ACQUIRE).test_before_acquire(false)
}

/// No connection is closed for its age. The task that would do so may take its count of idle connections for 2^64 in sqlx
/// 0.9.0, and then it holds a processor, and the end of the process, for good (<https://github.com/transact-rs/sqlx/issues/3645>).
fn without_maintenance<DB: sqlx::Database>(pool: PoolOptions<DB>) -> PoolOptions<DB> {
    pool.idle_timeout(None).max_lifetime(None)
}

/// Each new connection looks whether it sees what was committed on those before.
pub fn postgres_options(url: &str, marks: Arc<CommitMarks>, connections: RangeInclusive<u32>) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .min_connections(*connections.start())
        .max_connections(*connections.end())
        .acquire_timeout(ACQUIRE)
        .connect_timeout(ACQUIRE)
        .sqlx_logging(false)
        .map_sqlx_postgres_pool_opts(move |pool| {
            let marks = marks.clone();
            without_maintenance(pool)
                .test_before_acquire(false)
                .before_acquire(|connection, used| {
                    Box::pin(async move {
                        if used.idle_for > FRESH {
                            connection.ping().await?;
                        }
                        Ok(!connection.is_in_transaction())
                    })
                })
                .after_connect(move |connection, _| {
                    let marks = marks.clone();
                    Box::pin(async move {
                        sea_orm::sqlx::query(LOCK_TIMEOUT).execute(&mut *connection).await?;
                        marks.compare(connection).await
                    })
                })
        });
    options
}

const UNREADABLE: &str = "(the configured URL)";

/// The URL as it may be shown in a message.
pub fn without_password(url: &str) -> String {
    match url::Url::parse(url) {
        Ok(mut parsed) => {
            if parsed.password().is_some() && parsed.set_password(Some("***")).is_err() {
                return UNREADABLE.to_owned();
            }
            parsed.set_query(None);
            parsed.to_string()
        }
        // Whatever is wrong with it, it may hold a password.
        Err(_) if url.contains('@') => UNREADABLE.to_owned(),
        Err(_) => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_shown() {
        assert_eq!(without_password("postgres://me:secret@db/valuemap"), "postgres://me:***@db/valuemap");
        assert_eq!(without_password("postgres://me:secret@db:54x2/valuemap"), UNREADABLE);
        assert_eq!(without_password("postgres://db/valuemap?password=secret"), "postgres://db/valuemap");
        assert_eq!(without_password("mysql:somewhere"), "mysql:somewhere");
    }
}
