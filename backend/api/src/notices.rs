//! What somebody should look at, about a site.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use async_graphql::{Enum, SimpleObject};
use chrono::{DateTime, Utc};
use valuemap_engine::services::Services;
use valuemap_engine::survey::notices::{Notice, NoticeKind, SiteKey, notices};

use crate::error::ApiError;
use crate::wire::scalars::Count;

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

impl From<Notice> for SiteNotice {
    fn from(notice: Notice) -> Self {
        let Notice { kind, answers, at } = notice;
        let (kind, message) = match kind {
            NoticeKind::AnswersHeld => (
                SiteNoticeKind::AnswersHeld,
                format!(
                    "{answers} answers are held: too many came from one address within a minute. They count in no \
                     figure until you release them."
                ),
            ),
            NoticeKind::AnswersSurged { before } => (
                SiteNoticeKind::AnswersSurged,
                format!(
                    "{answers} answers came within a minute, and never more than {before} before. If they are not \
                     genuine, quarantine them."
                ),
            ),
        };
        Self { kind, answers: Count(answers), at, message }
    }
}

/// Loads the notices of many sites at once.
pub struct NoticesOf(pub Services);

impl Loader<SiteKey> for NoticesOf {
    type Value = Vec<SiteNotice>;
    type Error = ApiError;

    async fn load(&self, sites: &[SiteKey]) -> Result<HashMap<SiteKey, Self::Value>, Self::Error> {
        let found = notices(&self.0.database.read, sites, self.0.ambient.now()).await?;
        Ok(found.into_iter().map(|(site, of)| (site, of.into_iter().map(SiteNotice::from).collect())).collect())
    }
}
