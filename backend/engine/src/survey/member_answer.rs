//! One answer a member in a wave. A wave is the calendar quarter that the answer is received in.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Utc};
use sea_orm::prelude::*;
use sea_orm::{Condition, Iterable, PrimaryKeyToColumn, TryInsertResult};
use valuemap_shared::calendar::Quarter;

use crate::database::statements::{all_set, chunks};
use crate::survey::entities::{member_answer, response};
use crate::survey::entry::{Entry, ResponseKey, is_response};

/// A survey of a community, a wave and a member: the key that the database keeps unique.
type Claim = (Uuid, Uuid, String, String);

fn claim_of(row: &member_answer::Model) -> Claim {
    (row.community_id, row.survey_id, row.wave.clone(), row.member.clone())
}

/// What an entry of a signed member claims.
pub fn claimed(entry: &Entry) -> Option<member_answer::Model> {
    let response = entry.response();
    entry.member().map(|member| member_answer::Model {
        community_id: response.community_id,
        survey_id: response.survey_id,
        wave: Quarter::containing(response.received_at.date_naive()).to_string(),
        member: member.to_string(),
        response_id: response.id,
        created_at: response.received_at,
    })
}

/// Of entries whose responses were just inserted, takes back those of members who answered in the wave already, and says
/// when they did. Of two in the same batch, the one that arrived first counts.
///
/// The database decides, by the key of the claim: a server that claims the same at the same time is waited for. Claims
/// come after all responses and in the order of their keys, so nobody can deadlock.
pub async fn take_back_repeated(
    transaction: &impl ConnectionTrait,
    arrived: &[&Entry],
) -> Result<HashMap<ResponseKey, DateTime<Utc>>, DbErr> {
    let mut first: BTreeMap<Claim, member_answer::Model> = BTreeMap::new();
    for row in arrived.iter().filter_map(|entry| claimed(entry)) {
        first.entry(claim_of(&row)).or_insert(row);
    }
    let mut holders = insert_claims(transaction, &first).await?;
    let held: Vec<&Claim> = first.keys().filter(|claim| !holders.contains_key(*claim)).collect();
    holders.extend(find_claims(transaction, held).await?);

    let mut repeated = HashMap::new();
    for entry in arrived {
        let Some(row) = claimed(entry) else { continue };
        let holder = holders.get(&claim_of(&row));
        let holder = holder.ok_or_else(|| DbErr::RecordNotFound(format!("a claim of response {}", row.response_id)))?;
        if holder.response_id != row.response_id {
            repeated.insert(entry.key(), holder.created_at);
        }
    }
    delete_responses(transaction, repeated.keys().copied().collect()).await?;
    Ok(repeated)
}

async fn insert_claims(
    transaction: &impl ConnectionTrait,
    claims: &BTreeMap<Claim, member_answer::Model>,
) -> Result<HashMap<Claim, member_answer::Model>, DbErr> {
    let mut inserted = HashMap::with_capacity(claims.len());
    for rows in chunks(claims.values().cloned().map(all_set), 500) {
        let rows: Vec<member_answer::ActiveModel> = rows;
        // A conflict with anything but its own key is a fault.
        let key = member_answer::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column);
        let statement = member_answer::Entity::insert_many(rows).on_conflict_do_nothing_on(key);
        if let TryInsertResult::Inserted(rows) = statement.exec_with_returning_many(transaction).await? {
            inserted.extend(rows.into_iter().map(|row| (claim_of(&row), row)));
        }
    }
    Ok(inserted)
}

async fn find_claims(
    transaction: &impl ConnectionTrait,
    claims: Vec<&Claim>,
) -> Result<HashMap<Claim, member_answer::Model>, DbErr> {
    use member_answer::Column;
    let mut found = HashMap::with_capacity(claims.len());
    for claims in chunks(claims, 200) {
        let mut any = Condition::any();
        for (community, survey, wave, member) in claims {
            let same = Condition::all()
                .add(Column::CommunityId.eq(*community))
                .add(Column::SurveyId.eq(*survey))
                .add(Column::Wave.eq(wave))
                .add(Column::Member.eq(member));
            any = any.add(same);
        }
        let rows = member_answer::Entity::find().filter(any).all(transaction).await?;
        found.extend(rows.into_iter().map(|row| (claim_of(&row), row)));
    }
    Ok(found)
}

/// Removes responses that this transaction inserted, and nothing else of which is stored yet.
async fn delete_responses(transaction: &impl ConnectionTrait, keys: HashSet<ResponseKey>) -> Result<(), DbErr> {
    for keys in chunks(keys, 200) {
        let any = keys.into_iter().fold(Condition::any(), |any, key| any.add(is_response(key)));
        response::Entity::delete_many().filter(any).exec(transaction).await?;
    }
    Ok(())
}
