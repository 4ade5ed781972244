use std::sync::Arc;

use async_graphql::connection::Edge;
use async_graphql::{Context, Object, Union};
use valuemap_shared::attribution::{Model, Parameters};
use valuemap_shared::ids::CommunityId;
use valuemap_shared::survey::{Problem, ProblemCode};

use super::InvalidAttribution;
use super::break_even::BreakEven;
use super::enums::CreditSource;
use super::inputs::{BreakEvenInput, ReturnsOptions, RunAttributionInput};
use super::returns::ActivityReturns;
use super::run::{AttributionRun, run_node};
use crate::access::store::community_of;
use crate::activities::graphql::Nodes;
use crate::attribution::break_even::outlook;
use crate::attribution::returns::returns;
use crate::attribution::run::run;
use crate::attribution::store;
use crate::error::ApiError;
use crate::graphql::node_id::NodeId;
use crate::graphql::paging::{self, page_size};
use crate::graphql::scalars::Quarter;
use crate::graphql::schema::{editor, state, viewer};
use crate::survey::graphql::NotFound;
use crate::value_map::models::{StoredModel, model_of};

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

#[derive(Default)]
pub struct AttributionMutation;

#[Object]
impl AttributionMutation {
    /// Credits outcomes by several models and keeps what comes of it, with the parameters and a hash of the data.
    async fn run_attribution(
        &self,
        context: &Context<'_>,
        input: RunAttributionInput,
    ) -> async_graphql::Result<RunAttributionResult> {
        let (state, viewer) = (state(context)?, editor(context)?);
        let Some((community, scoring)) = community_with_model(context, input.community).await? else {
            return Ok(RunAttributionResult::NotFound(NotFound::new(input.community)));
        };
        let invalid = |problems| Ok(RunAttributionResult::InvalidAttribution(InvalidAttribution::of(problems)));
        let parameters = match Parameters::parse(&input.asked(), &scoring.model.financial.attribution) {
            Ok(parameters) => parameters,
            Err(problems) => return invalid(problems),
        };
        let computed = match run(&state.database, community, &parameters).await.map_err(internal)? {
            Ok(computed) => computed,
            Err(error) => return invalid(vec![Problem::new("outcomes", ProblemCode::OutOfRange, error.to_string())]),
        };
        let (db, author) = (&state.database.write, viewer.token.name.as_str());
        let row = store::keep(db, &state.ambient, community, &parameters, &computed, author).await;
        let stored = row.map_err(ApiError::from)?.try_into().map_err(ApiError::Internal)?;
        Ok(RunAttributionResult::AttributionRun(AttributionRun(stored)))
    }
}

#[derive(Default)]
pub struct AttributionQuery;

#[Object]
impl AttributionQuery {
    /// The runs of a community that were kept, the newest first; null when there is no such community.
    #[graphql(complexity = "paging::complexity(first, child_complexity)")]
    async fn attribution_runs(
        &self,
        context: &Context<'_>,
        community: NodeId,
        first: Option<i32>,
        after: Option<String>,
    ) -> async_graphql::Result<Option<Nodes<AttributionRun>>> {
        let state = state(context)?;
        let size = page_size(first)?;
        let Some((community, _)) = community_with_model(context, community).await? else { return Ok(None) };
        let after = match after.map(|cursor| cursor.parse()) {
            None => None,
            Some(Ok(NodeId::AttributionRun(of, id))) if of == community => Some(id),
            Some(_) => return Err(ApiError::BadUserInput("after: not a cursor of this list".into()).into()),
        };
        let db = &state.database.read;
        let mut rows = store::page(db, community, after, size as u64 + 1).await.map_err(ApiError::from)?;
        let mut page = Nodes::new(after.is_some(), rows.len() > size);
        rows.truncate(size);
        for row in rows {
            let cursor = NodeId::AttributionRun(community, row.id.into()).to_string();
            page.edges.push(Edge::new(cursor, AttributionRun(row.try_into().map_err(ApiError::Internal)?)));
        }
        Ok(Some(page))
    }

    /// A run that was kept; null when the organisation has none of this id.
    async fn attribution_run(
        &self,
        context: &Context<'_>,
        id: NodeId,
    ) -> async_graphql::Result<Option<AttributionRun>> {
        let (state, viewer) = (state(context)?, viewer(context)?);
        let NodeId::AttributionRun(community, id) = id else {
            return Err(ApiError::BadUserInput(format!("{id} is not the id of an attribution run")).into());
        };
        let owned = community_of(&state.database.read, viewer.organisation_id(), community).await;
        match owned.map_err(ApiError::from)? {
            Some(_) => run_node(context, community, id).await,
            None => Ok(None),
        }
    }

    /// What activities returned, by what they have in common: credited outcomes in money, against what they cost. The
    /// attribution model is the scoring model's unless another is chosen.
    #[graphql(complexity = "500 + child_complexity")]
    async fn activity_returns(
        &self,
        context: &Context<'_>,
        community: NodeId,
        #[graphql(desc = "The first quarter whose outcomes and costs count.")] from: Quarter,
        #[graphql(desc = "The last one.")] until: Quarter,
        #[graphql(default_with = "CreditSource::ActivityType")] by: CreditSource,
        #[graphql(default)] options: ReturnsOptions,
    ) -> async_graphql::Result<ActivityReturnsResult> {
        let state = state(context)?;
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
        match returns(&state.database, community, &parameters, &scoring.model).await.map_err(internal)? {
            Ok(found) => {
                let returns = Arc::new(found);
                Ok(ActivityReturnsResult::ActivityReturns(ActivityReturns { community, parameters, returns }))
            }
            Err(error) => invalid(vec![Problem::new("options.model", ProblemCode::OutOfRange, error.to_string())]),
        }
    }

    /// How many outcomes an activity that is being thought about would take to pay for itself.
    #[graphql(complexity = "500 + child_complexity")]
    async fn break_even(
        &self,
        context: &Context<'_>,
        community: NodeId,
        input: BreakEvenInput,
    ) -> async_graphql::Result<BreakEvenResult> {
        let state = state(context)?;
        let Some((community, scoring)) = community_with_model(context, community).await? else {
            return Ok(BreakEvenResult::NotFound(NotFound::new(community)));
        };
        let invalid = |problems| Ok(BreakEvenResult::InvalidAttribution(InvalidAttribution::of(problems)));
        let plan = match input.plan() {
            Ok(plan) => plan,
            Err(problems) => return invalid(problems),
        };
        let (db, now) = (&state.database.read, state.ambient.now());
        match outlook(db, community, &plan, &scoring.model, now).await.map_err(internal)? {
            Ok(outlook) => Ok(BreakEvenResult::BreakEven(outlook.into())),
            Err(problems) => invalid(problems),
        }
    }
}

/// The viewer's community of this id, with its newest scoring model.
async fn community_with_model(
    context: &Context<'_>,
    id: NodeId,
) -> async_graphql::Result<Option<(CommunityId, StoredModel)>> {
    let (state, viewer) = (state(context)?, viewer(context)?);
    let NodeId::Community(community) = id else {
        return Err(ApiError::BadUserInput(format!("{id} is not the id of a community")).into());
    };
    let db = &state.database.read;
    if community_of(db, viewer.organisation_id(), community).await.map_err(ApiError::from)?.is_none() {
        return Ok(None);
    }
    let model = model_of(db, community, None).await.map_err(ApiError::from)?;
    Ok(model.map(|model| (community, model)))
}

/// A database that is away is said to be so; whatever else went wrong stays inside.
fn internal(error: anyhow::Error) -> ApiError {
    match error.downcast::<sea_orm::DbErr>() {
        Ok(error) => error.into(),
        Err(error) => ApiError::Internal(error),
    }
}
