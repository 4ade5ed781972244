//! Communities. Each feature's fields stay with the feature; this names them.

use async_graphql::connection::{Connection, Edge, EmptyFields};
use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, InputObject, Object, SimpleObject, Union};
use chrono::{DateTime, Utc};
use valuemap_engine::activities::store::{has_money, set_currency};
use valuemap_engine::base::commits::Touches;
use valuemap_engine::database::failure::is_duplicate;
use valuemap_engine::database::pages::All;
use valuemap_engine::follow_ups::store::FollowUps;
use valuemap_engine::founding::{NewCommunity, found};
use valuemap_engine::jobs::queue::Jobs;
use valuemap_engine::survey::standing::lists::{SetAside, SetAsideFilter};
use valuemap_engine::tenancy::entities::community;
use valuemap_engine::tenancy::names::checked_name;
use valuemap_engine::tenancy::rights::Right;
use valuemap_engine::tenancy::store;
use valuemap_engine::value_map::store::periods;
use valuemap_shared::ids::CommunityId;
use valuemap_shared::money as domain;

use crate::activities::{TrackedCommunity, begin};
use crate::context::{Need, author, data, services, viewer};
use crate::error::ApiError;
use crate::follow_ups::FollowUp;
use crate::jobs::Job;
use crate::sites::{Site, SitesOf};
use crate::survey::standing::{AnswerStanding, SetAsideAnswer, SetAsideGroup, set_aside_groups, site_in};
use crate::survey::surveys::{Survey, surveys_in};
use crate::uploads::{Upload, uploads};
use crate::webhooks;
use crate::wire::lists::{Nodes, list};
use crate::wire::node_id::NodeId;
use crate::wire::paging::{self, page_size};
use crate::wire::results::{NameTaken, NotFound};
use crate::wire::scalars::{Currency, Quarter};

#[derive(Default)]
pub struct CommunityQuery;

#[Object]
impl CommunityQuery {
    /// The organisation's communities, oldest first.
    #[graphql(complexity = "paging::complexity(first, child_complexity)")]
    async fn communities(
        &self,
        context: &Context<'_>,
        after: Option<String>,
        before: Option<String>,
        first: Option<i32>,
        last: Option<i32>,
    ) -> Result<Connection<String, Community, EmptyFields, EmptyFields>, ApiError> {
        let (services, viewer) = (services(context)?, viewer(context)?);
        if before.is_some() || last.is_some() {
            return Err(ApiError::BadUserInput("communities are read forwards; use first and after".into()));
        }
        let limit = page_size(first)?;
        let after = match after.map(|cursor| cursor.parse()) {
            None => None,
            Some(Ok(NodeId::Community(id))) => Some(id),
            Some(_) => return Err(ApiError::BadUserInput("after: not a cursor of communities".into())),
        };
        let db = &services.database.read;
        let mut rows = store::communities(db, viewer.organisation_id(), after, limit as u64 + 1).await?;
        let mut connection = Connection::new(after.is_some(), rows.len() > limit);
        rows.truncate(limit);
        let edge = |row: community::Model| {
            let community = Community(row);
            Edge::new(community.node_id().to_string(), community)
        };
        connection.edges.extend(rows.into_iter().map(edge));
        Ok(connection)
    }

    /// A community of the organisation; null when there is none of this id.
    async fn community(&self, context: &Context<'_>, id: NodeId) -> Result<Option<Community>, ApiError> {
        find_community(context, id.as_community()?).await
    }
}

/// The community of this id, if it is one of the viewer's organisation.
pub async fn find_community(context: &Context<'_>, id: CommunityId) -> Result<Option<Community>, ApiError> {
    let (services, viewer) = (services(context)?, viewer(context)?);
    let row = store::community_of(&services.database.read, viewer.organisation_id(), id).await?;
    Ok(row.map(Community))
}

pub struct Community(pub community::Model);

impl Community {
    fn key(&self) -> CommunityId {
        CommunityId(self.0.id)
    }

    pub fn node_id(&self) -> NodeId {
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
    async fn currency(&self) -> Result<Currency, ApiError> {
        Ok(Currency(self.0.currency()?))
    }

    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// The quarters that hold answers or anything that is tracked, latest first.
    #[graphql(guard = "Right::ReadFigures.needed()")]
    async fn periods(&self, context: &Context<'_>) -> Result<Vec<Quarter>, ApiError> {
        let services = services(context)?;
        let today = services.ambient.now().date_naive();
        let periods = periods(&services.database.read, self.key(), today).await?;
        Ok(periods.into_iter().map(Quarter).collect())
    }

    #[graphql(guard = "Right::ReadFigures.needed()")]
    async fn sites(&self, context: &Context<'_>) -> Result<Vec<Site>, ApiError> {
        let sites = data::<DataLoader<SitesOf>>(context)?.load_one(self.key()).await?;
        Ok(sites.unwrap_or_default().into_iter().map(Site).collect())
    }

    #[graphql(guard = "Right::ReadFigures.needed()")]
    async fn surveys(&self, context: &Context<'_>) -> Result<Vec<Survey>, ApiError> {
        surveys_in(context, self.key()).await
    }

    /// Where other systems post their events to, oldest first.
    #[graphql(guard = "Right::ReadFigures.needed()")]
    async fn webhook_endpoints(&self, context: &Context<'_>) -> Result<Vec<webhooks::WebhookEndpoint>, ApiError> {
        webhooks::webhook_endpoints(context, self.key()).await
    }

    /// What came in by webhooks, latest first.
    #[graphql(guard = "Right::ReadAnswers.needed()")]
    async fn inbox(
        &self,
        context: &Context<'_>,
        status: Option<webhooks::InboxStatus>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, webhooks::InboxEvent, EmptyFields, EmptyFields>, ApiError> {
        webhooks::inbox(context, self.key(), status, first, after).await
    }

    /// What the organisation heard and what it did about it, as members see it; the latest first.
    #[graphql(guard = "Right::ReadFigures.needed()", complexity = "paging::complexity(first, child_complexity)")]
    async fn follow_ups(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Nodes<FollowUp>, ApiError> {
        list::<FollowUps, _>(context, (self.key(), All), (first, after), FollowUp).await
    }

    /// Work that goes on aside from requests, or has ended within 30 days; what was asked for last first.
    #[graphql(guard = "Right::ReadFigures.needed()", complexity = "paging::complexity(first, child_complexity)")]
    async fn jobs(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Nodes<Job>, ApiError> {
        list::<Jobs, _>(context, (self.key(), All), (first, after), Job).await
    }

    /// Files that wait to be loaded, what came last first: at most 20.
    #[graphql(guard = "Right::Write.needed()", complexity = "20 * child_complexity + 1")]
    async fn uploads(&self, context: &Context<'_>) -> Result<Vec<Upload>, ApiError> {
        uploads(context, self.key()).await
    }

    /// Answers that count in no figure, the latest first.
    #[graphql(guard = "Right::ReadAnswers.needed()", complexity = "paging::complexity(first, child_complexity)")]
    async fn set_aside_answers(
        &self,
        context: &Context<'_>,
        site: Option<NodeId>,
        standing: Option<AnswerStanding>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Nodes<SetAsideAnswer>, ApiError> {
        let filter = SetAsideFilter { site: site_in(self.key(), site)?, standing: standing.map(Into::into) };
        list::<SetAside, _>(context, (self.key(), filter), (first, after), SetAsideAnswer).await
    }

    /// How many answers count in no figure, by site, standing and address; the 100 largest groups.
    #[graphql(guard = "Right::ReadAnswers.needed()", complexity = "100 * child_complexity + 1")]
    async fn set_aside_groups(
        &self,
        context: &Context<'_>,
        site: Option<NodeId>,
        standing: Option<AnswerStanding>,
    ) -> Result<Vec<SetAsideGroup>, ApiError> {
        set_aside_groups(context, self.key(), site, standing).await
    }

    #[graphql(flatten)]
    async fn tracked(&self) -> TrackedCommunity {
        TrackedCommunity(self.key())
    }
}

#[derive(Default)]
pub struct CommunityMutation;

#[Object]
impl CommunityMutation {
    /// Creates a community with the standard survey, published.
    async fn create_community(
        &self,
        context: &Context<'_>,
        input: CreateCommunityInput,
    ) -> Result<CreateCommunityResult, ApiError> {
        let services = services(context)?;
        let author = author(context, Right::Manage)?;
        let name = checked_name(&input.name)?;
        let currency = input.currency.map_or(domain::Currency::EUR, |currency| currency.0);
        let (ambient, organisation) = (&services.ambient, viewer(context)?.organisation_id());
        let new = NewCommunity { organisation, name, is_sample: false, currency };
        let transaction = services.database.begin_write(&author, Touches::NOTHING).await?;
        let founded = match found(&transaction, ambient, new).await {
            Ok(founded) => founded,
            Err(error) if is_duplicate(&error) => {
                return Ok(CreateCommunityResult::NameTaken(NameTaken::new(name)));
            }
            Err(error) => return Err(error.into()),
        };
        transaction.commit().await?;
        Ok(CreateCommunityResult::Community(Community(founded.community)))
    }

    /// Sets what the community's amounts are added up in, as long as no money and no exchange rate is stored.
    async fn set_reporting_currency(
        &self,
        context: &Context<'_>,
        input: SetReportingCurrencyInput,
    ) -> Result<SetReportingCurrencyResult, ApiError> {
        let Some((transaction, community)) = begin(context, input.community, Right::Manage).await? else {
            return Ok(SetReportingCurrencyResult::NotFound(NotFound::new(input.community)));
        };
        let own = community.currency()?;
        let is_another = own != input.currency.0;
        if is_another && has_money(&transaction, CommunityId(community.id)).await? {
            return Ok(SetReportingCurrencyResult::InUse(CurrencyInUse {
                message: format!(
                    "amounts or exchange rates are stored that are worth something in {own}; in {} they would have no \
                     worth. Create another community for it",
                    input.currency.0
                ),
            }));
        }
        let row = set_currency(&transaction, community, input.currency.0).await?;
        transaction.commit().await?;
        Ok(SetReportingCurrencyResult::Community(Community(row)))
    }
}

#[derive(InputObject)]
pub struct CreateCommunityInput {
    name: String,
    /// What its amounts are added up in; EUR where it is left out.
    currency: Option<Currency>,
}

#[derive(Union)]
pub enum CreateCommunityResult {
    Community(Community),
    NameTaken(NameTaken),
}

#[derive(InputObject)]
pub struct SetReportingCurrencyInput {
    community: NodeId,
    currency: Currency,
}

#[derive(Union)]
pub enum SetReportingCurrencyResult {
    Community(Community),
    NotFound(NotFound),
    InUse(CurrencyInUse),
}

/// Money is stored already, which another currency would give another worth.
#[derive(SimpleObject)]
pub struct CurrencyInUse {
    message: String,
}
