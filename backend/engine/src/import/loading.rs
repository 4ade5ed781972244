//! Stores a file piece by piece, so that others can write between, and has all of it seen at once.

use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use sea_orm::prelude::*;
use sea_orm::sea_query::LockType;
use sea_orm::{DatabaseBackend, QuerySelect};
use valuemap_shared::activities::Record;
use valuemap_shared::ids::CommunityId;

use crate::activities::batches::{OpenBatch, Opening, Sweeping};
use crate::activities::record::Recorder;
use crate::activities::unsaid::Unsaid;
use crate::activities::withdrawing::Withdrawal;
use crate::base::ambient::Ambient;
use crate::base::commits::Touches;
use crate::base::progress::SharedProgress;
use crate::database::author::Author;
use crate::database::failure::is_taken;
use crate::database::{Database, Transaction};
use crate::tenancy::entities::community;
use crate::uploads::store::{delete_old, sweep_folders};

/// How long one piece is to take: others wait for so long.
const PIECE: Duration = Duration::from_millis(50);
/// Records in a piece: at first, and the least and the most.
const RECORDS: (usize, usize, usize) = (200, 20, 4_000);
/// What is left to others between two pieces. SQLite keeps no queue: who waits asks time and again.
const BETWEEN: Duration = Duration::from_millis(10);
/// How long to wait before asking again whether somebody else is done.
const AGAIN: Duration = Duration::from_millis(200);
/// How often a server looks for what imports have left behind.
const SWEEPING: Duration = Duration::from_secs(600);
/// What SQLite keeps of its pages while it loads, in KiB: those that many rows touch are not read time and again.
const PAGE_CACHE: u32 = 65_536;

/// A file that is being loaded.
pub struct Loading<'a> {
    database: &'a Database,
    ambient: &'a Ambient,
    batch: OpenBatch,
    patience: Duration,
    piece: usize,
}

impl<'a> Loading<'a> {
    /// Waits until no other file is being loaded into the community.
    pub async fn begin(
        database: &'a Database,
        ambient: &'a Ambient,
        (community, patience): (CommunityId, Duration),
        progress: &SharedProgress,
    ) -> anyhow::Result<(Self, Recorder)> {
        let started = Instant::now();
        progress.begin("Waiting for others who write", 0);
        loop {
            let transaction = locked(database, (&Author::SERVER, Touches::NOTHING), community, patience).await?;
            match OpenBatch::open(&transaction, (community, ambient.new_id()), ambient.now()).await? {
                Opening::Opened(batch) => {
                    if database.backend() == DatabaseBackend::Sqlite {
                        transaction.execute_unprepared(&format!("PRAGMA cache_size = -{PAGE_CACHE}")).await?;
                    }
                    let recorder = Recorder::load(&transaction, batch, ambient).await?;
                    transaction.commit().await?;
                    return Ok((Self { database, ambient, batch, patience, piece: RECORDS.0 }, recorder));
                }
                Opening::LeftBehind(batch) => {
                    transaction.rollback().await?;
                    progress.begin("Removing what an import left behind", 0);
                    sweep(database, batch, patience).await?;
                }
                Opening::Taken => {
                    transaction.rollback().await?;
                    if started.elapsed() >= patience {
                        return Err(taken(patience));
                    }
                    tokio::time::sleep(AGAIN).await;
                }
            }
        }
    }

    /// Stores records and withdraws what did not come about, in as many pieces as it takes.
    pub async fn store(
        &mut self,
        (recorder, unsaid): (&mut Recorder, &Unsaid),
        mut records: Vec<(u64, Record)>,
        withdrawn: Vec<(u64, Withdrawal)>,
    ) -> anyhow::Result<()> {
        // Activities before what refers to them, wherever a piece ends.
        records.sort_by_key(|(_, record)| record.kind());
        while !records.is_empty() {
            let rest = records.split_off(self.piece.min(records.len()));
            let mut piece = std::mem::replace(&mut records, rest);
            let (transaction, begun) = self.next(&Author::SERVER, Touches::NOTHING).await?;
            recorder.keep_unsaid(&transaction, unsaid, &mut piece).await?;
            recorder.record(&transaction, piece).await?;
            transaction.commit().await?;
            self.adapt(begun.elapsed());
            leave_room(self.database).await;
        }
        if !withdrawn.is_empty() {
            let (transaction, _) = self.next(&Author::SERVER, Touches::NOTHING).await?;
            recorder.withdraw(&transaction, withdrawn).await?;
            transaction.commit().await?;
        }
        Ok(())
    }

    /// A transaction of this batch, and when its lock began.
    async fn next(&self, author: &Author, touches: Touches) -> anyhow::Result<(Transaction, Instant)> {
        let transaction = locked(self.database, (author, touches), self.batch.community, self.patience).await?;
        let begun = Instant::now();
        if !self.batch.keep_alive(&transaction, self.ambient.now()).await? {
            bail!("this import stood still for so long that it was taken for gone; nothing was loaded, run it again");
        }
        Ok((transaction, begun))
    }

    fn adapt(&mut self, took: Duration) {
        let factor = (PIECE.as_secs_f64() / took.as_secs_f64().max(1e-6)).clamp(0.5, 2.0);
        self.piece = ((self.piece as f64 * factor) as usize).clamp(RECORDS.1, RECORDS.2);
    }

    /// Has everybody see it with the commit of this transaction.
    pub async fn publish(&self, author: &Author, recorder: Recorder) -> anyhow::Result<(Transaction, OpenBatch)> {
        let (transaction, _) = self.next(author, Touches::tracked(self.batch.community)).await?;
        recorder.publish(&transaction, self.batch).await?;
        Ok((transaction, self.batch))
    }

    /// Removes what was stored. Where that fails, too, the server or the next import does it.
    pub async fn abandon(self, progress: &SharedProgress) {
        progress.begin("Removing what was stored", 0);
        if let Err(error) = sweep(self.database, self.batch, self.patience).await {
            tracing::warn!(cause = format!("{error:#}"), "what was stored is removed later");
        }
    }
}

/// Removes what imports leave behind that do not come to their end, and files that nobody loads, for as long as it runs.
/// Nobody waits for it: nobody sees what is left.
pub async fn keep_swept(database: Database, ambient: Ambient) {
    loop {
        if let Err(error) = sweep_folders() {
            tracing::warn!(cause = error.to_string(), "what uploads left in the temporary folder could not be removed");
        }
        let now = ambient.now();
        let old = async |transaction: &Transaction| Ok((delete_old(transaction, now).await? > 0).then_some(()));
        if let Err(error) = database.write_some(&Author::SERVER, Touches::NOTHING, old).await {
            tracing::warn!(cause = error.to_string(), "files that nobody loads could not be deleted");
        }
        if let Err(error) = sweep_left_behind(&database, &ambient).await {
            tracing::warn!(cause = format!("{error:#}"), "what an import left behind could not be removed");
        }
        tokio::time::sleep(SWEEPING).await;
    }
}

async fn sweep_left_behind(database: &Database, ambient: &Ambient) -> anyhow::Result<()> {
    for batch in OpenBatch::left_behind(&database.read, ambient.now()).await? {
        sweep(database, batch, AGAIN).await?;
        tracing::info!(community = %batch.community, "removed what an import left behind");
    }
    Ok(())
}

async fn sweep(database: &Database, batch: OpenBatch, patience: Duration) -> anyhow::Result<()> {
    let begin = async || locked(database, (&Author::SERVER, Touches::NOTHING), batch.community, patience).await;
    let transaction = begin().await?;
    let mut at = batch.begin_sweep(&transaction).await?.then(Sweeping::default);
    transaction.commit().await?;
    while let Some(here) = at {
        let transaction = begin().await?;
        at = batch.sweep(&transaction, here).await?;
        transaction.commit().await?;
        leave_room(database).await;
    }
    Ok(())
}

/// Lets others write between two pieces.
async fn leave_room(database: &Database) {
    if database.backend() == DatabaseBackend::Sqlite {
        tokio::time::sleep(BETWEEN).await;
    }
}

/// A transaction that has locked the community, once those who write are done.
async fn locked(
    database: &Database,
    (author, touches): (&Author, Touches),
    community: CommunityId,
    patience: Duration,
) -> anyhow::Result<Transaction> {
    let started = Instant::now();
    loop {
        let begun = async {
            let transaction = database.begin_write(author, touches.clone()).await?;
            if database.backend() == DatabaseBackend::Postgres {
                // Every row is looked up by its key. A plan made while a table is small would read all of it instead,
                // and go on doing so while it grows.
                transaction.execute_unprepared("SET LOCAL enable_seqscan = off").await?;
            }
            let lock = community::Entity::find_by_id(community.0).lock(LockType::NoKeyUpdate);
            lock.one(&transaction).await?;
            Ok(transaction)
        };
        match begun.await {
            Ok(transaction) => return Ok(transaction),
            Err(error) if !is_taken(&error) => return Err(error).context("nothing was loaded"),
            Err(_) if started.elapsed() >= patience => return Err(taken(patience)),
            Err(_) => {}
        }
    }
}

fn taken(patience: Duration) -> anyhow::Error {
    anyhow::anyhow!(
        "another import or another writer is at work for more than {} seconds; nothing was loaded, try again later",
        patience.as_secs()
    )
}
