//! The identity keys of a site on the internal API.

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject, Union};
use sea_orm::prelude::*;
use sea_orm::{ActiveValue::Set, IntoActiveModel};
use serde_json::json;
use valuemap_shared::ids::{CommunityId, SiteId};

use super::key::{self, checked_keys};
use super::pseudonym::ensure_secret;
use crate::access::entities::site;
use crate::access::graphql::Site;
use crate::access::store::community_of;
use crate::error::ApiError;
use crate::graphql::node_id::NodeId;
use crate::graphql::schema::{editor, state};
use crate::survey::embed::Problem;
use crate::survey::graphql::NotFound;

/// How a token is signed.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "key::Algorithm")]
pub enum IdentityAlgorithm {
    /// ECDSA on the curve P-256 with SHA-256.
    #[graphql(name = "ES256")]
    ES256,
    /// RSASSA-PKCS1-v1_5 with SHA-256, by a key of 2048 to 8192 bits.
    #[graphql(name = "RS256")]
    RS256,
}

/// A public key that signatures of members' tokens are checked with.
#[derive(SimpleObject)]
pub struct IdentityKey {
    /// What the header of a token calls it.
    kid: String,
    algorithm: IdentityAlgorithm,
    /// In PEM.
    public_key: String,
}

impl From<key::IdentityKey> for IdentityKey {
    fn from(key: key::IdentityKey) -> Self {
        Self { kid: key.kid, algorithm: key.algorithm.into(), public_key: key.public_key }
    }
}

#[derive(Default)]
pub struct MemberIdentityMutation;

#[Object]
impl MemberIdentityMutation {
    /// Sets which keys may sign for the members who answer on a site, and whether an answer needs to be signed for. The
    /// keys replace all that were there: to rotate, send the old and the new one until no token of the old one is left.
    async fn set_site_identity(
        &self,
        context: &Context<'_>,
        input: SetSiteIdentityInput,
    ) -> async_graphql::Result<SetSiteIdentityResult> {
        let (state, viewer) = (state(context)?, editor(context)?);
        let NodeId::Site(community, id) = input.site else {
            return Err(ApiError::BadUserInput("site: not the id of a site".into()).into());
        };
        let keys = match checked_keys(input.keys.into_iter().map(key::IdentityKey::from).collect(), input.required) {
            Ok(keys) => keys,
            Err(problems) => {
                let problems = problems.into_iter().map(Problem::from).collect();
                return Ok(SetSiteIdentityResult::InvalidKeys(InvalidKeys { problems }));
            }
        };
        let transaction = state.database.begin_write().await.map_err(ApiError::from)?;
        if community_of(&transaction, viewer.organisation_id(), community).await.map_err(ApiError::from)?.is_none() {
            return Ok(SetSiteIdentityResult::NotFound(NotFound::new(input.site)));
        }
        let Some(row) = find(&transaction, community, id).await? else {
            return Ok(SetSiteIdentityResult::NotFound(NotFound::new(input.site)));
        };
        ensure_secret(&transaction, &state.ambient, community).await.map_err(ApiError::from)?;
        let mut row = row.into_active_model();
        row.identity_keys = Set(json!(keys));
        row.requires_identity = Set(input.required);
        let row = row.update(&transaction).await.map_err(ApiError::from)?;
        transaction.commit().await.map_err(ApiError::from)?;
        Ok(SetSiteIdentityResult::Site(Box::new(Site(row))))
    }
}

async fn find(db: &impl ConnectionTrait, community: CommunityId, id: SiteId) -> Result<Option<site::Model>, ApiError> {
    Ok(site::Entity::find_by_id((community.0, id.0)).one(db).await?)
}

#[derive(InputObject)]
pub struct SetSiteIdentityInput {
    site: NodeId,
    /// At most 10.
    keys: Vec<IdentityKeyInput>,
    /// Whether answers without an identity are refused.
    required: bool,
}

#[derive(InputObject)]
pub struct IdentityKeyInput {
    /// 1 to 128 characters, another one for each key of the site.
    kid: String,
    algorithm: IdentityAlgorithm,
    /// In PEM: what begins with `-----BEGIN PUBLIC KEY-----`.
    public_key: String,
}

impl From<IdentityKeyInput> for key::IdentityKey {
    fn from(input: IdentityKeyInput) -> Self {
        let public_key = input.public_key.trim().to_owned();
        Self { kid: input.kid, algorithm: input.algorithm.into(), public_key }
    }
}

#[derive(Union)]
pub enum SetSiteIdentityResult {
    Site(Box<Site>),
    NotFound(NotFound),
    InvalidKeys(InvalidKeys),
}

/// Nothing was changed: a key is not one, or not of its algorithm.
#[derive(SimpleObject)]
pub struct InvalidKeys {
    problems: Vec<Problem>,
}
