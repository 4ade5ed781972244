//! How well members are served and kept, as far as the scoring model asks for it.

mod questions;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr};
use valuemap_shared::ids::CommunityId;
use valuemap_shared::value_map::model::ScoringModel;
use valuemap_shared::value_map::{Health, HealthPart};

use crate::activities::identity::Identities;
use crate::value_map::days::Span;

/// What is known by `now` of some days.
pub async fn health_of(
    db: &impl ConnectionTrait,
    community: CommunityId,
    model: &ScoringModel,
    days: impl Into<Span>,
    now: DateTime<Utc>,
) -> Result<Health, DbErr> {
    let days = days.into();
    let needed: BTreeSet<HealthPart> =
        model.measures.iter().filter_map(|measure| HealthPart::of(measure.source)).collect();
    let mut health = Health::default();
    if needed.is_empty() {
        return Ok(health);
    }
    let identities = Identities::of(db, community, model.financial.attribution.minimum_confidence).await?;
    let with_first_posts = needed.contains(&HealthPart::FirstPosts);
    if with_first_posts || needed.contains(&HealthPart::Questions) {
        health.questions = questions::counts(db, community, &identities, (days, now), with_first_posts).await?;
    }
    Ok(health)
}
