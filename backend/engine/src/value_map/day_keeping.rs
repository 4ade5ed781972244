//! Keeps what was summed up.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use sea_orm::prelude::*;
use sea_orm::sea_query::{LockBehavior, LockType, OnConflict};
use sea_orm::{Condition, QuerySelect};
use uuid::Uuid;
use valuemap_shared::ids::CommunityId;

use crate::activities::entities::kept_sum;
use crate::activities::kept_sums::SumKey;
use crate::base::commits::Touches;
use crate::database::author::Author;
use crate::database::statements::{all_set, chunks};
use crate::database::{Database, Transaction};

/// Maximum rows per statement: the credits of a day can be some ten kilobytes.
const ROWS: usize = 100;

/// Keeps what was summed up, each row under its mark, while whoever asked goes on.
pub fn keep_aside(database: &Database, community: CommunityId, fresh: Vec<kept_sum::Model>) {
    if fresh.is_empty() {
        return;
    }
    let database = database.clone();
    tokio::spawn(async move {
        for some in fresh.chunks(ROWS) {
            let keep = async |transaction: &Transaction| keep(transaction, community, some).await;
            if let Err(error) = database.write(&Author::SERVER, Touches::NOTHING, keep).await {
                tracing::warn!(%community, "sums are not kept and will be summed up again: {error}");
                return;
            }
        }
    });
}

/// Keeps sums whose marks are still those that they were summed up under. Those that another transaction holds are left
/// out: it marks them, or keeps them, too. Credits need no lock: who reads them compares their mark with that of their day.
async fn keep(transaction: &Transaction, community: CommunityId, rows: &[kept_sum::Model]) -> Result<(), DbErr> {
    use kept_sum::Column::{Basis, Body, CommunityId, Day, Mark, Part};
    let of_days = rows.iter().filter(|row| row.part == SumKey::OF_DAY).map(|row| row.day);
    let mut others: BTreeMap<NaiveDate, Vec<i16>> = BTreeMap::new();
    for row in rows.iter().filter(|row| ![SumKey::OF_DAY, SumKey::CREDITS].contains(&row.part)) {
        others.entry(row.day).or_default().push(row.part);
    }
    // None but these are locked.
    let of_days = Condition::all().add(Part.eq(SumKey::OF_DAY)).add(Day.is_in(of_days));
    let of_other = |(day, parts): (NaiveDate, Vec<i16>)| Condition::all().add(Day.eq(day)).add(Part.is_in(parts));
    let keys = others.into_iter().map(of_other).fold(Condition::any().add(of_days), Condition::add);
    let free = kept_sum::Entity::find().select_only().columns([Day, Part, Mark]);
    let free = free.filter(CommunityId.eq(community.0)).filter(keys);
    let free = free.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    let free: Vec<(NaiveDate, i16, Uuid)> = free.into_tuple().all(transaction).await?;
    let marks: BTreeMap<(NaiveDate, i16), Uuid> =
        free.into_iter().map(|(day, part, mark)| ((day, part), mark)).collect();
    let is_current =
        |row: &&kept_sum::Model| row.part == SumKey::CREDITS || marks.get(&(row.day, row.part)) == Some(&row.mark);
    let current = rows.iter().filter(is_current).cloned();
    for some in chunks(current, ROWS) {
        let conflict = OnConflict::columns([CommunityId, Day, Part]).update_columns([Mark, Basis, Body]).to_owned();
        let rows = some.into_iter().map(all_set::<kept_sum::ActiveModel>);
        kept_sum::Entity::insert_many(rows).on_conflict(conflict).exec_without_returning(transaction).await?;
    }
    Ok(())
}
