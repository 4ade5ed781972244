//! The sites that embed a community's surveys.

use std::collections::HashMap;

use async_graphql::dataloader::{DataLoader, Loader};
use async_graphql::{Context, InputObject, Object, Union};
use valuemap_engine::base::commits::Touches;
use valuemap_engine::base::digests::hexadecimal;
use valuemap_engine::database::Database;
use valuemap_engine::member_identity::store::identity_keys;
use valuemap_engine::survey::store::surveys_of;
use valuemap_engine::tenancy::entities::site;
use valuemap_engine::tenancy::names::{checked_name, checked_origin};
use valuemap_engine::tenancy::rights::Right;
use valuemap_engine::tenancy::store::{create_site, site_by_id, sites_of};
use valuemap_shared::ids::{CommunityId, SiteId};

use crate::context::{data, own, services};
use crate::error::ApiError;
use crate::member_identity::IdentityKey;
use crate::notices::{NoticesOf, SiteNotice};
use crate::wire::node_id::NodeId;
use crate::wire::results::NotFound;

/// The site of this key. Whose it is has been checked.
pub async fn load(context: &Context<'_>, key: (CommunityId, SiteId)) -> Result<Option<Site>, ApiError> {
    Ok(site_by_id(&services(context)?.database.read, key).await?.map(Site))
}

pub struct Site(pub site::Model);

/// A place where a survey is embedded.
#[Object]
impl Site {
    pub async fn id(&self) -> NodeId {
        NodeId::Site(CommunityId(self.0.community_id), SiteId(self.0.id))
    }

    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Goes into the snippet: `<valuemap-survey site="...">`. It is no secret.
    async fn key(&self) -> &str {
        &self.0.key
    }

    /// The origins of the pages that may embed it.
    async fn origins(&self) -> Vec<String> {
        self.0.origins()
    }

    /// The keys that may sign for the members who answer here.
    async fn identity_keys(&self) -> Result<Vec<IdentityKey>, ApiError> {
        let keys = identity_keys(&self.0)?;
        Ok(keys.into_iter().map(IdentityKey::from).collect())
    }

    /// What somebody should look at.
    async fn notices(&self, context: &Context<'_>) -> Result<Vec<SiteNotice>, ApiError> {
        let key = (CommunityId(self.0.community_id), SiteId(self.0.id));
        Ok(data::<DataLoader<NoticesOf>>(context)?.load_one(key).await?.unwrap_or_default())
    }

    /// Whether answers without a signed identity are refused.
    async fn requires_identity(&self) -> bool {
        self.0.requires_identity
    }
}

/// Loads the sites of many communities at once.
pub struct SitesOf(pub Database);

impl Loader<CommunityId> for SitesOf {
    type Value = Vec<site::Model>;
    type Error = ApiError;

    async fn load(&self, ids: &[CommunityId]) -> Result<HashMap<CommunityId, Self::Value>, Self::Error> {
        let rows = sites_of(&self.0.read, ids.iter().copied()).await?;
        let mut sites: HashMap<CommunityId, Self::Value> = HashMap::new();
        for row in rows {
            sites.entry(CommunityId(row.community_id)).or_default().push(row);
        }
        Ok(sites)
    }
}

#[derive(Default)]
pub struct SiteMutation;

#[Object]
impl SiteMutation {
    /// Creates a site: a key that pages of the given origins may embed a survey with.
    async fn create_site(&self, context: &Context<'_>, input: CreateSiteInput) -> Result<CreateSiteResult, ApiError> {
        let services = services(context)?;
        let NodeId::Survey(community, survey) = input.survey else {
            return Err(ApiError::BadUserInput("survey: not the id of a survey".into()));
        };
        let not_found = || Ok(CreateSiteResult::NotFound(NotFound::new(input.survey)));
        let Some(own) = own(context, community, Right::Manage).await? else { return not_found() };
        let name = checked_name(&input.name)?;
        let origins = input.origins.iter().map(|origin| checked_origin(origin)).collect::<Result<Vec<_>, _>>()?;
        let surveys = surveys_of(&services.database.read, [own.community()]).await?;
        if !surveys.iter().any(|row| row.id == survey.0) {
            return not_found();
        }
        let key = format!("pk_{}", hexadecimal(&services.ambient.random::<12>()));
        let (ambient, survey) = (&services.ambient, (community, survey));
        let created = services.database.write(own.author(), Touches::NOTHING, async |db| {
            create_site(db, ambient, survey, name, key, &origins).await
        });
        let row = created.await?;
        Ok(CreateSiteResult::Site(Box::new(Site(row))))
    }
}

#[derive(InputObject)]
pub struct CreateSiteInput {
    /// The survey that the site shows.
    survey: NodeId,
    name: String,
    /// Such as `https://forum.example.com`.
    #[graphql(validator(max_items = 50))]
    origins: Vec<String>,
}

#[derive(Union)]
pub enum CreateSiteResult {
    Site(Box<Site>),
    NotFound(NotFound),
}
