use async_graphql::connection::Edge;
use async_graphql::{Context, Object, Union};
use valuemap_engine::attribution::break_even::outlook;
use valuemap_engine::attribution::run::run;
use valuemap_engine::attribution::store;
use valuemap_engine::base::commits::Touches;
use valuemap_engine::database::Transaction;
use valuemap_engine::scoring_models::store::{StoredModel, model_of};
use valuemap_engine::tenancy::rights::Right;
use valuemap_engine::tenancy::store::community_of;
use valuemap_shared::attribution::{Model, Parameters};
use valuemap_shared::ids::CommunityId;
use valuemap_shared::survey::{Problem, ProblemCode};

use crate::attribution::InvalidAttribution;
use crate::attribution::break_even::BreakEven;
use crate::attribution::conversion::{Conversion, ConversionOptions};
use crate::attribution::enums::CreditSource;
use crate::attribution::inputs::{BreakEvenInput, ReturnsOptions, RunAttributionInput};
use crate::attribution::returns::ActivityReturns;
use crate::attribution::run::{AttributionRun, run_node};
use crate::context::{Need, own, services, viewer};
use crate::error::ApiError;
use crate::wire::lists::Nodes;
use crate::wire::node_id::NodeId;
use crate::wire::paging;
use crate::wire::paging::page_size;
use crate::wire::results::NotFound;
use crate::wire::scalars::Quarter;

#[derive(Union)]
#[allow(clippy::large_enum_variant, reason = "there is one of it in a request")]
pub enum RunAttributionResult {
    AttributionRun(AttributionRun),
    NotFound(NotFound),
    InvalidAttribution(InvalidAttribution),
}

#[derive(Union)]
pub enum ActivityReturnsResult {
    ActivityReturns(ActivityReturns),
    NotFound(NotFound),
    InvalidAttribution(InvalidAttribution),
}

#[derive(Union)]
#[allow(clippy::large_enum_variant, reason = "there is one of it in a request")]
pub enum BreakEvenResult {
    BreakEven(BreakEven),
    NotFound(NotFound),
    InvalidAttribution(InvalidAttribution),
}

#[derive(Union)]
pub enum ConversionResult {
    Conversion(Conversion),
    NotFound(NotFound),
    InvalidAttribution(InvalidAttribution),
}

#[derive(Default)]
pub struct AttributionMutation;

#[Object]
impl AttributionMutation {
    /// Credits outcomes by several models and keeps what comes of it, with the parameters and a hash of the data.
    async fn run_attribution(
        &self,
        context: &Context<'_>,
        input: RunAttributionInput,
    ) -> Result<RunAttributionResult, ApiError> {
        let (services, viewer) = (services(context)?, viewer(context)?);
        let Some(own) = own(context, input.community.as_community()?, Right::Write).await? else {
            return Ok(RunAttributionResult::NotFound(NotFound::new(input.community)));
        };
        let Some((community, scoring)) = community_with_model(context, input.community).await? else {
            return Ok(RunAttributionResult::NotFound(NotFound::new(input.community)));
        };
        let invalid = |problems| Ok(RunAttributionResult::InvalidAttribution(InvalidAttribution::of(problems)));
        let parameters = match Parameters::parse(&input.asked(), &scoring.model.financial.attribution) {
            Ok(parameters) => parameters,
            Err(problems) => return invalid(problems),
        };
        let computed = match run(&services.database, community, &parameters).await.map_err(internal)? {
            Ok(computed) => computed,
            Err(error) => return invalid(vec![Problem::new("outcomes", ProblemCode::OutOfRange, error.to_string())]),
        };
        let (ambient, by) = (&services.ambient, viewer.token.name.as_str());
        let kept = async |db: &Transaction| store::keep(db, ambient, community, &parameters, &computed, by).await;
        let stored = services
            .database
            .write(own.author(), Touches::NOTHING, kept)
            .await?
            .try_into()
            .map_err(ApiError::internal)?;
        Ok(RunAttributionResult::AttributionRun(AttributionRun(stored)))
    }
}

#[derive(Default)]
pub struct AttributionQuery;

#[Object]
impl AttributionQuery {
    /// The runs of a community that were kept, the newest first; null when there is no such community.
    #[graphql(guard = "Right::ReadFigures.needed()", complexity = "paging::complexity(first, child_complexity)")]
    async fn attribution_runs(
        &self,
        context: &Context<'_>,
        community: NodeId,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Option<Nodes<AttributionRun>>, ApiError> {
        let services = services(context)?;
        let size = page_size(first)?;
        let Some((community, _)) = community_with_model(context, community).await? else { return Ok(None) };
        let after = match after.map(|cursor| cursor.parse()) {
            None => None,
            Some(Ok(NodeId::AttributionRun(of, id))) if of == community => Some(id),
            Some(_) => return Err(ApiError::BadUserInput("after: not a cursor of this list".into())),
        };
        let db = &services.database.read;
        let mut rows = store::page(db, community, after, size as u64 + 1).await?;
        let mut page = Nodes::new(after.is_some(), rows.len() > size);
        rows.truncate(size);
        for row in rows {
            let cursor = NodeId::AttributionRun(community, row.id.into()).to_string();
            page.edges.push(Edge::new(cursor, AttributionRun(row.try_into().map_err(ApiError::internal)?)));
        }
        Ok(Some(page))
    }

    /// A run that was kept; null when the organisation has none of this id.
    #[graphql(guard = "Right::ReadFigures.needed()")]
    async fn attribution_run(&self, context: &Context<'_>, id: NodeId) -> Result<Option<AttributionRun>, ApiError> {
        let (services, viewer) = (services(context)?, viewer(context)?);
        let NodeId::AttributionRun(community, id) = id else {
            return Err(ApiError::BadUserInput(format!("{id} is not the id of an attribution run")));
        };
        let owned = community_of(&services.database.read, viewer.organisation_id(), community).await;
        match owned? {
            Some(_) => run_node(context, community, id).await,
            None => Ok(None),
        }
    }

    /// What activities returned, by what they have in common: credited outcomes in money, against what they cost. The
    /// attribution model is the scoring model's unless another is chosen.
    ///
    /// The cost of an activity is spread evenly over the days on which outcomes can be credited to it: its own and the
    /// look-back window after them. Of a quarter that is running, the days up to today count. The returns of the value map
    /// hold all costs against all value by the days on which they were booked, so the two differ where activities reach
    /// from one quarter into another.
    #[graphql(guard = "Right::ReadFigures.needed()", complexity = "500 + child_complexity")]
    async fn activity_returns(
        &self,
        context: &Context<'_>,
        community: NodeId,
        #[graphql(desc = "The first quarter whose outcomes and costs count.")] from: Quarter,
        #[graphql(desc = "The last one.")] until: Quarter,
        #[graphql(default_with = "CreditSource::ActivityType")] by: CreditSource,
        #[graphql(default)] options: ReturnsOptions,
    ) -> Result<ActivityReturnsResult, ApiError> {
        let services = services(context)?;
        let Some((community, scoring)) = community_with_model(context, community).await? else {
            return Ok(ActivityReturnsResult::NotFound(NotFound::new(community)));
        };
        let invalid = |problems| Ok(ActivityReturnsResult::InvalidAttribution(InvalidAttribution::of(problems)));
        let attribution = &scoring.model.financial.attribution;
        let usual = attribution.model.parse::<Model>().map_err(|error| internal(error.into()))?;
        let asked = options.asked(from, until, by, Some(usual.into()));
        let parameters = match Parameters::parse(&asked, attribution) {
            Ok(parameters) => parameters,
            Err(problems) => return invalid(problems),
        };
        let today = services.ambient.now().date_naive();
        let found = services.returns.of(&services.database, community, &parameters, &scoring.model, today).await?;
        match &*found {
            Ok(returns) => {
                let returns = returns.clone();
                Ok(ActivityReturnsResult::ActivityReturns(ActivityReturns { community, parameters, returns }))
            }
            Err(error) => invalid(vec![Problem::new("options.model", ProblemCode::OutOfRange, error.to_string())]),
        }
    }

    /// How many of those who entered a stage on the way to a sale have got further, how long that took, and whether those
    /// whom the community had touched before did so more often.
    #[graphql(guard = "Right::ReadFigures.needed()", complexity = "500 + child_complexity")]
    async fn conversion(
        &self,
        context: &Context<'_>,
        community: NodeId,
        #[graphql(desc = "The first quarter whose leads and opportunities are followed.")] from: Quarter,
        #[graphql(desc = "The last one.")] until: Quarter,
        #[graphql(default)] options: ConversionOptions,
    ) -> Result<ConversionResult, ApiError> {
        let (services, viewer) = (services(context)?, viewer(context)?);
        let Some((community, scoring)) = community_with_model(context, community).await? else {
            return Ok(ConversionResult::NotFound(NotFound::new(community)));
        };
        let audience = options.audience.map(Into::into);
        let asked = options.asked(from, until);
        let parameters = match Parameters::parse(&asked, &scoring.model.financial.attribution) {
            Ok(parameters) => parameters,
            Err(problems) => return Ok(ConversionResult::InvalidAttribution(InvalidAttribution::of(problems))),
        };
        let (database, now) = (&services.database, services.ambient.now());
        let minimum = viewer.minimum_answers();
        let found = services.conversions.of(database, community, (&parameters, audience), minimum, now).await?;
        Ok(ConversionResult::Conversion(found.into()))
    }

    /// How many outcomes an activity that is being thought about would take to pay for itself.
    #[graphql(guard = "Right::ReadFigures.needed()", complexity = "500 + child_complexity")]
    async fn break_even(
        &self,
        context: &Context<'_>,
        community: NodeId,
        input: BreakEvenInput,
    ) -> Result<BreakEvenResult, ApiError> {
        let services = services(context)?;
        let Some((community, scoring)) = community_with_model(context, community).await? else {
            return Ok(BreakEvenResult::NotFound(NotFound::new(community)));
        };
        let invalid = |problems| Ok(BreakEvenResult::InvalidAttribution(InvalidAttribution::of(problems)));
        let plan = match input.plan() {
            Ok(plan) => plan,
            Err(problems) => return invalid(problems),
        };
        let (db, now) = (&services.database.read, services.ambient.now());
        match outlook(db, community, &plan, &scoring.model, now).await.map_err(internal)? {
            Ok(outlook) => Ok(BreakEvenResult::BreakEven(outlook.into())),
            Err(problems) => invalid(problems),
        }
    }
}

/// The viewer's community of this id, with its newest scoring model.
pub async fn community_with_model(
    context: &Context<'_>,
    id: NodeId,
) -> Result<Option<(CommunityId, StoredModel)>, ApiError> {
    let (services, viewer) = (services(context)?, viewer(context)?);
    let community = id.as_community()?;
    let db = &services.database.read;
    if community_of(db, viewer.organisation_id(), community).await?.is_none() {
        return Ok(None);
    }
    let model = model_of(db, community, None).await?;
    Ok(model.map(|model| (community, model)))
}

/// A database that is away is said to be so; whatever else went wrong stays inside.
fn internal(error: anyhow::Error) -> ApiError {
    match error.downcast::<sea_orm::DbErr>() {
        Ok(error) => error.into(),
        Err(error) => ApiError::internal(error),
    }
}
