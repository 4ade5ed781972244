//! Who is asking, the organisation's communities and the sites that embed their surveys.

use async_graphql::connection::{Connection, Edge, EmptyFields, query};
use async_graphql::dataloader::{DataLoader, Loader};
use async_graphql::{Context, InputObject, Interface, Object, SimpleObject, Union};
use chrono::{DateTime, Utc};
use std::collections::HashMap;
use valuemap_shared::ids::{CommunityId, SiteId, SurveyId};
use valuemap_shared::money as domain;

use super::entities::{community, site};
use super::member_identity::graphql::IdentityKey;
use super::secret::hexadecimal;
use super::store;
use crate::activities::graphql::{
    Activity, ActivityType, Nodes, Outcome, Party, Touchpoint, TrackedCommunity, list, tracked_node,
};
use crate::activities::lists::{Filter, FollowUps};
use crate::attribution::graphql::{AttributionRun, run_node};
use crate::database::Database;
use crate::error::ApiError;
use crate::follow_ups::graphql::FollowUp;
use crate::graphql::node_id::NodeId;
use crate::graphql::paging::{self, page_size};
use crate::graphql::scalars::{Count, Currency, Quarter};
use crate::graphql::schema::{data, editor, state, viewer};
use crate::survey::graphql::{NotFound, Survey};
use crate::survey::store::{publish_draft, save_draft, surveys_of};
use crate::value_map::models::create_standard_model;
use crate::value_map::store::periods;
use crate::webhooks::graphql as webhooks;

#[derive(Default)]
pub struct AccessQuery;

#[Object]
impl AccessQuery {
    /// Who is asking.
    async fn viewer(&self, context: &Context<'_>) -> async_graphql::Result<ViewerNode> {
        let viewer = viewer(context)?;
        Ok(ViewerNode {
            name: viewer.token.name.clone(),
            can_write: viewer.token.can_write,
            expires_at: viewer.token.expires_at,
            organisation: Organisation {
                id: NodeId::Organisation(viewer.organisation_id()),
                name: viewer.organisation.name.clone(),
                minimum_answers: Count(viewer.minimum_answers()),
            },
        })
    }

    /// The organisation's communities, oldest first.
    #[graphql(complexity = "paging::complexity(first, child_complexity)")]
    async fn communities(
        &self,
        context: &Context<'_>,
        after: Option<String>,
        before: Option<String>,
        first: Option<i32>,
        last: Option<i32>,
    ) -> async_graphql::Result<Connection<String, Community, EmptyFields, EmptyFields>> {
        let (state, viewer) = (state(context)?, viewer(context)?);
        if before.is_some() || last.is_some() {
            return Err(ApiError::BadUserInput("communities are read forwards; use first and after".into()).into());
        }
        let limit = page_size(first)?;
        query(after, None, Some(limit as i32), None, |after: Option<String>, _, _, _| async move {
            let after = match after.map(|cursor| cursor.parse()) {
                None => None,
                Some(Ok(NodeId::Community(id))) => Some(id),
                Some(_) => return Err(ApiError::BadUserInput("after: not a cursor of communities".into()).into()),
            };
            let db = &state.database.read;
            let mut rows = store::communities(db, viewer.organisation_id(), after, limit as u64 + 1)
                .await
                .map_err(ApiError::from)?;
            let mut connection = Connection::new(after.is_some(), rows.len() > limit);
            rows.truncate(limit);
            let edge = |row: community::Model| {
                let community = Community(row);
                Edge::new(community.node_id().to_string(), community)
            };
            connection.edges.extend(rows.into_iter().map(edge));
            Ok::<_, async_graphql::Error>(connection)
        })
        .await
    }

    /// A community of the organisation; null when there is none of this id.
    async fn community(&self, context: &Context<'_>, id: NodeId) -> async_graphql::Result<Option<Community>> {
        match id {
            NodeId::Community(id) => find_community(context, id).await,
            _ => Err(ApiError::BadUserInput(format!("{id} is not the id of a community")).into()),
        }
    }

    /// What has this id, where the organisation has it; null otherwise.
    async fn node(&self, context: &Context<'_>, id: NodeId) -> async_graphql::Result<Option<Node>> {
        let state = state(context)?;
        let community = match id {
            NodeId::Community(id) | NodeId::Site(id, _) | NodeId::Survey(id, _) => id,
            NodeId::ActivityType(id, _)
            | NodeId::Activity(id, _)
            | NodeId::Party(id, _)
            | NodeId::Touchpoint(id, _)
            | NodeId::Outcome(id, _)
            | NodeId::AttributionRun(id, _) => id,
            NodeId::Organisation(_) | NodeId::SurveyVersion(..) => return Ok(None),
            NodeId::WebhookEndpoint(..) | NodeId::InboxEvent(..) | NodeId::FollowUp(..) => return Ok(None),
        };
        let Some(owner) = find_community(context, community).await? else { return Ok(None) };
        let db = &state.database.read;
        Ok(match id {
            NodeId::Site(_, id) => {
                let sites = store::sites_of(db, [community]).await.map_err(ApiError::from)?;
                sites.into_iter().find(|row| row.id == id.0).map(|row| Node::Site(Site(row)))
            }
            NodeId::Survey(_, id) => {
                let surveys = surveys_of(db, [community]).await.map_err(ApiError::from)?;
                surveys.into_iter().find(|row| row.id == id.0).map(|row| Node::Survey(Survey(row)))
            }
            NodeId::Community(_) => Some(Node::Community(owner)),
            NodeId::AttributionRun(_, id) => run_node(context, community, id).await?.map(Node::AttributionRun),
            tracked => tracked_node(context, tracked).await?,
        })
    }
}

async fn find_community(context: &Context<'_>, id: CommunityId) -> async_graphql::Result<Option<Community>> {
    let (state, viewer) = (state(context)?, viewer(context)?);
    let row = store::community_of(&state.database.read, viewer.organisation_id(), id).await.map_err(ApiError::from)?;
    Ok(row.map(Community))
}

#[derive(Interface)]
#[graphql(field(name = "id", ty = "NodeId"))]
pub enum Node {
    Community(Community),
    Site(Site),
    Survey(Survey),
    ActivityType(ActivityType),
    Activity(Activity),
    Party(Party),
    Touchpoint(Touchpoint),
    Outcome(Outcome),
    AttributionRun(AttributionRun),
}

/// The token or session that the request was sent with.
#[derive(SimpleObject)]
#[graphql(name = "Viewer")]
pub struct ViewerNode {
    name: String,
    can_write: bool,
    expires_at: DateTime<Utc>,
    organisation: Organisation,
}

#[derive(SimpleObject)]
pub struct Organisation {
    id: NodeId,
    name: String,
    /// Below this many answers a figure is suppressed.
    minimum_answers: Count,
}

pub struct Community(pub community::Model);

impl Community {
    fn key(&self) -> CommunityId {
        CommunityId(self.0.id)
    }

    fn node_id(&self) -> NodeId {
        NodeId::Community(self.key())
    }
}

/// A community: everything that is counted belongs to one.
#[Object]
impl Community {
    pub async fn id(&self) -> NodeId {
        self.node_id()
    }

    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Made-up data, to look around in.
    async fn is_sample(&self) -> bool {
        self.0.is_sample
    }

    /// What amounts are added up in.
    async fn currency(&self) -> async_graphql::Result<Currency> {
        Ok(Currency(self.0.currency().map_err(ApiError::from)?))
    }

    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// The quarters that hold answers or anything that is tracked, latest first.
    async fn periods(&self, context: &Context<'_>) -> async_graphql::Result<Vec<Quarter>> {
        let state = state(context)?;
        let today = state.ambient.now().date_naive();
        let periods = periods(&state.database.read, self.key(), today).await.map_err(ApiError::from)?;
        Ok(periods.into_iter().map(Quarter).collect())
    }

    async fn sites(&self, context: &Context<'_>) -> async_graphql::Result<Vec<Site>> {
        let sites = data::<DataLoader<SitesOf>>(context)?.load_one(self.key()).await?;
        Ok(sites.unwrap_or_default().into_iter().map(Site).collect())
    }

    async fn surveys(&self, context: &Context<'_>) -> async_graphql::Result<Vec<Survey>> {
        let surveys = data::<DataLoader<SurveysOf>>(context)?.load_one(self.key()).await?;
        Ok(surveys.unwrap_or_default().into_iter().map(Survey).collect())
    }

    /// Where other systems post their events to, oldest first.
    async fn webhook_endpoints(&self, context: &Context<'_>) -> async_graphql::Result<Vec<webhooks::WebhookEndpoint>> {
        webhooks::webhook_endpoints(context, self.key()).await
    }

    /// What came in by webhooks, latest first.
    async fn inbox(
        &self,
        context: &Context<'_>,
        status: Option<webhooks::InboxStatus>,
        first: Option<i32>,
        after: Option<String>,
    ) -> async_graphql::Result<Connection<String, webhooks::InboxEvent, EmptyFields, EmptyFields>> {
        webhooks::inbox(context, self.key(), status, first, after).await
    }

    /// What the organisation heard and what it did about it, as members are told; the latest first.
    #[graphql(complexity = "paging::complexity(first, child_complexity)")]
    async fn follow_ups(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> async_graphql::Result<Nodes<FollowUp>> {
        list::<FollowUps, _>(context, (self.key(), Filter::All), (first, after), FollowUp).await
    }

    #[graphql(flatten)]
    async fn tracked(&self) -> TrackedCommunity {
        TrackedCommunity(self.key())
    }
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
    async fn identity_keys(&self) -> async_graphql::Result<Vec<IdentityKey>> {
        let keys = self.0.identity_keys().map_err(ApiError::from)?;
        Ok(keys.into_iter().map(IdentityKey::from).collect())
    }

    /// Whether answers without a signed identity are refused.
    async fn requires_identity(&self) -> bool {
        self.0.requires_identity
    }
}

/// Loads the sites of many communities at once.
pub struct SitesOf(pub Database);
/// Loads the surveys of many communities at once.
pub struct SurveysOf(pub Database);

impl Loader<CommunityId> for SitesOf {
    type Value = Vec<site::Model>;
    type Error = async_graphql::Error;

    async fn load(&self, ids: &[CommunityId]) -> Result<HashMap<CommunityId, Self::Value>, Self::Error> {
        let rows = store::sites_of(&self.0.read, ids.iter().copied()).await.map_err(ApiError::from)?;
        Ok(grouped(rows, |row| row.community_id))
    }
}

impl Loader<CommunityId> for SurveysOf {
    type Value = Vec<crate::survey::entities::survey::Model>;
    type Error = async_graphql::Error;

    async fn load(&self, ids: &[CommunityId]) -> Result<HashMap<CommunityId, Self::Value>, Self::Error> {
        let rows = surveys_of(&self.0.read, ids.iter().copied()).await.map_err(ApiError::from)?;
        Ok(grouped(rows, |row| row.community_id))
    }
}

fn grouped<T>(rows: Vec<T>, community: impl Fn(&T) -> sea_orm::prelude::Uuid) -> HashMap<CommunityId, Vec<T>> {
    let mut groups: HashMap<CommunityId, Vec<T>> = HashMap::new();
    for row in rows {
        groups.entry(CommunityId(community(&row))).or_default().push(row);
    }
    groups
}

#[derive(Default)]
pub struct AccessMutation;

#[Object]
impl AccessMutation {
    /// Creates a community with the standard survey, published.
    async fn create_community(
        &self,
        context: &Context<'_>,
        input: CreateCommunityInput,
    ) -> async_graphql::Result<CreateCommunityResult> {
        let (state, viewer) = (state(context)?, editor(context)?);
        let name = checked_name(&input.name)?;
        let currency = input.currency.map_or(domain::Currency::EUR, |currency| currency.0);
        let (ambient, organisation) = (&state.ambient, viewer.organisation_id());
        let transaction = state.database.begin_write().await.map_err(ApiError::from)?;
        let row = match store::create_community(&transaction, ambient, organisation, name, false, currency).await {
            Ok(row) => row,
            Err(error) if store::is_duplicate(&error) => {
                return Ok(CreateCommunityResult::NameTaken(NameTaken::new(name)));
            }
            Err(error) => return Err(ApiError::from(error).into()),
        };
        create_standard_survey(&transaction, ambient, CommunityId(row.id)).await.map_err(ApiError::from)?;
        create_standard_model(&transaction, CommunityId(row.id), ambient.now()).await.map_err(ApiError::from)?;
        transaction.commit().await.map_err(ApiError::from)?;
        Ok(CreateCommunityResult::Community(Community(row)))
    }

    /// Creates a site: a key that pages of the given origins may embed a survey with.
    async fn create_site(
        &self,
        context: &Context<'_>,
        input: CreateSiteInput,
    ) -> async_graphql::Result<CreateSiteResult> {
        let (state, viewer) = (state(context)?, editor(context)?);
        let NodeId::Survey(community, survey) = input.survey else {
            return Err(ApiError::BadUserInput("survey: not the id of a survey".into()).into());
        };
        let name = checked_name(&input.name)?;
        let origins = input.origins.iter().map(|origin| checked_origin(origin)).collect::<Result<Vec<_>, _>>()?;
        let db = &state.database.write;
        let owned = store::community_of(db, viewer.organisation_id(), community).await.map_err(ApiError::from)?;
        let surveys = surveys_of(db, owned.map(|_| community)).await.map_err(ApiError::from)?;
        if !surveys.iter().any(|row| row.id == survey.0) {
            return Ok(CreateSiteResult::NotFound(NotFound::new(input.survey)));
        }
        let key = format!("pk_{}", hexadecimal(&state.ambient.random::<12>()));
        let row = store::create_site(db, &state.ambient, (community, survey), name, key, &origins)
            .await
            .map_err(ApiError::from)?;
        Ok(CreateSiteResult::Site(Box::new(Site(row))))
    }
}

/// The standard survey as a new community's first, published.
pub async fn create_standard_survey(
    db: &impl sea_orm::ConnectionTrait,
    ambient: &crate::ambient::Ambient,
    community: CommunityId,
) -> Result<(CommunityId, SurveyId), sea_orm::DbErr> {
    let survey = crate::survey::store::create_survey(db, ambient, community, "Member survey").await?;
    let survey = (community, SurveyId(survey.id));
    save_draft(db, ambient, survey, &valuemap_shared::survey::standard_survey()).await?;
    publish_draft(db, ambient, survey).await?;
    Ok(survey)
}

/// A name as it is stored: trimmed, neither empty nor long.
pub fn checked_name(name: &str) -> Result<&str, ApiError> {
    let trimmed = name.trim();
    if trimmed.is_empty() || trimmed.chars().count() > 100 || trimmed.contains(char::is_control) {
        return Err(ApiError::BadUserInput("name: 1 to 100 characters, none of them a control character".into()));
    }
    Ok(trimmed)
}

/// An origin as browsers write it: scheme, host and a port that is not the scheme's own.
fn checked_origin(origin: &str) -> Result<String, ApiError> {
    let refused = || {
        let shown: String = origin.chars().take(80).collect();
        ApiError::BadUserInput(format!("origins: `{shown}` is not an origin; write it like https://forum.example.com"))
    };
    let parsed = url::Url::parse(origin).map_err(|_| refused())?;
    let normal = parsed.origin().ascii_serialization();
    let is_bare = parsed.path() == "/" && parsed.query().is_none() && parsed.fragment().is_none();
    let is_web = matches!(parsed.scheme(), "http" | "https") && parsed.username().is_empty();
    if is_bare && is_web { Ok(normal) } else { Err(refused()) }
}

#[derive(InputObject)]
pub struct CreateCommunityInput {
    name: String,
    /// What its amounts are added up in; EUR where it is left out.
    currency: Option<Currency>,
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
pub enum CreateCommunityResult {
    Community(Community),
    NameTaken(NameTaken),
}

#[derive(Union)]
pub enum CreateSiteResult {
    Site(Box<Site>),
    NotFound(NotFound),
}

/// Something of this name is there already.
#[derive(SimpleObject)]
pub struct NameTaken {
    message: String,
}

impl NameTaken {
    pub fn new(name: &str) -> Self {
        Self { message: format!("there is one named `{name}` already; choose another name") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_stored_as_browsers_write_them() {
        let check = |origin: &str, expected: Option<&str>| {
            assert_eq!(checked_origin(origin).ok().as_deref(), expected, "{origin}");
        };
        check("https://forum.example.com", Some("https://forum.example.com"));
        check("HTTPS://Forum.Example.com:443/", Some("https://forum.example.com"));
        check("http://localhost:3000", Some("http://localhost:3000"));
        for bad in ["forum.example.com", "https://forum.example.com/topics", "ftp://x.example", "null", "*", ""] {
            check(bad, None);
        }
    }
}
