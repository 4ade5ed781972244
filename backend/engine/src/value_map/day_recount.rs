//! Whether the sums of days that are kept are what the records add up to.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::prelude::*;
use valuemap_shared::calendar::Quarter;
use valuemap_shared::ids::CommunityId;
use valuemap_shared::value_map::model::Attribution;

use crate::activities::kept_sums::{PartyRange, SumKey};
use crate::database::statements::Reads;
use crate::value_map::active_members::ActiveSums;
use crate::value_map::customers::Customers;
use crate::value_map::day_credits::additive_model;
use crate::value_map::day_reader::{DayReader, spans};
use crate::value_map::days::Span;
use crate::value_map::kept::{Kept, Sum};
use crate::value_map::kept_credits::KeptCredits;

/// What a recount of what is kept found.
#[derive(Debug, Default)]
pub struct Recounted {
    /// How many days were kept and up to date.
    pub days: u64,
    /// What is wrong.
    pub wrong: BTreeMap<SumKey, String>,
}

/// Sums up all that is kept once more, from the records alone.
pub async fn recount(
    snapshot: &impl Reads,
    community: CommunityId,
    attribution: &Attribution,
) -> Result<Recounted, DbErr> {
    let reader = DayReader::of(snapshot, community, attribution).await?;
    let kept = Kept::of(&reader).await?;
    let days = kept.days();
    let mut found = Recounted { days: days.len() as u64, ..Recounted::default() };
    for span in spans(&days) {
        for (day, sums) in reader.sum_up(span, &days).await? {
            if kept.sum(SumKey::of_day(day)) != Some(&Sum::Day(sums.into())) {
                let message = format!("{day}: the sums that are kept are not what the records add up to");
                found.wrong.insert(SumKey::of_day(day), message);
            }
        }
    }
    if let Some(model) = additive_model(attribution) {
        let kept = KeptCredits::read(&reader, Span::ALL).await?.credits;
        let days = kept.keys().copied().collect();
        for span in spans(&days) {
            for (day, credits) in reader.credit(model, span, &days).await? {
                if kept.get(&day).is_none_or(|kept| **kept != credits) {
                    let message = format!("{day}: the credits that are kept are not those of the records");
                    found.wrong.entry(SumKey::of_day(day)).or_insert(message);
                }
            }
        }
    }
    let mut recorded = reader.recorded().await?;
    let quarters: BTreeSet<Quarter> = recorded.iter().copied().map(Quarter::containing).collect();
    for quarter in quarters {
        let mut counted = reader.count_active(quarter, &PartyRange::all().collect()).await?;
        for range in PartyRange::all() {
            let (key, counted) = (SumKey::of_active(quarter, range), counted.remove(&range).unwrap_or_default());
            if differs(&kept, key, counted == ActiveSums::default(), Sum::Active(counted.into())) {
                let message = format!("{quarter}: the active members that are kept are not those of the records");
                found.wrong.insert(key, message);
            }
        }
    }
    let customers = reader.customers().await?;
    let is_none = customers == Customers::default();
    if differs(&kept, SumKey::CUSTOMERS, is_none, Sum::Customers(customers.into())) {
        let message = "the customers that are kept are not those of the records".to_owned();
        found.wrong.insert(SumKey::CUSTOMERS, message);
    }
    recorded.retain(|day| !kept.has(SumKey::of_day(*day)));
    for day in recorded {
        let message = format!("{day}: something is recorded of it, and it is not among the days");
        found.wrong.insert(SumKey::of_day(day), message);
    }
    Ok(found)
}

/// Whether something else is kept. What there is none of may have no row, and what was not summed up yet is not wrong.
fn differs(kept: &Kept, key: SumKey, is_none: bool, counted: Sum) -> bool {
    let is_missing = !kept.has(key) && !is_none;
    is_missing || kept.sum(key).is_some_and(|kept| *kept != counted)
}
