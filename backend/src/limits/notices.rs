//! What somebody should look at, about a site.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use async_graphql::{Enum, SimpleObject};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::QuerySelect;
use sea_orm::prelude::*;
use valuemap_shared::ids::{CommunityId, SiteId};

use super::entities::site_pace;
use crate::error::ApiError;
use crate::graphql::scalars::Count;
use crate::graphql::schema::State;
use crate::survey::entities::response::{self, Standing, is_set_aside};

/// How long a surge is worth a notice.
const SHOWN: TimeDelta = TimeDelta::days(7);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum SiteNoticeKind {
    /// Answers are held because too many came from one address.
    AnswersHeld,
    /// Answers came much faster than ever before.
    AnswersSurged,
}

/// Something about a site that somebody should look at.
#[derive(Clone, SimpleObject)]
pub struct SiteNotice {
    kind: SiteNoticeKind,
    /// How many answers it is about.
    answers: Count,
    /// When the latest of them came.
    at: DateTime<Utc>,
    message: String,
}

type SiteKey = (CommunityId, SiteId);

/// Loads the notices of many sites at once.
pub struct NoticesOf(pub State);

impl Loader<SiteKey> for NoticesOf {
    type Value = Vec<SiteNotice>;
    type Error = async_graphql::Error;

    async fn load(&self, sites: &[SiteKey]) -> Result<HashMap<SiteKey, Self::Value>, Self::Error> {
        let (db, now) = (&self.0.database.read, self.0.ambient.now());
        let mut notices: HashMap<SiteKey, Vec<SiteNotice>> = HashMap::new();
        for (site, answers, at) in held(db, sites).await.map_err(ApiError::from)? {
            let message = format!(
                "{answers} answers are held: too many came from one address within a minute. They count in no figure \
                 until you release them."
            );
            let kind = SiteNoticeKind::AnswersHeld;
            notices.entry(site).or_default().push(SiteNotice { kind, answers: Count(answers), at, message });
        }
        for (site, surge) in surges(db, sites, now - SHOWN).await.map_err(ApiError::from)? {
            notices.entry(site).or_default().push(surge);
        }
        Ok(notices)
    }
}

async fn held(db: &impl ConnectionTrait, sites: &[SiteKey]) -> Result<Vec<(SiteKey, u64, DateTime<Utc>)>, DbErr> {
    let rows: Vec<(Uuid, Uuid, i64, DateTime<Utc>)> = response::Entity::find()
        .select_only()
        .columns([response::Column::CommunityId, response::Column::SiteId])
        .column_as(response::Column::Id.count(), "answers")
        .column_as(response::Column::ReceivedAt.max(), "at")
        .filter(response::Column::CommunityId.is_in(sites.iter().map(|(community, _)| community.0)))
        .filter(response::Column::SiteId.is_in(sites.iter().map(|(_, site)| site.0)))
        .filter(is_set_aside())
        .filter(response::Column::Standing.eq(Standing::Held))
        .group_by(response::Column::CommunityId)
        .group_by(response::Column::SiteId)
        .into_tuple()
        .all(db)
        .await?;
    let held = |(community, site, answers, at): (Uuid, Uuid, i64, _)| {
        ((CommunityId(community), SiteId(site)), u64::try_from(answers).unwrap_or_default(), at)
    };
    Ok(rows.into_iter().map(held).collect())
}

async fn surges(
    db: &impl ConnectionTrait,
    sites: &[SiteKey],
    since: DateTime<Utc>,
) -> Result<Vec<(SiteKey, SiteNotice)>, DbErr> {
    let rows = site_pace::Entity::find()
        .filter(site_pace::Column::CommunityId.is_in(sites.iter().map(|(community, _)| community.0)))
        .filter(site_pace::Column::SiteId.is_in(sites.iter().map(|(_, site)| site.0)))
        .filter(site_pace::Column::SurgeAt.gte(since))
        .all(db)
        .await?;
    let surge = |row: site_pace::Model| {
        let at = row.surge_at?;
        let answers = u64::try_from(row.surge_answers).unwrap_or_default();
        let message = format!(
            "{answers} answers came within a minute, and never more than {} before. If they are not genuine, quarantine \
             them.",
            row.surge_before
        );
        let notice = SiteNotice { kind: SiteNoticeKind::AnswersSurged, answers: Count(answers), at, message };
        Some(((CommunityId(row.community_id), SiteId(row.site_id)), notice))
    };
    Ok(rows.into_iter().filter_map(surge).collect())
}
