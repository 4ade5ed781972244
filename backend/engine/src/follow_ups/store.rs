//! The named queries on follow-ups.

use chrono::NaiveDate;
use sea_orm::ActiveValue::Set;
use sea_orm::prelude::*;
use sea_orm::{QueryOrder, QuerySelect};
use valuemap_shared::follow_ups::FollowUp;
use valuemap_shared::ids::{CommunityId, FollowUpId};

use crate::base::ambient::Ambient;
use crate::database::pages::{All, lists};
use crate::follow_ups::entities::follow_up;

pub async fn publish_follow_up(
    db: &impl ConnectionTrait,
    ambient: &Ambient,
    community: CommunityId,
    follow_up: &FollowUp,
) -> Result<follow_up::Model, DbErr> {
    let row = follow_up::ActiveModel {
        community_id: Set(community.0),
        id: Set(ambient.new_id()),
        heard: Set(follow_up.heard().to_owned()),
        done: Set(follow_up.done().to_owned()),
        done_on: Set(follow_up.on()),
        created_at: Set(ambient.now()),
    };
    row.insert(db).await
}

/// Removes a follow-up; `false` where there was none.
pub async fn withdraw_follow_up(
    db: &impl ConnectionTrait,
    community: CommunityId,
    id: FollowUpId,
) -> Result<bool, DbErr> {
    Ok(follow_up::Entity::delete_by_id((community.0, id.0)).exec(db).await?.rows_affected > 0)
}

/// The follow-ups of the latest days, the newest first.
pub async fn newest_follow_ups(
    db: &impl ConnectionTrait,
    community: CommunityId,
    limit: u64,
) -> Result<Vec<follow_up::Model>, DbErr> {
    follow_up::Entity::find()
        .filter(follow_up::Column::CommunityId.eq(community.0))
        .order_by_desc(follow_up::Column::DoneOn)
        .order_by_desc(follow_up::Column::Id)
        .limit(limit)
        .all(db)
        .await
}

lists! {
    FollowUps of follow_up where All, by done_on (DoneOn: NaiveDate), id (Id: Uuid);
}
