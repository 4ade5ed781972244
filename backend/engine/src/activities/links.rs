//! The links between parties, as far as they hold.

use chrono::NaiveDate;
use sea_orm::prelude::*;
use sea_orm::{QueryOrder, QuerySelect, Select};
use uuid::Uuid;
use valuemap_shared::ids::CommunityId;

use crate::activities::entities::identity_link;

/// A link, seen from one of its ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link {
    pub to: Uuid,
    pub from_day: Option<NaiveDate>,
    pub until_day: Option<NaiveDate>,
}

/// From whom it was stated.
pub(super) type StatedLink = (Uuid, Link);

impl Link {
    pub fn holds(&self, day: NaiveDate) -> bool {
        self.from_day.is_none_or(|from| from <= day) && self.until_day.is_none_or(|until| day <= until)
    }
}

/// From whom to whom, and its first and last day.
pub(super) type LinkRow = (Uuid, Uuid, Option<NaiveDate>, Option<NaiveDate>);

pub(super) fn stated((from, to, from_day, until_day): LinkRow) -> StatedLink {
    (from, Link { to, from_day, until_day })
}

/// The links that hold and are at least this sure.
pub(super) fn links_of(community: CommunityId, confidence: f64) -> Select<identity_link::Entity> {
    use identity_link::Column::{CommunityId, Confidence, EndedAt, FromId, Id, ToId, ValidFrom, ValidUntil};
    identity_link::Entity::find()
        .select_only()
        .columns([FromId, ToId, ValidFrom, ValidUntil])
        .filter(CommunityId.eq(community.0))
        .filter(Confidence.gte(confidence))
        .filter(EndedAt.is_null())
        .order_by_asc(Id)
}
