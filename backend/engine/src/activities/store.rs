//! The named queries on what is tracked.

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::prelude::*;
use sea_orm::{QueryOrder, QuerySelect};
use serde_json::json;
use valuemap_shared::activities::OutcomeWeights;
use valuemap_shared::ids::{ActivityId, ActivityTypeId, CommunityId, IdentityLinkId, OutcomeId, PartyId, TouchpointId};
use valuemap_shared::money::Currency;

use crate::activities::entities::{
    activity, activity_type, cost_line, exchange_rate, identity_link, outcome, outcome_weights, party, touchpoint,
};
use crate::tenancy::entities::community;
use crate::tenancy::own::Own;

/// A community of this organisation, for whoever is going to write what others may be writing, too: they wait.
pub async fn locked_community(
    transaction: &impl ConnectionTrait,
    own: &Own,
) -> Result<Option<community::Model>, DbErr> {
    community::Entity::find_by_id(own.community().0).lock_exclusive().one(transaction).await
}

/// The types of activities of these communities, by their keys.
pub async fn activity_types_of(
    db: &impl ConnectionTrait,
    communities: impl IntoIterator<Item = CommunityId>,
) -> Result<Vec<activity_type::Model>, DbErr> {
    activity_type::Entity::find()
        .filter(activity_type::Column::CommunityId.is_in(communities.into_iter().map(|id| id.0)))
        .order_by_asc(activity_type::Column::ExternalKey)
        .all(db)
        .await
}

/// The cost lines of these activities, the earliest first.
pub async fn costs_of(
    db: &impl ConnectionTrait,
    activities: &[(CommunityId, ActivityId)],
) -> Result<Vec<cost_line::Model>, DbErr> {
    cost_line::Entity::find()
        .filter(cost_line::Column::CommunityId.is_in(activities.iter().map(|(community, _)| community.0)))
        .filter(cost_line::Column::ActivityId.is_in(activities.iter().map(|(_, id)| id.0)))
        .order_by_asc(cost_line::Column::Day)
        .order_by_asc(cost_line::Column::Id)
        .all(db)
        .await
}

/// Whether anything is stored that was converted to the community's currency, or will be.
pub async fn has_money(db: &impl ConnectionTrait, community: CommunityId) -> Result<bool, DbErr> {
    let costs = cost_line::Entity::find().filter(cost_line::Column::CommunityId.eq(community.0));
    let paid = outcome::Entity::find()
        .filter(outcome::Column::CommunityId.eq(community.0))
        .filter(outcome::Column::Amount.is_not_null());
    let rates = exchange_rate::Entity::find().filter(exchange_rate::Column::CommunityId.eq(community.0));
    Ok(costs.exists(db).await? || paid.exists(db).await? || rates.exists(db).await?)
}

pub async fn set_currency(
    db: &impl ConnectionTrait,
    row: community::Model,
    currency: Currency,
) -> Result<community::Model, DbErr> {
    let mut row: community::ActiveModel = row.into();
    row.currency = Set(currency.to_string());
    row.update(db).await
}

/// A version of the outcome weights, or the latest. `None` where there is none yet.
pub async fn outcome_weights(
    db: &impl ConnectionTrait,
    community: CommunityId,
    version: Option<i32>,
) -> Result<Option<outcome_weights::Model>, DbErr> {
    let mut rows = outcome_weights::Entity::find().filter(outcome_weights::Column::CommunityId.eq(community.0));
    if let Some(version) = version {
        rows = rows.filter(outcome_weights::Column::Version.eq(version));
    }
    rows.order_by_desc(outcome_weights::Column::Version).one(db).await
}

impl outcome_weights::Model {
    /// Reads the weights back. They were checked when they were stored.
    pub fn weights(&self) -> Result<OutcomeWeights, DbErr> {
        serde_json::from_value(self.weights.clone()).map_err(|error| {
            DbErr::Custom(format!("outcome weights {} of {} cannot be read: {error}", self.version, self.community_id))
        })
    }
}

/// Stores the next version of the outcome weights. The community has to be locked.
pub async fn add_outcome_weights(
    transaction: &impl ConnectionTrait,
    community: CommunityId,
    version: i32,
    weights: &OutcomeWeights,
    now: DateTime<Utc>,
) -> Result<outcome_weights::Model, DbErr> {
    let row = outcome_weights::ActiveModel {
        community_id: Set(community.0),
        version: Set(version),
        weights: Set(json!(weights)),
        created_at: Set(now),
    };
    row.insert(transaction).await
}

macro_rules! by_id {
    ($($name:ident of $table:ident by $id:ident;)*) => {$(
        /// The rows that are there of these ids.
        pub async fn $name(
            db: &impl ConnectionTrait,
            keys: &[(CommunityId, $id)],
        ) -> Result<Vec<$table::Model>, DbErr> {
            $table::Entity::find()
                .filter($table::Column::CommunityId.is_in(keys.iter().map(|(community, _)| community.0)))
                .filter($table::Column::Id.is_in(keys.iter().map(|(_, id)| id.0)))
                .all(db)
                .await
        }
    )*};
}

by_id! {
    activity_types_by_id of activity_type by ActivityTypeId;
    activities_by_id of activity by ActivityId;
    parties_by_id of party by PartyId;
    identity_links_by_id of identity_link by IdentityLinkId;
    touchpoints_by_id of touchpoint by TouchpointId;
    outcomes_by_id of outcome by OutcomeId;
}
