use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};
use uuid::Uuid;
use valuemap_engine::activities::entities::{outcome, touchpoint};
use valuemap_shared::activities as domain;
use valuemap_shared::ids::{ActivityId, CommunityId, OutcomeId, PartyId, TouchpointId};

use crate::activities::activity::Activity;
use crate::activities::cost::stored_money;
use crate::activities::enums::{OutcomeKind, Role, stored};
use crate::activities::loaders::load_mentioned;
use crate::activities::party::Party;
use crate::error::ApiError;
use crate::wire::node_id::NodeId;
use crate::wire::scalars::Money;

/// The member or account that a row mentions.
pub async fn party(context: &Context<'_>, community: Uuid, party: Uuid) -> Result<Party, ApiError> {
    Ok(Party(load_mentioned(context, (CommunityId(community), PartyId(party))).await?))
}

pub struct Outcome(pub outcome::Model);

/// Something that happened and counts.
#[Object]
impl Outcome {
    pub async fn id(&self) -> NodeId {
        NodeId::Outcome(CommunityId(self.0.community_id), OutcomeId(self.0.id))
    }

    /// Where it was recorded from.
    async fn source(&self) -> &str {
        &self.0.source
    }

    /// What its source calls it.
    async fn key(&self) -> &str {
        &self.0.external_key
    }

    async fn kind(&self) -> Result<OutcomeKind, ApiError> {
        stored::<domain::OutcomeKind, _>(&self.0.kind)
    }

    /// Without one it counts, but no activity can be credited.
    async fn party(&self, context: &Context<'_>) -> Result<Option<Party>, ApiError> {
        match self.0.party_id {
            Some(id) => Ok(Some(party(context, self.0.community_id, id).await?)),
            None => Ok(None),
        }
    }

    async fn at(&self) -> DateTime<Utc> {
        self.0.at
    }

    /// As it was recorded, not converted.
    async fn money(&self) -> Result<Option<Money>, ApiError> {
        match (&self.0.currency, self.0.amount) {
            (Some(currency), Some(amount)) => Ok(Some(stored_money(currency, amount)?.into())),
            _ => Ok(None),
        }
    }

    async fn title(&self) -> Option<&str> {
        self.0.title.as_deref()
    }

    /// When the lead came about that became this.
    async fn lead_at(&self) -> Option<DateTime<Utc>> {
        self.0.lead_at
    }

    /// When the opportunity came about that became this.
    async fn opportunity_at(&self) -> Option<DateTime<Utc>> {
        self.0.opportunity_at
    }

    /// It did not come about after all: it stays on record and counts no more.
    async fn withdrawn(&self) -> bool {
        self.0.withdrawn
    }
}

pub struct Touchpoint(pub touchpoint::Model);

/// A member or account met an activity.
#[Object]
impl Touchpoint {
    pub async fn id(&self) -> NodeId {
        NodeId::Touchpoint(CommunityId(self.0.community_id), TouchpointId(self.0.id))
    }

    /// Where it was recorded from.
    async fn source(&self) -> &str {
        &self.0.source
    }

    /// What its source calls it.
    async fn key(&self) -> &str {
        &self.0.external_key
    }

    async fn activity(&self, context: &Context<'_>) -> Result<Activity, ApiError> {
        let key = (CommunityId(self.0.community_id), ActivityId(self.0.activity_id));
        Ok(Activity(load_mentioned(context, key).await?))
    }

    async fn party(&self, context: &Context<'_>) -> Result<Party, ApiError> {
        party(context, self.0.community_id, self.0.party_id).await
    }

    async fn at(&self) -> DateTime<Utc> {
        self.0.at
    }

    async fn role(&self) -> Result<Role, ApiError> {
        stored::<domain::Role, _>(&self.0.role)
    }

    /// What brought them there: `newsletter`.
    async fn channel(&self) -> Option<&str> {
        self.0.channel.as_deref()
    }
}
