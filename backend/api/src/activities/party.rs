use async_graphql::{Context, Object};
use chrono::NaiveDate;
use valuemap_engine::activities::entities::party;
use valuemap_engine::activities::lists::{Filter, Links, Outcomes, Touchpoints};
use valuemap_engine::activities::one_person::one_person;
use valuemap_shared::activities as domain;
use valuemap_shared::ids::{CommunityId, PartyId};

use crate::activities::enums::{Audience, PartyKind, stored};
use crate::activities::identity::{Identity, IdentityLink};
use crate::activities::outcome::{Outcome, Touchpoint};
use crate::context::services;
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

    /// Where it was recorded from; `email` for who is known by an e-mail address.
    async fn source(&self) -> &str {
        &self.0.source
    }

    /// What its source calls it. An e-mail address is a digest here, which is good for recording, too.
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

    /// What was stated of it; null where it follows from dates. `identity` has what it is on a day.
    async fn audience(&self) -> Result<Option<Audience>, ApiError> {
        self.0.audience.as_deref().map(stored::<domain::Audience, _>).transpose()
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

    /// Who it is on a day, and by which links: today where no day is named.
    #[graphql(complexity = "20 + child_complexity")]
    async fn identity(&self, context: &Context<'_>, on: Option<NaiveDate>) -> Result<Identity, ApiError> {
        let services = services(context)?;
        let day = on.unwrap_or_else(|| services.ambient.now().date_naive());
        Ok(Identity(one_person(&services.database.read, self.key(), day).await?))
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
