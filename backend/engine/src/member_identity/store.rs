//! Who may sign for the members that answer on a site, as it is stored.

use sea_orm::ActiveValue::Set;
use sea_orm::IntoActiveModel;
use sea_orm::prelude::*;
use serde_json::json;
use valuemap_shared::ids::{CommunityId, SiteId};

use crate::member_identity::IdentityKey;
use crate::tenancy::entities::site;
use crate::tenancy::store::site_by_id;

/// The keys that may sign for the members who answer here.
pub fn identity_keys(site: &site::Model) -> Result<Vec<IdentityKey>, DbErr> {
    serde_json::from_value(site.identity_keys.clone())
        .map_err(|error| DbErr::Custom(format!("the identity keys of site {}: {error}", site.id)))
}

/// Sets who may sign for the members that answer on a site; `None` where there is no such site.
pub async fn set_site_identity(
    db: &impl ConnectionTrait,
    key: (CommunityId, SiteId),
    keys: &[IdentityKey],
    required: bool,
) -> Result<Option<site::Model>, DbErr> {
    let Some(row) = site_by_id(db, key).await? else { return Ok(None) };
    let mut row = row.into_active_model();
    row.identity_keys = Set(json!(keys));
    row.requires_identity = Set(required);
    row.update(db).await.map(Some)
}
