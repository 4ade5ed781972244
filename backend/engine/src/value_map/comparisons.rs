//! Comparisons that an organisation ran, kept and refused.

use sea_orm::ActiveValue::Set;
use sea_orm::prelude::*;
use sea_orm::{QueryOrder, QuerySelect};
use serde_json::json;
use valuemap_shared::ids::CommunityId;
use valuemap_shared::value_map::comparison::Comparison;

use crate::base::ambient::Ambient;
use crate::tenancy::entities::community;
use crate::value_map::entities::comparison;

/// Maximum number of comparisons of a community.
const MOST: usize = 50;

/// Why a comparison is not kept.
#[derive(Debug, thiserror::Error)]
pub enum NotKept {
    #[error("`{0}` is about the same element at the same time, and an outcome must not be counted twice")]
    Overlaps(String),
    #[error("a community has at most {MOST} comparisons; save one under the name of an old one to replace it")]
    TooMany,
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// Keeps a comparison; one of the same name is replaced.
pub async fn save_comparison(
    transaction: &impl ConnectionTrait,
    ambient: &Ambient,
    community: CommunityId,
    comparison: &Comparison,
) -> Result<(), NotKept> {
    // Two at once would not see each other.
    community::Entity::find_by_id(community.0).lock_exclusive().one(transaction).await?;
    let mut others = comparisons_of(transaction, community).await?;
    others.retain(|other| other.name != comparison.name);
    if let Some(other) = others.iter().find(|other| other.overlaps(comparison)) {
        return Err(NotKept::Overlaps(other.name.clone()));
    }
    if others.len() >= MOST {
        return Err(NotKept::TooMany);
    }
    comparison::Entity::delete_many()
        .filter(comparison::Column::CommunityId.eq(community.0))
        .filter(comparison::Column::Name.eq(&comparison.name))
        .exec(transaction)
        .await?;
    let row = comparison::ActiveModel {
        community_id: Set(community.0),
        id: Set(ambient.new_id()),
        name: Set(comparison.name.clone()),
        element: Set(comparison.element.as_str().to_owned()),
        from_day: Set(comparison.from),
        until_day: Set(comparison.until),
        design: Set(json!(comparison)),
        created_at: Set(ambient.now()),
    };
    comparison::Entity::insert(row).exec_without_returning(transaction).await?;
    Ok(())
}

/// All comparisons of a community, oldest first.
pub async fn comparisons_of(db: &impl ConnectionTrait, community: CommunityId) -> Result<Vec<Comparison>, DbErr> {
    let rows = comparison::Entity::find()
        .filter(comparison::Column::CommunityId.eq(community.0))
        .order_by_asc(comparison::Column::Id)
        .all(db)
        .await?;
    Ok(rows.into_iter().filter_map(|row| serde_json::from_value(row.design).ok()).collect())
}
