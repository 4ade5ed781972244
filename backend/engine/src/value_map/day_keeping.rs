//! Keeps what was summed up of days.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use sea_orm::QuerySelect;
use sea_orm::prelude::*;
use sea_orm::sea_query::{LockBehavior, LockType, OnConflict};
use uuid::Uuid;
use valuemap_shared::ids::CommunityId;

use crate::activities::entities::{tracked_day, tracked_quarter};
use crate::base::commits::Touches;
use crate::database::author::Author;
use crate::database::statements::{all_set, chunks};
use crate::database::{Database, Transaction};

/// What was summed up and is to be kept.
pub enum Fresh {
    /// Each with the mark that it was summed up under.
    Days(Vec<tracked_day::Model>),
    Quarters(Vec<tracked_quarter::Model>),
}

/// Keeps what was summed up while whoever asked goes on.
pub fn keep_aside(database: &Database, community: CommunityId, fresh: Fresh) {
    if matches!(&fresh, Fresh::Quarters(quarters) if quarters.is_empty()) {
        return;
    }
    let database = database.clone();
    tokio::spawn(async move {
        let keep = async |transaction: &Transaction| match &fresh {
            Fresh::Days(days) => keep_days(transaction, community, days).await,
            Fresh::Quarters(quarters) => keep_quarters(transaction, quarters).await,
        };
        if let Err(error) = database.write(&Author::SERVER, Touches::NOTHING, keep).await {
            tracing::warn!(%community, "sums of days are not kept and will be summed up again: {error}");
        }
    });
}

/// Keeps the sums of days whose marks are still those that they were summed up under. Days that another transaction holds
/// are left out: it is marking them.
async fn keep_days(
    transaction: &Transaction,
    community: CommunityId,
    days: &[tracked_day::Model],
) -> Result<(), DbErr> {
    use tracked_day::Column::{Active, Basis, Body, CommunityId, Day, Mark};
    let asked = days.iter().map(|row| row.day);
    let rows = tracked_day::Entity::find().select_only().columns([Day, Mark, Active]);
    let rows = rows.filter(CommunityId.eq(community.0)).filter(Day.is_in(asked));
    let free = rows.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    let free: Vec<(NaiveDate, Uuid, Uuid)> = free.into_tuple().all(transaction).await?;
    let marks: BTreeMap<NaiveDate, (Uuid, Uuid)> =
        free.into_iter().map(|(day, mark, active)| (day, (mark, active))).collect();
    let current = days.iter().filter_map(|row| {
        let (mark, active) = marks.get(&row.day).filter(|(mark, _)| *mark == row.mark)?;
        Some(tracked_day::Model { mark: *mark, active: *active, ..row.clone() })
    });
    for some in chunks(current, 500) {
        let conflict = OnConflict::columns([CommunityId, Day]).update_columns([Basis, Body]).to_owned();
        let rows = some.into_iter().map(all_set::<tracked_day::ActiveModel>);
        let insert = tracked_day::Entity::insert_many(rows).on_conflict(conflict);
        insert.exec_without_returning(transaction).await?;
    }
    Ok(())
}

async fn keep_quarters(transaction: &Transaction, quarters: &[tracked_quarter::Model]) -> Result<(), DbErr> {
    use tracked_quarter::Column::{Body, CommunityId, FirstDay, Marks};
    let conflict = OnConflict::columns([CommunityId, FirstDay]).update_columns([Marks, Body]).to_owned();
    let rows = quarters.iter().cloned().map(all_set::<tracked_quarter::ActiveModel>);
    tracked_quarter::Entity::insert_many(rows).on_conflict(conflict).exec_without_returning(transaction).await?;
    Ok(())
}
