//! What was reported before about each subject, and what follows for what depends on it.

use std::sync::atomic::{AtomicBool, Ordering};

use sea_orm::IntoActiveModel;
use sea_orm::prelude::*;
use sea_orm::sea_query::OnConflict;
use sha2::{Digest, Sha256};
use valuemap_shared::activities::{Contribution, ContributionKind, Party, PartyRef, Record, RecordKind, Reference};
use valuemap_shared::ids::{CommunityId, uuid_v8};

use crate::activities::entities::{contribution, party};
use crate::activities::keys::record_id;
use crate::activities::record::Recorder;
use crate::database::Transaction;
use crate::webhooks::change::{Ground, Member, Rank, solution_key};
use crate::webhooks::entities::inbox_subject;
use crate::webhooks::entities::inbox_subject::Column;

/// What a record is about: of two of the same subject, one replaces the other.
pub fn subject_of(record: &Record) -> String {
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
pub struct Told<'a> {
    transaction: &'a Transaction,
    community: CommunityId,
    event: Uuid,
    /// Whether anything was newer than what was reported before.
    has_news: AtomicBool,
}

impl<'a> Told<'a> {
    pub fn new(transaction: &'a Transaction, community: CommunityId, event: Uuid) -> Self {
        Self { transaction, community, event, has_news: AtomicBool::new(false) }
    }

    pub fn has_news(&self) -> bool {
        self.has_news.load(Ordering::Relaxed)
    }

    /// Whether nothing newer was reported about a subject. If so, this is the newest from now on.
    pub async fn claim(&self, subject: &str, rank: Rank) -> Result<bool, DbErr> {
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
        self.has_news.store(true, Ordering::Relaxed);
        Ok(true)
    }

    async fn find(&self, subject: &str) -> Result<Option<inbox_subject::Model>, DbErr> {
        inbox_subject::Entity::find_by_id((self.community.0, subject_id(subject))).one(self.transaction).await
    }

    /// What a contribution is and whether it counts are tracked separately: an old version that is restored counts
    /// again, as its newest version.
    pub async fn contribution(
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
        self.remember_own(&subject, was_withdrawn).await?;
        if let Some(withdrawn) = withdrawn {
            self.note(&subject, withdrawn).await?;
        }
        let withdrawn = self.is_withdrawn(&newest, was_withdrawn).await?;
        Ok(Some(Record::Contribution(Contribution { withdrawn, ..newest })))
    }

    /// What changes with something that contributions depend on.
    pub async fn gone(&self, ground: &Ground, gone: bool, rank: Rank) -> Result<Vec<Record>, DbErr> {
        let subject = ground.subject();
        if !self.claim(&format!("{subject}\0withdrawn"), rank).await? {
            return Ok(Vec::new());
        }
        self.note(&subject, gone).await?;
        let stored = contribution::Entity::find().filter(contribution::Column::CommunityId.eq(self.community.0));
        let stored = stored.filter(contribution::Column::Source.eq(ground.source()));
        let stored = match ground {
            Ground::Topic { topic, .. } => stored.filter(contribution::Column::Thread.eq(topic)),
            // The post itself is said beside.
            Ground::Post { source, post } | Ground::Shown { source, post } => {
                let reference = Reference::new(source, solution_key(*post));
                let id = record_id(self.community, RecordKind::Contribution, &reference);
                stored.filter(contribution::Column::Id.eq(id))
            }
        };
        self.judged_again(stored.all(self.transaction).await?).await
    }

    /// The other solutions of a topic count no more: it has one, the one that was accepted last.
    pub async fn accepted(&self, source: &str, topic: &str, post: i64, rank: Rank) -> Result<Vec<Record>, DbErr> {
        let is_newest = self.claim(&format!("Solved\0{source}\0{topic}"), rank).await?;
        self.note(&superseded(source, &solution_key(post)), !is_newest).await?;
        if !is_newest {
            return Ok(Vec::new());
        }
        let others = contribution::Entity::find()
            .filter(contribution::Column::CommunityId.eq(self.community.0))
            .filter(contribution::Column::Source.eq(source))
            .filter(contribution::Column::Thread.eq(topic))
            .filter(contribution::Column::Kind.eq(ContributionKind::Solution.as_str()))
            .filter(contribution::Column::ExternalKey.ne(solution_key(post)));
        let others = others.all(self.transaction).await?;
        for other in &others {
            self.note(&superseded(source, &other.external_key), true).await?;
        }
        self.judged_again(others).await
    }

    /// Those of the contributions whose standing is another one now.
    async fn judged_again(&self, stored: Vec<contribution::Model>) -> Result<Vec<Record>, DbErr> {
        let mut changed = Vec::new();
        for row in stored {
            let was_withdrawn = row.withdrawn;
            let author = party::Entity::find_by_id((self.community.0, row.party_id)).one(self.transaction).await?;
            let (Some(author), Ok(kind)) = (author, row.kind.parse()) else { continue };
            let said = Contribution {
                reference: Reference::new(row.source, row.external_key),
                kind,
                thread: row.thread,
                party: PartyRef::member(&author.source, &author.external_key),
                at: row.at,
                withdrawn: was_withdrawn,
            };
            // A ground that is new leaves no trace in rows that are older than it.
            self.remember_own(&subject_of(&Record::Contribution(said.clone())), was_withdrawn).await?;
            let withdrawn = self.is_withdrawn(&said, was_withdrawn).await?;
            if withdrawn != was_withdrawn {
                changed.push(Record::Contribution(Contribution { withdrawn, ..said }));
            }
        }
        Ok(changed)
    }

    /// Whether a contribution was withdrawn itself, or anything is gone that it depends on.
    async fn is_withdrawn(&self, said: &Contribution, was_withdrawn: bool) -> Result<bool, DbErr> {
        let own = subject_of(&Record::Contribution(said.clone()));
        if self.noted(&own).await?.unwrap_or(was_withdrawn) {
            return Ok(true);
        }
        for subject in depends_on(said) {
            if self.noted(&subject).await?.unwrap_or(false) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Keeps whether a contribution is withdrawn itself, before anything else makes it so.
    async fn remember_own(&self, subject: &str, was_withdrawn: bool) -> Result<(), DbErr> {
        match self.noted(subject).await? {
            Some(_) => Ok(()),
            None => self.note(subject, was_withdrawn).await,
        }
    }

    /// Keeps whether something is gone.
    async fn note(&self, subject: &str, gone: bool) -> Result<(), DbErr> {
        let row = inbox_subject::Model {
            community_id: self.community.0,
            id: subject_id(&format!("{subject}\0gone")),
            told_at: DateTimeUtc::UNIX_EPOCH,
            version: i64::from(gone),
            event_id: self.event,
        };
        let conflict = OnConflict::columns([Column::CommunityId, Column::Id])
            .update_columns([Column::Version, Column::EventId])
            .to_owned();
        let row = row.into_active_model().reset_all();
        inbox_subject::Entity::insert(row).on_conflict(conflict).exec_without_returning(self.transaction).await?;
        Ok(())
    }

    async fn noted(&self, subject: &str) -> Result<Option<bool>, DbErr> {
        Ok(self.find(&format!("{subject}\0gone")).await?.map(|row| row.version == 1))
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

    pub async fn member(&self, recorder: &Recorder, said: Member, rank: Rank) -> Result<Option<Record>, DbErr> {
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

/// What a contribution depends on beside itself, as subjects. Only what comes from a forum depends on anything.
fn depends_on(said: &Contribution) -> Vec<String> {
    let Reference { source, key } = &said.reference;
    let mut subjects = Vec::new();
    if let Some(topic) = &said.thread {
        subjects.push(Ground::Topic { source: source.clone(), topic: topic.clone() }.subject());
    }
    let post = key.split_once(':').filter(|(what, _)| matches!(*what, "post" | "solution"));
    if let Some(post) = post.and_then(|(_, post)| post.parse().ok()) {
        subjects.push(Ground::Post { source: source.clone(), post }.subject());
        subjects.push(Ground::Shown { source: source.clone(), post }.subject());
    }
    if said.kind == ContributionKind::Solution {
        subjects.push(superseded(source, key));
    }
    subjects
}

/// That another solution was accepted in place of one.
fn superseded(source: &str, key: &str) -> String {
    format!("Superseded\0{source}\0{key}")
}

fn subject_id(subject: &str) -> Uuid {
    let digest = Sha256::digest(subject.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid_v8(bytes)
}
