//! Stores what was tracked, whichever door it came in by: the API, a file or a webhook.
//!
//! A record is stored under an id made from its source and key, so that sending a record again is idempotent: it is
//! known when its content is the same, and changed when it has different content. Bad records are named and store
//! nothing.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use sea_orm::QuerySelect;
use sea_orm::prelude::*;
use sea_orm::sea_query::LockType;
use uuid::Uuid;
use valuemap_shared::activities::{IdentityLink, PartyRef, Record, RecordKind, Reference, Unlinked};
use valuemap_shared::ids::CommunityId;
use valuemap_shared::money::Currency;
use valuemap_shared::value_map::model::{Attribution, MeasureSource};

pub use crate::activities::accepted::Stored;
use crate::activities::accepted::{Accepted, Stamp, Writing, parties_of};
use crate::activities::address_book::{AddressBook, DOUBTFUL};
use crate::activities::addresses::{AddressFree, Addresses, is_with_itself};
use crate::activities::batches::OpenBatch;
use crate::activities::changed_days::ChangedDays;
use crate::activities::ended::EndedLinks;
use crate::activities::entities::{activity, activity_type};
use crate::activities::keys::{ContentHash, content_hash, hash_of};
use crate::activities::rates::Rates;
use crate::activities::rows::RecordRows;
use crate::activities::storing::insert_mentioned;
use crate::activities::unlinked::Mentions;
use crate::base::ambient::Ambient;
use crate::base::digests::hexadecimal;
use crate::scoring_models::store::model_of;
use crate::tenancy::entities::community;

/// A record that cannot be stored, and why. `position` is what the caller numbered it with: a line, an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub position: u64,
    /// The field, such as `money`; empty when it is about the record as a whole.
    pub path: String,
    pub reason: String,
    /// The position of the record that it contradicts.
    pub earlier: Option<u64>,
}

/// Stores records of one community within a transaction of the caller, who rolls it back when something was refused.
#[derive(Debug)]
pub struct Recorder {
    pub(super) stamp: Stamp,
    /// What somebody else is loading.
    open: Option<OpenBatch>,
    pub(super) addresses: Addresses,
    ended: EndedLinks,
    pub(super) changed: ChangedDays,
    address_book: AddressBook,
    /// What was said of whom in this transaction, to find out what is linked to nobody.
    mentions: Mentions,
    currency: Currency,
    rates: Rates,
    /// Activities, types and parties that are stored; looked up once.
    types: HashSet<Uuid>,
    activities: HashSet<Uuid>,
    /// The measures of the newest scoring model.
    measures: Vec<(String, MeasureSource)>,
    /// How the newest scoring model attributes outcomes.
    attribution: Option<Attribution>,
    parties: HashSet<Uuid>,
    /// What was stored in this transaction, with what it said: the same twice and where, is fine, a contradiction is not. About
    /// 80 MB for a million records.
    pub(super) seen: HashMap<Uuid, (ContentHash, u64)>,
    /// The same of links, by their two parties in whichever direction.
    seen_links: HashMap<(Uuid, Uuid, Option<NaiveDate>), (ContentHash, u64)>,
    pub stored: BTreeMap<RecordKind, Stored>,
    /// Of what has changed, what did not come about after all.
    pub withdrawn: u64,
    /// Links that were stated again although a person has ended them: they stay ended.
    pub kept_ended: u64,
    pub refused: Vec<Refused>,
}

impl Recorder {
    /// Waits for others who record in this community. Who refers to the community without recording, such as members who
    /// answer a survey, does not wait.
    pub async fn start(
        transaction: &impl ConnectionTrait,
        community: CommunityId,
        ambient: &Ambient,
    ) -> Result<Self, DbErr> {
        Self::writing(transaction, ambient, (community, None, Writing::Seen)).await
    }

    /// Stores what is seen when its batch is published, over as many transactions as it takes. Each has to lock the
    /// community first.
    pub async fn load(transaction: &impl ConnectionTrait, batch: OpenBatch, ambient: &Ambient) -> Result<Self, DbErr> {
        Self::writing(transaction, ambient, (batch.community, Some(batch.id), Writing::Unseen(batch))).await
    }

    async fn writing(
        transaction: &impl ConnectionTrait,
        ambient: &Ambient,
        (community, batch, writing): (CommunityId, Option<Uuid>, Writing),
    ) -> Result<Self, DbErr> {
        let row = community::Entity::find_by_id(community.0).lock(LockType::NoKeyUpdate).one(transaction).await?;
        let addresses = Addresses::of(transaction, ambient, community).await?;
        let stamp = Stamp { community, batch, now: ambient.now(), writing };
        Self::of(transaction, row, addresses, (stamp, ambient.new_id())).await
    }

    /// Counts and refuses just as if it stored a file, and keeps nobody from writing.
    pub async fn preview(
        connection: &impl ConnectionTrait,
        community: CommunityId,
        ambient: &Ambient,
    ) -> Result<Self, DbErr> {
        let row = community::Entity::find_by_id(community.0).one(connection).await?;
        let addresses = Addresses::to_compare(connection, ambient, community).await?;
        let (batch, writing) = (Some(ambient.new_id()), Writing::Nothing);
        let stamp = Stamp { community, batch, now: ambient.now(), writing };
        Self::of(connection, row, addresses, (stamp, ambient.new_id())).await
    }

    async fn of(
        transaction: &impl ConnectionTrait,
        row: Option<community::Model>,
        addresses: Addresses,
        (stamp, mark): (Stamp, Uuid),
    ) -> Result<Self, DbErr> {
        let community = stamp.community;
        let row = row.ok_or_else(|| DbErr::RecordNotFound(format!("community {community}")))?;
        let currency =
            row.currency.parse().map_err(|error| DbErr::Custom(format!("community {community}: {error}")))?;
        let model = model_of(transaction, community, None).await?;
        let attribution = model.as_ref().map(|stored| stored.model.financial.attribution.clone());
        let lookback_days = attribution.as_ref().map_or(0, |attribution| attribution.lookback_days);
        let measures = model
            .map(|stored| stored.model.measures.iter().map(|measure| (measure.key.clone(), measure.source)).collect());
        let open = if stamp.writing == Writing::Seen { OpenBatch::of(transaction, community).await? } else { None };
        let ids = |rows: Vec<Uuid>| rows.into_iter().collect();
        let types = activity_type::Entity::find().select_only().column(activity_type::Column::Id);
        let types = types.filter(activity_type::Column::CommunityId.eq(community.0)).into_tuple().all(transaction);
        let activities = activity::Entity::find().select_only().column(activity::Column::Id);
        let activities = activities.filter(activity::Column::CommunityId.eq(community.0)).into_tuple();
        Ok(Self {
            stamp,
            open,
            addresses,
            ended: EndedLinks::of(transaction, community).await?,
            changed: ChangedDays::locked(community, (mark, lookback_days)),
            address_book: AddressBook::default(),
            mentions: Mentions::default(),
            currency,
            rates: Rates::of(transaction, community).await?,
            types: ids(types.await?),
            activities: ids(activities.all(transaction).await?),
            measures: measures.unwrap_or_default(),
            attribution,
            parties: HashSet::new(),
            seen: HashMap::new(),
            seen_links: HashMap::new(),
            stored: BTreeMap::new(),
            withdrawn: 0,
            kept_ended: 0,
            refused: Vec::new(),
        })
    }

    /// Stores some records, each with the position that the caller knows it by.
    pub async fn record(
        &mut self,
        transaction: &impl ConnectionTrait,
        records: Vec<(u64, Record)>,
    ) -> Result<(), DbErr> {
        self.foresee(records.iter().map(|(_, record)| record));
        let mut by_kind: BTreeMap<RecordKind, Vec<(u64, AddressFree)>> = BTreeMap::new();
        for (position, record) in records {
            let problems = record.problems();
            if problems.is_empty() {
                let (record, link) = self.addresses.removed_from(record);
                // Nobody states this link in so many words, so one that a person has ended is no contradiction.
                let link = link.filter(|link| !self.keeps_ended(link.record())).map(|link| self.weighed(link));
                let record = if self.stamp.batch.is_some() { self.weighed(record) } else { record };
                for record in std::iter::once(record).chain(link) {
                    by_kind.entry(record.record().kind()).or_default().push((position, record));
                }
            }
            let refuse = |problem: valuemap_shared::survey::Problem| Refused {
                position,
                path: problem.path,
                reason: problem.message,
                earlier: None,
            };
            self.refused.extend(problems.into_iter().map(refuse));
        }
        if matches!(self.stamp.writing, Writing::Unseen(_)) && by_kind.contains_key(&RecordKind::Link) {
            // A person may have ended one since the piece before.
            self.ended = EndedLinks::of(transaction, self.stamp.community).await?;
        }
        self.add_missing_parties(transaction, &by_kind).await?;
        for (kind, records) in by_kind {
            let accepted = self.accept(kind, records);
            let rows = RecordRows::of(&self.stamp, &self.ended, kind, &accepted);
            let stored = rows.store(transaction, &self.stamp, &mut self.changed).await?;
            let total = self.stored.entry(kind).or_default();
            total.new += stored.new;
            total.changed += stored.changed;
            total.known += stored.known;
        }
        self.mark(transaction).await
    }

    /// Days are marked when what they are summed up from is seen.
    pub(super) async fn mark(&mut self, transaction: &impl ConnectionTrait) -> Result<(), DbErr> {
        if self.stamp.writing == Writing::Seen { self.changed.mark_gathered(transaction).await } else { Ok(()) }
    }

    /// Has everybody see what was loaded. The community has to be locked.
    pub async fn publish(mut self, transaction: &impl ConnectionTrait, batch: OpenBatch) -> Result<(), DbErr> {
        batch.publish(transaction).await?;
        // Somebody may have saved another model meanwhile.
        if let Some(stored) = model_of(transaction, batch.community, None).await? {
            self.changed.look_back(stored.model.financial.attribution.lookback_days);
        }
        self.changed.mark_gathered(transaction).await
    }

    /// Notes which addresses the records bring, so that an id with several of them is known before the first is stored.
    /// Whoever records in pieces tells of all of them before.
    pub fn foresee<'a>(&mut self, records: impl IntoIterator<Item = &'a Record>) {
        for record in records {
            if matches!(record, Record::Link(_) | Record::Party(_)) {
                let (record, link) = self.addresses.removed_from(record.clone());
                let links = link.iter().chain([&record]);
                links.for_each(|link| self.address_book.add(&self.stamp, link.record()));
            }
        }
    }

    /// Takes over what another recorder was told of.
    pub fn foresee_all(&mut self, address_book: AddressBook) {
        self.address_book = address_book;
    }

    pub fn address_book(&self) -> &AddressBook {
        &self.address_book
    }

    /// A link of an id that has several addresses is doubtful.
    fn weighed(&self, record: AddressFree) -> AddressFree {
        let is_doubtful = self.address_book.is_doubtful(&self.stamp, record.record());
        if is_doubtful { record.at_most(DOUBTFUL) } else { record }
    }

    /// Whether records may refer to this activity.
    pub fn has_activity(&self, reference: &Reference) -> bool {
        let mut reference = reference.clone();
        self.addresses.reference(&mut reference);
        self.activities.contains(&self.stamp.id(RecordKind::Activity, &reference))
    }

    /// A record as it is stored: without addresses.
    pub fn as_stored(&self, record: Record) -> Record {
        self.addresses.removed_from(record).0.record().clone()
    }

    /// Any other text as it is stored: without addresses.
    pub fn text_as_stored(&self, text: &str) -> String {
        self.addresses.removed_from_text(text)
    }

    /// The records that may be stored, in the order of their ids, so that two writers cannot deadlock.
    fn accept(&mut self, kind: RecordKind, records: Vec<(u64, AddressFree)>) -> Vec<Accepted> {
        let mut accepted: BTreeMap<Uuid, Accepted> = BTreeMap::new();
        for (position, free) in records {
            let record = free.record();
            if let Some((path, reason)) = self.objection(record) {
                self.refused.push(Refused { position, path: path.to_owned(), reason, earlier: None });
                continue;
            }
            if let Record::Link(link) = record
                && let Some(earlier) = self.contradicted_link(link, position)
            {
                self.refused.push(contradiction(position, earlier));
                continue;
            }
            _ = self.keeps_ended(record);
            if !matches!(self.stamp.writing, Writing::Unseen(_)) {
                self.mentions.add(&self.stamp, record);
            }
            let id = self.stamp.id_of(kind, record);
            let hash = content_hash(record);
            match self.seen.get(&id) {
                Some((seen, earlier)) if *seen != hash => {
                    self.refused.push(contradiction(position, *earlier));
                }
                Some(_) => {
                    self.stored.entry(kind).or_default().known += 1;
                }
                None => {
                    self.seen.insert(id, (hash, position));
                    match kind {
                        RecordKind::ActivityType => _ = self.types.insert(id),
                        RecordKind::Activity => _ = self.activities.insert(id),
                        _ => {}
                    }
                    accepted.insert(id, Accepted { id, hash: hexadecimal(&hash), record: free });
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
            Record::Link(_) if is_with_itself(record) => {
                Some(("to", "both are known by the same e-mail address: a party cannot be linked to itself".to_owned()))
            }
            // A file says everything that its system knows each time. Who states a single link contradicts a person.
            Record::Link(link) if self.stamp.batch.is_none() => {
                let ended = self.ended.between(self.stamp.party_id(&link.from), self.stamp.party_id(&link.to))?;
                Some(("to", format!("{ended}; restore that link for it to hold again")))
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
        records: &BTreeMap<RecordKind, Vec<(u64, AddressFree)>>,
    ) -> Result<(), DbErr> {
        let mut mentioned: BTreeMap<Uuid, &PartyRef> = BTreeMap::new();
        for (_, record) in records.values().flatten() {
            for party in parties_of(record.record()) {
                let id = self.stamp.party_id(party);
                if !self.parties.contains(&id) {
                    mentioned.insert(id, party);
                }
            }
        }
        if self.stamp.writing == Writing::Nothing {
            return Ok(());
        }
        insert_mentioned(transaction, &self.stamp, &mentioned, self.open).await?;
        self.parties.extend(mentioned.into_keys());
        Ok(())
    }

    pub fn community(&self) -> CommunityId {
        self.stamp.community
    }

    pub(super) fn stamp(&self) -> &Stamp {
        &self.stamp
    }

    /// The id that a party is stored under.
    pub fn party_id(&self, party: &PartyRef) -> Uuid {
        let mut party = party.clone();
        self.addresses.party(&mut party);
        self.stamp.party_id(&party)
    }

    /// What of all that was recorded is linked to nobody.
    pub async fn unlinked(&self, connection: &impl ConnectionTrait) -> Result<Unlinked, DbErr> {
        self.mentions.unlinked(connection, self.stamp.community, self.attribution.as_ref()).await
    }

    /// Counts a link that a person has ended, and says whether it is one.
    fn keeps_ended(&mut self, record: &Record) -> bool {
        let Record::Link(link) = record else { return false };
        let is_ended = self.ended.between(self.stamp.party_id(&link.from), self.stamp.party_id(&link.to)).is_some();
        self.kept_ended += u64::from(is_ended);
        is_ended
    }

    /// Where the same two parties were linked from the same day on before, and otherwise: a link from A to B says what one
    /// from B to A says.
    fn contradicted_link(&mut self, link: &IdentityLink, position: u64) -> Option<u64> {
        let (from, to) = (self.stamp.party_id(&link.from), self.stamp.party_id(&link.to));
        let says = hash_of(&(link.method, link.confidence, link.valid_until));
        let key = (from.min(to), from.max(to), link.valid_from);
        let (said, earlier) = *self.seen_links.entry(key).or_insert((says, position));
        (said != says).then_some(earlier)
    }
}

/// Two records of one key that say different things.
pub(super) fn contradiction(position: u64, earlier: u64) -> Refused {
    let reason = "an earlier record has the same key and different content".to_owned();
    Refused { position, path: String::new(), reason, earlier: Some(earlier) }
}
