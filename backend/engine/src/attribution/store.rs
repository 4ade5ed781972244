//! The runs that were kept.

use anyhow::Context;
use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::prelude::*;
use sea_orm::{QueryOrder, QuerySelect};
use serde_json::json;
use valuemap_shared::attribution::Parameters;
use valuemap_shared::ids::{AttributionRunId, CommunityId};

use crate::attribution::entities::attribution_run;
use crate::attribution::run::{Computed, RunResult};
use crate::base::ambient::Ambient;

/// A run that was read back.
#[derive(Clone, Debug)]
pub struct StoredRun {
    pub community: CommunityId,
    pub id: AttributionRunId,
    pub parameters: Parameters,
    pub data_hash: String,
    pub result: RunResult,
    pub author: String,
    pub created_at: DateTime<Utc>,
}

impl TryFrom<attribution_run::Model> for StoredRun {
    type Error = anyhow::Error;

    fn try_from(row: attribution_run::Model) -> anyhow::Result<Self> {
        let unreadable = || format!("attribution run {} cannot be read", row.id);
        Ok(Self {
            parameters: serde_json::from_value(row.parameters).with_context(unreadable)?,
            result: serde_json::from_value(row.result).with_context(unreadable)?,
            community: CommunityId(row.community_id),
            id: AttributionRunId(row.id),
            data_hash: row.data_hash,
            author: row.author,
            created_at: row.created_at,
        })
    }
}

/// Keeps a run. Its id is made now, so that the newest has the highest.
pub async fn keep(
    db: &impl ConnectionTrait,
    ambient: &Ambient,
    community: CommunityId,
    parameters: &Parameters,
    computed: &Computed,
    author: &str,
) -> Result<attribution_run::Model, DbErr> {
    let row = attribution_run::ActiveModel {
        community_id: Set(community.0),
        id: Set(ambient.new_id()),
        parameters: Set(json!(parameters)),
        data_hash: Set(computed.data_hash.clone()),
        result: Set(json!(computed.result)),
        author: Set(author.to_owned()),
        created_at: Set(ambient.now()),
    };
    row.insert(db).await
}

pub async fn find(
    db: &impl ConnectionTrait,
    community: CommunityId,
    id: AttributionRunId,
) -> Result<Option<attribution_run::Model>, DbErr> {
    attribution_run::Entity::find_by_id((community.0, id.0)).one(db).await
}

/// The newest first, from behind `after` on.
pub async fn page(
    db: &impl ConnectionTrait,
    community: CommunityId,
    after: Option<AttributionRunId>,
    rows: u64,
) -> Result<Vec<attribution_run::Model>, DbErr> {
    let mut select = attribution_run::Entity::find().filter(attribution_run::Column::CommunityId.eq(community.0));
    if let Some(after) = after {
        select = select.filter(attribution_run::Column::Id.lt(after.0));
    }
    select.order_by_desc(attribution_run::Column::Id).limit(rows).all(db).await
}
