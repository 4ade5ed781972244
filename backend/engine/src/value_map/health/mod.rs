//! How well members are served and kept, as far as the scoring model asks for it.

mod activity;
mod answerers;
mod customers;
mod questions;
mod retention;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr};
use valuemap_shared::ids::CommunityId;
use valuemap_shared::value_map::model::ScoringModel;
use valuemap_shared::value_map::{Health, HealthPart, MONTH_ONE, MONTH_THREE};

use crate::activities::identity::Identities;
use crate::value_map::days::{Days, Span};
use crate::value_map::health::activity::active_days;

/// What is known by `now` of some days.
pub async fn health_of(
    db: &impl ConnectionTrait,
    community: CommunityId,
    (model, identities): (&ScoringModel, &Identities),
    days: impl Into<Span>,
    now: DateTime<Utc>,
) -> Result<Health, DbErr> {
    let days = days.into();
    let needed = parts_of(model);
    let mut health = Health::default();
    if needed.is_empty() {
        return Ok(health);
    }
    let with_first_posts = needed.contains(&HealthPart::FirstPosts);
    if with_first_posts || needed.contains(&HealthPart::Questions) {
        health.questions = questions::counts(db, community, identities, (days, now), with_first_posts).await?;
    }
    if needed.contains(&HealthPart::Answerers) {
        health.answerers = answerers::counts(db, community, identities, days).await?;
    }
    if [HealthPart::MonthOne, HealthPart::MonthThree, HealthPart::Customers].iter().all(|part| !needed.contains(part)) {
        return Ok(health);
    }
    let active = active_days(db, community, identities, retention::watched(days)).await?;
    let of = (identities, &active);
    if needed.contains(&HealthPart::MonthOne) {
        health.month_one = retention::cohort(db, community, of, MONTH_ONE, (days, now)).await?;
    }
    if needed.contains(&HealthPart::MonthThree) {
        health.month_three = retention::cohort(db, community, of, MONTH_THREE, (days, now)).await?;
    }
    if needed.contains(&HealthPart::Customers) {
        health.customers = customers::counts(db, community, of, days).await?;
    }
    Ok(health)
}

/// Of a quarter that is running and the first days of the one before: customers who come again count once, so that the
/// latter gets all of its days, and the former what they tell of its pace.
pub async fn pace_customers(
    db: &impl ConnectionTrait,
    community: CommunityId,
    (model, identities): (&ScoringModel, &Identities),
    first_days: Days,
    (now, before): (&mut Health, &mut Health),
) -> Result<(), DbErr> {
    if !parts_of(model).contains(&HealthPart::Customers) {
        return Ok(());
    }
    let active = active_days(db, community, identities, first_days.period.into()).await?;
    let of = (identities, &active);
    now.customers.pace = Some(customers::pace(db, community, of, first_days).await?);
    before.customers = customers::counts(db, community, of, first_days.period.into()).await?;
    Ok(())
}

/// Whether the scoring model asks for any of it.
pub fn is_asked_for(model: &ScoringModel) -> bool {
    !parts_of(model).is_empty()
}

fn parts_of(model: &ScoringModel) -> BTreeSet<HealthPart> {
    model.measures.iter().filter_map(|measure| HealthPart::of(measure.source)).collect()
}
