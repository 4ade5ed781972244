//! Customers, and those of which somebody did anything.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use sea_orm::QuerySelect;
use sea_orm::prelude::*;
use uuid::Uuid;
use valuemap_shared::ids::CommunityId;
use valuemap_shared::value_map::model::AttributionUnit;
use valuemap_shared::value_map::{CustomerCounts, DistinctPace};

use crate::activities::entities::party;
use crate::activities::identity::Identities;
use crate::value_map::counted::customers_on;
use crate::value_map::days::{Days, Span};
use crate::value_map::health::activity::ActiveDays;

/// Of some days, given who was active on them and maybe on others.
pub async fn counts(
    db: &impl ConnectionTrait,
    community: CommunityId,
    (identities, active): (&Identities, &ActiveDays),
    days: Span,
) -> Result<CustomerCounts, DbErr> {
    let customers = customers(db, community, identities, days.last).await?;
    let with_members: HashSet<Uuid> =
        identities.accounts_with_members().iter().map(|account| identities.person(*account, days.last)).collect();
    let first_active = first_active(identities, active, days, &customers);
    let is_known = |account: &&Uuid| with_members.contains(*account) || first_active.contains_key(*account);
    Ok(CustomerCounts {
        customers: customers.len() as u64,
        with_members: customers.iter().filter(is_known).count() as u64,
        active: first_active.len() as u64,
        pace: None,
    })
}

/// How many customers a quarter that is over had active in its first days, and in all of them.
pub async fn pace(
    db: &impl ConnectionTrait,
    community: CommunityId,
    (identities, active): (&Identities, &ActiveDays),
    days: Days,
) -> Result<DistinctPace, DbErr> {
    let whole = Span::from(days.period);
    let customers = customers(db, community, identities, whole.last).await?;
    let mut by_day: BTreeMap<NaiveDate, u64> = BTreeMap::new();
    for day in first_active(identities, active, whole, &customers).into_values() {
        *by_day.entry(day).or_default() += 1;
    }
    let first_days = by_day.range(..=days.last_day()).map(|(_, accounts)| accounts).sum();
    Ok(DistinctPace { first_days, whole: by_day.into_values().sum() })
}

/// The accounts that were customers at the end of a day; those that are linked are one.
async fn customers(
    db: &impl ConnectionTrait,
    community: CommunityId,
    identities: &Identities,
    day: NaiveDate,
) -> Result<HashSet<Uuid>, DbErr> {
    let ids = customers_on(community, day).select_only().column(party::Column::Id);
    let accounts: Vec<Uuid> = ids.into_tuple().all(db).await?;
    Ok(accounts.into_iter().map(|account| identities.person(account, day)).collect())
}

/// On which of some days somebody of a customer did anything first. A member is of the accounts that they are linked to on
/// that day.
fn first_active(
    identities: &Identities,
    active: &ActiveDays,
    days: Span,
    customers: &HashSet<Uuid>,
) -> HashMap<Uuid, NaiveDate> {
    let mut first_active: HashMap<Uuid, NaiveDate> = HashMap::new();
    let within = |day: &NaiveDate| (days.first..=days.last).contains(day);
    for (party, day) in active.iter().copied().filter(|(_, day)| within(day)) {
        let accounts = identities.units(party, day, AttributionUnit::Account).into_iter();
        for account in accounts.map(|account| identities.person(account, days.last)) {
            if customers.contains(&account) {
                first_active.entry(account).and_modify(|first| *first = Ord::min(*first, day)).or_insert(day);
            }
        }
    }
    first_active
}
