use async_graphql::{Context, Object};
use chrono::NaiveDate;
use valuemap_engine::activities::entities::{identity_link, party};
use valuemap_engine::activities::lists::{Filter, Links, Outcomes, Touchpoints};
use valuemap_shared::activities as domain;
use valuemap_shared::ids::{CommunityId, PartyId};

use crate::activities::enums::{LinkMethod, PartyKind, stored};
use crate::activities::outcome;
use crate::activities::outcome::{Outcome, Touchpoint};
use crate::error::ApiError;
use crate::wire::lists::{Nodes, list};
use crate::wire::node_id::NodeId;
use crate::wire::paging;

pub struct Party(pub party::Model);

impl Party {
    fn key(&self) -> (CommunityId, PartyId) {
        (CommunityId(self.0.community_id), PartyId(self.0.id))
    }
}

/// A member of the community, or an account: a customer organisation or a prospect.
#[Object]
impl Party {
    pub async fn id(&self) -> NodeId {
        NodeId::Party(self.key().0, self.key().1)
    }

    async fn kind(&self) -> Result<PartyKind, ApiError> {
        stored::<domain::PartyKind, _>(&self.0.kind)
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

    /// Null for who was mentioned and never introduced.
    async fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// Works for the organisation.
    async fn is_staff(&self) -> bool {
        self.0.is_staff
    }

    /// Of a member: when they joined. Of an account: when it became a customer; without it, it is a prospect.
    async fn since(&self) -> Option<NaiveDate> {
        self.0.since
    }

    async fn until(&self) -> Option<NaiveDate> {
        self.0.until
    }

    /// Who it belongs together with. In the order of their ids.
    #[graphql(complexity = "paging::complexity(first, child_complexity)")]
    async fn links(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Nodes<IdentityLink>, ApiError> {
        let (community, party) = self.key();
        list::<Links, _>(context, (community, Filter::LinksOf(party)), (first, after), IdentityLink).await
    }

    /// The activities that it met; the latest first.
    #[graphql(complexity = "paging::complexity(first, child_complexity)")]
    async fn touchpoints(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Nodes<Touchpoint>, ApiError> {
        let (community, party) = self.key();
        list::<Touchpoints, _>(context, (community, Filter::OfParty(party)), (first, after), Touchpoint).await
    }

    /// What came of it; the latest first.
    #[graphql(complexity = "paging::complexity(first, child_complexity)")]
    async fn outcomes(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Nodes<Outcome>, ApiError> {
        let (community, party) = self.key();
        list::<Outcomes, _>(context, (community, Filter::OfParty(party)), (first, after), Outcome).await
    }
}

pub struct IdentityLink(pub identity_link::Model);

/// Two parties belong together: two members or two accounts are the same, or a member works at an account.
#[Object]
impl IdentityLink {
    async fn from(&self, context: &Context<'_>) -> Result<Party, ApiError> {
        outcome::party(context, self.0.community_id, self.0.from_id).await
    }

    async fn to(&self, context: &Context<'_>) -> Result<Party, ApiError> {
        outcome::party(context, self.0.community_id, self.0.to_id).await
    }

    /// How it was found out.
    async fn method(&self) -> Result<LinkMethod, ApiError> {
        stored::<domain::LinkMethod, _>(&self.0.method)
    }

    /// 0 to 1.
    async fn confidence(&self) -> f64 {
        self.0.confidence
    }

    async fn valid_from(&self) -> Option<NaiveDate> {
        self.0.valid_from
    }

    async fn valid_until(&self) -> Option<NaiveDate> {
        self.0.valid_until
    }
}
