//! Comparisons that an organisation ran, kept and refused.

use sea_orm::prelude::*;
use sea_orm::{ActiveValue::Set, QueryOrder};
use serde_json::json;
use valuemap_shared::ids::CommunityId;
use valuemap_shared::value_map::comparison::Comparison;

use super::entities::comparison;
use crate::ambient::Ambient;

/// Keeps a comparison; one of the same name is replaced.
pub async fn save_comparison(
    transaction: &impl ConnectionTrait,
    ambient: &Ambient,
    community: CommunityId,
    comparison: &Comparison,
) -> Result<(), DbErr> {
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
