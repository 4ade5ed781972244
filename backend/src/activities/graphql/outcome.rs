use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};
use sea_orm::prelude::Uuid;
use valuemap_shared::activities as domain;
use valuemap_shared::ids::{ActivityId, CommunityId, OutcomeId, PartyId, TouchpointId};

use super::activity::Activity;
use super::cost::stored_money;
use super::enums::{OutcomeKind, Role, stored};
use super::loaders::load_mentioned;
use super::party::Party;
use crate::activities::entities::{outcome, touchpoint};
use crate::graphql::node_id::NodeId;
use crate::graphql::scalars::Money;

/// The member or account that a row mentions.
pub async fn party(context: &Context<'_>, community: Uuid, party: Uuid) -> async_graphql::Result<Party> {
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

    async fn kind(&self) -> async_graphql::Result<OutcomeKind> {
        Ok(stored::<domain::OutcomeKind, _>(&self.0.kind)?)
    }

    /// Without one it counts, but no activity can be credited.
    async fn party(&self, context: &Context<'_>) -> async_graphql::Result<Option<Party>> {
        match self.0.party_id {
            Some(id) => Ok(Some(party(context, self.0.community_id, id).await?)),
            None => Ok(None),
        }
    }

    async fn at(&self) -> DateTime<Utc> {
        self.0.at
    }

    /// As it was recorded, not converted.
    async fn money(&self) -> async_graphql::Result<Option<Money>> {
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

    async fn activity(&self, context: &Context<'_>) -> async_graphql::Result<Activity> {
        let key = (CommunityId(self.0.community_id), ActivityId(self.0.activity_id));
        Ok(Activity(load_mentioned(context, key).await?))
    }

    async fn party(&self, context: &Context<'_>) -> async_graphql::Result<Party> {
        party(context, self.0.community_id, self.0.party_id).await
    }

    async fn at(&self) -> DateTime<Utc> {
        self.0.at
    }

    async fn role(&self) -> async_graphql::Result<Role> {
        Ok(stored::<domain::Role, _>(&self.0.role)?)
    }

    /// What brought them there: `newsletter`.
    async fn channel(&self) -> Option<&str> {
        self.0.channel.as_deref()
    }
}
