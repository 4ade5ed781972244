//! What somebody should look at, about a site.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::QuerySelect;
use sea_orm::prelude::*;
use valuemap_shared::ids::{CommunityId, SiteId};

use crate::limits::entities::site_pace;
use crate::survey::entities::response::{self, Standing, is_set_aside};

/// How long a surge is worth a look.
const SHOWN: TimeDelta = TimeDelta::days(7);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    /// Answers wait for somebody to release or discard them.
    AnswersHeld,
    /// Answers came much faster than ever before.
    AnswersSurged { before: i64 },
}

#[derive(Clone, Debug)]
pub struct Notice {
    pub kind: NoticeKind,
    /// How many answers it is about.
    pub answers: u64,
    /// When the latest of them came.
    pub at: DateTime<Utc>,
}

pub type SiteKey = (CommunityId, SiteId);

/// The notices about many sites at once.
pub async fn notices(
    db: &impl ConnectionTrait,
    sites: &[SiteKey],
    now: DateTime<Utc>,
) -> Result<HashMap<SiteKey, Vec<Notice>>, DbErr> {
    let mut notices: HashMap<SiteKey, Vec<Notice>> = HashMap::new();
    for (site, notice) in held(db, sites).await?.into_iter().chain(surges(db, sites, now - SHOWN).await?) {
        notices.entry(site).or_default().push(notice);
    }
    Ok(notices)
}

async fn held(db: &impl ConnectionTrait, sites: &[SiteKey]) -> Result<Vec<(SiteKey, Notice)>, DbErr> {
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
        let answers = u64::try_from(answers).unwrap_or_default();
        ((CommunityId(community), SiteId(site)), Notice { kind: NoticeKind::AnswersHeld, answers, at })
    };
    Ok(rows.into_iter().map(held).collect())
}

async fn surges(
    db: &impl ConnectionTrait,
    sites: &[SiteKey],
    since: DateTime<Utc>,
) -> Result<Vec<(SiteKey, Notice)>, DbErr> {
    let rows = site_pace::Entity::find()
        .filter(site_pace::Column::CommunityId.is_in(sites.iter().map(|(community, _)| community.0)))
        .filter(site_pace::Column::SiteId.is_in(sites.iter().map(|(_, site)| site.0)))
        .filter(site_pace::Column::SurgeAt.gte(since))
        .all(db)
        .await?;
    let surge = |row: site_pace::Model| {
        let answers = u64::try_from(row.surge_answers).unwrap_or_default();
        let notice =
            Notice { kind: NoticeKind::AnswersSurged { before: row.surge_before }, answers, at: row.surge_at? };
        Some(((CommunityId(row.community_id), SiteId(row.site_id)), notice))
    };
    Ok(rows.into_iter().filter_map(surge).collect())
}
