use async_graphql::{Context, Object};
use chrono::{Datelike, NaiveDate};
use valuemap_shared::ids::CommunityId;

use super::activity::{Activity, ActivityType};
use super::cost::{CostLine, ExchangeRate};
use super::loaders::{Nodes, TypesOf, list, load};
use super::outcome::{Outcome, Touchpoint};
use super::party::Party;
use super::support::{Contribution, SupportCase};
use super::weights::OutcomeWeights;
use crate::access::graphql::Node;
use crate::activities::keys::activity_type_id;
use crate::activities::lists::{
    Activities, Contributions, Costs, ExchangeRates, Filter, Outcomes, Parties, SupportCases, Touchpoints,
};
use crate::activities::store;
use crate::error::ApiError;
use crate::graphql::node_id::NodeId;
use crate::graphql::paging;
use crate::graphql::schema::state;

/// What a community's fields about tracking are resolved with.
pub struct TrackedCommunity(pub CommunityId);

#[Object]
impl TrackedCommunity {
    /// The types of activities, by their keys.
    async fn activity_types(&self, context: &Context<'_>) -> async_graphql::Result<Vec<ActivityType>> {
        let types = load(context, TypesOf(self.0)).await?;
        Ok(types.unwrap_or_default().into_iter().map(ActivityType).collect())
    }

    /// What the organisation did for the community; the latest start first.
    #[graphql(complexity = "paging::complexity(first, child_complexity)")]
    async fn activities(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        #[graphql(name = "type", desc = "The key of a type: `webinar`.")] of_type: Option<String>,
        #[graphql(desc = "Only those that go on until this day or longer.")] from: Option<NaiveDate>,
        #[graphql(desc = "Only those that start on this day or earlier.")] until: Option<NaiveDate>,
    ) -> async_graphql::Result<Nodes<Activity>> {
        for (name, day) in [("from", from), ("until", until)] {
            if day.is_some_and(|day| !(0..=9999).contains(&day.year())) {
                return Err(ApiError::BadUserInput(format!("{name}: a year has four digits")).into());
            }
        }
        let of_type = of_type.map(|key| activity_type_id(self.0, &key).into());
        let filter = Filter::Activities { of_type, from, until };
        list::<Activities, _>(context, (self.0, filter), (first, after), Activity).await
    }

    /// An activity of this community; null when there is none of this id.
    async fn activity(&self, context: &Context<'_>, id: NodeId) -> async_graphql::Result<Option<Activity>> {
        match id {
            NodeId::Activity(community, id) if community == self.0 => {
                Ok(load(context, (community, id)).await?.map(Activity))
            }
            NodeId::Activity(..) => Ok(None),
            _ => Err(ApiError::BadUserInput(format!("{id} is not the id of an activity")).into()),
        }
    }

    /// Members and accounts, in the order of their ids.
    #[graphql(complexity = "paging::complexity(first, child_complexity)")]
    async fn parties(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> async_graphql::Result<Nodes<Party>> {
        list::<Parties, _>(context, (self.0, Filter::All), (first, after), Party).await
    }

    /// Who met which activity; the latest first.
    #[graphql(complexity = "paging::complexity(first, child_complexity)")]
    async fn touchpoints(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> async_graphql::Result<Nodes<Touchpoint>> {
        list::<Touchpoints, _>(context, (self.0, Filter::All), (first, after), Touchpoint).await
    }

    /// What happened and counts; the latest first.
    #[graphql(complexity = "paging::complexity(first, child_complexity)")]
    async fn outcomes(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> async_graphql::Result<Nodes<Outcome>> {
        list::<Outcomes, _>(context, (self.0, Filter::All), (first, after), Outcome).await
    }

    /// All that was paid, for activities or to run the community; the latest first.
    #[graphql(complexity = "paging::complexity(first, child_complexity)")]
    async fn costs(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> async_graphql::Result<Nodes<CostLine>> {
        list::<Costs, _>(context, (self.0, Filter::All), (first, after), CostLine).await
    }

    /// What other currencies are worth in the community's own; the latest first.
    #[graphql(complexity = "paging::complexity(first, child_complexity)")]
    async fn exchange_rates(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> async_graphql::Result<Nodes<ExchangeRate>> {
        list::<ExchangeRates, _>(context, (self.0, Filter::All), (first, after), ExchangeRate).await
    }

    /// How many points an outcome counts for: the latest version, or the one that is asked for. Null when there is no
    /// such version.
    async fn outcome_weights(
        &self,
        context: &Context<'_>,
        version: Option<i32>,
    ) -> async_graphql::Result<Option<OutcomeWeights>> {
        let state = state(context)?;
        let row = store::outcome_weights(&state.database.read, self.0, version).await.map_err(ApiError::from)?;
        Ok(match row {
            Some(row) => Some(row.try_into()?),
            None => matches!(version, None | Some(0)).then(OutcomeWeights::default),
        })
    }

    /// Who asked the organisation's support, and when it was solved; the latest first.
    #[graphql(complexity = "paging::complexity(first, child_complexity)")]
    async fn support_cases(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> async_graphql::Result<Nodes<SupportCase>> {
        list::<SupportCases, _>(context, (self.0, Filter::All), (first, after), SupportCase).await
    }

    /// What members did in the community; the latest first.
    #[graphql(complexity = "paging::complexity(first, child_complexity)")]
    async fn contributions(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> async_graphql::Result<Nodes<Contribution>> {
        list::<Contributions, _>(context, (self.0, Filter::All), (first, after), Contribution).await
    }
}

/// The node of this id, if it is something that is tracked. Whose it is has been checked.
pub async fn tracked_node(context: &Context<'_>, id: NodeId) -> async_graphql::Result<Option<Node>> {
    Ok(match id {
        NodeId::ActivityType(community, id) => {
            load(context, (community, id)).await?.map(|row| Node::ActivityType(ActivityType(row)))
        }
        NodeId::Activity(community, id) => {
            load(context, (community, id)).await?.map(|row| Node::Activity(Activity(row)))
        }
        NodeId::Party(community, id) => load(context, (community, id)).await?.map(|row| Node::Party(Party(row))),
        NodeId::Touchpoint(community, id) => {
            load(context, (community, id)).await?.map(|row| Node::Touchpoint(Touchpoint(row)))
        }
        NodeId::Outcome(community, id) => load(context, (community, id)).await?.map(|row| Node::Outcome(Outcome(row))),
        _ => None,
    })
}
