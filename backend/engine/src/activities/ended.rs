//! Links that a person ended. They stay on record as ended, however often a file states them again, until a person
//! restores them.

use std::collections::{HashMap, HashSet};
use std::fmt;

use chrono::{DateTime, Utc};
use sea_orm::prelude::*;
use sea_orm::sea_query::Query;
use sea_orm::{Condition, QuerySelect};
use uuid::Uuid;
use valuemap_shared::ids::{CommunityId, IdentityLinkId};

use crate::activities::addresses::Addresses;
use crate::activities::batches::table_of;
use crate::activities::changed_days::ChangedDays;
use crate::activities::entities::identity_link;
use crate::activities::entities::identity_link::Column;
use crate::base::ambient::Ambient;

/// Who ended a link, when and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    pub at: DateTime<Utc>,
    pub by: String,
    pub reason: Option<String>,
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` ended the link between these two on {}", self.by, self.at.format("%Y-%m-%d"))?;
        self.reason.iter().try_for_each(|reason| write!(f, " ({reason})"))
    }
}

/// The pairs of parties whose link was ended, whichever of the two it leads from.
#[derive(Debug, Default)]
pub(super) struct EndedLinks(HashMap<(Uuid, Uuid), Ended>);

impl EndedLinks {
    pub async fn of(db: &impl ConnectionTrait, community: CommunityId) -> Result<Self, DbErr> {
        let rows = identity_link::Entity::find()
            .filter(Column::CommunityId.eq(community.0))
            .filter(Column::EndedAt.is_not_null())
            .all(db)
            .await?;
        let of_pair = |row: identity_link::Model| {
            let ended = Ended { at: row.ended_at?, by: row.ended_by.unwrap_or_default(), reason: row.end_reason };
            Some((pair(row.from_id, row.to_id), ended))
        };
        Ok(Self(rows.into_iter().filter_map(of_pair).collect()))
    }

    pub fn between(&self, one: Uuid, other: Uuid) -> Option<&Ended> {
        self.0.get(&pair(one, other))
    }
}

fn pair(one: Uuid, other: Uuid) -> (Uuid, Uuid) {
    (one.min(other), one.max(other))
}

/// What became of a link that was to be ended or restored.
#[derive(Debug)]
pub enum LinkChange {
    Changed(identity_link::Model),
    /// It was so before.
    Same(identity_link::Model),
    NotFound,
}

/// Ends a link and every other between its two parties, or restores them all where `ended` is `None`.
pub async fn set_ended(
    transaction: &impl ConnectionTrait,
    ambient: &Ambient,
    (community, link): (CommunityId, IdentityLinkId),
    ended: Option<Ended>,
) -> Result<LinkChange, DbErr> {
    use sea_orm::sea_query::ExprTrait as _;
    // First the community, then its rows, as whoever records does.
    let mut changed = ChangedDays::start(transaction, community, (ambient.new_id(), 0)).await?;
    let found = identity_link::Entity::find_by_id((community.0, link.0)).lock_exclusive().one(transaction).await?;
    let Some(mut row) = found else { return Ok(LinkChange::NotFound) };
    if row.ended_at.is_some() == ended.is_some() {
        return Ok(LinkChange::Same(row));
    }
    let concerned = HashSet::from([row.from_id, row.to_id]);
    changed.mark_all_of(transaction, concerned.clone()).await?;
    let is = |column: Column, party: Uuid| Expr::col(column).eq(party);
    let leads = |from: Uuid, to: Uuid| Condition::all().add(is(Column::FromId, from)).add(is(Column::ToId, to));
    let between = Condition::any().add(leads(row.from_id, row.to_id)).add(leads(row.to_id, row.from_id));
    row.ended_at = ended.as_ref().map(|ended| ended.at);
    row.ended_by = ended.as_ref().map(|ended| ended.by.clone());
    let addresses = Addresses::of(transaction, ambient, community).await?;
    row.end_reason = ended.and_then(|ended| ended.reason).map(|reason| addresses.removed_from_text(&reason));
    // Those that are being loaded included.
    let update = Query::update()
        .table(table_of::<identity_link::Entity>())
        .value(Column::EndedAt, row.ended_at)
        .value(Column::EndedBy, row.ended_by.clone())
        .value(Column::EndReason, row.end_reason.clone())
        .and_where(Expr::col(Column::CommunityId).eq(community.0))
        .cond_where(between)
        .take();
    transaction.execute(&update).await?;
    // As it is now, too: restored, the link leads to others.
    changed.mark_all_of(transaction, concerned).await?;
    Ok(LinkChange::Changed(row))
}
