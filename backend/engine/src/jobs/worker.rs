//! Working on jobs, one at a time.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::NaiveDate;
use futures_util::FutureExt;
use sea_orm::DbErr;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;
use valuemap_shared::ids::JobId;

use crate::base::ambient::Ambient;
use crate::base::commits::Touches;
use crate::base::log_throttle::LogThrottle;
use crate::base::progress::{Progress, SharedProgress, unseen};
use crate::database::author::Author;
use crate::database::failure::is_passing;
use crate::database::{Database, WriteError};
use crate::jobs::queue::{Claimed, LEASE, Reached, claim, delete_old, is_not_held};

/// How often a worker that has nothing to do looks for a job, and one that has looks whether it still is to.
const INTERVAL: Duration = Duration::from_secs(1);

/// Why a job was not finished.
#[derive(Debug, thiserror::Error)]
pub enum Unfinished {
    /// It cannot be done. Whoever asked for it reads this.
    #[error("{0}")]
    Refused(String),
    #[error(transparent)]
    Database(#[from] DbErr),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error(transparent)]
    Other(#[from] anyhow::Error),
}

impl Unfinished {
    fn database_error(&self) -> Option<&DbErr> {
        match self {
            Self::Refused(_) => None,
            Self::Database(error) => Some(error),
            Self::Write(error) => Some(error.cause()),
            Self::Other(error) => error.downcast_ref(),
        }
    }
}

/// Who knows how jobs are done: each kind in its own way, finished by [`Claimed::finish`].
pub trait Handler: Send + Sync {
    fn run(&self, job: &Claimed, progress: SharedProgress) -> impl Future<Output = Result<(), Unfinished>> + Send;
}

/// What jobs are worked on with.
#[derive(Clone, Debug)]
pub struct Workshop {
    pub database: Database,
    pub ambient: Ambient,
}

impl Workshop {
    /// Works off the queue until `stopped` is true; the job at hand is then put back.
    pub async fn work(&self, handler: &impl Handler, mut stopped: watch::Receiver<bool>) {
        let worker = self.ambient.new_id();
        let mut ticks = tokio::time::interval(INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut tidied = None;
        while !*stopped.borrow() {
            self.tidy(&mut tidied).await;
            match claim(&self.database, &self.ambient, worker, None).await {
                Ok(Some(claimed)) => {
                    let stop = async {
                        // Where nobody is left who could stop it, it goes on.
                        if stopped.wait_for(|is_stopped| *is_stopped).await.is_err() {
                            std::future::pending::<()>().await;
                        }
                    };
                    self.work_on(handler, &claimed, unseen(), stop).await;
                    continue;
                }
                Ok(None) => {}
                Err(error) => warn(&error, "jobs cannot be looked for; trying again"),
            }
            tokio::select! {
                _ = ticks.tick() => {}
                _ = stopped.changed() => {}
            }
        }
    }

    /// Deletes old jobs, once a day.
    async fn tidy(&self, tidied: &mut Option<NaiveDate>) {
        let now = self.ambient.now();
        if *tidied == Some(now.date_naive()) {
            return;
        }
        match self.database.write(&Author::SERVER, Touches::NOTHING, async |db| delete_old(db, now).await).await {
            Ok(()) => *tidied = Some(now.date_naive()),
            Err(error) => warn(&error, "old jobs could not be deleted; trying again"),
        }
    }

    /// Works on what is due, and returns how many jobs were taken when there is none left.
    pub async fn work_off(&self, handler: &impl Handler) -> Result<usize, WriteError> {
        let worker = self.ambient.new_id();
        let mut taken = 0;
        while let Some(claimed) = claim(&self.database, &self.ambient, worker, None).await? {
            self.work_on(handler, &claimed, unseen(), std::future::pending()).await;
            taken += 1;
        }
        Ok(taken)
    }

    /// Works on this job if nobody else does.
    pub async fn work_on_one(
        &self,
        handler: &impl Handler,
        id: JobId,
        progress: SharedProgress,
    ) -> Result<(), WriteError> {
        let worker = self.ambient.new_id();
        if let Some(claimed) = claim(&self.database, &self.ambient, worker, Some(id)).await? {
            self.work_on(handler, &claimed, progress, std::future::pending()).await;
        }
        Ok(())
    }

    async fn work_on(
        &self,
        handler: &impl Handler,
        claimed: &Claimed,
        shown: SharedProgress,
        stop: impl Future<Output = ()>,
    ) {
        let Self { database, ambient } = self;
        let progress = Arc::new(Noted { reached: Mutex::default(), shown });
        let noted = match self.until_it_ends(handler, claimed, &progress, stop).await {
            Ended::Done => Ok(()),
            Ended::NotHeld => {
                // Cancelled; where somebody else has it, this changes nothing.
                claimed.note_cancelled(database, ambient).await
            }
            Ended::Unfinished(error) if is_passing(&error) => {
                claimed
                    .put_back(database, ambient, Some("the database could not take it; it is tried again".into()))
                    .await
            }
            Ended::Unfinished(error) => {
                let (job, kind, cause) = (claimed.job.id, claimed.job.kind.as_str(), error.to_string());
                tracing::error!(%job, kind, cause, "a job failed");
                claimed.fail(database, ambient, "something went wrong on the server; its log has more".into()).await
            }
            Ended::Refused(problem) => claimed.fail(database, ambient, problem).await,
            Ended::Stopped => claimed.put_back(database, ambient, None).await,
        };
        if let Err(error) = noted {
            // Its lease runs out, and it is done by whoever takes it then.
            warn(&error, "what became of a job could not be noted");
        }
    }

    async fn until_it_ends(
        &self,
        handler: &impl Handler,
        claimed: &Claimed,
        progress: &Arc<Noted>,
        stop: impl Future<Output = ()>,
    ) -> Ended {
        let running = AssertUnwindSafe(handler.run(claimed, progress.clone()))
            .catch_unwind()
            .map(|ended| ended.unwrap_or_else(|_| Err(anyhow::anyhow!("the work panicked").into())));
        tokio::pin!(running, stop);
        let mut ticks = tokio::time::interval(INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut said, mut renewed) = (Reached::default(), self.ambient.now());
        loop {
            tokio::select! {
                ended = &mut running => return Ended::of(ended),
                () = &mut stop => return Ended::Stopped,
                _ = ticks.tick() => {}
            }
            // The work goes on while this waits for the database.
            let look = async {
                if !claimed.is_held(&self.database.read).await.map_err(WriteError::NotStored)? {
                    return Ok(false);
                }
                let (reached, now) = (progress.reached(), self.ambient.now());
                if reached != said || now - renewed > LEASE / 3 {
                    claimed.renew(&self.database, &self.ambient, &reached).await?;
                    (said, renewed) = (reached, now);
                }
                Ok::<_, WriteError>(true)
            };
            tokio::select! {
                ended = &mut running => return Ended::of(ended),
                looked = look => match looked {
                    Ok(true) => {}
                    Ok(false) => return Ended::NotHeld,
                    // Finishing it fails where somebody else has taken it meanwhile.
                    Err(error) => warn(&error, "the lease of a job could not be renewed; trying again"),
                },
            }
        }
    }
}

enum Ended {
    Done,
    Refused(String),
    Unfinished(DbErr),
    NotHeld,
    Stopped,
}

impl Ended {
    fn of(ended: Result<(), Unfinished>) -> Self {
        match ended {
            Ok(()) => Self::Done,
            Err(Unfinished::Refused(problem)) => Self::Refused(problem),
            Err(error) => match error.database_error() {
                Some(error) if is_not_held(error) => Self::NotHeld,
                Some(error) => Self::Unfinished(error.clone()),
                None => Self::Unfinished(DbErr::Custom(format!("{error:#}"))),
            },
        }
    }
}

/// Progress that is stored with the job every now and then.
struct Noted {
    reached: Mutex<Reached>,
    shown: SharedProgress,
}

impl Noted {
    fn reached(&self) -> Reached {
        self.reached.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Progress for Noted {
    fn begin(&self, part: &str, steps: u64) {
        *self.reached.lock().unwrap_or_else(PoisonError::into_inner) =
            Reached { part: part.to_owned(), done: 0, steps };
        self.shown.begin(part, steps);
    }

    fn advance(&self, steps: u64) {
        self.reached.lock().unwrap_or_else(PoisonError::into_inner).done += steps;
        self.shown.advance(steps);
    }
}

fn warn(error: &WriteError, what: &str) {
    static LINES: LogThrottle = LogThrottle::new();
    if let Some(unsaid) = LINES.pass() {
        tracing::warn!(cause = error.to_string(), unsaid, "{what}");
    }
}
