//! A transaction that writes, and what its commit is worth.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sea_orm::{ConnectionTrait, DatabaseBackend, DatabaseTransaction, DbErr, ExecResult, QueryResult, Statement};
use sea_orm_migration::async_trait::async_trait;
use tokio::sync::OwnedSemaphorePermit;

use crate::base::commits::{Commits, Touches};
use crate::database::additions::{Addition, add};
use crate::database::author::Author;
use crate::database::elsewhere::Elsewhere;
use crate::database::failure::is_passing;
use crate::database::readiness::WriteHealth;
use crate::database::{Database, Proof};

/// A transaction that writes. Dropped before [`Transaction::commit`], it leaves nothing behind.
///
/// A commit that returns `Ok` is durable:
/// - Its connection was in no transaction when this one began. The pool asks each connection before it hands it out
///   ([`super::options`]), so the database was sent `BEGIN` and `COMMIT`, and never the `SAVEPOINT` and `RELEASE` that
///   the driver sends when it believes that an outer transaction is open. This costs one atomic read.
/// - None of its statements failed. PostgreSQL answers the `COMMIT` of a failed transaction without an error, and
///   SQLite may have rolled back by itself and store what follows statement by statement.
/// - On SQLite, the file is still the one at its path (two calls of `stat`). On PostgreSQL, the next connection looks
///   whether the commit is still there ([`super::commit_marks`]; one statement).
pub struct Transaction {
    inner: DatabaseTransaction,
    /// Dropped after the connection is given back.
    _turn: Option<OwnedSemaphorePermit>,
    failed: AtomicBool,
    proof: Proof,
    health: Arc<WriteHealth>,
    author: Author,
    commits: Commits,
    elsewhere: Elsewhere,
    touches: Touches,
}

/// Why a write cannot be acknowledged.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error("nothing was stored: {0}")]
    NotStored(#[source] DbErr),
    /// The database was asked to commit and did not say that it did.
    #[error("the database did not confirm what it was to store, so it may be stored or not: {0}")]
    Unknown(#[source] DbErr),
}

impl WriteError {
    pub fn cause(&self) -> &DbErr {
        match self {
            Self::NotStored(cause) | Self::Unknown(cause) => cause,
        }
    }
}

/// For callers to whom it is the same, because they do the same work again either way.
impl From<WriteError> for DbErr {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::NotStored(cause) | WriteError::Unknown(cause) => cause,
        }
    }
}

/// Reports what a commit touched when it is dropped, however the commit ended.
struct TellOnDrop {
    commits: Commits,
    touches: Touches,
}

impl Drop for TellOnDrop {
    fn drop(&mut self) {
        self.commits.tell(&self.touches);
    }
}

const SAVEPOINT: &str = "valuemap_savepoint";

impl Transaction {
    pub(super) fn new(
        inner: DatabaseTransaction,
        turn: Option<OwnedSemaphorePermit>,
        database: &Database,
        (author, touches): (Author, Touches),
    ) -> Self {
        let Database { proof, health, commits, elsewhere, .. } = database.clone();
        Self { inner, _turn: turn, failed: AtomicBool::new(false), proof, health, author, commits, elsewhere, touches }
    }

    pub async fn commit(self) -> Result<(), WriteError> {
        self.add_and_commit(Vec::new()).await
    }

    /// The same, with additions that nothing else in the transaction waits for: they need no statement of their own.
    pub async fn add_and_commit(self, additions: Vec<Addition>) -> Result<(), WriteError> {
        let Self { health, commits, touches, .. } = &self;
        let (health, commits, touches) = (health.clone(), commits.clone(), touches.clone());
        // Reported even where the caller stops waiting for the answer: it may be committed nevertheless. What is read
        // between that and a commit that still comes is out of date for as long as a cache may lag behind other servers.
        let _tell = TellOnDrop { commits, touches };
        match self.prove(additions).await {
            Ok(()) => {
                health.note_commit();
                Ok(())
            }
            Err(error) => {
                health.suspect();
                Err(error)
            }
        }
    }

    async fn prove(self, mut additions: Vec<Addition>) -> Result<(), WriteError> {
        if self.failed.load(Ordering::Relaxed) {
            let cause = DbErr::Custom("a statement of the transaction had failed".to_owned());
            return Err(WriteError::NotStored(cause));
        }
        self.author.note(&self.inner).await.map_err(WriteError::NotStored)?;
        let noted = self.elsewhere.note(self.inner.get_database_backend(), &self.touches);
        additions.extend(noted.map_err(WriteError::NotStored)?);
        match &self.proof {
            Proof::Sqlite(file) => {
                add(&self.inner, &additions).await.map_err(WriteError::NotStored)?;
                self.inner.commit().await.map_err(WriteError::Unknown)?;
                file.check().map_err(WriteError::Unknown)?;
            }
            Proof::Postgres(marks) => {
                let number = marks.advance(&self.inner, &additions).await.map_err(WriteError::NotStored)?;
                self.inner.commit().await.map_err(WriteError::Unknown)?;
                marks.acknowledge(number);
            }
        }
        Ok(())
    }

    pub async fn rollback(self) -> Result<(), DbErr> {
        self.inner.rollback().await.inspect_err(|_| self.health.suspect())
    }

    /// Marks where [`Transaction::undo_to_savepoint`] goes back to.
    pub async fn set_savepoint(&self) -> Result<(), DbErr> {
        self.execute_unprepared(&format!("SAVEPOINT {SAVEPOINT}")).await.map(|_| ())
    }

    /// Takes back what was done since the savepoint, a failure included, so that the transaction can go on.
    pub async fn undo_to_savepoint(&self) -> Result<(), DbErr> {
        self.execute_unprepared(&format!("ROLLBACK TO SAVEPOINT {SAVEPOINT}")).await?;
        self.failed.store(false, Ordering::Relaxed);
        Ok(())
    }

    fn noting<T>(&self, result: Result<T, DbErr>) -> Result<T, DbErr> {
        if let Err(error) = &result {
            self.failed.store(true, Ordering::Relaxed);
            if is_passing(error) {
                self.health.suspect();
            }
        }
        result
    }
}

#[async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DatabaseBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.noting(self.inner.execute_raw(statement).await)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.noting(self.inner.execute_unprepared(sql).await)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.noting(self.inner.query_one_raw(statement).await)
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.noting(self.inner.query_all_raw(statement).await)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ambient::Ambient;

    /// A database of one table, in a folder that has to be kept.
    async fn database() -> (Database, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let database =
            Database::connect(&format!("sqlite:{}", folder.path().join("test.db").display()), Ambient::real())
                .await
                .unwrap();
        let create = "CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL)";
        database
            .write(&Author::SERVER, Touches::NOTHING, async |transaction| transaction.execute_unprepared(create).await)
            .await
            .unwrap();
        (database, folder)
    }

    async fn insert(database: &Database, id: i64, text: &str) -> Result<(), WriteError> {
        let statement = format!("INSERT INTO note VALUES ({id}, '{text}')");
        database
            .write(&Author::SERVER, Touches::NOTHING, async |transaction| {
                transaction.execute_unprepared(&statement).await
            })
            .await
            .map(|_| ())
    }

    /// The ids that another connection sees.
    async fn stored(database: &Database) -> Vec<i64> {
        let statement = Statement::from_string(DatabaseBackend::Sqlite, "SELECT id FROM note ORDER BY id");
        let rows = database.read.query_all_raw(statement).await.unwrap();
        rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
    }

    /// Has the connection that writes run out of room, as on a full disk.
    async fn fill_up(database: &Database) {
        let fill = database.begin_write(&Author::SERVER, Touches::NOTHING).await.unwrap();
        fill.execute_unprepared("PRAGMA max_page_count = 1").await.unwrap();
        let text = "x".repeat(100_000);
        let full = fill.execute_unprepared(&format!("INSERT INTO note VALUES (-1, '{text}')")).await.unwrap_err();
        assert!(is_passing(&full), "{full}");
        let refused = fill.commit().await.unwrap_err();
        assert!(matches!(refused, WriteError::NotStored(_)), "{refused}");
    }

    #[tokio::test]
    async fn after_writes_that_failed_an_acknowledged_one_is_seen_by_others() {
        let (database, _folder) = database().await;
        for round in 0..3 {
            fill_up(&database).await;
            fill_up(&database).await;
            insert(&database, round, "acknowledged").await.unwrap();
            assert_eq!(stored(&database).await, (0..=round).collect::<Vec<_>>());
        }
    }

    /// A commit that SQLite refuses, as it does where the disk fails.
    #[tokio::test]
    async fn after_commits_that_failed_an_acknowledged_one_is_seen_by_others() {
        let (database, _folder) = database().await;
        let reference = "CREATE TABLE reference (id INTEGER REFERENCES note (id) DEFERRABLE INITIALLY DEFERRED)";
        database
            .write(&Author::SERVER, Touches::NOTHING, async |transaction| {
                transaction.execute_unprepared(reference).await
            })
            .await
            .unwrap();
        for round in 0..3 {
            for _ in 0..2 {
                let broken = "INSERT INTO reference VALUES (404)";
                let refused = database
                    .write(&Author::SERVER, Touches::NOTHING, async |transaction| {
                        transaction.execute_unprepared(broken).await
                    })
                    .await;
                assert!(matches!(refused, Err(WriteError::Unknown(_))), "{refused:?}");
            }
            insert(&database, round, "acknowledged").await.unwrap();
            assert_eq!(stored(&database).await, (0..=round).collect::<Vec<_>>());
        }
    }

    #[tokio::test]
    async fn a_transaction_with_a_failed_statement_cannot_be_committed() {
        let (database, _folder) = database().await;
        let transaction = database.begin_write(&Author::SERVER, Touches::NOTHING).await.unwrap();
        transaction.execute_unprepared("INSERT INTO note VALUES (1, 'one')").await.unwrap();
        assert!(transaction.execute_unprepared("INSERT INTO note VALUES (1, 'again')").await.is_err());
        assert!(matches!(transaction.commit().await, Err(WriteError::NotStored(_))));
        assert_eq!(stored(&database).await, [0; 0]);
    }

    #[tokio::test]
    async fn what_failed_after_a_savepoint_is_taken_back_and_the_rest_is_committed() {
        let (database, _folder) = database().await;
        let transaction = database.begin_write(&Author::SERVER, Touches::NOTHING).await.unwrap();
        transaction.execute_unprepared("INSERT INTO note VALUES (1, 'one')").await.unwrap();
        transaction.set_savepoint().await.unwrap();
        transaction.execute_unprepared("INSERT INTO note VALUES (2, 'two')").await.unwrap();
        assert!(transaction.execute_unprepared("INSERT INTO note VALUES (1, 'again')").await.is_err());
        transaction.undo_to_savepoint().await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(stored(&database).await, [1]);
    }

    #[tokio::test]
    async fn a_transaction_that_is_dropped_leaves_nothing_behind() {
        let (database, _folder) = database().await;
        let transaction = database.begin_write(&Author::SERVER, Touches::NOTHING).await.unwrap();
        transaction.execute_unprepared("INSERT INTO note VALUES (1, 'one')").await.unwrap();
        drop(transaction);
        insert(&database, 2, "two").await.unwrap();
        assert_eq!(stored(&database).await, [2]);
    }
}
