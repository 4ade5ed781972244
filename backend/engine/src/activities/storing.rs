//! Upserts: writes the rows that are new or have different content than before.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sea_orm::prelude::*;
use sea_orm::sea_query::{Alias, ExprTrait, Query, SimpleExpr};
use sea_orm::{IntoActiveModel, QueryTrait};
use uuid::Uuid;
use valuemap_shared::activities::PartyRef;
use valuemap_shared::ids::CommunityId;

use crate::activities::accepted::{ROWS, Stamp, Stored, Writing};
use crate::activities::batches::{OpenBatch, staged_of, table_of};
use crate::activities::changed_days::ChangedDays;
use crate::activities::concerns::Concerning;
use crate::activities::entities::{
    activity, activity_type, contribution, cost_line, identity_link, observation, outcome, party, support_case,
    touchpoint,
};
use crate::activities::rows::{RecordRows, mentioned_party};
use crate::database::statements::{chunks, replacing_all_but};

impl RecordRows {
    /// Writes those that are new or have different content than what is stored.
    pub async fn store(
        self,
        transaction: &impl ConnectionTrait,
        stamp: &Stamp,
        changed: &mut ChangedDays,
    ) -> Result<Stored, DbErr> {
        match self {
            Self::Parties(rows) => store(transaction, (stamp, changed), rows).await,
            Self::Links(rows) => store(transaction, (stamp, changed), rows).await,
            Self::ActivityTypes(rows) => store(transaction, (stamp, changed), rows).await,
            Self::Activities(rows) => store(transaction, (stamp, changed), rows).await,
            Self::Costs(rows) => store(transaction, (stamp, changed), rows).await,
            Self::Touchpoints(rows) => store(transaction, (stamp, changed), rows).await,
            Self::Outcomes(rows) => store(transaction, (stamp, changed), rows).await,
            Self::Cases(rows) => store(transaction, (stamp, changed), rows).await,
            Self::Contributions(rows) => store(transaction, (stamp, changed), rows).await,
            Self::Observations(rows) => store_observations(transaction, stamp, rows).await,
        }
    }
}

/// A row of something with a reference: it can tell whether its content is the same as before.
pub(super) trait TrackedRow: ModelTrait<Entity: EntityTrait<Model = Self>> + Concerning + Sized {
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

async fn store<R>(
    transaction: &impl ConnectionTrait,
    (stamp, changed): (&Stamp, &mut ChangedDays),
    rows: Vec<R>,
) -> Result<Stored, DbErr>
where
    R: TrackedRow + IntoActiveModel<<R::Entity as EntityTrait>::ActiveModel>,
    <R::Entity as EntityTrait>::ActiveModel: Send,
{
    let mut stored = Stored::default();
    for rows in chunks(rows, ROWS) {
        let ids = rows.iter().map(TrackedRow::id).collect();
        let known = stored_hashes::<R>(transaction, stamp.community, ids).await?;
        let (mut new, mut replacing) = (Vec::with_capacity(rows.len()), Vec::new());
        for row in rows {
            match known.get(&row.id()) {
                None => {
                    stored.new += 1;
                    new.push(row);
                }
                Some(hash) if hash == row.hash() => stored.known += 1,
                Some(hash) => {
                    // A party that had only been mentioned is introduced.
                    let count = if hash.is_empty() { &mut stored.new } else { &mut stored.changed };
                    *count += 1;
                    replacing.push(row);
                }
            }
        }
        write(transaction, (stamp, changed), new, replacing).await?;
    }
    Ok(stored)
}

/// Writes new rows and such as take the place of others.
pub(super) async fn write<R>(
    transaction: &impl ConnectionTrait,
    (stamp, changed): (&Stamp, &mut ChangedDays),
    mut new: Vec<R>,
    replacing: Vec<R>,
) -> Result<(), DbErr>
where
    R: TrackedRow + IntoActiveModel<<R::Entity as EntityTrait>::ActiveModel>,
    <R::Entity as EntityTrait>::ActiveModel: Send,
{
    if stamp.writing == Writing::Nothing {
        return Ok(());
    }
    let ids: Vec<Uuid> = replacing.iter().map(TrackedRow::id).collect();
    let replaced = stored_rows::<R>(transaction, stamp.community, ids.clone()).await?;
    for row in replaced.iter().chain(&new).chain(&replacing) {
        changed.gather(row.concerns());
    }
    match stamp.writing {
        Writing::Unseen(batch) if !ids.is_empty() => {
            upsert::<R::Entity>(transaction, staged_of::<R::Entity>(), replacing).await?;
            batch.note_replaced::<R::Entity>(transaction, (R::ID, R::HASH), ids).await?;
        }
        _ => new.extend(replacing),
    }
    upsert::<R::Entity>(transaction, table_of::<R::Entity>(), new).await
}

/// The rows of these ids that are stored.
pub(super) async fn stored_rows<R: TrackedRow>(
    transaction: &impl ConnectionTrait,
    community: CommunityId,
    ids: Vec<Uuid>,
) -> Result<Vec<R>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let stored = R::Entity::find().filter(R::COMMUNITY.eq(community.0)).filter(R::ID.is_in(ids));
    stored.all(transaction).await
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

/// Writes observations in the order of their key, and looks up what is stored in batches of consecutive keys.
async fn store_observations(
    transaction: &impl ConnectionTrait,
    stamp: &Stamp,
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
            let in_range = observation::Entity::find()
                .filter(CommunityId.eq(stamp.community.0))
                .filter(Measure.is_in(measures))
                .filter(Source.is_in(sources))
                .filter(Day.between(first, last));
            known.extend(in_range.all(transaction).await?.iter().map(|row| (key(row), said(row))));
        }
        let (mut new, mut replacing) = (Vec::with_capacity(rows.len()), Vec::new());
        for row in rows {
            match known.get(&key(&row)) {
                None => {
                    stored.new += 1;
                    new.push(row);
                }
                Some(before) if *before == said(&row) => stored.known += 1,
                Some(_) => {
                    stored.changed += 1;
                    replacing.push(row);
                }
            }
        }
        match stamp.writing {
            Writing::Nothing => continue,
            Writing::Seen => new.extend(replacing),
            Writing::Unseen(_) => {
                let staged = staged_of::<observation::Entity>();
                upsert::<observation::Entity>(transaction, staged, replacing).await?;
            }
        }
        upsert::<observation::Entity>(transaction, table_of::<observation::Entity>(), new).await?;
    }
    Ok(stored)
}

/// Inserts parties that are mentioned, by their ids. Those that are there stay as they are, and are seen if this is.
pub(super) async fn insert_mentioned(
    transaction: &impl ConnectionTrait,
    stamp: &Stamp,
    mentioned: &BTreeMap<Uuid, &PartyRef>,
    open: Option<OpenBatch>,
) -> Result<(), DbErr> {
    for some in chunks(mentioned, ROWS) {
        let rows = some.iter().map(|(id, party)| mentioned_party(stamp, **id, party).into_active_model().reset_all());
        let mut insert = party::Entity::insert_many(rows).on_conflict_do_nothing();
        transaction.execute(insert.query().into_table(table_of::<party::Entity>())).await?;
        if let Some(batch) = open {
            let ids: Vec<Uuid> = some.iter().map(|(id, _)| **id).collect();
            batch.give_away(transaction, &ids).await?;
        }
    }
    Ok(())
}

/// Inserts rows, or replaces those that are there.
async fn upsert<E>(transaction: &impl ConnectionTrait, table: Alias, rows: Vec<E::Model>) -> Result<(), DbErr>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: Send,
{
    for rows in chunks(rows, ROWS) {
        let rows = rows.into_iter().map(|row| row.into_active_model().reset_all());
        let mut insert = E::insert_many(rows).on_conflict(replacing_all_but::<E>(&[]));
        transaction.execute(insert.query().into_table(table.clone())).await?;
    }
    Ok(())
}
