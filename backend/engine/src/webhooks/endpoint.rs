//! The named queries on webhook endpoints, and what goes into their addresses.

use sea_orm::ActiveValue::Set;
use sea_orm::prelude::*;
use sea_orm::{IntoActiveModel, QueryOrder};
use valuemap_shared::ids::{CommunityId, WebhookEndpointId};

use crate::base::ambient::Ambient;
use crate::base::digests::hexadecimal;
use crate::webhooks::entities::webhook_endpoint;
use crate::webhooks::entities::webhook_endpoint::Kind;
use crate::webhooks::signature::standard_secret;

const ADDRESS_PREFIX: &str = "wh_";

impl webhook_endpoint::Model {
    pub fn community(&self) -> CommunityId {
        CommunityId(self.community_id)
    }

    /// Where the sender posts to, on whatever host the server is reached at.
    pub fn address_path(&self) -> String {
        format!("/webhooks/{}", self.address_key)
    }
}

/// Creates an endpoint. Its row holds the secret, which is to be shown this once.
pub async fn create_endpoint(
    db: &impl ConnectionTrait,
    ambient: &Ambient,
    community: CommunityId,
    kind: Kind,
    name: &str,
) -> Result<webhook_endpoint::Model, DbErr> {
    let row = webhook_endpoint::ActiveModel {
        community_id: Set(community.0),
        id: Set(ambient.new_id()),
        kind: Set(kind),
        name: Set(name.to_owned()),
        address_key: Set(format!("{ADDRESS_PREFIX}{}", hexadecimal(&ambient.random::<16>()))),
        secret: Set(match kind {
            Kind::Discourse => hexadecimal(&ambient.random::<32>()),
            Kind::SignedJson => standard_secret(&ambient.random::<32>()),
        }),
        created_at: Set(ambient.now()),
        disabled_at: Set(None),
    };
    row.insert(db).await
}

/// The endpoint that is posted to at this address, unless it is disabled.
pub async fn enabled_endpoint(db: &impl ConnectionTrait, key: &str) -> Result<Option<webhook_endpoint::Model>, DbErr> {
    // PostgreSQL has no text with a zero character in it, and so no key.
    if !key.starts_with(ADDRESS_PREFIX) || !key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return Ok(None);
    }
    let found = webhook_endpoint::Entity::find().filter(webhook_endpoint::Column::AddressKey.eq(key)).one(db).await?;
    Ok(found.filter(|endpoint| endpoint.disabled_at.is_none()))
}

/// The endpoints of a community, oldest first.
pub async fn endpoints_of(
    db: &impl ConnectionTrait,
    community: CommunityId,
) -> Result<Vec<webhook_endpoint::Model>, DbErr> {
    webhook_endpoint::Entity::find()
        .filter(webhook_endpoint::Column::CommunityId.eq(community.0))
        .order_by_asc(webhook_endpoint::Column::Id)
        .all(db)
        .await
}

pub async fn endpoint(
    db: &impl ConnectionTrait,
    (community, id): (CommunityId, WebhookEndpointId),
) -> Result<Option<webhook_endpoint::Model>, DbErr> {
    webhook_endpoint::Entity::find_by_id((community.0, id.0)).one(db).await
}

/// Disables an endpoint for good; what came in by it stays. `None` where there is nothing to disable.
pub async fn disable_endpoint(
    db: &impl ConnectionTrait,
    ambient: &Ambient,
    key: (CommunityId, WebhookEndpointId),
) -> Result<Option<webhook_endpoint::Model>, DbErr> {
    let found = endpoint(db, key).await?;
    let Some(row) = found.filter(|row| row.disabled_at.is_none()) else { return Ok(None) };
    let mut row = row.into_active_model();
    row.disabled_at = Set(Some(ambient.now()));
    row.update(db).await.map(Some)
}
