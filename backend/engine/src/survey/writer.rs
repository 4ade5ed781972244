//! The single writer of submissions.
//!
//! Syncing a commit to disk costs the same for one submission as for many, so whatever arrives while one commit is
//! under way goes into the next one together (group commit). A submission is acknowledged only after the commit that
//! holds it.

use sea_orm::DbErr;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use valuemap_shared::ids::CommunityId;

use crate::base::commits::Touches;
use crate::base::log_throttle::LogThrottle;
use crate::database::author::Author;
use crate::database::failure::is_passing;
use crate::database::{Database, WriteError};
use crate::survey::entry::Entry;
use crate::survey::record::{EntryResult, sort_out};

/// Maximum submissions per commit.
const BATCH: usize = 256;
/// Maximum submissions that wait for the next commits; more are refused with a request to try again.
const QUEUE: usize = 4_096;

/// Why a submission was not acknowledged.
#[derive(Debug, thiserror::Error)]
pub enum NotWritten {
    #[error("the database takes no answers right now")]
    Unavailable,
    #[error(transparent)]
    Database(#[from] DbErr),
}

#[derive(Clone, Debug)]
pub struct Writer {
    queue: mpsc::Sender<Job>,
}

#[derive(Debug)]
struct Job {
    entry: Entry,
    reply: oneshot::Sender<Result<EntryResult, NotWritten>>,
}

impl Writer {
    /// Starts the writer. It stops, after all that was queued is committed, when the last handle is dropped.
    pub fn start(database: Database) -> (Self, JoinHandle<()>) {
        let (queue, jobs) = mpsc::channel(QUEUE);
        (Self { queue }, tokio::spawn(write(database, jobs)))
    }

    /// Stores a submission and returns once it is on disk.
    pub async fn submit(&self, entry: Entry) -> Result<EntryResult, NotWritten> {
        let (reply, outcome) = oneshot::channel();
        self.queue.try_send(Job { entry, reply }).map_err(|_| NotWritten::Unavailable)?;
        outcome.await.unwrap_or(Err(NotWritten::Unavailable))
    }
}

async fn write(database: Database, mut jobs: mpsc::Receiver<Job>) {
    let mut batch = Vec::with_capacity(BATCH);
    while jobs.recv_many(&mut batch, BATCH).await > 0 {
        // Whoever gave up was not acknowledged, and will ask again with the same id.
        batch.retain(|job| !job.reply.is_closed());
        if batch.is_empty() {
            continue;
        }
        let (entries, replies): (Vec<Entry>, Vec<_>) = batch.drain(..).map(|job| (job.entry, job.reply)).unzip();
        match commit_all(&database, &entries).await {
            Ok(outcomes) => {
                replies.into_iter().zip(outcomes).for_each(|(reply, outcome)| answer(reply, outcome));
            }
            Err(Unavailable) => {
                replies.into_iter().for_each(|reply| answer(reply, Err(NotWritten::Unavailable)));
                // They would only wait in their turn for what has just failed, and some longer than they may.
                while let Ok(job) = jobs.try_recv() {
                    answer(job.reply, Err(NotWritten::Unavailable));
                }
            }
        }
    }
}

fn answer(reply: oneshot::Sender<Result<EntryResult, NotWritten>>, outcome: Result<EntryResult, NotWritten>) {
    // A member who went away will ask again with the same id.
    let _ = reply.send(outcome);
}

/// The database takes no submission at all for now.
struct Unavailable;

/// Commits all entries together; when that fails, one by one, so that a bad one does not fail its neighbours.
async fn commit_all(
    database: &Database,
    entries: &[Entry],
) -> Result<Vec<Result<EntryResult, NotWritten>>, Unavailable> {
    let error = match commit_once_more(database, entries).await {
        Ok(outcomes) => return Ok(outcomes.into_iter().map(Ok).collect()),
        Err(error) => error,
    };
    // No single entry is at fault, and trying them one by one would only keep the next ones waiting.
    if is_passing(&error) {
        static LINES: LogThrottle = LogThrottle::new();
        if let Some(unsaid) = LINES.pass() {
            tracing::warn!(cause = error.to_string(), unsaid, "the database takes no submissions");
        }
        return Err(Unavailable);
    }
    if entries.len() == 1 {
        return Ok(vec![Err(error.into())]);
    }
    tracing::warn!(cause = error.to_string(), entries = entries.len(), "a batch failed; trying one by one");
    let mut outcomes = Vec::with_capacity(entries.len());
    for entry in entries {
        let alone = commit_once_more(database, std::slice::from_ref(entry)).await;
        outcomes.push(alone.map_err(NotWritten::from).and_then(|mut one| one.pop().ok_or(NotWritten::Unavailable)));
    }
    Ok(outcomes)
}

/// Commits entries, once more where the first commit was not confirmed: it is done on another connection, and finds out
/// what the first one had stored by the entries' keys.
async fn commit_once_more(database: &Database, entries: &[Entry]) -> Result<Vec<EntryResult>, DbErr> {
    match commit(database, entries).await {
        Err(WriteError::Unknown(cause)) => {
            static LINES: LogThrottle = LogThrottle::new();
            if let Some(unsaid) = LINES.pass() {
                tracing::warn!(cause = cause.to_string(), unsaid, "a commit was not confirmed; trying once more");
            }
            Ok(commit(database, entries).await?)
        }
        outcome => Ok(outcome?),
    }
}

async fn commit(database: &Database, entries: &[Entry]) -> Result<Vec<EntryResult>, WriteError> {
    let touched = Touches::answers(entries.iter().map(|entry| CommunityId(entry.key().0)));
    database.write_and_add(&Author::SERVER, touched, async |transaction| sort_out(transaction, entries).await).await
}
