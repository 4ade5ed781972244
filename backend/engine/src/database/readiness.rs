//! The readiness check: whether the database takes writes, without asking it more often than needed.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait, Statement};
use uuid::Uuid;

use crate::base::ambient::Ambient;
use crate::base::commits::Touches;
use crate::database::author::Author;
use crate::database::{Database, Proof};

/// What the connections that write have gone through.
#[derive(Debug, Default)]
pub struct WriteHealth {
    last_commit: Mutex<Option<Instant>>,
    is_suspect: AtomicBool,
}

impl WriteHealth {
    pub(super) fn note_commit(&self) {
        *self.last_commit.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// A begin, commit or rollback failed, or a statement for no fault of its own: whatever its connection believes, it is not used again.
    pub(super) fn suspect(&self) {
        self.is_suspect.store(true, Ordering::Release);
        *self.last_commit.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    pub(super) fn take_suspicion(&self) -> bool {
        self.is_suspect.swap(false, Ordering::AcqRel)
    }

    fn has_committed_within(&self, time: Duration) -> bool {
        let last = *self.last_commit.lock().unwrap_or_else(PoisonError::into_inner);
        last.is_some_and(|at| at.elapsed() < time)
    }
}

/// How often a write is tried at most, however many ask.
const EVERY: Duration = Duration::from_secs(1);
/// How long the answer may take.
const PATIENCE: Duration = Duration::from_millis(900);

/// When a write was tried, and why it failed if it did.
type Tried = (Instant, Result<(), String>);

/// Whether the server can store anything, as its load balancer asks.
#[derive(Clone, Debug, Default)]
pub struct Readiness {
    last: Arc<tokio::sync::Mutex<Option<Tried>>>,
    /// The row that it writes: servers must not wait for each other's.
    row: Arc<OnceLock<Uuid>>,
}

impl Readiness {
    /// Fails with the reason why nothing can be stored now.
    pub async fn check(&self, database: &Database, ambient: &Ambient) -> Result<(), String> {
        let (readiness, database, ambient) = (self.clone(), database.clone(), *ambient);
        // On its own: whoever asks and goes away does not end the try that others wait for.
        let asked = tokio::spawn(async move { readiness.look(&database, &ambient).await });
        match tokio::time::timeout(PATIENCE, asked).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) | Err(_) => Err("the database does not finish a write within a second".to_owned()),
        }
    }

    async fn look(&self, database: &Database, ambient: &Ambient) -> Result<(), String> {
        let mut last = self.last.lock().await;
        if let Some((at, result)) = last.as_ref()
            && at.elapsed() < EVERY
        {
            return result.clone();
        }
        let result = match database.health.has_committed_within(EVERY) {
            true => database.check_file(),
            false => database.try_write(*self.row.get_or_init(|| ambient.new_id()), ambient).await,
        };
        *last = Some((Instant::now(), result.clone()));
        result
    }
}

impl Database {
    /// What a recent commit does not show: that the file of the database is still there.
    fn check_file(&self) -> Result<(), String> {
        match &self.proof {
            Proof::Sqlite(file) => file.check().map_err(|error| error.to_string()),
            Proof::Postgres(_) => Ok(()),
        }
    }

    async fn try_write(&self, row: Uuid, ambient: &Ambient) -> Result<(), String> {
        const TRY: &str = "INSERT INTO server_commit (id, number, noted_at) VALUES ($1, 1, $2) ON CONFLICT (id) DO \
                           UPDATE SET number = server_commit.number + 1, noted_at = excluded.noted_at";
        let statement = Statement::from_sql_and_values(self.backend(), TRY, [row.into(), ambient.now().into()]);
        let tried =
            self.write(&Author::SERVER, Touches::NOTHING, async |transaction| transaction.execute_raw(statement).await);
        let tried = tried.await;
        tried.map(|_| ()).map_err(|error| error.to_string())
    }
}
