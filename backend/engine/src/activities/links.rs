//! The links between parties, as far as they hold.

use std::collections::HashSet;

use chrono::NaiveDate;
use sea_orm::prelude::*;
use sea_orm::sea_query::{ExprTrait, Query, SimpleExpr};
use sea_orm::{QuerySelect, Select};
use uuid::Uuid;
use valuemap_shared::ids::CommunityId;

use crate::activities::entities::{identity_link, party};
use crate::activities::kept_sums::PartyRange;

/// A link, seen from one of its ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Link {
    pub to: Uuid,
    pub from_day: Option<NaiveDate>,
    pub until_day: Option<NaiveDate>,
}

/// From whom it was stated.
pub(crate) type StatedLink = (Uuid, Link);

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

/// Those of some parties that a link makes one with another.
pub(crate) async fn linked_as_one(
    db: &impl ConnectionTrait,
    community: CommunityId,
    confidence: f64,
    range: PartyRange,
) -> Result<HashSet<Uuid>, DbErr> {
    use identity_link::Column::{FromId, ToId};
    let (first, last) = range.bounds();
    let kind_of = |end| kind_of(community, end);
    let mut found = HashSet::new();
    for (end, other) in [(FromId, ToId), (ToId, FromId)] {
        let links =
            links_of(community, confidence).filter(end.between(first, last)).filter(kind_of(end).eq(kind_of(other)));
        let links: Vec<LinkRow> = links.into_tuple().all(db).await?;
        found.extend(links.into_iter().flat_map(|(from, to, ..)| [from, to]).filter(|party| range.contains(*party)));
    }
    Ok(found)
}

/// Whether one end of a link is a member or an account.
pub(super) fn kind_of(community: CommunityId, end: identity_link::Column) -> SimpleExpr {
    let kind = Query::select()
        .column(party::Column::Kind)
        .from(party::Entity)
        .and_where(party::Column::CommunityId.eq(community.0))
        .and_where(Expr::col((party::Entity, party::Column::Id)).equals((identity_link::Entity, end)))
        .take();
    SimpleExpr::SubQuery(None, Box::new(kind.into()))
}

/// The links that hold and are at least this sure, in no order: where some are asked for by an end, SQLite would rather read
/// all of them in order than find these.
pub(super) fn links_of(community: CommunityId, confidence: f64) -> Select<identity_link::Entity> {
    use identity_link::Column::{CommunityId, Confidence, EndedAt, FromId, ToId, ValidFrom, ValidUntil};
    identity_link::Entity::find()
        .select_only()
        .columns([FromId, ToId, ValidFrom, ValidUntil])
        .filter(CommunityId.eq(community.0))
        .filter(Confidence.gte(confidence))
        .filter(EndedAt.is_null())
}
