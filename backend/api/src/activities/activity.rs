use async_graphql::{Context, Object};
use chrono::NaiveDate;
use valuemap_engine::activities::entities::{activity, activity_type};
use valuemap_engine::activities::lists::{Filter, Touchpoints};
use valuemap_engine::tenancy::rights::Right;
use valuemap_shared::activities as domain;
use valuemap_shared::ids::{ActivityId, ActivityTypeId, CommunityId};

use crate::activities::cost::{CostLine, LoadedCost};
use crate::activities::enums::{Goal, Modality, stored};
use crate::activities::loaders::{CostsOf, HeadsOf, load, load_mentioned};
use crate::activities::outcome::Touchpoint;
use crate::context::Need;
use crate::error::ApiError;
use crate::wire::lists::{Nodes, list};
use crate::wire::node_id::NodeId;
use crate::wire::paging;
use crate::wire::scalars::Count;

pub struct ActivityType(pub activity_type::Model);

/// A kind of activity: webinars, user groups, a product council.
#[Object]
impl ActivityType {
    pub async fn id(&self) -> NodeId {
        NodeId::ActivityType(CommunityId(self.0.community_id), ActivityTypeId(self.0.id))
    }

    /// A short name for files and inputs: `webinar`.
    async fn key(&self) -> &str {
        &self.0.external_key
    }

    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Where such activities take place, unless one says otherwise.
    async fn modality(&self) -> Result<Modality, ApiError> {
        stored::<domain::Modality, _>(&self.0.modality)
    }

    /// What the organisation runs them for.
    async fn goal(&self) -> Result<Goal, ApiError> {
        stored::<domain::Goal, _>(&self.0.goal)
    }
}

pub struct Activity(pub activity::Model);

impl Activity {
    fn key(&self) -> (CommunityId, ActivityId) {
        (CommunityId(self.0.community_id), ActivityId(self.0.id))
    }

    async fn type_row(&self, context: &Context<'_>) -> Result<activity_type::Model, ApiError> {
        load_mentioned(context, (CommunityId(self.0.community_id), ActivityTypeId(self.0.type_id))).await
    }
}

/// Something that the organisation did for the community.
#[Object]
impl Activity {
    pub async fn id(&self) -> NodeId {
        NodeId::Activity(self.key().0, self.key().1)
    }

    /// Where it was recorded from.
    async fn source(&self) -> &str {
        &self.0.source
    }

    /// What its source calls it.
    #[graphql(name = "key")]
    async fn external_key(&self) -> &str {
        &self.0.external_key
    }

    #[graphql(name = "type")]
    async fn activity_type(&self, context: &Context<'_>) -> Result<ActivityType, ApiError> {
        Ok(ActivityType(self.type_row(context).await?))
    }

    /// What the organisation runs it for: the goal of its type.
    async fn goal(&self, context: &Context<'_>) -> Result<Goal, ApiError> {
        stored::<domain::Goal, _>(&self.type_row(context).await?.goal)
    }

    /// Where it takes place: its own modality, or else that of its type.
    async fn modality(&self, context: &Context<'_>) -> Result<Modality, ApiError> {
        match &self.0.modality {
            Some(modality) => Ok(stored::<domain::Modality, _>(modality)?),
            None => Ok(stored::<domain::Modality, _>(&self.type_row(context).await?.modality)?),
        }
    }

    async fn name(&self) -> &str {
        &self.0.name
    }

    async fn starts_on(&self) -> NaiveDate {
        self.0.starts_on
    }

    async fn ends_on(&self) -> NaiveDate {
        self.0.ends_on
    }

    /// Who runs it.
    async fn owner(&self) -> Option<&str> {
        self.0.owner.as_deref()
    }

    /// Where it is promoted.
    async fn channels(&self) -> Vec<String> {
        serde_json::from_value(self.0.channels.clone()).unwrap_or_default()
    }

    /// Its cost lines, the earliest first.
    #[graphql(guard = "Right::ReadFigures.needed()")]
    async fn costs(&self, context: &Context<'_>) -> Result<Vec<CostLine>, ApiError> {
        let (community, activity) = self.key();
        let rows = load(context, CostsOf(community, activity)).await?;
        Ok(rows.unwrap_or_default().into_iter().map(CostLine).collect())
    }

    /// All that it cost, in the community's currency, each line at the rate of its day. Null where no cost was recorded.
    #[graphql(guard = "Right::ReadFigures.needed()")]
    async fn fully_loaded_cost(&self, context: &Context<'_>) -> Result<Option<LoadedCost>, ApiError> {
        let (community, activity) = self.key();
        let lines = load(context, CostsOf(community, activity)).await?.unwrap_or_default();
        LoadedCost::of(context, community, &lines).await
    }

    /// Who met it, when and how; the latest first.
    #[graphql(guard = "Right::ReadAnswers.needed()", complexity = "paging::complexity(first, child_complexity)")]
    async fn touchpoints(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Nodes<Touchpoint>, ApiError> {
        let (community, activity) = self.key();
        list::<Touchpoints, _>(context, (community, Filter::OfActivity(activity)), (first, after), Touchpoint).await
    }

    /// How many distinct members and accounts took part: attended, contributed, spoke or organised.
    async fn participants(&self, context: &Context<'_>) -> Result<Count, ApiError> {
        let (community, activity) = self.key();
        Ok(Count(load(context, HeadsOf(community, activity)).await?.unwrap_or_default().participants))
    }

    /// How many distinct members and accounts met it in whichever role, those who took part included.
    async fn reached(&self, context: &Context<'_>) -> Result<Count, ApiError> {
        let (community, activity) = self.key();
        Ok(Count(load(context, HeadsOf(community, activity)).await?.unwrap_or_default().reached))
    }
}
