//! The single writer of submissions.
//!
//! Syncing a commit to disk costs the same for one submission as for many, so whatever arrives while one commit is
//! under way goes into the next one together (group commit). A submission is acknowledged only after the commit that
//! holds it.

use std::sync::Arc;

use sea_orm::DbErr;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::record::{Entry, Outcome, record};
use crate::database::Database;
use crate::error::{ApiError, is_passing};
use crate::value_map::maps::Maps;

/// Most submissions in one commit.
const BATCH: usize = 256;
/// Most submissions that wait for the next commits; more are refused with a request to try again.
const QUEUE: usize = 4_096;

#[derive(Clone, Debug)]
pub struct Writer {
    queue: mpsc::Sender<Job>,
}

#[derive(Debug)]
struct Job {
    entry: Entry,
    reply: oneshot::Sender<Result<Outcome, ApiError>>,
}

impl Writer {
    /// Starts the writer. It stops, after all that was queued is committed, when the last handle is dropped.
    pub fn start(database: Database, maps: Arc<Maps>) -> (Self, JoinHandle<()>) {
        let (queue, jobs) = mpsc::channel(QUEUE);
        (Self { queue }, tokio::spawn(write(database, maps, jobs)))
    }

    /// Stores a submission and returns once it is on disk.
    pub async fn submit(&self, entry: Entry) -> Result<Outcome, ApiError> {
        let (reply, outcome) = oneshot::channel();
        self.queue.try_send(Job { entry, reply }).map_err(|_| ApiError::Unavailable)?;
        outcome.await.unwrap_or(Err(ApiError::Unavailable))
    }
}

async fn write(database: Database, maps: Arc<Maps>, mut jobs: mpsc::Receiver<Job>) {
    let mut batch = Vec::with_capacity(BATCH);
    while jobs.recv_many(&mut batch, BATCH).await > 0 {
        let (entries, replies): (Vec<Entry>, Vec<_>) = batch.drain(..).map(|job| (job.entry, job.reply)).unzip();
        let outcomes = commit_all(&database, &entries).await;
        maps.note_answers();
        for (outcome, reply) in outcomes.into_iter().zip(replies) {
            // A member who went away will ask again with the same id.
            let _ = reply.send(outcome);
        }
    }
}

/// Commits all entries together; when that fails, one by one, so that a bad one does not fail its neighbours.
async fn commit_all(database: &Database, entries: &[Entry]) -> Vec<Result<Outcome, ApiError>> {
    match commit(database, entries).await {
        Ok(outcomes) => outcomes.into_iter().map(Ok).collect(),
        Err(error) if entries.len() == 1 => vec![Err(error.into())],
        // No single entry is at fault, and trying them one by one would only keep the next ones waiting.
        Err(error) if is_passing(&error) => entries.iter().map(|_| Err(ApiError::Unavailable)).collect(),
        Err(error) => {
            tracing::warn!(cause = error.to_string(), entries = entries.len(), "a batch failed; trying one by one");
            let mut outcomes = Vec::with_capacity(entries.len());
            for entry in entries {
                let alone = commit(database, std::slice::from_ref(entry)).await;
                let outcome =
                    alone.map_err(ApiError::from).and_then(|mut outcome| outcome.pop().ok_or(ApiError::Unavailable));
                outcomes.push(outcome);
            }
            outcomes
        }
    }
}

async fn commit(database: &Database, entries: &[Entry]) -> Result<Vec<Outcome>, DbErr> {
    let transaction = database.begin_write().await?;
    let outcomes = record(&transaction, entries).await?;
    transaction.commit().await?;
    Ok(outcomes)
}
