//! Stores what was tracked, whichever door it came in by: the API, a file or a webhook.
//!
//! A record is stored under an id made from its source and key, so that a record that is sent again meets itself: it is
//! known when it says the same, and changed when it says something else. Bad records are named and store nothing.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Utc};
use sea_orm::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{IntoActiveModel, Iterable, QuerySelect};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use valuemap_shared::activities::{PartyKind, PartyRef, Record, RecordKind, Reference};
use valuemap_shared::ids::{CommunityId, uuid_v8};
use valuemap_shared::money::Currency;

use super::entities::{activity, activity_type, party};
use super::rates::Rates;
use super::rows::Rows;
use crate::access::entities::community;
use crate::access::secret::hexadecimal;
use crate::survey::record::chunks;
use crate::value_map::entities::observation;
use crate::value_map::models::model_of;

/// Most rows in one statement: SQLite takes 32,766 parameters.
const ROWS: usize = 1_000;

/// What became of the records of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    pub new: u64,
    pub changed: u64,
    /// It was stored before and says the same.
    pub known: u64,
}

/// A record that cannot be stored, and why. `place` is what the caller numbered it with: a line, an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub place: u64,
    /// The field, such as `money`; empty when it is about the record as a whole.
    pub path: String,
    pub reason: String,
}

/// Stores records of one community within a transaction of the caller, who rolls it back when something was refused.
#[derive(Debug)]
pub struct Recorder {
    community: CommunityId,
    currency: Currency,
    rates: Rates,
    batch: Option<Uuid>,
    now: DateTime<Utc>,
    /// Activities, types and parties that are stored; looked up once.
    types: HashSet<Uuid>,
    activities: HashSet<Uuid>,
    /// The keys of the measures of the newest scoring model.
    measures: Vec<String>,
    parties: HashSet<Uuid>,
    /// What was stored in this transaction, with what it said: the same twice is fine, a contradiction is not.
    seen: HashMap<Uuid, String>,
    pub stored: BTreeMap<RecordKind, Stored>,
    pub refused: Vec<Refused>,
}

impl Recorder {
    /// Waits for others who record in this community: two imports at once come one after the other.
    pub async fn start(
        transaction: &impl ConnectionTrait,
        community: CommunityId,
        batch: Option<Uuid>,
        now: DateTime<Utc>,
    ) -> Result<Self, DbErr> {
        let row = community::Entity::find_by_id(community.0).lock_exclusive().one(transaction).await?;
        let row = row.ok_or_else(|| DbErr::RecordNotFound(format!("community {community}")))?;
        let currency =
            row.currency.parse().map_err(|error| DbErr::Custom(format!("community {community}: {error}")))?;
        let model = model_of(transaction, community, None).await?;
        let measures = model.map(|stored| stored.model.measures.iter().map(|measure| measure.key.clone()).collect());
        let ids = |rows: Vec<Uuid>| rows.into_iter().collect();
        let types = activity_type::Entity::find().select_only().column(activity_type::Column::Id);
        let types = types.filter(activity_type::Column::CommunityId.eq(community.0)).into_tuple().all(transaction);
        let activities = activity::Entity::find().select_only().column(activity::Column::Id);
        let activities = activities.filter(activity::Column::CommunityId.eq(community.0)).into_tuple();
        Ok(Self {
            community,
            currency,
            rates: Rates::of(transaction, community).await?,
            batch,
            now,
            types: ids(types.await?),
            activities: ids(activities.all(transaction).await?),
            measures: measures.unwrap_or_default(),
            parties: HashSet::new(),
            seen: HashMap::new(),
            stored: BTreeMap::new(),
            refused: Vec::new(),
        })
    }

    /// Stores some records, each with the place that the caller knows it by.
    pub async fn record(
        &mut self,
        transaction: &impl ConnectionTrait,
        records: Vec<(u64, Record)>,
    ) -> Result<(), DbErr> {
        let mut by_kind: BTreeMap<RecordKind, Vec<(u64, Record)>> = BTreeMap::new();
        for (place, record) in records {
            let problems = record.problems();
            if problems.is_empty() {
                by_kind.entry(record.kind()).or_default().push((place, record));
            }
            let refuse = |problem: valuemap_shared::survey::Problem| Refused {
                place,
                path: problem.path,
                reason: problem.message,
            };
            self.refused.extend(problems.into_iter().map(refuse));
        }
        self.add_missing_parties(transaction, &by_kind).await?;
        for (kind, records) in by_kind {
            let accepted = self.accept(kind, records);
            let rows = Rows::of(self, kind, &accepted);
            let stored = rows.store(transaction, self).await?;
            let total = self.stored.entry(kind).or_default();
            total.new += stored.new;
            total.changed += stored.changed;
            total.known += stored.known;
        }
        Ok(())
    }

    /// The records that may be stored, in the order of their ids: two writers then never wait in a circle.
    fn accept(&mut self, kind: RecordKind, records: Vec<(u64, Record)>) -> Vec<Accepted> {
        let mut accepted: BTreeMap<Uuid, Accepted> = BTreeMap::new();
        for (place, record) in records {
            if let Some((path, reason)) = self.objection(&record) {
                self.refused.push(Refused { place, path: path.to_owned(), reason });
                continue;
            }
            let id = self.id_of(kind, &record);
            let hash = content_hash(&record);
            match self.seen.get(&id) {
                Some(seen) if *seen != hash => {
                    let reason = "this was said before under the same key, and otherwise".to_owned();
                    self.refused.push(Refused { place, path: String::new(), reason });
                }
                Some(_) => {
                    self.stored.entry(kind).or_default().known += 1;
                }
                None => {
                    self.seen.insert(id, hash.clone());
                    match kind {
                        RecordKind::ActivityType => _ = self.types.insert(id),
                        RecordKind::Activity => _ = self.activities.insert(id),
                        _ => {}
                    }
                    accepted.insert(id, Accepted { id, hash, record });
                }
            }
        }
        accepted.into_values().collect()
    }

    /// What stands in a record's way that only the database knows.
    fn objection(&self, record: &Record) -> Option<(&'static str, String)> {
        let missing_activity = |reference: &Reference| {
            let known = self.activities.contains(&self.id(RecordKind::Activity, reference));
            (!known).then(|| {
                ("activity", format!("there is no activity `{}` of {}; add it first", reference.key, reference.source))
            })
        };
        match record {
            Record::Activity(activity) => {
                let known = self.types.contains(&self.type_id(&activity.activity_type));
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
                let known = self.measures.contains(&observation.measure);
                (!known).then(|| {
                    let measures = self.measures.join(", ");
                    let reason =
                        format!("the scoring model has no measure `{}`; it has {measures}", observation.measure);
                    ("measure", reason)
                })
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
        for pieces in chunks(mentioned, ROWS) {
            let rows = pieces.iter().map(|(id, party)| {
                let row = party::Model {
                    community_id: self.community.0,
                    id: *id,
                    source: party.reference.source.clone(),
                    external_key: party.reference.key.clone(),
                    // Whatever is said of it later is a change.
                    content_hash: String::new(),
                    batch_id: self.batch,
                    recorded_at: self.now,
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
        self.community
    }

    pub(super) fn batch(&self) -> Option<Uuid> {
        self.batch
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.now
    }

    pub fn party_id(&self, party: &PartyRef) -> Uuid {
        party_id(self.community, party)
    }

    pub(super) fn type_id(&self, key: &str) -> Uuid {
        activity_type_id(self.community, key)
    }

    pub(super) fn id(&self, kind: RecordKind, reference: &Reference) -> Uuid {
        record_id(self.community, kind, reference)
    }

    fn id_of(&self, kind: RecordKind, record: &Record) -> Uuid {
        let by = |source: &str, key: &str| self.id(kind, &Reference::new(source, key));
        match record {
            Record::Party(party) => self.party_id(&party.party),
            Record::Link(link) => {
                let part =
                    |party: &PartyRef| format!("{}\0{}\0{}", party.kind, party.reference.source, party.reference.key);
                by(&part(&link.from), &format!("{}\0{:?}", part(&link.to), link.valid_from))
            }
            Record::ActivityType(kind) => self.type_id(&kind.key),
            Record::Activity(activity) => self.id(kind, &activity.reference),
            Record::Cost(cost) => self.id(kind, &cost.reference),
            Record::Touchpoint(touchpoint) => self.id(kind, &touchpoint.reference),
            Record::Outcome(outcome) => self.id(kind, &outcome.reference),
            Record::Case(case) => self.id(kind, &case.reference),
            Record::Contribution(contribution) => self.id(kind, &contribution.reference),
            Record::Observation(observation) => {
                by(&observation.source, &format!("{}\0{}", observation.measure, observation.day))
            }
        }
    }
}

/// A record that is going to be stored.
#[derive(Debug)]
pub(super) struct Accepted {
    pub id: Uuid,
    pub hash: String,
    pub record: Record,
}

/// The id of a member or account.
pub fn party_id(community: CommunityId, party: &PartyRef) -> Uuid {
    match party.kind {
        PartyKind::Member => digest_id(community, "member", &party.reference),
        PartyKind::Account => digest_id(community, "account", &party.reference),
    }
}

pub fn activity_type_id(community: CommunityId, key: &str) -> Uuid {
    digest_id(community, "activity_type", &Reference::new("", key))
}

/// The id of what has a reference of its own.
pub fn record_id(community: CommunityId, kind: RecordKind, reference: &Reference) -> Uuid {
    digest_id(community, &format!("{kind:?}"), reference)
}

fn digest_id(community: CommunityId, kind: &str, reference: &Reference) -> Uuid {
    let mut digest = Sha256::new();
    digest.update(community.0.as_bytes());
    for part in [kind, &reference.source, &reference.key] {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part.as_bytes());
    }
    let digest = digest.finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid_v8(bytes)
}

fn content_hash(record: &Record) -> String {
    let written = serde_json::to_vec(record).unwrap_or_default();
    hexadecimal(&Sha256::digest(written)[..16])
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

/// Inserts rows, or replaces those that are there.
pub(super) async fn upsert<E>(
    transaction: &impl ConnectionTrait,
    rows: Vec<E::Model>,
    key: &[E::Column],
) -> Result<(), DbErr>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: Send,
{
    let is_key = |column: &E::Column| key.iter().any(|part| format!("{part:?}") == format!("{column:?}"));
    let others: Vec<E::Column> = E::Column::iter().filter(|column| !is_key(column)).collect();
    for rows in chunks(rows, ROWS) {
        let conflict = OnConflict::columns(key.iter().copied()).update_columns(others.iter().copied()).to_owned();
        let rows = rows.into_iter().map(|row| row.into_active_model().reset_all());
        E::insert_many(rows).on_conflict(conflict).exec_without_returning(transaction).await?;
    }
    Ok(())
}

/// Stores the observations among some records.
pub(super) async fn store_observations(
    transaction: &impl ConnectionTrait,
    rows: Vec<observation::Model>,
) -> Result<(), DbErr> {
    use observation::Column::{CommunityId, Day, Measure, Source};
    upsert::<observation::Entity>(transaction, rows, &[CommunityId, Measure, Day, Source]).await
}
