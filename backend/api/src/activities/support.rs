use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};
use valuemap_engine::activities::entities::{contribution, support_case};
use valuemap_shared::activities as domain;

use crate::activities::enums::{ContributionKind, stored};
use crate::activities::outcome::party;
use crate::activities::party::Party;
use crate::error::ApiError;

pub struct SupportCase(pub support_case::Model);

/// Somebody asked the organisation's support.
#[Object]
impl SupportCase {
    async fn source(&self) -> &str {
        &self.0.source
    }

    async fn key(&self) -> &str {
        &self.0.external_key
    }

    async fn party(&self, context: &Context<'_>) -> Result<Option<Party>, ApiError> {
        match self.0.party_id {
            Some(id) => Ok(Some(party(context, self.0.community_id, id).await?)),
            None => Ok(None),
        }
    }

    async fn opened_at(&self) -> DateTime<Utc> {
        self.0.opened_at
    }

    /// Null while it is open.
    async fn solved_at(&self) -> Option<DateTime<Utc>> {
        self.0.solved_at
    }

    async fn channel(&self) -> Option<&str> {
        self.0.channel.as_deref()
    }

    /// It was deleted, or merged into another one.
    async fn withdrawn(&self) -> bool {
        self.0.withdrawn
    }
}

pub struct Contribution(pub contribution::Model);

/// What a member did in the community.
#[Object]
impl Contribution {
    async fn source(&self) -> &str {
        &self.0.source
    }

    async fn key(&self) -> &str {
        &self.0.external_key
    }

    async fn kind(&self) -> Result<ContributionKind, ApiError> {
        stored::<domain::ContributionKind, _>(&self.0.kind)
    }

    /// The topic that it stands in, as its source calls it.
    async fn thread(&self) -> Option<&str> {
        self.0.thread.as_deref()
    }

    async fn party(&self, context: &Context<'_>) -> Result<Party, ApiError> {
        party(context, self.0.community_id, self.0.party_id).await
    }

    async fn at(&self) -> DateTime<Utc> {
        self.0.at
    }

    /// It was deleted, or is no longer accepted.
    async fn withdrawn(&self) -> bool {
        self.0.withdrawn
    }
}
