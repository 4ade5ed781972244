//! The inbox: every event that came in under a valid signature, stored before anything is done with it.

use chrono::TimeDelta;
use sea_orm::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{Condition, IntoActiveModel, QueryOrder, QuerySelect};
use serde_json::json;
use sha2::{Digest, Sha256};
use valuemap_shared::ids::{CommunityId, InboxEventId, JobId};

use crate::activities::addresses::Addresses;
use crate::base::ambient::Ambient;
use crate::base::commits::Touches;
use crate::base::digests::hexadecimal;
use crate::database::author::Author;
use crate::database::{Database, Transaction, WriteError};
use crate::jobs::queue::{NewJob, enqueue, remove_ended};
use crate::webhooks::entities::inbox_event::{Column, Status};
use crate::webhooks::entities::{inbox_event, webhook_endpoint};

/// Longest keys, in bytes: an index takes only so much.
const LONGEST_KEY: usize = 500;
const LONGEST_TEXT: usize = 200;

/// The kind of job that applies an event.
pub const APPLY_EVENT: &str = "apply_event";
/// How long whoever stored an event has to apply it before a job does.
const APPLIED_WITHIN: TimeDelta = TimeDelta::seconds(5);

/// What is known of an event before it is understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    pub event: String,
    pub instance: Option<String>,
    /// The same whenever the same event is sent again.
    pub deduplication_key: String,
}

impl inbox_event::Model {
    pub fn key(&self) -> (CommunityId, InboxEventId) {
        (CommunityId(self.community_id), InboxEventId(self.id))
    }
}

/// Stores an event, or finds it where it was stored before; says which. E-mail addresses in its body are replaced by
/// their keys, which the recorder takes for the addresses themselves.
pub async fn store(
    transaction: &Transaction,
    ambient: &Ambient,
    endpoint: &webhook_endpoint::Model,
    incoming: Incoming,
    body: &[u8],
) -> Result<(inbox_event::Model, bool), DbErr> {
    let addresses = Addresses::of(transaction, ambient, CommunityId(endpoint.community_id)).await?;
    let without = |text: &str| addresses.removed_from_text(text);
    let row = inbox_event::Model {
        community_id: endpoint.community_id,
        id: ambient.new_id(),
        endpoint_id: endpoint.id,
        event: shortened(&without(&incoming.event)),
        instance: incoming.instance.as_deref().map(|instance| shortened(&without(instance))),
        deduplication_key: bounded_key(without(&incoming.deduplication_key)),
        body: storable(&addresses.removed_from_json(&String::from_utf8_lossy(body))),
        status: Status::Pending,
        problem: None,
        attempts: 0,
        received_at: ambient.now(),
        applied_at: None,
    };
    let key = [Column::CommunityId, Column::EndpointId, Column::DeduplicationKey];
    let insert = inbox_event::Entity::insert(row.clone().into_active_model().reset_all())
        .on_conflict(OnConflict::columns(key).do_nothing().to_owned());
    if insert.exec_without_returning(transaction).await? > 0 {
        // Whoever stores it applies it at once; this is for when they cannot, or do not live to.
        enqueue(transaction, ambient, application(row.key(), APPLIED_WITHIN)).await?;
        return Ok((row, true));
    }
    let before = inbox_event::Entity::find()
        .filter(Column::CommunityId.eq(row.community_id))
        .filter(Column::EndpointId.eq(row.endpoint_id))
        .filter(Column::DeduplicationKey.eq(&row.deduplication_key))
        .one(transaction)
        .await?;
    let before = before.ok_or_else(|| DbErr::RecordNotFound("an event that was stored before is gone".to_owned()))?;
    Ok((before, false))
}

/// The job that applies an event.
fn application((community, event): (CommunityId, InboxEventId), delay: TimeDelta) -> NewJob<'static> {
    NewJob {
        id: JobId(event.0),
        community,
        kind: APPLY_EVENT,
        payload: json!({ APPLY_EVENT: { "event": event.0 } }),
        asked_by: "webhook",
        delay,
    }
}

/// Has pending events applied whose job has failed, or is there no more.
pub async fn enqueue_pending(database: &Database, ambient: &Ambient) -> Result<(), WriteError> {
    let pending = keys_with_status(&database.read, None, Status::Pending, None).await.map_err(WriteError::NotStored)?;
    for key in pending {
        let enqueued = database.write(&Author::SERVER, Touches::NOTHING, async |transaction| {
            remove_ended(transaction, JobId(key.1.0)).await?;
            enqueue(transaction, ambient, application(key, APPLIED_WITHIN)).await
        });
        enqueued.await?;
    }
    Ok(())
}

/// Where the first event came from that was of use. A signature covers the body alone, so whoever repeats a body could
/// name any other origin.
pub async fn first_instance(
    db: &impl ConnectionTrait,
    endpoint: &webhook_endpoint::Model,
) -> Result<Option<String>, DbErr> {
    let first = inbox_event::Entity::find()
        .filter(Column::CommunityId.eq(endpoint.community_id))
        .filter(Column::EndpointId.eq(endpoint.id))
        .filter(Column::Status.eq(Status::Applied))
        .one(db)
        .await?;
    Ok(first.and_then(|event| event.instance))
}

/// The events of a community, latest first, from behind `after` on.
pub async fn events(
    db: &impl ConnectionTrait,
    community: CommunityId,
    status: Option<Status>,
    after: Option<InboxEventId>,
    limit: u64,
) -> Result<Vec<inbox_event::Model>, DbErr> {
    inbox_event::Entity::find()
        .filter(Column::CommunityId.eq(community.0))
        .filter(status.map_or(Condition::all(), |status| Condition::all().add(Column::Status.eq(status))))
        .filter(after.map_or(Condition::all(), |after| Condition::all().add(Column::Id.lt(after.0))))
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(db)
        .await
}

pub async fn event(
    db: &impl ConnectionTrait,
    (community, id): (CommunityId, InboxEventId),
) -> Result<Option<inbox_event::Model>, DbErr> {
    inbox_event::Entity::find_by_id((community.0, id.0)).one(db).await
}

/// The events of a status in one community or in all: those that were tried least come first, then the oldest.
pub async fn keys_with_status(
    db: &impl ConnectionTrait,
    community: Option<CommunityId>,
    status: Status,
    limit: Option<u64>,
) -> Result<Vec<(CommunityId, InboxEventId)>, DbErr> {
    let of_community = |id: CommunityId| Condition::all().add(Column::CommunityId.eq(id.0));
    let keys: Vec<(Uuid, Uuid)> = inbox_event::Entity::find()
        .select_only()
        .columns([Column::CommunityId, Column::Id])
        .filter(community.map_or(Condition::all(), of_community))
        .filter(Column::Status.eq(status))
        .order_by_asc(Column::Attempts)
        .order_by_asc(Column::Id)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    Ok(keys.into_iter().map(|(community, id)| (CommunityId(community), InboxEventId(id))).collect())
}

pub async fn count_with_status(
    db: &impl ConnectionTrait,
    community: CommunityId,
    status: Status,
) -> Result<u64, DbErr> {
    let events = inbox_event::Entity::find().filter(Column::CommunityId.eq(community.0));
    events.filter(Column::Status.eq(status)).count(db).await
}

/// PostgreSQL has no text with a zero character in it. JSON has none either, so nothing that can be read is changed.
pub fn storable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

fn shortened(text: &str) -> String {
    storable(&text.chars().take(LONGEST_TEXT).collect::<String>())
}

fn bounded_key(key: String) -> String {
    if key.len() <= LONGEST_KEY { storable(&key) } else { hexadecimal(&Sha256::digest(key)) }
}
