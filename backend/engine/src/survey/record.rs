//! Stores submissions together with the tallies that they change, in one transaction that the caller opened. What does
//! not count is stored alone.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Utc};
use sea_orm::prelude::*;
use sea_orm::{Condition, TryInsertResult};
use valuemap_shared::ids::SubmissionId;

use crate::database::additions::{Addition, add};
use crate::database::statements::{all_set, chunks};
use crate::survey::entities::response::Standing;
use crate::survey::entities::{answer, response};
use crate::survey::entry::{Entry, ResponseKey, is_response};
use crate::survey::member_answer::{claimed, take_back_repeated};
use crate::survey::respondents::{corrections, respondent_of};
use crate::survey::tallying::{Contribution, tallied};

/// The result of storing an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryResult {
    /// It is stored.
    Recorded(Acknowledgement),
    /// It had been stored before, and this is its first acknowledgement.
    Repeated(Acknowledgement),
    /// A submission with different content had been stored under its id. Nothing changed.
    IdReused,
    /// The member had answered the survey in this wave before. Nothing changed.
    AlreadyAnswered { received_at: DateTime<Utc> },
}

/// That a submission is stored, and since when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledgement {
    pub id: SubmissionId,
    pub received_at: DateTime<Utc>,
}

/// What an entry is, beside the first response that was stored under its key.
fn result_of(entry: &Entry, first: &response::Model, is_new: bool) -> EntryResult {
    if first.content_hash != entry.response().content_hash {
        return EntryResult::IdReused;
    }
    let acknowledgement = Acknowledgement { id: SubmissionId(first.id), received_at: first.received_at };
    if is_new { EntryResult::Recorded(acknowledgement) } else { EntryResult::Repeated(acknowledgement) }
}

/// The acknowledgement of a submission that was stored before.
pub async fn acknowledgement_of(db: &impl ConnectionTrait, entry: &Entry) -> Result<Option<Acknowledgement>, DbErr> {
    let stored = find_responses(db, &HashSet::from([entry.key()])).await?;
    Ok(match stored.get(&entry.key()).map(|first| result_of(entry, first, false)) {
        Some(EntryResult::Repeated(acknowledgement)) => Some(acknowledgement),
        _ => None,
    })
}

/// Stores what is new among the entries and says what became of each.
pub async fn record(transaction: &impl ConnectionTrait, entries: &[Entry]) -> Result<Vec<EntryResult>, DbErr> {
    let (outcomes, additions) = sort_out(transaction, entries).await?;
    add(transaction, &additions).await?;
    Ok(outcomes)
}

/// Finds out what is new among the entries, says what becomes of each, and what is to be added for those that are new
/// before the transaction is committed.
///
/// The database decides what is new, by the key of the response, so that two servers given the same submission store
/// it once, and by the key of a member's claim on the wave. Rows are written in the order of their keys, so that two
/// servers cannot deadlock.
pub async fn sort_out(
    transaction: &impl ConnectionTrait,
    entries: &[Entry],
) -> Result<(Vec<EntryResult>, Vec<Addition>), DbErr> {
    let mut firsts: BTreeMap<ResponseKey, &Entry> = BTreeMap::new();
    for entry in entries {
        firsts.entry(entry.key()).or_insert(entry);
    }
    let mut stored = insert_responses(transaction, &firsts).await?;
    let known: HashSet<ResponseKey> = firsts.keys().filter(|key| !stored.contains_key(*key)).copied().collect();
    let is_first = |entry: &Entry| std::ptr::eq(firsts[&entry.key()], entry) && !known.contains(&entry.key());
    let arrived: Vec<&Entry> = entries.iter().filter(|entry| is_first(entry)).collect();
    let repeated = take_back_repeated(transaction, &arrived).await?;
    stored.retain(|key, _| !repeated.contains_key(key));
    let new_entries: Vec<&Entry> =
        firsts.iter().filter(|(key, _)| stored.contains_key(*key)).map(|(_, entry)| *entry).collect();
    let counted = new_entries.iter().filter(|entry| entry.response().standing == Standing::Counted);
    let mut contributions: Vec<&Contribution> = counted.map(|entry| entry.contribution()).collect();
    let corrected = corrections_of_new(transaction, &new_entries).await?;
    contributions.extend(&corrected);
    let backend = transaction.get_database_backend();
    let answers = new_entries.iter().flat_map(|entry| entry.answers()).cloned().collect();
    let [cells, pairs] = tallied(backend, &contributions)?;
    let additions = match new_entries.as_slice() {
        [] => Vec::new(),
        _ => vec![Addition::of::<answer::Entity>(backend, answers)?, cells, pairs],
    };
    stored.extend(find_responses(transaction, &known).await?);

    let mut outcomes = Vec::with_capacity(entries.len());
    for entry in entries {
        if let Some(received_at) = repeated.get(&entry.key()) {
            outcomes.push(EntryResult::AlreadyAnswered { received_at: *received_at });
            continue;
        }
        let first = stored.get(&entry.key());
        let first = first.ok_or_else(|| DbErr::RecordNotFound(format!("response {}", entry.response().id)))?;
        outcomes.push(result_of(entry, first, is_first(entry)));
    }
    Ok((outcomes, additions))
}

/// What makes members count once who answered other surveys in the same wave.
async fn corrections_of_new(
    transaction: &impl ConnectionTrait,
    new_entries: &[&Entry],
) -> Result<Vec<Contribution>, DbErr> {
    let respondents =
        new_entries.iter().filter_map(|entry| claimed(entry)).map(|claim| respondent_of(&claim)).collect();
    let unwritten: HashMap<ResponseKey, &Contribution> =
        new_entries.iter().map(|entry| (entry.key(), entry.contribution())).collect();
    let counted_before = |row: &response::Model| {
        row.standing == Standing::Counted && !unwritten.contains_key(&(row.community_id, row.survey_id, row.id))
    };
    corrections(transaction, &respondents, &unwritten, counted_before).await
}

async fn insert_responses(
    transaction: &impl ConnectionTrait,
    entries: &BTreeMap<ResponseKey, &Entry>,
) -> Result<HashMap<ResponseKey, response::Model>, DbErr> {
    let mut inserted = HashMap::with_capacity(entries.len());
    for rows in chunks(entries.values().map(|entry| all_set(entry.response().clone())), 500) {
        let statement = response::Entity::insert_many(rows).on_conflict_do_nothing();
        if let TryInsertResult::Inserted(rows) = statement.exec_with_returning_many(transaction).await? {
            inserted.extend(rows.into_iter().map(|row| ((row.community_id, row.survey_id, row.id), row)));
        }
    }
    Ok(inserted)
}

async fn find_responses(
    transaction: &impl ConnectionTrait,
    keys: &HashSet<ResponseKey>,
) -> Result<HashMap<ResponseKey, response::Model>, DbErr> {
    let mut found = HashMap::with_capacity(keys.len());
    for keys in chunks(keys.iter().copied(), 200) {
        let any = keys.into_iter().fold(Condition::any(), |any, key| any.add(is_response(key)));
        for row in response::Entity::find().filter(any).all(transaction).await? {
            found.insert((row.community_id, row.survey_id, row.id), row);
        }
    }
    Ok(found)
}

/// Whether there is a response of this key.
pub async fn is_stored(db: &impl ConnectionTrait, key: ResponseKey) -> Result<bool, DbErr> {
    Ok(response::Entity::find_by_id(key).one(db).await?.is_some())
}
