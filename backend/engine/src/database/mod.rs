//! The connection to SQLite or PostgreSQL.
//!
//! All that is written goes through [`Database::begin_write`], on behalf of an [`author::Author`]: a [`Transaction`] whose
//! commit either is proven or fails.

pub mod additions;
pub mod author;
mod commit_marks;
mod elsewhere;
pub mod failure;
mod migrations;
mod options;
pub mod pages;
pub mod readiness;
mod sqlite_file;
pub mod statements;
mod transaction;

use std::fs::OpenOptions;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use chrono::TimeDelta;
use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DatabaseBackend, DatabaseConnection, DatabaseTransaction, DbErr, IsolationLevel,
    RuntimeErr, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use sea_orm_migration::MigratorTrait;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use crate::base::ambient::Ambient;
use crate::base::commits::{Commits, Touches};
use crate::database::additions::Addition;
use crate::database::author::Author;
use crate::database::migrations::Migrator;
use commit_marks::CommitMarks;
use elsewhere::Elsewhere;
use failure::is_taken;
use options::{
    ACQUIRE, BUSY, BUSY_AT_A_TIME, postgres_options, sqlite_path, sqlite_read_options, sqlite_write_options,
    without_password,
};
use readiness::WriteHealth;
use sqlite_file::SqliteFile;

pub use commit_marks::Loss;
pub use transaction::{Transaction, WriteError};

/// A database, by its two uses.
///
/// SQLite has one writer at a time: giving it one connection makes writers queue here and not in SQLite's busy
/// handler. On PostgreSQL both are the same pool.
#[derive(Clone, Debug)]
pub struct Database {
    url: Arc<str>,
    pub read: DatabaseConnection,
    write: DatabaseConnection,
    proof: Proof,
    health: Arc<WriteHealth>,
    commits: Commits,
    elsewhere: Elsewhere,
    /// Whose turn it is to write to SQLite: taken before the file is looked at, and not only where the pool has one
    /// connection to give, because whoever waits there has looked at it long before.
    turn: Arc<Semaphore>,
    /// Where it was connected to.
    home: Handle,
}

/// How long a short piece of work and its commit may take: longer than any lock is waited for.
const PATIENCE: Duration = Duration::from_secs(6);

fn no_answer() -> DbErr {
    DbErr::Conn(RuntimeErr::Internal("the database does not answer".to_owned()))
}

/// Begins a transaction even where its caller is cancelled meanwhile: it is rolled back then. A BEGIN that is cancelled
/// before its answer has come leaves a connection in the pool that is in a transaction and does not know it (sqlx 0.9).
async fn begun_in_any_case(
    connections: &DatabaseConnection,
    options: TransactionOptions,
) -> Result<DatabaseTransaction, DbErr> {
    let connections = connections.clone();
    let begun = async move { tokio::time::timeout(PATIENCE, connections.begin_with_options(options)).await };
    tokio::spawn(begun).await.ok().and_then(Result::ok).unwrap_or_else(|| Err(no_answer()))
}

async fn committed(commit: impl Future<Output = Result<(), WriteError>>) -> Result<(), WriteError> {
    tokio::time::timeout(PATIENCE, commit).await.unwrap_or_else(|_| Err(WriteError::Unknown(no_answer())))
}

/// How long the rows of a process that is gone stay. One that is still there begins anew.
const MARKS_KEPT: TimeDelta = TimeDelta::days(30);

/// What shows that an acknowledged commit is where it will be looked for.
#[derive(Clone, Debug)]
enum Proof {
    Sqlite(Arc<SqliteFile>),
    Postgres(Arc<CommitMarks>),
}

impl Database {
    /// Connects to `sqlite:PATH` (the file is created where it is missing) or `postgres://...`.
    pub async fn connect(url: &str, ambient: Ambient) -> anyhow::Result<Self> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            Self::open_sqlite(path, ambient).await
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let marks = Arc::new(CommitMarks::default());
            let connection = sea_orm::Database::connect(postgres_options(url, marks.clone(), 1..=12))
                .await
                .with_context(|| format!("cannot reach the PostgreSQL database at {}", without_password(url)))?;
            Ok(Self {
                url: url.into(),
                read: connection.clone(),
                write: connection,
                proof: Proof::Postgres(marks),
                health: Arc::default(),
                commits: Commits::default(),
                elsewhere: Elsewhere::new(ambient),
                turn: Arc::new(Semaphore::new(1)),
                home: Handle::current(),
            })
        } else {
            bail!(
                "`{}` is not a database URL; use sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE",
                without_password(url)
            )
        }
    }

    async fn open_sqlite(path: &str, ambient: Ambient) -> anyhow::Result<Self> {
        let path = sqlite_path(path);
        if path.is_empty() || path.contains(":memory:") {
            bail!("`sqlite:{path}` names no file; write for example sqlite:data/valuemap.db");
        }
        if let Some(folder) = Path::new(path).parent() {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("cannot create the folder {} for the database", folder.display()))?;
        }
        let opened = async {
            // Created here and nowhere else: a connection that is opened later must not make an empty database where the
            // file was taken away.
            OpenOptions::new().create(true).append(true).open(path)?;
            let health = Arc::<WriteHealth>::default();
            let write = sea_orm::Database::connect(sqlite_write_options(path, health.clone())).await?;
            // All of them now: one that is opened after somebody replaced the file reads another file than the others, and
            // what it closes, it takes from the log that they share.
            let read = sea_orm::Database::connect(sqlite_read_options(path, 4..=4)).await?;
            // The write-ahead log is there from the first read on.
            read.query_one_raw(Statement::from_string(DatabaseBackend::Sqlite, "SELECT count(*) FROM sqlite_schema"))
                .await?;
            let proof = Proof::Sqlite(Arc::new(SqliteFile::of(path)?));
            anyhow::Ok(Self {
                url: format!("sqlite:{path}").into(),
                read,
                write,
                proof,
                health,
                commits: Commits::default(),
                elsewhere: Elsewhere::new(ambient),
                turn: Arc::new(Semaphore::new(1)),
                home: Handle::current(),
            })
        };
        opened.await.with_context(|| format!("cannot open the SQLite database {path}"))
    }

    /// The same database, read over connections of its own: whoever reads long keeps nobody else waiting for one. They
    /// are opened here, and what SQLite does on them is done by threads with the priority of this one.
    pub async fn with_own_readers(&self, postgres_readers: u32) -> anyhow::Result<Self> {
        let options = match &self.proof {
            Proof::Sqlite(_) => sqlite_read_options(sqlite_path(self.url.trim_start_matches("sqlite:")), 4..=4),
            Proof::Postgres(marks) => postgres_options(&self.url, marks.clone(), 1..=postgres_readers),
        };
        let read = sea_orm::Database::connect(options).await.context("cannot open more connections to the database")?;
        Ok(Self { read, ..self.clone() })
    }

    pub fn backend(&self) -> DatabaseBackend {
        self.read.get_database_backend()
    }

    /// A transaction that is going to write. On SQLite it takes the write lock first: one that reads first and then
    /// finds that another process wrote in between can only fail.
    pub async fn begin_write(&self, author: &Author, touches: Touches) -> Result<Transaction, DbErr> {
        let begun = match &self.proof {
            Proof::Sqlite(file) => {
                let turn = tokio::time::timeout(ACQUIRE, self.turn.clone().acquire_owned()).await;
                let turn = turn.map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))?;
                let turn = turn.map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed))?;
                file.check()?;
                // On the threads that it was opened on: where the connection has to be replaced, the thread that works
                // for the new one has the priority of the one that opens it.
                let write = self.write.clone();
                let begun = self.home.spawn(async move {
                    let started = Instant::now();
                    loop {
                        let sqlite_transaction_mode = Some(SqliteTransactionMode::Immediate);
                        let options = TransactionOptions { sqlite_transaction_mode, ..Default::default() };
                        match write.begin_with_options(options).await {
                            Err(error) if is_taken(&error) && started.elapsed() < BUSY => {}
                            begun => return begun.map(|begun| (begun, Some(turn))),
                        }
                    }
                });
                begun.await.unwrap_or_else(|_| Err(no_answer()))
            }
            Proof::Postgres(_) => {
                begun_in_any_case(&self.write, TransactionOptions::default()).await.map(|begun| (begun, None))
            }
        };
        let (begun, turn) = begun.inspect_err(|_| self.health.suspect())?;
        Ok(Transaction::new(begun, turn, self, (author.clone(), touches)))
    }

    /// Does something short in a transaction of its own, and commits it unless it failed.
    pub async fn write<T>(
        &self,
        author: &Author,
        touches: Touches,
        work: impl AsyncFnOnce(&Transaction) -> Result<T, DbErr>,
    ) -> Result<T, WriteError> {
        self.write_and_add(author, touches, async |transaction| Ok((work(transaction).await?, Vec::new()))).await
    }

    /// The same for work that may find that there is nothing to change: then nothing is committed, and nothing is said
    /// to have been changed.
    pub async fn write_some<T>(
        &self,
        author: &Author,
        touches: Touches,
        work: impl AsyncFnOnce(&Transaction) -> Result<Option<T>, DbErr>,
    ) -> Result<Option<T>, WriteError> {
        let (transaction, done) = self.begun(author, touches, work).await?;
        if done.is_none() {
            // Nothing is lost where it fails: the connection is closed, and what it had begun ends with it.
            if !matches!(tokio::time::timeout(PATIENCE, transaction.rollback()).await, Ok(Ok(()))) {
                tracing::warn!("a transaction that had nothing to change could not be ended in order");
            }
            return Ok(None);
        }
        committed(transaction.commit()).await?;
        Ok(done)
    }

    /// The same for work that also says what is to be added at the end.
    pub async fn write_and_add<T>(
        &self,
        author: &Author,
        touches: Touches,
        work: impl AsyncFnOnce(&Transaction) -> Result<(T, Vec<Addition>), DbErr>,
    ) -> Result<T, WriteError> {
        let (transaction, (done, additions)) = self.begun(author, touches, work).await?;
        committed(transaction.add_and_commit(additions)).await?;
        Ok(done)
    }

    async fn begun<T>(
        &self,
        author: &Author,
        touches: Touches,
        work: impl AsyncFnOnce(&Transaction) -> Result<T, DbErr>,
    ) -> Result<(Transaction, T), WriteError> {
        let worked = async {
            let transaction = self.begin_write(author, touches).await?;
            let done = work(&transaction).await?;
            Ok((transaction, done))
        };
        // A line that goes dead without a word would keep whoever comes next waiting for a quarter of an hour.
        let worked = tokio::time::timeout(PATIENCE, worked).await;
        worked.unwrap_or_else(|_| Err(no_answer())).map_err(WriteError::NotStored)
    }

    /// Forgets processes that are gone long since. From now on this one notices when a commit that it acknowledged is
    /// gone.
    pub async fn watch_commits(&self, ambient: &Ambient) -> Result<(), DbErr> {
        let before = ambient.now() - MARKS_KEPT;
        let forget = async |transaction: &Transaction| {
            for rows in
                ["DELETE FROM server_commit WHERE noted_at < $1", "DELETE FROM community_commit WHERE noted_at < $1"]
            {
                let forgotten = Statement::from_sql_and_values(self.backend(), rows, [before.into()]);
                transaction.execute_raw(forgotten).await?;
            }
            Ok(())
        };
        self.write(&Author::SERVER, Touches::NOTHING, forget).await?;
        if let Proof::Postgres(marks) = &self.proof {
            marks.keep(*ambient);
        }
        Ok(())
    }

    /// What was lost of what this process had acknowledged, as far as it was noticed.
    pub fn loss(&self) -> Option<Loss> {
        match &self.proof {
            Proof::Postgres(marks) => marks.loss(),
            Proof::Sqlite(_) => None,
        }
    }

    /// Tells of each statement that is sent, for those who look at how they are run.
    pub fn on_statement(&mut self, tell: impl Fn(&str) + Clone + Send + Sync + 'static) {
        let reading = tell.clone();
        self.read.set_metric_callback(move |sent| reading(&sent.statement.sql));
        self.write.set_metric_callback(move |sent| tell(&sent.statement.sql));
    }

    /// A transaction that sees the database as it is now, whatever others write meanwhile.
    pub async fn begin_snapshot(&self) -> Result<DatabaseTransaction, DbErr> {
        let is_postgres = self.read.get_database_backend() == DatabaseBackend::Postgres;
        let isolation_level = is_postgres.then_some(IsolationLevel::RepeatableRead);
        begun_in_any_case(&self.read, TransactionOptions { isolation_level, ..Default::default() }).await
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
        if self.backend() == DatabaseBackend::Sqlite {
            // Its transactions ask once, and wait.
            self.write.execute_unprepared(&format!("PRAGMA busy_timeout = {}", BUSY.as_millis())).await?;
        }
        let migrated = Migrator::up(&self.write, None).await.context("cannot bring the database schema up to date");
        if self.backend() == DatabaseBackend::Sqlite {
            self.write.execute_unprepared(BUSY_AT_A_TIME).await?;
        }
        migrated
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
        self.write.close().await?;
        self.read.close().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn urls_that_name_no_database_are_refused() {
        for url in ["mysql://localhost/x", "valuemap.db", "", "sqlite:", "sqlite::memory:"] {
            assert!(Database::connect(url, Ambient::real()).await.is_err(), "{url} was accepted");
        }
    }
}
