//! The value map over GraphQL: the map, where its figures come from, and what would follow from a shift.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use valuemap_engine::tenancy::rights::Right;
use valuemap_engine::value_map::explain::explain;
use valuemap_engine::value_map::map_cache::{MapKey, ShownMap};
use valuemap_shared::ids::CommunityId;
use valuemap_shared::value_map as domain;

use crate::context::{Need, services, viewer};
use crate::error::ApiError;
use crate::value_map::explain::{Explained, FigureInput};
use crate::value_map::wire::{LayerReading, LinkReading, Projection, RecommendationReading, Returns, Weighting};
use crate::wire::node_id::NodeId;
use crate::wire::scalars::{Count, Currency, Quarter};

/// Maximum number of shifts in one question.
const MAX_SHIFTS: usize = 50;

#[derive(Default)]
pub struct ValueMapQuery;

#[Object]
impl ValueMapQuery {
    /// The strategic value map of a community in a quarter; null when there is no such community.
    ///
    /// Without a period it is that of the latest quarter that holds anything; without a model it is computed with the
    /// newest version of the community's scoring model; without a weighting, by the model's weights.
    ///
    /// After the model or much of what is tracked has changed, the map before is given for as long as the next one is being
    /// computed, and says so in `beingRecomputed`.
    #[graphql(guard = "Right::ReadFigures.needed()")]
    async fn value_map(
        &self,
        context: &Context<'_>,
        community: NodeId,
        period: Option<Quarter>,
        model: Option<u32>,
        weighting: Option<Weighting>,
    ) -> Result<Option<ValueMap>, ApiError> {
        let services = services(context)?;
        let key = map_key(context, community, period, model, weighting)?;
        let map = services.maps.of_or_earlier(&services.database, key, services.ambient.now()).await?;
        Ok(map.map(ValueMap))
    }

    /// Where a figure of the map comes from, down to the rows behind it; null when there is no such community.
    #[graphql(guard = "Right::ReadFigures.needed()", complexity = "300 + child_complexity")]
    async fn explain(
        &self,
        context: &Context<'_>,
        community: NodeId,
        period: Option<Quarter>,
        model: Option<u32>,
        weighting: Option<Weighting>,
        figure: FigureInput,
    ) -> Result<Option<Explained>, ApiError> {
        let Some((community, map)) = find_map(context, community, period, model, weighting).await? else {
            return Ok(None);
        };
        let services = services(context)?;
        let now = services.ambient.now();
        let from = (&services.database, &services.maps);
        let explained = explain(from, community, &map, model, figure.into(), now).await?;
        Ok(Some(Explained(explained)))
    }

    /// What would follow if benefits, internal elements or measures rose or fell. Nothing is stored.
    #[graphql(guard = "Right::ReadFigures.needed()")]
    async fn what_if(
        &self,
        context: &Context<'_>,
        community: NodeId,
        period: Option<Quarter>,
        model: Option<u32>,
        weighting: Option<Weighting>,
        shifts: Vec<ShiftInput>,
    ) -> Result<Option<Projection>, ApiError> {
        if shifts.len() > MAX_SHIFTS {
            return Err(ApiError::BadUserInput(format!("shifts: at most {MAX_SHIFTS}")));
        }
        if let Some(index) = shifts.iter().position(|shift| !(-100.0..=100.0).contains(&shift.points)) {
            return Err(ApiError::BadUserInput(format!("shifts.{index}.points: from -100 to 100")));
        }
        let shifts: Vec<domain::Shift> =
            shifts.into_iter().map(|shift| domain::Shift { key: shift.key, points: shift.points }).collect();
        let map = find_map(context, community, period, model, weighting).await?;
        Ok(map.map(|(_, map)| domain::what_if(&map, &shifts).into()))
    }
}

/// Something rises or falls by some points of 0 to 100.
#[derive(InputObject)]
pub struct ShiftInput {
    /// A benefit or an internal element by its name, or a measure by its key.
    key: String,
    points: f64,
}

async fn find_map(
    context: &Context<'_>,
    community: NodeId,
    period: Option<Quarter>,
    model: Option<u32>,
    weighting: Option<Weighting>,
) -> Result<Option<(CommunityId, Arc<domain::ValueMap>)>, ApiError> {
    let services = services(context)?;
    let key = map_key(context, community, period, model, weighting)?;
    let map = services.maps.of(&services.database, key, services.ambient.now()).await?;
    Ok(map.map(|map| (key.community, map)))
}

fn map_key(
    context: &Context<'_>,
    community: NodeId,
    period: Option<Quarter>,
    model: Option<u32>,
    weighting: Option<Weighting>,
) -> Result<MapKey, ApiError> {
    let viewer = viewer(context)?;
    Ok(MapKey {
        organisation: viewer.organisation_id(),
        community: community.as_community()?,
        period: period.map(|period| period.0),
        model,
        weighting: weighting.map_or(domain::Weighting::Model, domain::Weighting::from),
        minimum: viewer.minimum_answers(),
    })
}

pub struct ValueMap(ShownMap);

/// Why a map is not the latest: that is still being computed.
#[derive(SimpleObject)]
struct BeingRecomputed {
    /// When the computation of what is shown began.
    as_of: DateTime<Utc>,
    /// How much of what is tracked is summed up for the next one, in percent; null where nothing has to be.
    summed_up: Option<u8>,
}

/// The four layers of what a community is worth, in one period.
#[Object]
impl ValueMap {
    /// Null where these are the latest figures.
    async fn being_recomputed(&self) -> Option<BeingRecomputed> {
        let domain::BeingRecomputed { as_of, summed_up } = self.0.being_recomputed.clone()?;
        Some(BeingRecomputed { as_of, summed_up })
    }

    async fn period(&self) -> Quarter {
        Quarter(self.0.map.period)
    }

    /// How much of the period is over, in 0..1. Below 1, sums of money are those so far, and changes are since as many days
    /// of the period before.
    async fn elapsed(&self) -> f64 {
        self.0.map.elapsed
    }

    /// The scoring model that the scores were computed with.
    async fn model_version(&self) -> &str {
        &self.0.map.model_version
    }

    /// How the inputs of an internal element were weighed.
    async fn weighting(&self) -> Weighting {
        self.0.map.weighting.into()
    }

    /// What amounts are in.
    async fn currency(&self) -> Currency {
        Currency(self.0.map.currency)
    }

    /// Below this many answers a figure is suppressed.
    async fn minimum_answers(&self) -> Count {
        Count(self.0.map.minimum_answers)
    }

    /// How many answers to surveys were submitted in the period: a member who answered two counts twice here.
    async fn responses(&self) -> Count {
        Count(self.0.map.responses)
    }

    async fn recommendation(&self) -> RecommendationReading {
        self.0.map.recommendation.clone().into()
    }

    /// Bottom to top: learning, internal, members, financial.
    async fn layers(&self) -> Vec<LayerReading> {
        self.0.map.layers.iter().cloned().map(LayerReading::from).collect()
    }

    /// Which element is held to raise which.
    async fn links(&self) -> Vec<LinkReading> {
        self.0.map.links.iter().cloned().map(LinkReading::from).collect()
    }

    /// What the community brought and cost as a whole.
    async fn returns(&self) -> Returns {
        self.0.map.returns.clone().into()
    }
}
