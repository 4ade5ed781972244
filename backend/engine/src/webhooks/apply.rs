//! Applying an event that is stored: in one transaction with what becomes of it, and never over something newer.

use sea_orm::ActiveValue::Set;
use sea_orm::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{IntoActiveModel, QuerySelect};
use sha2::{Digest, Sha256};
use valuemap_shared::activities::{Contribution, Party, PartyRef, Record, RecordKind, Reference};
use valuemap_shared::ids::{CommunityId, InboxEventId, JobId, uuid_v8};

use crate::activities::entities::{contribution, party};
use crate::activities::keys::record_id;
use crate::activities::record::Recorder;
use crate::base::ambient::Ambient;
use crate::base::commits::Touches;
use crate::database::author::Author;
use crate::database::failure::is_passing;
use crate::database::{Database, Transaction};
use crate::jobs::queue::remove;
use crate::webhooks::change::{Change, Meaning, Member, Rank};
use crate::webhooks::entities::inbox_event::Status;
use crate::webhooks::entities::inbox_subject::Column;
use crate::webhooks::entities::webhook_endpoint::Kind;
use crate::webhooks::entities::{inbox_event, inbox_subject, webhook_endpoint};
use crate::webhooks::inbox::storable;
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
    let told = Told { transaction, community: recorder.community(), event: event.id };
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
            Change::Member { member, rank } => records.extend(told.member(&recorder, member, rank).await?),
        }
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

/// What a record is about: of two of the same subject, one replaces the other.
fn subject_of(record: &Record) -> String {
    let party = |party: &PartyRef| format!("{}\0{}\0{}", party.kind, party.reference.source, party.reference.key);
    let by = |reference: &Reference| format!("{}\0{}", reference.source, reference.key);
    let what = match record {
        Record::Party(said) => party(&said.party),
        Record::Link(link) => format!("{}\0{}\0{:?}", party(&link.from), party(&link.to), link.valid_from),
        Record::ActivityType(kind) => kind.key.clone(),
        Record::Activity(activity) => by(&activity.reference),
        Record::Cost(cost) => by(&cost.reference),
        Record::Touchpoint(touchpoint) => by(&touchpoint.reference),
        Record::Outcome(outcome) => by(&outcome.reference),
        Record::Case(case) => by(&case.reference),
        Record::Contribution(contribution) => by(&contribution.reference),
        Record::Observation(said) => format!("{}\0{}\0{}", said.source, said.measure, said.day),
    };
    format!("{:?}\0{what}", record.kind())
}

/// What was reported before about each subject, by this event and others: the newest report wins.
struct Told<'a> {
    transaction: &'a Transaction,
    community: CommunityId,
    event: Uuid,
}

impl Told<'_> {
    /// Whether nothing newer was reported about a subject. If so, this is the newest from now on.
    async fn claim(&self, subject: &str, rank: Rank) -> Result<bool, DbErr> {
        let row = inbox_subject::Model {
            community_id: self.community.0,
            id: subject_id(subject),
            told_at: rank.told_at,
            version: rank.version,
            event_id: self.event,
        };
        let order = |row: &inbox_subject::Model| (row.told_at, row.version, row.event_id);
        if self.find(subject).await?.is_some_and(|before| order(&before) > order(&row)) {
            return Ok(false);
        }
        let replaced = [Column::ToldAt, Column::Version, Column::EventId];
        let conflict = OnConflict::columns([Column::CommunityId, Column::Id]).update_columns(replaced).to_owned();
        let row = row.into_active_model().reset_all();
        inbox_subject::Entity::insert(row).on_conflict(conflict).exec_without_returning(self.transaction).await?;
        Ok(true)
    }

    async fn find(&self, subject: &str) -> Result<Option<inbox_subject::Model>, DbErr> {
        inbox_subject::Entity::find_by_id((self.community.0, subject_id(subject))).one(self.transaction).await
    }

    /// What a contribution is and whether it counts are tracked separately: an old version that is restored counts
    /// again, as its newest version.
    async fn contribution(
        &self,
        said: Contribution,
        withdrawn: Option<bool>,
        rank: Rank,
    ) -> Result<Option<Record>, DbErr> {
        let subject = subject_of(&Record::Contribution(said.clone()));
        let is_newest = self.claim(&subject, rank).await?;
        let withdrawn = match withdrawn {
            Some(withdrawn) if self.claim(&format!("{subject}\0withdrawn"), rank).await? => Some(withdrawn),
            _ => None,
        };
        if !is_newest && withdrawn.is_none() {
            return Ok(None);
        }
        let id = record_id(self.community, RecordKind::Contribution, &said.reference);
        let stored = contribution::Entity::find_by_id((self.community.0, id)).one(self.transaction).await?;
        let was_withdrawn = stored.as_ref().is_some_and(|stored| stored.withdrawn);
        let newest = match stored {
            Some(stored) if !is_newest => self.as_stored(&said, stored).await?,
            _ => said,
        };
        let withdrawn = withdrawn.unwrap_or(was_withdrawn);
        Ok(Some(Record::Contribution(Contribution { withdrawn, ..newest })))
    }

    async fn as_stored(&self, said: &Contribution, stored: contribution::Model) -> Result<Contribution, DbErr> {
        let author = party::Entity::find_by_id((self.community.0, stored.party_id)).one(self.transaction).await?;
        let author = author
            .map(|row| PartyRef { reference: Reference::new(row.source, row.external_key), ..said.party.clone() });
        Ok(Contribution {
            reference: said.reference.clone(),
            kind: stored.kind.parse().unwrap_or(said.kind),
            thread: stored.thread,
            party: author.unwrap_or_else(|| said.party.clone()),
            at: stored.at,
            withdrawn: stored.withdrawn,
        })
    }

    async fn member(&self, recorder: &Recorder, said: Member, rank: Rank) -> Result<Option<Record>, DbErr> {
        let subject = format!("Member\0{}\0{}", said.party.reference.source, said.party.reference.key);
        let is_newest = if said.is_first_hand {
            self.claim(&subject, rank).await?
        } else {
            self.find(&subject).await?.is_none() && self.claim(&format!("{subject}\0mentioned"), rank).await?
        };
        if !is_newest {
            return Ok(None);
        }
        let id = recorder.party_id(&said.party);
        let stored = party::Entity::find_by_id((self.community.0, id)).one(self.transaction).await?;
        let audience = stored.as_ref().and_then(|row| row.audience.as_deref()).and_then(|text| text.parse().ok());
        let (name, is_staff, since, until) = match stored {
            Some(row) => (row.name, row.is_staff, row.since, row.until),
            None => (None, false, None, None),
        };
        Ok(Some(Record::Party(Party {
            party: said.party,
            // Who was destroyed leaves no name behind.
            name: if said.is_first_hand { said.name } else { said.name.or(name) },
            is_staff: said.is_staff.unwrap_or(is_staff),
            since: said.since.or(since),
            until: said.until.or(until),
            audience,
            email: said.email,
        })))
    }
}

fn subject_id(subject: &str) -> Uuid {
    let digest = Sha256::digest(subject.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid_v8(bytes)
}
