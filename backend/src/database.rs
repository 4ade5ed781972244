//! The connection to SQLite or PostgreSQL.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseBackend, DatabaseConnection, Statement};
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
        let path = path.strip_prefix("//").unwrap_or(path);
        let path = path.split('?').next().unwrap_or(path);
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

    pub async fn close(self) -> Result<(), sea_orm::DbErr> {
        let same = self.write.get_database_backend() == DatabaseBackend::Postgres;
        self.write.close().await?;
        if same { Ok(()) } else { self.read.close().await }
    }
}

async fn connect(options: ConnectOptions) -> Result<DatabaseConnection, sea_orm::DbErr> {
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

/// The URL as it may be shown in a message.
fn without_password(url: &str) -> String {
    match url::Url::parse(url) {
        Ok(mut parsed) if parsed.password().is_some() => {
            let hidden = parsed.set_password(Some("***")).is_ok();
            if hidden { parsed.to_string() } else { "the configured URL".to_owned() }
        }
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_shown() {
        assert_eq!(without_password("postgres://me:secret@db/valuemap"), "postgres://me:***@db/valuemap");
        assert_eq!(without_password("mysql:somewhere"), "mysql:somewhere");
    }

    #[tokio::test]
    async fn urls_that_name_no_database_are_refused() {
        for url in ["mysql://localhost/x", "valuemap.db", "", "sqlite:", "sqlite::memory:"] {
            assert!(Database::connect(url).await.is_err(), "{url} was accepted");
        }
    }
}
