//! The queue: putting jobs in, taking them out, and saying what became of them.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::prelude::*;
use sea_orm::sea_query::{LockBehavior, LockType, OnConflict};
use sea_orm::{Condition, QueryOrder, QuerySelect};
use valuemap_shared::ids::{CommunityId, JobId};

use crate::base::ambient::Ambient;
use crate::base::commits::Touches;
use crate::database::author::Author;
use crate::database::pages::{All, lists};
use crate::database::statements::all_set;
use crate::database::{Database, Transaction, WriteError};
use crate::jobs::entities::job::{self, Column, State};

/// For how long a worker has a job without saying so again. A job whose worker died waits for so long.
pub const LEASE: TimeDelta = TimeDelta::seconds(30);
/// A job that was begun so often and never ended is not begun again: it may be what ends its workers.
const MAX_ATTEMPTS: i64 = 5;
/// How long a job waits that could not be done because the database was away or busy.
const PAUSE: TimeDelta = TimeDelta::seconds(10);
/// How long a job that has ended can be asked for.
const KEPT: TimeDelta = TimeDelta::days(30);

#[derive(Debug)]
pub struct NewJob<'a> {
    pub id: JobId,
    pub community: CommunityId,
    pub kind: &'static str,
    pub payload: Json,
    pub asked_by: &'a str,
    /// From now on.
    pub delay: TimeDelta,
}

/// Puts a job in the queue, in the transaction of the change that needs it. One of the same id is there once.
pub async fn enqueue(transaction: &Transaction, ambient: &Ambient, new: NewJob<'_>) -> Result<job::Model, DbErr> {
    let now = ambient.now();
    let row = job::Model {
        id: new.id.0,
        community_id: new.community.0,
        kind: new.kind.to_owned(),
        payload: new.payload,
        asked_by: new.asked_by.to_owned(),
        state: State::Waiting,
        attempts: 0,
        due_at: now + new.delay,
        worker_id: None,
        leased_until: None,
        is_cancelled: false,
        part: String::new(),
        steps_done: 0,
        steps: 0,
        result: None,
        problem: None,
        created_at: now,
        finished_at: None,
    };
    let insert = job::Entity::insert(all_set::<job::ActiveModel>(row.clone()))
        .on_conflict(OnConflict::column(Column::Id).do_nothing().to_owned());
    insert.exec_without_returning(transaction).await?;
    Ok(row)
}

/// Takes a job out of the queue that has been done in another way, or has no sense any more.
pub async fn remove(transaction: &Transaction, id: JobId) -> Result<bool, DbErr> {
    Ok(job::Entity::delete_by_id(id.0).exec(transaction).await?.rows_affected > 0)
}

/// Takes a job out of the queue that has ended, so that it can be put in again.
pub async fn remove_ended(transaction: &Transaction, id: JobId) -> Result<(), DbErr> {
    let ended = [State::Done, State::Failed, State::Cancelled];
    job::Entity::delete_by_id(id.0).filter(Column::State.is_in(ended)).exec(transaction).await?;
    Ok(())
}

pub async fn find(db: &impl ConnectionTrait, id: JobId) -> Result<Option<job::Model>, DbErr> {
    job::Entity::find_by_id(id.0).one(db).await
}

lists! {
    Jobs of job where All, by created_at (CreatedAt: DateTime<Utc>), id (Id: Uuid);
}

/// What can be worked on now: what is due, and what its worker has left.
fn is_free(now: DateTime<Utc>) -> Condition {
    let is_due = Condition::all().add(Column::State.eq(State::Waiting)).add(Column::DueAt.lte(now));
    let is_left = Condition::all().add(Column::State.eq(State::Running)).add(Column::LeasedUntil.lte(now));
    Condition::any().add(is_due).add(is_left)
}

/// A job that this worker has.
#[derive(Clone, Debug)]
pub struct Claimed {
    pub job: job::Model,
    worker: Uuid,
}

/// Takes the job that has been due for longest, or the one that is named, where it can be worked on.
pub async fn claim(
    database: &Database,
    ambient: &Ambient,
    worker: Uuid,
    only: Option<JobId>,
) -> Result<Option<Claimed>, WriteError> {
    let free = |now| {
        let select = job::Entity::find().filter(is_free(now)).order_by_asc(Column::DueAt).order_by_asc(Column::Id);
        only.map_or_else(|| select.clone(), |id| select.clone().filter(Column::Id.eq(id.0)))
    };
    let take = async |transaction: &Transaction| {
        let now = ambient.now();
        let select = free(now).lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
        let Some(job) = select.one(transaction).await? else { return Ok(None) };
        let left = job.state == State::Running;
        let mut row: job::ActiveModel = job.clone().into();
        if job.is_cancelled {
            end(&mut row, State::Cancelled, now);
        } else if left && job.attempts >= MAX_ATTEMPTS {
            end(&mut row, State::Failed, now);
            row.problem = Set(Some(format!("it was begun {MAX_ATTEMPTS} times and never ended")));
        } else {
            row.state = Set(State::Running);
            row.attempts = Set(job.attempts + 1);
            row.worker_id = Set(Some(worker));
            row.leased_until = Set(Some(now + LEASE));
        }
        row.update(transaction).await.map(Some)
    };
    loop {
        // Looked at first where nobody is kept waiting: most of the time there is nothing to do.
        if free(ambient.now()).one(&database.read).await.map_err(WriteError::NotStored)?.is_none() {
            return Ok(None);
        }
        match database.write_some(&Author::SERVER, Touches::NOTHING, take).await? {
            Some(job) if job.state == State::Running => return Ok(Some(Claimed { job, worker })),
            // It was one to be ended, and there may be others.
            Some(_) => {}
            None => return Ok(None),
        }
    }
}

fn end(row: &mut job::ActiveModel, state: State, now: DateTime<Utc>) {
    row.state = Set(state);
    // It is needed no more, and may name people.
    row.payload = Set(Json::Object(serde_json::Map::new()));
    row.worker_id = Set(None);
    row.leased_until = Set(None);
    row.finished_at = Set(Some(now));
}

const NOT_HELD: &str = "the job is another worker's by now, or was cancelled";

/// Whether a job could not be finished because it is not the worker's any more.
pub fn is_not_held(error: &DbErr) -> bool {
    matches!(error, DbErr::Custom(text) if text == NOT_HELD)
}

/// How far a job has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reached {
    pub part: String,
    pub done: u64,
    pub steps: u64,
}

impl Claimed {
    pub fn id(&self) -> JobId {
        JobId(self.job.id)
    }

    pub fn community(&self) -> CommunityId {
        CommunityId(self.job.community_id)
    }

    /// The row, as long as this worker has it and nobody has cancelled it.
    fn mine(&self) -> Condition {
        Condition::all()
            .add(Column::Id.eq(self.job.id))
            .add(Column::State.eq(State::Running))
            .add(Column::WorkerId.eq(self.worker))
            .add(Column::Attempts.eq(self.job.attempts))
    }

    /// Finishes the job, in the transaction that stores what it came to. Where somebody else has it by now, or it was
    /// cancelled, this fails, and the transaction has to as well.
    pub async fn finish(&self, transaction: &Transaction, ambient: &Ambient, result: Json) -> Result<(), DbErr> {
        let mut row = job::ActiveModel { result: Set(Some(result)), problem: Set(None), ..Default::default() };
        end(&mut row, State::Done, ambient.now());
        let finished = job::Entity::update_many().set(row).filter(self.mine()).filter(Column::IsCancelled.eq(false));
        match finished.exec(transaction).await?.rows_affected {
            0 => Err(DbErr::Custom(NOT_HELD.to_owned())),
            _ => Ok(()),
        }
    }

    /// Whether the job is still this worker's to do.
    pub async fn is_held(&self, db: &impl ConnectionTrait) -> Result<bool, DbErr> {
        Ok(job::Entity::find().filter(self.mine()).filter(Column::IsCancelled.eq(false)).one(db).await?.is_some())
    }

    /// Renews the lease and says how far the job has come.
    pub async fn renew(&self, database: &Database, ambient: &Ambient, reached: &Reached) -> Result<(), WriteError> {
        let count = |steps: u64| Set(i64::try_from(steps).unwrap_or(i64::MAX));
        let row = job::ActiveModel {
            leased_until: Set(Some(ambient.now() + LEASE)),
            part: Set(reached.part.clone()),
            steps_done: count(reached.done),
            steps: count(reached.steps),
            ..Default::default()
        };
        self.update(database, row).await
    }

    /// The job cannot be done.
    pub async fn fail(&self, database: &Database, ambient: &Ambient, problem: String) -> Result<(), WriteError> {
        let mut row = job::ActiveModel { problem: Set(Some(problem)), ..Default::default() };
        end(&mut row, State::Failed, ambient.now());
        self.update(database, row).await
    }

    /// Somebody cancelled it, and this worker has stopped.
    pub async fn note_cancelled(&self, database: &Database, ambient: &Ambient) -> Result<(), WriteError> {
        let mut row = job::ActiveModel { problem: Set(None), ..Default::default() };
        end(&mut row, State::Cancelled, ambient.now());
        let cancelled = self.mine().add(Column::IsCancelled.eq(true));
        update(database, row, cancelled).await
    }

    /// Puts it back: the database could not take it right now, or this worker has to stop. It has done no harm.
    pub async fn put_back(
        &self,
        database: &Database,
        ambient: &Ambient,
        problem: Option<String>,
    ) -> Result<(), WriteError> {
        let pause = if problem.is_some() { PAUSE } else { TimeDelta::zero() };
        let row = job::ActiveModel {
            state: Set(State::Waiting),
            attempts: Set(self.job.attempts - 1),
            due_at: Set(ambient.now() + pause),
            worker_id: Set(None),
            leased_until: Set(None),
            problem: Set(problem),
            ..Default::default()
        };
        self.update(database, row).await
    }

    /// Changes the row, where it is still this worker's.
    async fn update(&self, database: &Database, row: job::ActiveModel) -> Result<(), WriteError> {
        update(database, row, self.mine()).await
    }
}

async fn update(database: &Database, row: job::ActiveModel, which: Condition) -> Result<(), WriteError> {
    let update = job::Entity::update_many().set(row).filter(which);
    database
        .write(&Author::SERVER, Touches::NOTHING, async |transaction| update.exec(transaction).await.map(|_| ()))
        .await
}

/// Cancels a job. One that waits is cancelled at once; one that is being worked on, within a second or two. One that
/// has ended stays as it is, and this returns `None`.
pub async fn cancel(
    transaction: &Transaction,
    ambient: &Ambient,
    (community, id): (CommunityId, JobId),
) -> Result<Option<job::Model>, DbErr> {
    let found = job::Entity::find_by_id(id.0).lock_exclusive().one(transaction).await?;
    let may_be = |job: &job::Model| job.community_id == community.0 && !job.state.is_final();
    let Some(job) = found.filter(may_be) else { return Ok(None) };
    let is_waiting = job.state == State::Waiting;
    let mut row: job::ActiveModel = job.into();
    row.is_cancelled = Set(true);
    row.problem = Set(None);
    if is_waiting {
        end(&mut row, State::Cancelled, ambient.now());
    }
    row.update(transaction).await.map(Some)
}

/// How many jobs of a kind wait or are worked on in a community.
pub async fn count_open(db: &impl ConnectionTrait, community: CommunityId, kind: &str) -> Result<u64, DbErr> {
    let open = job::Entity::find()
        .filter(Column::CommunityId.eq(community.0))
        .filter(Column::Kind.eq(kind))
        .filter(Column::State.is_in([State::Waiting, State::Running]));
    open.count(db).await
}

/// Deletes what ended long ago.
pub async fn delete_old(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<(), DbErr> {
    job::Entity::delete_many().filter(Column::FinishedAt.lt(now - KEPT)).exec(db).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::tenancy::store::{create_community, create_organisation};

    struct World {
        _folder: tempfile::TempDir,
        database: Database,
        ambient: Ambient,
        community: CommunityId,
    }

    impl World {
        async fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("valuemap.db");
            let database = Database::connect(&format!("sqlite:{}", path.display()), Ambient::real()).await.unwrap();
            database.migrate().await.unwrap();
            let ambient = Ambient::real();
            let created = database.write(&Author::SERVER, Touches::NOTHING, async |db| {
                let organisation = create_organisation(db, &ambient, ambient.new_id().into(), "Makers", 5).await?;
                let organisation = valuemap_shared::ids::OrganisationId(organisation.id);
                let currency = valuemap_shared::money::Currency::EUR;
                create_community(db, &ambient, organisation, "Makers", false, currency).await
            });
            let community = CommunityId(created.await.unwrap().id);
            Self { _folder: folder, database, ambient, community }
        }

        async fn enqueue(&self, delay: TimeDelta) -> JobId {
            let new = NewJob {
                id: JobId(self.ambient.new_id()),
                community: self.community,
                kind: "test",
                payload: json!({}),
                asked_by: "test",
                delay,
            };
            let stored = self.write(async |transaction| enqueue(transaction, &self.ambient, new).await);
            JobId(stored.await.unwrap().id)
        }

        async fn write<T>(&self, work: impl AsyncFnOnce(&Transaction) -> Result<T, DbErr>) -> Result<T, WriteError> {
            self.database.write(&Author::SERVER, Touches::NOTHING, work).await
        }

        async fn claim(&self) -> Option<Claimed> {
            claim(&self.database, &self.ambient, self.ambient.new_id(), None).await.unwrap()
        }

        async fn finish(&self, claimed: &Claimed) -> Result<(), WriteError> {
            self.write(async |transaction| claimed.finish(transaction, &self.ambient, json!({})).await).await
        }

        async fn state(&self, id: JobId) -> State {
            find(&self.database.read, id).await.unwrap().unwrap().state
        }

        /// As if the worker had not been heard of for longer than it may.
        async fn forget_worker(&self, claimed: &Claimed) {
            let row = job::ActiveModel { leased_until: Set(Some(self.ambient.now() - LEASE)), ..Default::default() };
            claimed.update(&self.database, row).await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_job_is_had_by_one_worker_and_when_it_is_due() {
        let world = World::new().await;
        world.enqueue(TimeDelta::hours(1)).await;
        let id = world.enqueue(TimeDelta::zero()).await;
        let claimed = world.claim().await.unwrap();
        assert_eq!(claimed.id(), id);
        assert!(world.claim().await.is_none());
        world.finish(&claimed).await.unwrap();
        assert_eq!(world.state(id).await, State::Done);
        assert!(world.finish(&claimed).await.is_err(), "it is finished once");
        assert!(world.claim().await.is_none());
    }

    #[tokio::test]
    async fn who_lost_a_job_cannot_finish_it() {
        let world = World::new().await;
        let id = world.enqueue(TimeDelta::zero()).await;
        let slow = world.claim().await.unwrap();
        world.forget_worker(&slow).await;
        let next = world.claim().await.unwrap();
        assert_eq!((next.id(), next.job.attempts), (id, 2));
        assert!(!slow.is_held(&world.database.read).await.unwrap());
        assert!(world.finish(&slow).await.is_err());
        slow.fail(&world.database, &world.ambient, "late".into()).await.unwrap();
        assert_eq!(world.state(id).await, State::Running);
        world.finish(&next).await.unwrap();
    }

    #[tokio::test]
    async fn a_job_that_is_cancelled_at_its_last_step_stores_nothing() {
        let world = World::new().await;
        let id = world.enqueue(TimeDelta::zero()).await;
        let claimed = world.claim().await.unwrap();
        let key = (world.community, id);
        let cancelled = world.write(async |transaction| cancel(transaction, &world.ambient, key).await).await.unwrap();
        assert_eq!(cancelled.unwrap().state, State::Running);
        let other = world.enqueue(TimeDelta::zero()).await;
        let result = world.write(async |transaction| {
            remove(transaction, other).await?;
            claimed.finish(transaction, &world.ambient, json!({})).await
        });
        assert!(result.await.is_err());
        assert_eq!(world.state(other).await, State::Waiting, "what it had done before is undone");
        claimed.note_cancelled(&world.database, &world.ambient).await.unwrap();
        assert_eq!(world.state(id).await, State::Cancelled);
    }

    #[tokio::test]
    async fn what_is_put_back_is_begun_again_and_was_no_attempt() {
        let world = World::new().await;
        let id = world.enqueue(TimeDelta::zero()).await;
        for _ in 0..=MAX_ATTEMPTS {
            let claimed = world.claim().await.unwrap();
            claimed.put_back(&world.database, &world.ambient, None).await.unwrap();
        }
        let claimed = world.claim().await.unwrap();
        claimed.put_back(&world.database, &world.ambient, Some("away".into())).await.unwrap();
        assert!(world.claim().await.is_none(), "the database is given time");
        assert_eq!(world.state(id).await, State::Waiting);
    }
}
