use async_graphql::{Context, Object};
use chrono::{Datelike, NaiveDate};
use valuemap_engine::activities::keys::activity_type_id;
use valuemap_engine::activities::lists::{
    Activities, Contributions, Costs, ExchangeRates, Filter, Links, Outcomes, Parties, SupportCases, Touchpoints,
};
use valuemap_engine::activities::store;
use valuemap_engine::activities::unlinked::unlinked_in;
use valuemap_engine::tenancy::rights::Right;
use valuemap_shared::ids::CommunityId;

use crate::activities::activity::{Activity, ActivityType};
use crate::activities::cost::{CostLine, ExchangeRate};
use crate::activities::identity::{IdentityLink, TieKind};
use crate::activities::loaders::{TypesOf, load};
use crate::activities::outcome::{Outcome, Touchpoint};
use crate::activities::party::Party;
use crate::activities::support::{Contribution, SupportCase};
use crate::activities::unlinked::Unlinked;
use crate::activities::weights::OutcomeWeights;
use crate::context::{Need, services};
use crate::error::ApiError;
use crate::wire::lists::{Nodes, list};
use crate::wire::node_id::NodeId;
use crate::wire::paging;

/// What a community's fields about tracking are resolved with.
pub struct TrackedCommunity(pub CommunityId);

#[Object]
impl TrackedCommunity {
    /// The types of activities, by their keys.
    #[graphql(guard = "Right::ReadFigures.needed()")]
    async fn activity_types(&self, context: &Context<'_>) -> Result<Vec<ActivityType>, ApiError> {
        let types = load(context, TypesOf(self.0)).await?;
        Ok(types.unwrap_or_default().into_iter().map(ActivityType).collect())
    }

    /// What the organisation did for the community; the latest start first.
    #[graphql(guard = "Right::ReadFigures.needed()", complexity = "paging::complexity(first, child_complexity)")]
    async fn activities(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        #[graphql(name = "type", desc = "The key of a type: `webinar`.")] of_type: Option<String>,
        #[graphql(desc = "Only those that go on until this day or longer.")] from: Option<NaiveDate>,
        #[graphql(desc = "Only those that start on this day or earlier.")] until: Option<NaiveDate>,
    ) -> Result<Nodes<Activity>, ApiError> {
        for (name, day) in [("from", from), ("until", until)] {
            if day.is_some_and(|day| !(0..=9999).contains(&day.year())) {
                return Err(ApiError::BadUserInput(format!("{name}: a year has four digits")));
            }
        }
        let of_type = of_type.map(|key| activity_type_id(self.0, &key).into());
        let filter = Filter::Activities { of_type, from, until };
        list::<Activities, _>(context, (self.0, filter), (first, after), Activity).await
    }

    /// An activity of this community; null when there is none of this id.
    #[graphql(guard = "Right::ReadFigures.needed()")]
    async fn activity(&self, context: &Context<'_>, id: NodeId) -> Result<Option<Activity>, ApiError> {
        match id {
            NodeId::Activity(community, id) if community == self.0 => {
                Ok(load(context, (community, id)).await?.map(Activity))
            }
            NodeId::Activity(..) => Ok(None),
            _ => Err(ApiError::BadUserInput(format!("{id} is not the id of an activity"))),
        }
    }

    /// Members and accounts, in the order of their ids.
    #[graphql(guard = "Right::ReadAnswers.needed()", complexity = "paging::complexity(first, child_complexity)")]
    async fn parties(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Nodes<Party>, ApiError> {
        list::<Parties, _>(context, (self.0, Filter::All), (first, after), Party).await
    }

    /// Which members and accounts are one, and which members work at which accounts: who, why, since when, by which
    /// source. In the order of their ids.
    #[graphql(guard = "Right::ReadAnswers.needed()", complexity = "paging::complexity(first, child_complexity)")]
    async fn identity_links(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        #[graphql(desc = "Only those that tie this together.")] of: Option<TieKind>,
        #[graphql(desc = "Only those that a person has ended, or only those that hold.")] ended: Option<bool>,
    ) -> Result<Nodes<IdentityLink>, ApiError> {
        let filter = Filter::Links { tie: of.map(Into::into), ended };
        list::<Links, _>(context, (self.0, filter), (first, after), IdentityLink).await
    }

    /// Who met which activity; the latest first.
    #[graphql(guard = "Right::ReadAnswers.needed()", complexity = "paging::complexity(first, child_complexity)")]
    async fn touchpoints(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Nodes<Touchpoint>, ApiError> {
        list::<Touchpoints, _>(context, (self.0, Filter::All), (first, after), Touchpoint).await
    }

    /// What is on record and linked to nobody, so that no activity can be credited with it. It reads through all
    /// touchpoints and outcomes.
    #[graphql(guard = "Right::ReadFigures.needed()", complexity = "200")]
    async fn unlinked(&self, context: &Context<'_>) -> Result<Unlinked, ApiError> {
        Ok(unlinked_in(&services(context)?.database.read, self.0).await?.into())
    }

    /// What happened and counts; the latest first.
    #[graphql(guard = "Right::ReadAnswers.needed()", complexity = "paging::complexity(first, child_complexity)")]
    async fn outcomes(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Nodes<Outcome>, ApiError> {
        list::<Outcomes, _>(context, (self.0, Filter::All), (first, after), Outcome).await
    }

    /// All that was paid, for activities or to run the community; the latest first.
    #[graphql(guard = "Right::ReadFigures.needed()", complexity = "paging::complexity(first, child_complexity)")]
    async fn costs(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Nodes<CostLine>, ApiError> {
        list::<Costs, _>(context, (self.0, Filter::All), (first, after), CostLine).await
    }

    /// What other currencies are worth in the community's own; the latest first.
    #[graphql(guard = "Right::ReadFigures.needed()", complexity = "paging::complexity(first, child_complexity)")]
    async fn exchange_rates(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Nodes<ExchangeRate>, ApiError> {
        list::<ExchangeRates, _>(context, (self.0, Filter::All), (first, after), ExchangeRate).await
    }

    /// How many points an outcome counts for: the latest version, or the one that is asked for. Null when there is no
    /// such version.
    #[graphql(guard = "Right::ReadFigures.needed()")]
    async fn outcome_weights(
        &self,
        context: &Context<'_>,
        version: Option<i32>,
    ) -> Result<Option<OutcomeWeights>, ApiError> {
        let services = services(context)?;
        let row = store::outcome_weights(&services.database.read, self.0, version).await?;
        Ok(match row {
            Some(row) => Some(row.try_into()?),
            None => matches!(version, None | Some(0)).then(OutcomeWeights::default),
        })
    }

    /// Who asked the organisation's support, and when it was solved; the latest first.
    #[graphql(guard = "Right::ReadAnswers.needed()", complexity = "paging::complexity(first, child_complexity)")]
    async fn support_cases(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Nodes<SupportCase>, ApiError> {
        list::<SupportCases, _>(context, (self.0, Filter::All), (first, after), SupportCase).await
    }

    /// What members did in the community; the latest first.
    #[graphql(guard = "Right::ReadAnswers.needed()", complexity = "paging::complexity(first, child_complexity)")]
    async fn contributions(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Nodes<Contribution>, ApiError> {
        list::<Contributions, _>(context, (self.0, Filter::All), (first, after), Contribution).await
    }
}
