//! Records as rows.

use std::collections::{BTreeSet, HashMap};

use rust_decimal::Decimal;
use sea_orm::IntoActiveModel;
use sea_orm::prelude::*;
use sea_orm::sea_query::{Alias, ExprTrait, Query, SimpleExpr};
use serde_json::json;
use uuid::Uuid;
use valuemap_shared::activities::{Cost, Record, RecordKind, Reference};
use valuemap_shared::ids::CommunityId;
use valuemap_shared::money::ten_thousandths;

use super::entities::{
    activity, activity_type, contribution, cost_line, identity_link, outcome, party, support_case, touchpoint,
};
use super::record::{Accepted, ROWS, Recorder, Stored, upsert};
use crate::survey::record::chunks;
use crate::value_map::entities::observation;

/// Rows of one kind.
#[derive(Debug)]
pub(super) enum Rows {
    Parties(Vec<party::Model>),
    Links(Vec<identity_link::Model>),
    ActivityTypes(Vec<activity_type::Model>),
    Activities(Vec<activity::Model>),
    Costs(Vec<cost_line::Model>),
    Touchpoints(Vec<touchpoint::Model>),
    Outcomes(Vec<outcome::Model>),
    Cases(Vec<support_case::Model>),
    Contributions(Vec<contribution::Model>),
    Observations(Vec<observation::Model>),
}

macro_rules! row {
    ($recorder:ident, $accepted:ident, $reference:expr, $table:ident { $($field:ident: $value:expr),* $(,)? }) => {{
        let reference: &Reference = $reference;
        $table::Model {
            community_id: $recorder.community().0,
            id: $accepted.id,
            source: reference.source.clone(),
            external_key: reference.key.clone(),
            content_hash: $accepted.hash.clone(),
            batch_id: $recorder.batch(),
            recorded_at: $recorder.now(),
            $($field: $value,)*
        }
    }};
}

impl Rows {
    /// The rows of records that are all of this kind.
    pub fn of(recorder: &Recorder, kind: RecordKind, accepted: &[Accepted]) -> Self {
        match kind {
            RecordKind::Party => Self::Parties(accepted.iter().filter_map(|one| party(recorder, one)).collect()),
            RecordKind::Link => Self::Links(accepted.iter().filter_map(|one| link(recorder, one)).collect()),
            RecordKind::ActivityType => {
                Self::ActivityTypes(accepted.iter().filter_map(|one| activity_type(recorder, one)).collect())
            }
            RecordKind::Activity => {
                Self::Activities(accepted.iter().filter_map(|one| activity(recorder, one)).collect())
            }
            RecordKind::Cost => Self::Costs(accepted.iter().filter_map(|one| cost(recorder, one)).collect()),
            RecordKind::Touchpoint => {
                Self::Touchpoints(accepted.iter().filter_map(|one| touchpoint(recorder, one)).collect())
            }
            RecordKind::Outcome => Self::Outcomes(accepted.iter().filter_map(|one| outcome(recorder, one)).collect()),
            RecordKind::Case => Self::Cases(accepted.iter().filter_map(|one| case(recorder, one)).collect()),
            RecordKind::Contribution => {
                Self::Contributions(accepted.iter().filter_map(|one| contribution(recorder, one)).collect())
            }
            RecordKind::Observation => {
                Self::Observations(accepted.iter().filter_map(|one| observation(recorder, one)).collect())
            }
        }
    }

    /// Writes those that are new or say something else than what is stored.
    pub async fn store(self, transaction: &impl ConnectionTrait, recorder: &Recorder) -> Result<Stored, DbErr> {
        match self {
            Self::Parties(rows) => store(transaction, recorder, rows).await,
            Self::Links(rows) => store(transaction, recorder, rows).await,
            Self::ActivityTypes(rows) => store(transaction, recorder, rows).await,
            Self::Activities(rows) => store(transaction, recorder, rows).await,
            Self::Costs(rows) => store(transaction, recorder, rows).await,
            Self::Touchpoints(rows) => store(transaction, recorder, rows).await,
            Self::Outcomes(rows) => store(transaction, recorder, rows).await,
            Self::Cases(rows) => store(transaction, recorder, rows).await,
            Self::Contributions(rows) => store(transaction, recorder, rows).await,
            Self::Observations(rows) => store_observations(transaction, recorder, rows).await,
        }
    }
}

/// A row of something with a reference: it can tell whether it says the same as before.
pub(super) trait TrackedRow: ModelTrait<Entity: EntityTrait<Model = Self>> + Sized {
    const COMMUNITY: <Self::Entity as EntityTrait>::Column;
    const ID: <Self::Entity as EntityTrait>::Column;
    const HASH: <Self::Entity as EntityTrait>::Column;
    fn id(&self) -> Uuid;
    fn hash(&self) -> &str;
}

macro_rules! tracked_rows {
    ($($table:ident),*) => {$(
        impl TrackedRow for $table::Model {
            const COMMUNITY: $table::Column = $table::Column::CommunityId;
            const ID: $table::Column = $table::Column::Id;
            const HASH: $table::Column = $table::Column::ContentHash;

            fn id(&self) -> Uuid {
                self.id
            }

            fn hash(&self) -> &str {
                &self.content_hash
            }
        }
    )*};
}

tracked_rows!(
    party,
    identity_link,
    activity_type,
    activity,
    cost_line,
    touchpoint,
    outcome,
    support_case,
    contribution
);

async fn store<R>(transaction: &impl ConnectionTrait, recorder: &Recorder, rows: Vec<R>) -> Result<Stored, DbErr>
where
    R: TrackedRow + IntoActiveModel<<R::Entity as EntityTrait>::ActiveModel>,
    <R::Entity as EntityTrait>::ActiveModel: Send,
{
    let mut stored = Stored::default();
    for rows in chunks(rows, ROWS) {
        let ids = rows.iter().map(TrackedRow::id).collect();
        let known = stored_hashes::<R>(transaction, recorder.community(), ids).await?;
        let mut to_write = Vec::with_capacity(rows.len());
        for row in rows {
            match known.get(&row.id()) {
                None => stored.new += 1,
                // A party that had only been mentioned is introduced.
                Some(hash) if hash.is_empty() => stored.new += 1,
                Some(hash) if hash == row.hash() => {
                    stored.known += 1;
                    continue;
                }
                Some(_) => stored.changed += 1,
            }
            to_write.push(row);
        }
        if recorder.writes() {
            upsert::<R::Entity>(transaction, to_write, &[R::COMMUNITY, R::ID]).await?;
        }
    }
    Ok(stored)
}

/// The content hashes of those of the rows that are stored.
///
/// Each is looked up on its own, within one statement: given a list of ids, PostgreSQL reads a whole community for each
/// statement where the table has grown since it was last analysed.
pub(super) async fn stored_hashes<R: TrackedRow>(
    transaction: &impl ConnectionTrait,
    community: CommunityId,
    ids: Vec<Uuid>,
) -> Result<HashMap<Uuid, String>, DbErr> {
    let wanted = || (Alias::new("wanted"), Alias::new("column1"));
    let table = R::Entity::default();
    let hash = Query::select()
        .column((table, R::HASH))
        .from(table)
        .and_where(Expr::col((table, R::COMMUNITY)).eq(community.0))
        .and_where(Expr::col((table, R::ID)).equals(wanted()))
        .take();
    let query = Query::select()
        .column(wanted())
        .expr(SimpleExpr::SubQuery(None, Box::new(hash.into())))
        .from_values(ids, Alias::new("wanted"))
        .take();
    let mut known = HashMap::new();
    for row in transaction.query_all(&query).await? {
        if let Some(hash) = row.try_get_by_index::<Option<String>>(1)? {
            known.insert(row.try_get_by_index(0)?, hash);
        }
    }
    Ok(known)
}

/// Writes observations in the order of their key, and looks up what is stored in stretches of it.
async fn store_observations(
    transaction: &impl ConnectionTrait,
    recorder: &Recorder,
    mut rows: Vec<observation::Model>,
) -> Result<Stored, DbErr> {
    use observation::Column::{CommunityId, Day, Measure, Source};
    type Key = (String, Date, String);
    type Said = (f64, Option<f64>, Option<f64>);
    let key = |row: &observation::Model| -> Key { (row.measure.clone(), row.day, row.source.clone()) };
    let said = |row: &observation::Model| -> Said { (row.value, row.low, row.high) };
    rows.sort_by_cached_key(key);
    let mut stored = Stored::default();
    for rows in chunks(rows, ROWS) {
        let measures: BTreeSet<&str> = rows.iter().map(|row| row.measure.as_str()).collect();
        let sources: BTreeSet<&str> = rows.iter().map(|row| row.source.as_str()).collect();
        let days = rows.iter().map(|row| row.day).min().zip(rows.iter().map(|row| row.day).max());
        let mut known: HashMap<Key, Said> = HashMap::new();
        if let Some((first, last)) = days {
            let stretch = observation::Entity::find()
                .filter(CommunityId.eq(recorder.community().0))
                .filter(Measure.is_in(measures))
                .filter(Source.is_in(sources))
                .filter(Day.between(first, last));
            known.extend(stretch.all(transaction).await?.iter().map(|row| (key(row), said(row))));
        }
        let mut to_write = Vec::with_capacity(rows.len());
        for row in rows {
            match known.get(&key(&row)) {
                None => stored.new += 1,
                Some(before) if *before == said(&row) => {
                    stored.known += 1;
                    continue;
                }
                Some(_) => stored.changed += 1,
            }
            to_write.push(row);
        }
        if recorder.writes() {
            upsert::<observation::Entity>(transaction, to_write, &[CommunityId, Measure, Day, Source]).await?;
        }
    }
    Ok(stored)
}

fn party(recorder: &Recorder, accepted: &Accepted) -> Option<party::Model> {
    let Record::Party(record) = &accepted.record else { return None };
    Some(row!(
        recorder,
        accepted,
        &record.party.reference,
        party {
            kind: record.party.kind.to_string(),
            name: record.name.clone(),
            is_staff: record.is_staff,
            since: record.since,
            until: record.until,
        }
    ))
}

fn link(recorder: &Recorder, accepted: &Accepted) -> Option<identity_link::Model> {
    let Record::Link(record) = &accepted.record else { return None };
    Some(row!(
        recorder,
        accepted,
        &record.from.reference,
        identity_link {
            from_id: recorder.party_id(&record.from),
            to_id: recorder.party_id(&record.to),
            method: record.method.to_string(),
            confidence: record.confidence,
            valid_from: record.valid_from,
            valid_until: record.valid_until,
        }
    ))
}

fn activity_type(recorder: &Recorder, accepted: &Accepted) -> Option<activity_type::Model> {
    let Record::ActivityType(record) = &accepted.record else { return None };
    let reference = Reference::new("", &record.key);
    Some(row!(
        recorder,
        accepted,
        &reference,
        activity_type {
            name: record.name.clone(),
            modality: record.modality.to_string(),
            goal: record.goal.to_string(),
        }
    ))
}

fn activity(recorder: &Recorder, accepted: &Accepted) -> Option<activity::Model> {
    let Record::Activity(record) = &accepted.record else { return None };
    Some(row!(
        recorder,
        accepted,
        &record.reference,
        activity {
            type_id: recorder.type_id(&record.activity_type),
            name: record.name.clone(),
            modality: record.modality.map(|modality| modality.to_string()),
            starts_on: record.starts_on,
            ends_on: record.ends_on,
            owner: record.owner.clone(),
            channels: json!(record.channels),
        }
    ))
}

fn cost(recorder: &Recorder, accepted: &Accepted) -> Option<cost_line::Model> {
    let Record::Cost(record) = &accepted.record else { return None };
    let (hours, rate) = match record.cost {
        Cost::Amount(_) => (None, None),
        Cost::Hours { hours, rate } => (Some(hours), Some(rate)),
    };
    let stored = |decimal: Option<Decimal>| decimal.map(ten_thousandths);
    Some(row!(
        recorder,
        accepted,
        &record.reference,
        cost_line {
            activity_id: record.activity.as_ref().map(|activity| recorder.id(RecordKind::Activity, activity)),
            kind: record.kind.to_string(),
            description: record.description.clone(),
            day: record.day,
            amount: ten_thousandths(record.cost.amount()),
            currency: record.currency.to_string(),
            hours: stored(hours),
            rate: stored(rate),
        }
    ))
}

fn touchpoint(recorder: &Recorder, accepted: &Accepted) -> Option<touchpoint::Model> {
    let Record::Touchpoint(record) = &accepted.record else { return None };
    Some(row!(
        recorder,
        accepted,
        &record.reference,
        touchpoint {
            activity_id: recorder.id(RecordKind::Activity, &record.activity),
            party_id: recorder.party_id(&record.party),
            at: record.at,
            role: record.role.to_string(),
            channel: record.channel.clone(),
        }
    ))
}

fn outcome(recorder: &Recorder, accepted: &Accepted) -> Option<outcome::Model> {
    let Record::Outcome(record) = &accepted.record else { return None };
    Some(row!(
        recorder,
        accepted,
        &record.reference,
        outcome {
            kind: record.kind.to_string(),
            party_id: record.party.as_ref().map(|party| recorder.party_id(party)),
            at: record.at,
            amount: record.money.map(|money| money.ten_thousandths()),
            currency: record.money.map(|money| money.currency.to_string()),
            title: record.title.clone(),
            lead_at: record.lead_at,
            opportunity_at: record.opportunity_at,
            withdrawn: record.withdrawn,
        }
    ))
}

fn case(recorder: &Recorder, accepted: &Accepted) -> Option<support_case::Model> {
    let Record::Case(record) = &accepted.record else { return None };
    Some(row!(
        recorder,
        accepted,
        &record.reference,
        support_case {
            party_id: record.party.as_ref().map(|party| recorder.party_id(party)),
            opened_at: record.opened_at,
            solved_at: record.solved_at,
            channel: record.channel.clone(),
        }
    ))
}

fn contribution(recorder: &Recorder, accepted: &Accepted) -> Option<contribution::Model> {
    let Record::Contribution(record) = &accepted.record else { return None };
    Some(row!(
        recorder,
        accepted,
        &record.reference,
        contribution {
            kind: record.kind.to_string(),
            thread: record.thread.clone(),
            party_id: recorder.party_id(&record.party),
            at: record.at,
            withdrawn: record.withdrawn,
        }
    ))
}

fn observation(recorder: &Recorder, accepted: &Accepted) -> Option<observation::Model> {
    let Record::Observation(record) = &accepted.record else { return None };
    Some(observation::Model {
        community_id: recorder.community().0,
        measure: record.measure.clone(),
        day: record.day,
        source: record.source.clone(),
        value: record.value,
        low: record.interval.map(|(low, _)| low),
        high: record.interval.map(|(_, high)| high),
        batch_id: recorder.batch(),
        recorded_at: recorder.now(),
    })
}
