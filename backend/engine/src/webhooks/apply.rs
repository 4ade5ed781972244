//! Applying an event that is stored: in one transaction with what becomes of it, and never over something newer.

use sea_orm::ActiveValue::Set;
use sea_orm::prelude::*;
use sea_orm::{IntoActiveModel, QuerySelect};
use valuemap_shared::ids::{CommunityId, InboxEventId, JobId};

use crate::activities::record::Recorder;
use crate::base::ambient::Ambient;
use crate::base::commits::Touches;
use crate::database::author::Author;
use crate::database::failure::is_passing;
use crate::database::{Database, Transaction};
use crate::jobs::queue::remove;
use crate::webhooks::change::{Change, Meaning, Rank};
use crate::webhooks::entities::inbox_event::Status;
use crate::webhooks::entities::webhook_endpoint::Kind;
use crate::webhooks::entities::{inbox_event, webhook_endpoint};
use crate::webhooks::inbox::storable;
use crate::webhooks::told::{Told, subject_of};
use crate::webhooks::{discourse, signed_json};

/// Maximum number of characters of a problem that are stored.
const LONGEST_PROBLEM: usize = 2_000;

/// The result of applying an event.
enum EventResult {
    Applied,
    Ignored(String),
    Failed(String),
}

/// Applies an event, if it is there and has one of these statuses: another server may have been faster. Returns its
/// status after.
pub async fn apply(
    database: &Database,
    ambient: &Ambient,
    author: &Author,
    (community, id): (CommunityId, InboxEventId),
    statuses: &[Status],
) -> Result<Option<Status>, DbErr> {
    let transaction = database.begin_write(author, Touches::tracked(community)).await?;
    let event = inbox_event::Entity::find_by_id((community.0, id.0)).lock_exclusive().one(&transaction).await?;
    let Some(event) = event.filter(|event| statuses.contains(&event.status)) else { return Ok(None) };
    let outcome = match understand(&transaction, &event).await? {
        Ok(Meaning::Nothing(reason)) => EventResult::Ignored(reason.to_owned()),
        Ok(Meaning::Changes(changes)) => make(&transaction, ambient, &event, changes).await?,
        Err(problem) => EventResult::Failed(problem),
    };
    let (status, problem) = match outcome {
        EventResult::Applied => (Status::Applied, None),
        // Replaying what was applied and is out of date by now takes nothing back.
        EventResult::Ignored(_) if event.status == Status::Applied => (Status::Applied, None),
        EventResult::Ignored(reason) => (Status::Ignored, Some(reason)),
        EventResult::Failed(problem) => (Status::Failed, Some(problem)),
    };
    let shortened = |text: String| storable(&text).chars().take(LONGEST_PROBLEM).collect();
    let attempts = event.attempts.saturating_add(1);
    let mut event = event.into_active_model();
    event.status = Set(status);
    event.problem = Set(problem.map(shortened));
    event.attempts = Set(attempts);
    if status == Status::Applied {
        event.applied_at = Set(Some(ambient.now()));
    }
    event.update(&transaction).await?;
    remove(&transaction, JobId(id.0)).await?;
    transaction.commit().await?;
    Ok(Some(status))
}

async fn understand(db: &impl ConnectionTrait, event: &inbox_event::Model) -> Result<Result<Meaning, String>, DbErr> {
    let endpoint = webhook_endpoint::Entity::find_by_id((event.community_id, event.endpoint_id)).one(db).await?;
    let endpoint = endpoint.ok_or_else(|| DbErr::RecordNotFound("the endpoint of an event".to_owned()))?;
    let body = match serde_json::from_str(&event.body) {
        Ok(body) => body,
        Err(error) => return Ok(Err(format!("the body is not JSON: {error}"))),
    };
    Ok(match endpoint.kind {
        Kind::Discourse => discourse::read(event.instance.as_deref(), &event.event, &body, event.received_at),
        Kind::SignedJson => signed_json::read(&event.event, &body, event.received_at),
    })
}

/// Makes all changes or none, so that the event can be marked in the same transaction either way.
async fn make(
    transaction: &Transaction,
    ambient: &Ambient,
    event: &inbox_event::Model,
    changes: Vec<Change>,
) -> Result<EventResult, DbErr> {
    transaction.set_savepoint().await?;
    match make_within(transaction, ambient, event, changes).await {
        Ok(EventResult::Applied) => Ok(EventResult::Applied),
        Ok(outcome) => {
            transaction.undo_to_savepoint().await?;
            Ok(outcome)
        }
        Err(error) if is_passing(&error) => Err(error),
        Err(error) => {
            transaction.undo_to_savepoint().await?;
            let (community, id) = event.key();
            let (community, event) = (community.0, id.0);
            tracing::error!(%community, %event, cause = error.to_string(), "an event could not be applied");
            Ok(EventResult::Failed("the database refused it; the server's log says why".to_owned()))
        }
    }
}

async fn make_within(
    transaction: &Transaction,
    ambient: &Ambient,
    event: &inbox_event::Model,
    changes: Vec<Change>,
) -> Result<EventResult, DbErr> {
    // It waits for others who record in this community, so what is compared below cannot change meanwhile.
    let mut recorder = Recorder::start(transaction, CommunityId(event.community_id), ambient).await?;
    let told = Told::new(transaction, recorder.community(), event.id);
    let mut records = Vec::new();
    for change in changes {
        match change {
            Change::Record { record, rank } => {
                if told.claim(&subject_of(&record), rank).await? {
                    records.push(record);
                }
            }
            Change::Contribution { contribution, withdrawn, author, rank } => {
                if let Some(record) = told.contribution(contribution, withdrawn, rank).await? {
                    records.push(record);
                    records.extend(told.member(&recorder, author, Rank::new(event.received_at, 0)).await?);
                }
            }
            Change::Gone { ground, gone, rank } => records.extend(told.gone(&ground, gone, rank).await?),
            Change::Accepted { source, topic, post, rank } => {
                records.extend(told.accepted(&source, &topic, post, rank).await?);
            }
            Change::Member { member, rank } => records.extend(told.member(&recorder, member, rank).await?),
        }
    }
    if records.is_empty() && told.has_news() {
        return Ok(EventResult::Applied);
    }
    if records.is_empty() {
        return Ok(EventResult::Ignored("something newer was applied before".to_owned()));
    }
    recorder.record(transaction, records.into_iter().map(|record| (0, record)).collect()).await?;
    if recorder.refused.is_empty() {
        return Ok(EventResult::Applied);
    }
    let refused = recorder.refused.iter().map(|refused| match refused.path.as_str() {
        "" => refused.reason.clone(),
        path => format!("{path}: {}", refused.reason),
    });
    Ok(EventResult::Failed(refused.collect::<Vec<_>>().join("; ")))
}
