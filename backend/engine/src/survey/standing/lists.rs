//! The answers that are set aside, in groups of those that belong together.

use chrono::{DateTime, Utc};
use sea_orm::prelude::*;
use sea_orm::sea_query::NullOrdering;
use sea_orm::{Condition, FromQueryResult, Order, QueryOrder, QuerySelect};
use valuemap_shared::ids::{CommunityId, SiteId};

use crate::database::pages::{Filter, lists};
use crate::survey::entities::response;
use crate::survey::entities::response::{Column, Standing, is_set_aside};

/// The answers of a standing that came by a site from one address.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Group {
    pub site_id: Option<Uuid>,
    pub standing: Standing,
    pub address_hash: Option<String>,
    pub answers: i64,
    pub first_at: DateTime<Utc>,
    pub last_at: DateTime<Utc>,
}

/// Groups of what is set aside in a community, the largest first.
pub async fn groups(
    db: &impl ConnectionTrait,
    community: CommunityId,
    site: Option<SiteId>,
    standing: Option<Standing>,
    limit: u64,
) -> Result<Vec<Group>, DbErr> {
    response::Entity::find()
        .select_only()
        .columns([Column::SiteId, Column::Standing, Column::AddressHash])
        .column_as(Column::Id.count(), "answers")
        .column_as(Column::ReceivedAt.min(), "first_at")
        .column_as(Column::ReceivedAt.max(), "last_at")
        .filter(Column::CommunityId.eq(community.0))
        .filter(set_aside(site, standing))
        .group_by(Column::SiteId)
        .group_by(Column::Standing)
        .group_by(Column::AddressHash)
        .order_by_desc(Column::Id.count())
        .order_by_with_nulls(Column::AddressHash, Order::Asc, NullOrdering::Last)
        .limit(limit)
        .into_model()
        .all(db)
        .await
}

/// That a response is set aside, at one site or any, and for one reason or any.
pub fn set_aside(site: Option<SiteId>, standing: Option<Standing>) -> Condition {
    Condition::all()
        .add(is_set_aside())
        .add_option(site.map(|site| Column::SiteId.eq(site.0)))
        .add_option(standing.map(|standing| Column::Standing.eq(standing)))
}

/// Answers that do not count, at one site or any, and for one reason or any.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SetAsideFilter {
    pub site: Option<SiteId>,
    pub standing: Option<Standing>,
}

impl Filter for SetAsideFilter {
    fn condition(&self) -> Condition {
        set_aside(self.site, self.standing)
    }
}

lists! {
    SetAside of response where SetAsideFilter, by received_at (ReceivedAt: DateTime<Utc>), id (Id: Uuid);
}
