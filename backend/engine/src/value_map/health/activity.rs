//! On which days somebody did anything: wrote, liked or took part in an activity. Staff are left out.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::QuerySelect;
use sea_orm::prelude::*;
use uuid::Uuid;
use valuemap_shared::activities::Role;
use valuemap_shared::ids::CommunityId;

use crate::activities::entities::{contribution, touchpoint};
use crate::activities::identity::Identities;
use crate::value_map::days::Span;

/// Members and accounts, and days on which they did anything.
pub type ActiveDays = HashSet<(Uuid, NaiveDate)>;

/// Who did anything on which of some days.
pub async fn active_days(
    db: &impl ConnectionTrait,
    community: CommunityId,
    identities: &Identities,
    days: Span,
) -> Result<ActiveDays, DbErr> {
    let (from, until) = days.bounds();
    let wrote: Vec<(Uuid, DateTime<Utc>)> = contributions(community)
        .columns([contribution::Column::PartyId, contribution::Column::At])
        .filter(contribution::Column::At.gte(from))
        .filter(contribution::Column::At.lt(until))
        .into_tuple()
        .all(db)
        .await?;
    let took_part: Vec<(Uuid, DateTime<Utc>)> = participations(community)
        .columns([touchpoint::Column::PartyId, touchpoint::Column::At])
        .filter(touchpoint::Column::At.gte(from))
        .filter(touchpoint::Column::At.lt(until))
        .into_tuple()
        .all(db)
        .await?;
    let active = wrote.into_iter().chain(took_part).filter(|(party, _)| !identities.is_staff(*party));
    Ok(active.map(|(party, at)| (party, at.date_naive())).collect())
}

/// The first day on which anybody is known to have done anything.
pub async fn tracked_from(db: &impl ConnectionTrait, community: CommunityId) -> Result<Option<NaiveDate>, DbErr> {
    let wrote: Option<Option<DateTime<Utc>>> =
        contributions(community).column_as(contribution::Column::At.min(), "first").into_tuple().one(db).await?;
    let took_part: Option<Option<DateTime<Utc>>> =
        participations(community).column_as(touchpoint::Column::At.min(), "first").into_tuple().one(db).await?;
    Ok([wrote, took_part].into_iter().flatten().flatten().min().map(|first| first.date_naive()))
}

fn contributions(community: CommunityId) -> Select<contribution::Entity> {
    contribution::Entity::find()
        .select_only()
        .filter(contribution::Column::CommunityId.eq(community.0))
        .filter(contribution::Column::Withdrawn.eq(false))
}

fn participations(community: CommunityId) -> Select<touchpoint::Entity> {
    let took_part = Role::ALL.iter().filter(|role| role.is_participation()).map(|role| role.as_str());
    touchpoint::Entity::find()
        .select_only()
        .filter(touchpoint::Column::CommunityId.eq(community.0))
        .filter(touchpoint::Column::Role.is_in(took_part))
}
