//! What kinds of jobs there are, and how each is done.

mod uploads;

use chrono::TimeDelta;
use sea_orm::{DatabaseTransaction, DbErr};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;
use valuemap_shared::attribution::Parameters;
use valuemap_shared::ids::{CommunityId, InboxEventId, JobId};

use crate::activities::changed_days::ChangedDays;
use crate::attribution::run::run;
use crate::attribution::store::keep;
use crate::base::ambient::Ambient;
use crate::base::commits::Touches;
use crate::base::progress::SharedProgress;
use crate::database::author::Author;
use crate::database::{Database, Transaction};
use crate::jobs::entities::job;
use crate::jobs::queue::{Claimed, NewJob, enqueue, remove};
use crate::jobs::worker::{Handler, Unfinished};
use crate::scoring_models::store::model_of;
use crate::survey::verify::{Findings, mend, verify};
use crate::value_map::day_recount::{Recounted, recount};
use crate::webhooks::apply;
use crate::webhooks::entities::inbox_event::Status;
use crate::webhooks::inbox::APPLY_EVENT;

pub use uploads::UploadWork;

pub const ATTRIBUTION: &str = "attribution";
pub const CHECK_UPLOAD: &str = "check_upload";
pub const LOAD_UPLOAD: &str = "load_upload";
pub const VERIFY: &str = "verify";

/// A job, with what it needs to know. This is what is stored, so it is read by other releases, too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Work {
    /// Apply an event that is still pending.
    ApplyEvent { event: Uuid },
    /// Credit outcomes by several models and keep what comes of it.
    Attribution { parameters: Parameters },
    /// Say what loading an uploaded file would do.
    CheckUpload(UploadWork),
    /// Load an uploaded file.
    LoadUpload(UploadWork),
    /// Count all answers, and sum up all that is tracked, again and compare with what is kept.
    Verify { mend: bool },
}

/// What an attribution came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attributed {
    pub run: Uuid,
}

/// What a recount came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verified {
    pub responses: u64,
    pub set_aside: u64,
    pub tallies: u64,
    /// Days of which the sums of what is tracked are kept.
    #[serde(default)]
    pub days: u64,
    /// How much is wrong, or was before it was mended, and what, as far as there was room.
    pub differences: usize,
    pub listed: Vec<String>,
}

/// Maximum number of differences that are listed one by one.
const LISTED: usize = 1_000;

impl Work {
    fn kind(&self) -> &'static str {
        match self {
            Self::ApplyEvent { .. } => APPLY_EVENT,
            Self::Attribution { .. } => ATTRIBUTION,
            Self::CheckUpload(_) => CHECK_UPLOAD,
            Self::LoadUpload(_) => LOAD_UPLOAD,
            Self::Verify { .. } => VERIFY,
        }
    }

    /// Puts it in the queue, in the transaction of whoever asks for it.
    pub async fn enqueue(
        &self,
        transaction: &Transaction,
        ambient: &Ambient,
        community: CommunityId,
        asked_by: &str,
    ) -> Result<job::Model, DbErr> {
        let new = NewJob {
            id: JobId(ambient.new_id()),
            community,
            kind: self.kind(),
            payload: json!(self),
            asked_by,
            delay: TimeDelta::zero(),
        };
        enqueue(transaction, ambient, new).await
    }
}

/// Knows how all kinds are done.
#[derive(Clone, Debug)]
pub struct Hands {
    pub database: Database,
    pub ambient: Ambient,
}

impl Handler for Hands {
    async fn run(&self, job: &Claimed, progress: SharedProgress) -> Result<(), Unfinished> {
        let work = serde_json::from_value(job.job.payload.clone()).map_err(|error| {
            Unfinished::Refused(format!("this release does not know such a job; ask for it again ({error})"))
        })?;
        match work {
            Work::ApplyEvent { event } => {
                let key = (job.community(), InboxEventId(event));
                apply(&self.database, &self.ambient, &Author::SERVER, key, &[Status::Pending]).await?;
                // It takes the job away with it, unless the event had been applied before.
                let gone = async |transaction: &Transaction| Ok(remove(transaction, job.id()).await?.then_some(()));
                self.database.write_some(&Author::SERVER, Touches::NOTHING, gone).await?;
                Ok(())
            }
            Work::Attribution { parameters } => self.attribute(job, &parameters, progress).await,
            Work::CheckUpload(asked) => self.check_upload(job, &asked, progress).await,
            Work::LoadUpload(asked) => self.load_upload(job, &asked, progress).await,
            Work::Verify { mend } => self.verify(job, mend, progress).await,
        }
    }
}

impl Hands {
    async fn attribute(
        &self,
        job: &Claimed,
        parameters: &Parameters,
        progress: SharedProgress,
    ) -> Result<(), Unfinished> {
        progress.begin("Crediting outcomes", 0);
        let computed = run(&self.database, job.community(), parameters).await?;
        let computed = computed.map_err(|error| Unfinished::Refused(error.to_string()))?;
        let kept = async |transaction: &Transaction| {
            let by = job.job.asked_by.as_str();
            let row = keep(transaction, &self.ambient, job.community(), parameters, &computed, by).await?;
            job.finish(transaction, &self.ambient, json!(Attributed { run: row.id })).await
        };
        self.database.write(&Author::SERVER, Touches::NOTHING, kept).await?;
        Ok(())
    }

    async fn verify(&self, job: &Claimed, is_mending: bool, progress: SharedProgress) -> Result<(), Unfinished> {
        let community = job.community();
        if is_mending {
            let transaction = self.database.begin_write(&Author::SERVER, Touches::standings(community)).await?;
            let found = mend(&transaction, community, &progress).await?;
            transaction.commit().await?;
            // Nobody's answer waits while days are summed up.
            progress.begin("Summing up days again", 0);
            let snapshot = self.database.begin_snapshot().await?;
            let recounted = recounted(&snapshot, community).await?;
            snapshot.rollback().await?;
            let mend_days = async |transaction: &Transaction| {
                let mut changed = ChangedDays::start(transaction, community, (self.ambient.new_id(), 0)).await?;
                changed.mark(transaction, recounted.wrong.keys().copied().collect()).await?;
                job.finish(transaction, &self.ambient, json!(Verified::of(found, recounted))).await
            };
            self.database.write(&Author::SERVER, Touches::tracked(community), mend_days).await?;
            return Ok(());
        }
        let snapshot = self.database.begin_snapshot().await?;
        let found = verify(&snapshot, community, &progress).await?;
        progress.begin("Summing up days again", 0);
        let recounted = recounted(&snapshot, community).await?;
        snapshot.rollback().await?;
        let result = json!(Verified::of(found, recounted));
        let finish = async |transaction: &Transaction| job.finish(transaction, &self.ambient, result).await;
        self.database.write(&Author::SERVER, Touches::NOTHING, finish).await?;
        Ok(())
    }
}

/// With the settings of the newest scoring model, which days are kept by.
async fn recounted(db: &DatabaseTransaction, community: CommunityId) -> Result<Recounted, DbErr> {
    match model_of(db, community, None).await? {
        Some(stored) => recount(db, community, &stored.model.financial.attribution).await,
        None => Ok(Recounted::default()),
    }
}

impl Verified {
    fn of(found: Findings, recounted: Recounted) -> Self {
        let differences = found.differences.len() + recounted.wrong.len();
        let all = found.differences.into_iter().chain(recounted.wrong.into_values());
        Self {
            responses: found.responses,
            set_aside: found.set_aside,
            tallies: found.tallies,
            days: recounted.days,
            differences,
            listed: all.take(LISTED).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_of_a_job_is_read_again_and_nothing_else_is() {
        let event = Uuid::from_u128(7);
        for work in [Work::ApplyEvent { event }, Work::Verify { mend: true }] {
            assert_eq!(serde_json::from_value::<Work>(json!(work)).unwrap(), work);
        }
        // As a migration and other releases write it.
        assert_eq!(json!(Work::ApplyEvent { event }), json!({ "apply_event": { "event": event } }));
        for other in [json!({ "verify": { "mend": true, "quickly": true } }), json!({ "fly": {} }), json!("verify")] {
            assert!(serde_json::from_value::<Work>(other).is_err());
        }
    }
}
