//! Which of the members who joined came again.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Days, NaiveDate, Utc};
use sea_orm::prelude::*;
use sea_orm::{Condition, QuerySelect};
use uuid::Uuid;
use valuemap_shared::activities::PartyKind;
use valuemap_shared::ids::CommunityId;
use valuemap_shared::value_map::{Cohort, MONTH_ONE, MONTH_THREE, RetentionWindow};

use crate::activities::entities::party;
use crate::activities::identity::Identities;
use crate::database::statements::chunks;
use crate::value_map::days::Span;
use crate::value_map::health::activity::{ActiveDays, tracked_from};

/// The days on which a window may lie that ends on one of some days.
pub fn watched(days: Span) -> Span {
    let length = |window: RetentionWindow| window.last_day - window.first_day;
    let before = Days::new(Ord::max(length(MONTH_ONE), length(MONTH_THREE)));
    Span { first: days.first.checked_sub_days(before).unwrap_or(days.first), last: days.last }
}

/// The cohort whose window ends on one of some days, given who was active while it is watched.
pub async fn cohort(
    db: &impl ConnectionTrait,
    community: CommunityId,
    (identities, active): (&Identities, &ActiveDays),
    window: RetentionWindow,
    (days, now): (Span, DateTime<Utc>),
) -> Result<Cohort, DbErr> {
    let Some(joined) = window.joined((days.first, days.last), now.date_naive()) else { return Ok(Cohort::default()) };
    let mut cohort = Cohort { joined: Some(joined), ..Cohort::default() };
    cohort.without_day = without_day(db, community, identities, days.last).await?;
    let Some(tracked_from) = tracked_from(db, community).await? else { return Ok(cohort) };
    let person = |party| identities.person(party, days.last);
    let mut joined = joined_on(db, community, identities, joined, person).await?;
    joined.retain(|member, _| !identities.is_staff(*member));
    let window_of = |joined: &NaiveDate| {
        let after = |days: u64| joined.checked_add_days(Days::new(days)).unwrap_or(NaiveDate::MAX);
        after(window.first_day)..=after(window.last_day)
    };
    let (joined, early): (HashMap<Uuid, NaiveDate>, HashMap<Uuid, NaiveDate>) =
        joined.into_iter().partition(|(_, joined)| *window_of(joined).start() >= tracked_from);
    let came_again: HashSet<Uuid> = active
        .iter()
        .map(|(party, day)| (person(*party), day))
        .filter(|(member, day)| joined.get(member).is_some_and(|joined| window_of(joined).contains(day)))
        .map(|(member, _)| member)
        .collect();
    cohort.members = joined.len() as u64;
    cohort.active = came_again.len() as u64;
    cohort.before_tracking = early.len() as u64;
    Ok(cohort)
}

fn members(community: CommunityId) -> Select<party::Entity> {
    party::Entity::find().filter(
        Condition::all()
            .add(party::Column::CommunityId.eq(community.0))
            .add(party::Column::Kind.eq(PartyKind::Member.as_str()))
            .add(party::Column::IsStaff.eq(false)),
    )
}

/// How many members there are none of whose names has a day of joining.
async fn without_day(
    db: &impl ConnectionTrait,
    community: CommunityId,
    identities: &Identities,
    day: NaiveDate,
) -> Result<u64, DbErr> {
    let rows: Vec<(Uuid, Option<NaiveDate>)> = members(community)
        .select_only()
        .columns([party::Column::Id, party::Column::Since])
        .into_tuple()
        .all(db)
        .await?;
    let mut has_day: HashMap<Uuid, bool> = HashMap::new();
    for (party, since) in rows.into_iter().filter(|(party, _)| !identities.is_staff(*party)) {
        *has_day.entry(identities.person(party, day)).or_default() |= since.is_some();
    }
    Ok(has_day.into_values().filter(|has_day| !has_day).count() as u64)
}

/// The persons who joined on some days, each on the first that any of the parties says which they are.
async fn joined_on(
    db: &impl ConnectionTrait,
    community: CommunityId,
    identities: &Identities,
    (first, last): (NaiveDate, NaiveDate),
    person: impl Fn(Uuid) -> Uuid,
) -> Result<HashMap<Uuid, NaiveDate>, DbErr> {
    let found: Vec<Uuid> = members(community)
        .select_only()
        .column(party::Column::Id)
        .filter(party::Column::Since.between(first, last))
        .into_tuple()
        .all(db)
        .await?;
    let mut joined: HashMap<Uuid, NaiveDate> = HashMap::new();
    for some in chunks(identities.by_any_name(found.into_iter().collect()), 1_000) {
        let rows: Vec<(Uuid, Option<NaiveDate>)> = members(community)
            .select_only()
            .columns([party::Column::Id, party::Column::Since])
            .filter(party::Column::Id.is_in(some))
            .into_tuple()
            .all(db)
            .await?;
        for (party, since) in rows {
            let Some(since) = since else { continue };
            joined.entry(person(party)).and_modify(|known| *known = Ord::min(*known, since)).or_insert(since);
        }
    }
    joined.retain(|_, joined| (first..=last).contains(joined));
    Ok(joined)
}
