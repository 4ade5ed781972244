//! Who may sign for the members that answer on a site.

use async_graphql::{Context, InputObject, Object, Union};
use valuemap_engine::base::commits::Touches;
use valuemap_engine::member_identity::key::{self, checked_keys};
use valuemap_engine::member_identity::pseudonym::ensure_secret;
use valuemap_engine::member_identity::store::set_site_identity;
use valuemap_engine::tenancy::rights::Right;

use crate::context::{own, services};
use crate::error::ApiError;
use crate::member_identity::{IdentityKeyInput, InvalidKeys};
use crate::sites::Site;
use crate::wire::node_id::NodeId;
use crate::wire::results::{NotFound, Problem};

#[derive(Default)]
pub struct SiteIdentityMutation;

#[Object]
impl SiteIdentityMutation {
    /// Sets which keys may sign for the members who answer on a site, and whether an answer needs to be signed for. The
    /// keys replace all that were there: to rotate, send the old and the new one until no token of the old one is left.
    async fn set_site_identity(
        &self,
        context: &Context<'_>,
        input: SetSiteIdentityInput,
    ) -> Result<SetSiteIdentityResult, ApiError> {
        let services = services(context)?;
        let NodeId::Site(community, id) = input.site else {
            return Err(ApiError::BadUserInput("site: not the id of a site".into()));
        };
        let Some(own) = own(context, community, Right::Manage).await? else {
            return Ok(SetSiteIdentityResult::NotFound(NotFound::new(input.site)));
        };
        let keys = match checked_keys(input.keys.into_iter().map(key::IdentityKey::from).collect(), input.required) {
            Ok(keys) => keys,
            Err(problems) => {
                let problems = problems.into_iter().map(Problem::from).collect();
                return Ok(SetSiteIdentityResult::InvalidKeys(InvalidKeys { problems }));
            }
        };
        let transaction = services.database.begin_write(own.author(), Touches::NOTHING).await?;
        ensure_secret(&transaction, &services.ambient, community).await?;
        let Some(row) = set_site_identity(&transaction, (community, id), &keys, input.required).await? else {
            return Ok(SetSiteIdentityResult::NotFound(NotFound::new(input.site)));
        };
        transaction.commit().await?;
        Ok(SetSiteIdentityResult::Site(Box::new(Site(row))))
    }
}

#[derive(InputObject)]
pub struct SetSiteIdentityInput {
    site: NodeId,
    /// At most 10.
    keys: Vec<IdentityKeyInput>,
    /// Whether answers without an identity are refused.
    required: bool,
}

#[derive(Union)]
pub enum SetSiteIdentityResult {
    Site(Box<Site>),
    NotFound(NotFound),
    InvalidKeys(InvalidKeys),
}
