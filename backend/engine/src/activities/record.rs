//! Stores what was tracked, whichever door it came in by: the API, a file or a webhook.
//!
//! A record is stored under an id made from its source and key, so that sending a record again is idempotent: it is
//! known when its content is the same, and changed when it has different content. Bad records are named and store
//! nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::{DateTime, Utc};
use sea_orm::prelude::*;
use sea_orm::sea_query::LockType;
use sea_orm::{Condition, IntoActiveModel, QuerySelect};
use uuid::Uuid;
use valuemap_shared::activities::{PartyRef, Record, RecordKind, Reference};
use valuemap_shared::ids::CommunityId;
use valuemap_shared::money::Currency;
use valuemap_shared::value_map::model::MeasureSource;

pub use crate::activities::accepted::Stored;
use crate::activities::accepted::{Accepted, ROWS, Stamp};
use crate::activities::entities::{activity, activity_type, outcome, party};
use crate::activities::keys::{ContentHash, content_hash};
use crate::activities::rates::Rates;
use crate::activities::rows::RecordRows;
use crate::activities::storing::stored_hashes;
use crate::base::digests::hexadecimal;
use crate::database::statements::chunks;
use crate::scoring_models::store::model_of;
use crate::tenancy::entities::community;

/// A record that cannot be stored, and why. `position` is what the caller numbered it with: a line, an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub position: u64,
    /// The field, such as `money`; empty when it is about the record as a whole.
    pub path: String,
    pub reason: String,
}

/// Stores records of one community within a transaction of the caller, who rolls it back when something was refused.
#[derive(Debug)]
pub struct Recorder {
    stamp: Stamp,
    currency: Currency,
    rates: Rates,
    /// Activities, types and parties that are stored; looked up once.
    types: HashSet<Uuid>,
    activities: HashSet<Uuid>,
    /// The measures of the newest scoring model.
    measures: Vec<(String, MeasureSource)>,
    parties: HashSet<Uuid>,
    /// What was stored in this transaction, with what it said: the same twice is fine, a contradiction is not. About
    /// 70 MB for a million records.
    seen: HashMap<Uuid, ContentHash>,
    pub stored: BTreeMap<RecordKind, Stored>,
    /// Of the changed outcomes, those that did not come about after all.
    pub withdrawn: u64,
    pub refused: Vec<Refused>,
}

impl Recorder {
    /// Waits for others who record in this community: two imports at once come one after the other. Who refers to the
    /// community without recording, such as members who answer a survey, does not wait.
    pub async fn start(
        transaction: &impl ConnectionTrait,
        community: CommunityId,
        batch: Option<Uuid>,
        now: DateTime<Utc>,
    ) -> Result<Self, DbErr> {
        let row = community::Entity::find_by_id(community.0).lock(LockType::NoKeyUpdate).one(transaction).await?;
        Self::of(transaction, community, row, batch, now, true).await
    }

    /// Counts and refuses just as if it stored, and keeps nobody from writing.
    pub async fn preview(
        connection: &impl ConnectionTrait,
        community: CommunityId,
        now: DateTime<Utc>,
    ) -> Result<Self, DbErr> {
        let row = community::Entity::find_by_id(community.0).one(connection).await?;
        Self::of(connection, community, row, None, now, false).await
    }

    async fn of(
        transaction: &impl ConnectionTrait,
        community: CommunityId,
        row: Option<community::Model>,
        batch: Option<Uuid>,
        now: DateTime<Utc>,
        writes: bool,
    ) -> Result<Self, DbErr> {
        let row = row.ok_or_else(|| DbErr::RecordNotFound(format!("community {community}")))?;
        let currency =
            row.currency.parse().map_err(|error| DbErr::Custom(format!("community {community}: {error}")))?;
        let model = model_of(transaction, community, None).await?;
        let measures = model
            .map(|stored| stored.model.measures.iter().map(|measure| (measure.key.clone(), measure.source)).collect());
        let ids = |rows: Vec<Uuid>| rows.into_iter().collect();
        let types = activity_type::Entity::find().select_only().column(activity_type::Column::Id);
        let types = types.filter(activity_type::Column::CommunityId.eq(community.0)).into_tuple().all(transaction);
        let activities = activity::Entity::find().select_only().column(activity::Column::Id);
        let activities = activities.filter(activity::Column::CommunityId.eq(community.0)).into_tuple();
        Ok(Self {
            stamp: Stamp { community, batch, now, writes },
            currency,
            rates: Rates::of(transaction, community).await?,
            types: ids(types.await?),
            activities: ids(activities.all(transaction).await?),
            measures: measures.unwrap_or_default(),
            parties: HashSet::new(),
            seen: HashMap::new(),
            stored: BTreeMap::new(),
            withdrawn: 0,
            refused: Vec::new(),
        })
    }

    /// Stores some records, each with the position that the caller knows it by.
    pub async fn record(
        &mut self,
        transaction: &impl ConnectionTrait,
        records: Vec<(u64, Record)>,
    ) -> Result<(), DbErr> {
        let mut by_kind: BTreeMap<RecordKind, Vec<(u64, Record)>> = BTreeMap::new();
        for (position, record) in records {
            let problems = record.problems();
            if problems.is_empty() {
                by_kind.entry(record.kind()).or_default().push((position, record));
            }
            let refuse = |problem: valuemap_shared::survey::Problem| Refused {
                position,
                path: problem.path,
                reason: problem.message,
            };
            self.refused.extend(problems.into_iter().map(refuse));
        }
        self.add_missing_parties(transaction, &by_kind).await?;
        for (kind, records) in by_kind {
            let accepted = self.accept(kind, records);
            let rows = RecordRows::of(&self.stamp, kind, &accepted);
            let stored = rows.store(transaction, &self.stamp).await?;
            let total = self.stored.entry(kind).or_default();
            total.new += stored.new;
            total.changed += stored.changed;
            total.known += stored.known;
        }
        Ok(())
    }

    /// Marks outcomes that did not come about after all. They keep what they said; those that are not stored are left
    /// alone.
    pub async fn withdraw(
        &mut self,
        transaction: &impl ConnectionTrait,
        outcomes: Vec<(u64, Reference)>,
    ) -> Result<(), DbErr> {
        let mut ids: BTreeSet<Uuid> = BTreeSet::new();
        if !outcomes.is_empty() {
            self.stored.entry(RecordKind::Outcome).or_default();
        }
        for (position, reference) in outcomes {
            let id = self.stamp.id(RecordKind::Outcome, &reference);
            match self.seen.insert(id, WITHDRAWN) {
                None => _ = ids.insert(id),
                Some(WITHDRAWN) => {}
                Some(_) => self.refused.push(contradiction(position)),
            }
        }
        for ids in chunks(ids, ROWS) {
            let mut known = stored_hashes::<outcome::Model>(transaction, self.stamp.community, ids).await?;
            known.retain(|_, hash| *hash != hexadecimal(&WITHDRAWN));
            if known.is_empty() {
                continue;
            }
            let standing = Condition::all()
                .add(outcome::Column::CommunityId.eq(self.stamp.community.0))
                .add(outcome::Column::Id.is_in(known.into_keys()))
                .add(outcome::Column::Withdrawn.eq(false));
            let changed = if self.stamp.writes {
                let update = outcome::Entity::update_many()
                    .col_expr(outcome::Column::Withdrawn, Expr::value(true))
                    .col_expr(outcome::Column::ContentHash, Expr::value(hexadecimal(&WITHDRAWN)))
                    .col_expr(outcome::Column::BatchId, Expr::value(self.stamp.batch))
                    .col_expr(outcome::Column::RecordedAt, Expr::value(self.stamp.now));
                update.filter(standing).exec(transaction).await?.rows_affected
            } else {
                outcome::Entity::find().filter(standing).count(transaction).await?
            };
            self.stored.entry(RecordKind::Outcome).or_default().changed += changed;
            self.withdrawn += changed;
        }
        Ok(())
    }

    /// Whether records may refer to this activity.
    pub fn has_activity(&self, reference: &Reference) -> bool {
        self.activities.contains(&self.stamp.id(RecordKind::Activity, reference))
    }

    /// The records that may be stored, in the order of their ids, so that two writers cannot deadlock.
    fn accept(&mut self, kind: RecordKind, records: Vec<(u64, Record)>) -> Vec<Accepted> {
        let mut accepted: BTreeMap<Uuid, Accepted> = BTreeMap::new();
        for (position, record) in records {
            if let Some((path, reason)) = self.objection(&record) {
                self.refused.push(Refused { position, path: path.to_owned(), reason });
                continue;
            }
            let id = self.id_of(kind, &record);
            let hash = content_hash(&record);
            match self.seen.get(&id) {
                Some(seen) if *seen != hash => {
                    self.refused.push(contradiction(position));
                }
                Some(_) => {
                    self.stored.entry(kind).or_default().known += 1;
                }
                None => {
                    self.seen.insert(id, hash);
                    match kind {
                        RecordKind::ActivityType => _ = self.types.insert(id),
                        RecordKind::Activity => _ = self.activities.insert(id),
                        _ => {}
                    }
                    accepted.insert(id, Accepted { id, hash: hexadecimal(&hash), record });
                }
            }
        }
        accepted.into_values().collect()
    }

    /// What stands in a record's way that only the database knows.
    fn objection(&self, record: &Record) -> Option<(&'static str, String)> {
        let missing_activity = |reference: &Reference| {
            (!self.has_activity(reference)).then(|| {
                ("activity", format!("there is no activity `{}` of {}; add it first", reference.key, reference.source))
            })
        };
        match record {
            Record::Activity(activity) => {
                let known = self.types.contains(&self.stamp.type_id(&activity.activity_type));
                (!known).then(|| {
                    let reason = format!("there is no activity type `{}`; add it first", activity.activity_type);
                    ("activityType", reason)
                })
            }
            Record::Touchpoint(touchpoint) => missing_activity(&touchpoint.activity),
            Record::Cost(cost) => cost.activity.as_ref().and_then(missing_activity).or_else(|| {
                let missing = self.rates.missing(self.currency, cost.currency, cost.day)?;
                Some(("currency", missing))
            }),
            Record::Outcome(outcome) => {
                let money = outcome.money?;
                let missing = self.rates.missing(self.currency, money.currency, outcome.at.date_naive())?;
                Some(("money", missing))
            }
            Record::Observation(observation) => {
                let measure = &observation.measure;
                match self.measures.iter().find(|(key, _)| key == measure) {
                    Some((_, MeasureSource::Observed)) => None,
                    Some(_) => Some(("measure", format!("`{measure}` is computed from what is tracked, not observed"))),
                    None => {
                        let observed = self.measures.iter().filter(|(_, source)| *source == MeasureSource::Observed);
                        let keys: Vec<&str> = observed.map(|(key, _)| key.as_str()).collect();
                        let reason = format!(
                            "the scoring model has no measure `{measure}` that is observed; it has {}",
                            keys.join(", ")
                        );
                        Some(("measure", reason))
                    }
                }
            }
            _ => None,
        }
    }

    /// Members and accounts that are mentioned and were never introduced come in by their reference alone.
    async fn add_missing_parties(
        &mut self,
        transaction: &impl ConnectionTrait,
        records: &BTreeMap<RecordKind, Vec<(u64, Record)>>,
    ) -> Result<(), DbErr> {
        let mut mentioned: BTreeMap<Uuid, &PartyRef> = BTreeMap::new();
        for (_, record) in records.values().flatten() {
            for party in parties_of(record) {
                let id = self.party_id(party);
                if !self.parties.contains(&id) {
                    mentioned.insert(id, party);
                }
            }
        }
        if !self.stamp.writes {
            return Ok(());
        }
        for pieces in chunks(mentioned, ROWS) {
            let rows = pieces.iter().map(|(id, party)| {
                let row = party::Model {
                    community_id: self.stamp.community.0,
                    id: *id,
                    source: party.reference.source.clone(),
                    external_key: party.reference.key.clone(),
                    // Whatever is said of it later is a change.
                    content_hash: String::new(),
                    batch_id: self.stamp.batch,
                    recorded_at: self.stamp.now,
                    kind: party.kind.to_string(),
                    name: None,
                    is_staff: false,
                    since: None,
                    until: None,
                };
                row.into_active_model().reset_all()
            });
            let insert = party::Entity::insert_many(rows).on_conflict_do_nothing();
            insert.exec_without_returning(transaction).await?;
            self.parties.extend(pieces.iter().map(|(id, _)| *id));
        }
        Ok(())
    }

    pub fn community(&self) -> CommunityId {
        self.stamp.community
    }

    pub fn party_id(&self, party: &PartyRef) -> Uuid {
        self.stamp.party_id(party)
    }

    fn id_of(&self, kind: RecordKind, record: &Record) -> Uuid {
        let by = |source: &str, key: &str| self.stamp.id(kind, &Reference::new(source, key));
        match record {
            Record::Party(party) => self.party_id(&party.party),
            Record::Link(link) => {
                let part =
                    |party: &PartyRef| format!("{}\0{}\0{}", party.kind, party.reference.source, party.reference.key);
                by(&part(&link.from), &format!("{}\0{:?}", part(&link.to), link.valid_from))
            }
            Record::ActivityType(kind) => self.stamp.type_id(&kind.key),
            Record::Activity(activity) => self.stamp.id(kind, &activity.reference),
            Record::Cost(cost) => self.stamp.id(kind, &cost.reference),
            Record::Touchpoint(touchpoint) => self.stamp.id(kind, &touchpoint.reference),
            Record::Outcome(outcome) => self.stamp.id(kind, &outcome.reference),
            Record::Case(case) => self.stamp.id(kind, &case.reference),
            Record::Contribution(contribution) => self.stamp.id(kind, &contribution.reference),
            Record::Observation(observation) => {
                by(&observation.source, &format!("{}\0{}", observation.measure, observation.day))
            }
        }
    }
}

/// Stands in place of what an outcome said that was withdrawn: whatever is said of it later is a change.
const WITHDRAWN: ContentHash = *b"withdrawn outcom";

fn contradiction(position: u64) -> Refused {
    let reason = "an earlier record has the same key and different content".to_owned();
    Refused { position, path: String::new(), reason }
}

fn parties_of(record: &Record) -> Vec<&PartyRef> {
    match record {
        Record::Link(link) => vec![&link.from, &link.to],
        Record::Touchpoint(touchpoint) => vec![&touchpoint.party],
        Record::Outcome(outcome) => outcome.party.iter().collect(),
        Record::Case(case) => case.party.iter().collect(),
        Record::Contribution(contribution) => vec![&contribution.party],
        _ => Vec::new(),
    }
}
