//! The connection to SQLite or PostgreSQL.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseBackend, DatabaseConnection, DatabaseTransaction, DbErr, IsolationLevel,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use sea_orm_migration::MigratorTrait;

use crate::migrations::Migrator;

/// A database, by its two uses.
///
/// SQLite has one writer at a time: giving it one connection makes writers queue here and not in SQLite's busy
/// handler. On PostgreSQL both are the same pool.
#[derive(Clone, Debug)]
pub struct Database {
    pub read: DatabaseConnection,
    pub write: DatabaseConnection,
}

impl Database {
    /// Connects to `sqlite:PATH` (the file is created where it is missing) or `postgres://...`.
    pub async fn connect(url: &str) -> anyhow::Result<Self> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            Self::open_sqlite(path).await
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let connection = connect(postgres_options(url))
                .await
                .with_context(|| format!("cannot reach the PostgreSQL database at {}", without_password(url)))?;
            Ok(Self { read: connection.clone(), write: connection })
        } else {
            bail!(
                "`{}` is not a database URL; use sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE",
                without_password(url)
            )
        }
    }

    async fn open_sqlite(path: &str) -> anyhow::Result<Self> {
        let path = sqlite_path(path);
        if path.is_empty() || path.contains(":memory:") {
            bail!("`sqlite:{path}` names no file; write for example sqlite:data/valuemap.db");
        }
        if let Some(folder) = Path::new(path).parent() {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("cannot create the folder {} for the database", folder.display()))?;
        }
        let opened = async {
            let write = connect(sqlite_options(path, 1)).await?;
            let read = connect(sqlite_options(path, 8)).await?;
            anyhow::Ok(Self { read, write })
        };
        opened.await.with_context(|| format!("cannot open the SQLite database {path}"))
    }

    /// A transaction that is going to write. On SQLite it takes the write lock first: one that reads first and then
    /// finds that another process wrote in between can only fail.
    pub async fn begin_write(&self) -> Result<DatabaseTransaction, DbErr> {
        let is_sqlite = self.write.get_database_backend() == DatabaseBackend::Sqlite;
        let sqlite_transaction_mode = is_sqlite.then_some(SqliteTransactionMode::Immediate);
        self.write.begin_with_options(TransactionOptions { sqlite_transaction_mode, ..Default::default() }).await
    }

    /// A transaction that sees the database as it is now, whatever others write meanwhile.
    pub async fn begin_snapshot(&self) -> Result<DatabaseTransaction, DbErr> {
        let is_postgres = self.read.get_database_backend() == DatabaseBackend::Postgres;
        let isolation_level = is_postgres.then_some(IsolationLevel::RepeatableRead);
        self.read.begin_with_options(TransactionOptions { isolation_level, ..Default::default() }).await
    }

    /// Refuses a SQLite database that is not there, where the next step would make an empty one.
    pub fn check_exists(url: &str) -> anyhow::Result<()> {
        let path = url.strip_prefix("sqlite:").map(sqlite_path);
        match path {
            Some(path) if !Path::new(path).exists() => {
                bail!("there is no database {path}; run `valuemap migrate` to create it")
            }
            _ => Ok(()),
        }
    }

    /// Applies what is missing of the schema.
    pub async fn migrate(&self) -> anyhow::Result<()> {
        self.refuse_newer_schema().await?;
        Migrator::up(&self.write, None).await.context("cannot bring the database schema up to date")
    }

    /// Refuses a database whose schema is not the one that this binary was built for.
    pub async fn check_schema(&self) -> anyhow::Result<()> {
        let known = self.refuse_newer_schema().await?;
        if known < Migrator::migrations().len() {
            bail!("the database schema is older than this version of Valuemap; run `valuemap migrate`");
        }
        Ok(())
    }

    /// How many of the migrations that this binary knows were applied.
    async fn refuse_newer_schema(&self) -> anyhow::Result<usize> {
        let table = sea_orm_migration::SchemaManager::new(&self.read).has_table("seaql_migrations").await?;
        if !table {
            return Ok(0);
        }
        let statement =
            Statement::from_string(self.read.get_database_backend(), "SELECT version FROM seaql_migrations");
        let known: Vec<String> = Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect();
        let mut applied = 0;
        for row in self.read.query_all_raw(statement).await? {
            let version: String = row.try_get("", "version")?;
            if !known.contains(&version) {
                bail!(
                    "the database was last used by a newer version of Valuemap (it holds the migration {version}); \
                     use that version, or restore a backup made before it"
                );
            }
            applied += 1;
        }
        Ok(applied)
    }

    pub async fn close(self) -> Result<(), DbErr> {
        let same = self.write.get_database_backend() == DatabaseBackend::Postgres;
        self.write.close().await?;
        if same { Ok(()) } else { self.read.close().await }
    }
}

/// The path in what follows `sqlite:`.
fn sqlite_path(rest: &str) -> &str {
    let path = rest.strip_prefix("//").unwrap_or(rest);
    path.split('?').next().unwrap_or(path)
}

async fn connect(options: ConnectOptions) -> Result<DatabaseConnection, DbErr> {
    sea_orm::Database::connect(options).await
}

fn sqlite_options(path: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(format!("sqlite://{path}?mode=rwc"));
    options.max_connections(connections).min_connections(1).sqlx_logging(false).map_sqlx_sqlite_opts(|options| {
        options
            .journal_mode(SqliteJournalMode::Wal)
            // Acknowledged means synced: NORMAL may lose the last commits when the power fails.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5))
            .pragma("cache_size", "-16384")
    });
    options
}

fn postgres_options(url: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(16)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(5))
        .connect_timeout(Duration::from_secs(5))
        .sqlx_logging(false);
    options
}

const UNREADABLE: &str = "(the configured URL)";

/// The URL as it may be shown in a message.
fn without_password(url: &str) -> String {
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

    #[tokio::test]
    async fn urls_that_name_no_database_are_refused() {
        for url in ["mysql://localhost/x", "valuemap.db", "", "sqlite:", "sqlite::memory:"] {
            assert!(Database::connect(url).await.is_err(), "{url} was accepted");
        }
    }
}
