//! Whether the sums of days that are kept are what the records add up to.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use sea_orm::prelude::*;
use valuemap_shared::ids::CommunityId;
use valuemap_shared::value_map::model::Attribution;

use crate::value_map::day_book::Kept;
use crate::value_map::day_reader::{DayReader, spans};

/// What a recount of what is kept found.
#[derive(Debug, Default)]
pub struct Recounted {
    /// How many days were kept and up to date.
    pub days: u64,
    /// What is wrong, by the day that it is of.
    pub wrong: BTreeMap<NaiveDate, String>,
}

/// Sums up all that is kept once more, from the records alone.
pub async fn recount(
    snapshot: &impl ConnectionTrait,
    community: CommunityId,
    attribution: &Attribution,
) -> Result<Recounted, DbErr> {
    let reader = DayReader::of(snapshot, community, attribution).await?;
    let Kept { days: kept, quarters, marks, .. } = Kept::read(&reader).await?;
    let mut found = Recounted { days: kept.len() as u64, ..Recounted::default() };
    let days: BTreeSet<NaiveDate> = kept.keys().copied().collect();
    for span in spans(&days) {
        for (day, sums) in reader.sum_up(span, &days).await? {
            if kept.get(&day).is_some_and(|kept| *kept != sums) {
                found.wrong.insert(day, format!("{day}: the sums that are kept are not what the records add up to"));
            }
        }
    }
    for (quarter, kept) in quarters {
        if reader.count_active(quarter).await? != kept {
            let message = format!("{quarter}: the active members that are kept are not those of the records");
            found.wrong.entry(quarter.first_day()).or_insert(message);
        }
    }
    for day in reader.recorded().await? {
        if !marks.contains_key(&day) {
            found.wrong.insert(day, format!("{day}: something is recorded of it, and it is not among the days"));
        }
    }
    Ok(found)
}
