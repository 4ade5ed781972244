//! The two schemas: the public one of the widget, and the one of internal apps.

use std::sync::Arc;

use super::document_limits as limits;
use crate::access::graphql::{AccessMutation, AccessQuery};
use crate::access::member_identity::graphql::MemberIdentityMutation;
use crate::access::store::Viewer;
use crate::access::viewers::Viewers;
use crate::activities::graphql::{SettingsMutation, TrackingMutation};
use crate::ambient::Ambient;
use crate::attribution::graphql::{AttributionMutation, AttributionQuery};
use crate::database::Database;
use crate::database::readiness::Readiness;
use crate::error::ApiError;
use crate::follow_ups::graphql::FollowUpMutation;
use crate::limits::Limits;
use crate::limits::cost::ChargeCost;
use crate::limits::graphql::RateLimits;
use crate::survey::embed::{EmbedMutation, EmbedQuery};
use crate::survey::graphql::SurveyMutation;
use crate::survey::standing::graphql::AnswerStandingMutation;
use crate::survey::store::VersionCache;
use crate::survey::writer::Writer;
use crate::value_map::comparison_graphql::{ComparisonMutation, ComparisonQuery};
use crate::value_map::graphql::ValueMapQuery;
use crate::value_map::maps::Maps;
use crate::value_map::model_graphql::{ScoringModelMutation, ScoringModelQuery};
use crate::value_map::published::PublishedResults;
use crate::webhooks::graphql::WebhookMutation;
use async_graphql::{Context, EmptySubscription, MergedObject, Object, Schema, SimpleObject};
use valuemap_shared::ids::CommunityId;

/// What resolvers work with.
#[derive(Clone, Debug)]
pub struct State {
    pub database: Database,
    pub writer: Writer,
    pub versions: VersionCache,
    pub viewers: Arc<Viewers>,
    pub maps: Arc<Maps>,
    pub published: Arc<PublishedResults>,
    pub limits: Arc<Limits>,
    pub ambient: Ambient,
    pub readiness: Arc<Readiness>,
}

impl State {
    /// To be called after each commit that had answers count, or count no longer.
    pub fn note_moved_answers(&self, community: CommunityId) {
        self.maps.note_moved_answers();
        self.published.forget(community);
    }
}

pub type InternalSchema = Schema<Query, Mutation, EmptySubscription>;
pub type EmbedSchema = Schema<EmbedQuery, EmbedMutation, EmptySubscription>;

#[derive(MergedObject, Default)]
pub struct Query(AccessQuery, ValueMapQuery, ScoringModelQuery, ComparisonQuery, AttributionQuery, LimitsQuery);

#[derive(MergedObject, Default)]
pub struct Mutation(
    AccessMutation,
    MemberIdentityMutation,
    SurveyMutation,
    TrackingMutation,
    SettingsMutation,
    ScoringModelMutation,
    ComparisonMutation,
    WebhookMutation,
    AttributionMutation,
    FollowUpMutation,
    AnswerStandingMutation,
);

/// Whoever asks, as the HTTP layer found out.
pub fn viewer<'a>(context: &Context<'a>) -> Result<&'a Arc<Viewer>, ApiError> {
    context.data_opt::<Arc<Viewer>>().ok_or(ApiError::Unauthenticated)
}

/// Whoever asks, if they may change something.
pub fn editor<'a>(context: &Context<'a>) -> Result<&'a Arc<Viewer>, ApiError> {
    let viewer = viewer(context)?;
    if viewer.token.can_write { Ok(viewer) } else { Err(ApiError::Forbidden) }
}

pub fn internal_schema(state: Option<State>) -> InternalSchema {
    let builder = Schema::build(Query::default(), Mutation::default(), EmptySubscription)
        .limit_depth(limits::DEPTH)
        .limit_complexity(limits::COMPLEXITY)
        .limit_directives(limits::DIRECTIVES)
        .disable_suggestions();
    match state {
        Some(state) => builder.extension(ChargeCost).data(state).finish(),
        None => builder.finish(),
    }
}

pub fn embed_schema(state: Option<State>) -> EmbedSchema {
    let builder = Schema::build(EmbedQuery, EmbedMutation, EmptySubscription).disable_suggestions();
    match state {
        Some(state) => builder.data(state).finish(),
        None => builder.finish(),
    }
}

#[derive(Default)]
struct LimitsQuery;

#[Object]
impl LimitsQuery {
    /// What this API accepts at most.
    async fn limits(&self, context: &Context<'_>) -> async_graphql::Result<ApiLimits> {
        Ok(ApiLimits {
            body_bytes: limits::INTERNAL_BODY_BYTES as u64,
            depth: limits::DEPTH as u64,
            complexity: limits::COMPLEXITY as u64,
            aliases: limits::ALIASES as u64,
            root_fields: limits::ROOT_FIELDS as u64,
            directives: limits::DIRECTIVES as u64,
            page: limits::PAGE as u64,
            input_items: limits::INPUT_ITEMS as u64,
            execution_seconds: limits::EXECUTION.as_secs(),
            rates: RateLimits::from(context.data::<State>()?.limits.settings()),
        })
    }
}

#[derive(SimpleObject)]
#[graphql(name = "Limits")]
struct ApiLimits {
    body_bytes: u64,
    depth: u64,
    complexity: u64,
    aliases: u64,
    root_fields: u64,
    directives: u64,
    /// Most nodes of a connection that one request may ask for.
    page: u64,
    /// Most records that one mutation may send.
    input_items: u64,
    execution_seconds: u64,
    rates: RateLimits,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_documents_of_the_widget_fit_the_public_schema() {
        let schema = embed_schema(None);
        for document in valuemap_shared::survey::documents::ALL {
            let response = schema.execute(document).await;
            // Variables are missing, and that is all that may be.
            let broken: Vec<_> =
                response.errors.iter().filter(|error| !error.message.contains("is not defined")).collect();
            assert!(broken.is_empty(), "{broken:?}");
        }
    }
}
