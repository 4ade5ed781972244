//! The two schemas: the public one of the widget, and the one of internal apps.

use std::any::{Any, type_name};
use std::sync::Arc;

use super::document_limits as limits;
use super::introspection::CountFields;
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
use anyhow::anyhow;
use async_graphql::{
    Context, EmptySubscription, MergedObject, Object, Schema, SchemaBuilder, SimpleObject, ValidationMode,
};
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
    pub readiness: Readiness,
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

/// What resolvers work with.
pub fn state<'a>(context: &Context<'a>) -> Result<&'a State, ApiError> {
    data(context)
}

/// What the server gave the schema or the request. That it is there is up to the server.
pub fn data<'a, T: Any + Send + Sync>(context: &Context<'a>) -> Result<&'a T, ApiError> {
    context.data_opt::<T>().ok_or_else(|| ApiError::Internal(anyhow!("a resolver lacks its {}", type_name::<T>())))
}

pub fn internal_builder() -> SchemaBuilder<Query, Mutation, EmptySubscription> {
    Schema::build(Query::default(), Mutation::default(), EmptySubscription).disable_suggestions()
}

pub fn embed_builder() -> SchemaBuilder<EmbedQuery, EmbedMutation, EmptySubscription> {
    Schema::build(EmbedQuery, EmbedMutation, EmptySubscription).disable_suggestions()
}

/// A schema that executes what [`Documents`](super::documents::Documents) found valid, and does not look twice.
pub fn internal_schema(state: State) -> InternalSchema {
    internal_builder().validation_mode(ValidationMode::Fast).data(state).finish()
}

/// The same for requests that ask what the schema is.
pub fn introspection_schema(state: State) -> InternalSchema {
    internal_builder().validation_mode(ValidationMode::Fast).extension(CountFields).data(state).finish()
}

/// The same for [`TrustedDocuments`](super::documents::TrustedDocuments).
pub fn embed_schema(state: State) -> EmbedSchema {
    embed_builder().validation_mode(ValidationMode::Fast).data(state).finish()
}

/// The schema of internal apps in the schema language.
pub fn internal_sdl() -> String {
    internal_builder().finish().sdl()
}

/// The schema of the public endpoint in the schema language.
pub fn embed_sdl() -> String {
    embed_builder().finish().sdl()
}

#[derive(Default)]
struct LimitsQuery;

#[Object]
impl LimitsQuery {
    /// What this API accepts at most.
    async fn limits(&self, context: &Context<'_>) -> async_graphql::Result<ApiLimits> {
        let of = |limit: &limits::Limit| limit.maximum as u64;
        Ok(ApiLimits {
            body_bytes: limits::INTERNAL_BODY_BYTES as u64,
            document_bytes: of(&limits::DOCUMENT_BYTES),
            variables_bytes: of(&limits::VARIABLES_BYTES),
            copied_bytes: of(&limits::COPIED_BYTES),
            tokens: of(&limits::TOKENS),
            expanded_tokens: of(&limits::EXPANDED_TOKENS),
            depth: of(&limits::DEPTH),
            selection_sets: of(&limits::SELECTION_SETS),
            nesting: of(&limits::NESTING),
            operations: of(&limits::OPERATIONS),
            fragments: of(&limits::FRAGMENTS),
            spreads: of(&limits::SPREADS),
            selections: of(&limits::SELECTIONS),
            arguments: of(&limits::ARGUMENTS),
            variables: of(&limits::VARIABLES),
            name_bytes: of(&limits::NAME_BYTES),
            complexity: of(&limits::COMPLEXITY),
            introspection: of(&limits::INTROSPECTION),
            aliases: of(&limits::ALIASES),
            root_fields: of(&limits::ROOT_FIELDS),
            directives: of(&limits::DIRECTIVES),
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
    document_bytes: u64,
    variables_bytes: u64,
    /// Bytes of variables, where each counts as often as the operation uses it.
    copied_bytes: u64,
    tokens: u64,
    /// Tokens, where each fragment counts as often as it is spread.
    expanded_tokens: u64,
    depth: u64,
    /// How deep selection sets are nested, those of fragments included.
    selection_sets: u64,
    /// How deep lists and objects are nested in a value.
    nesting: u64,
    operations: u64,
    fragments: u64,
    spreads: u64,
    /// Selections in one selection set.
    selections: u64,
    arguments: u64,
    variables: u64,
    name_bytes: u64,
    complexity: u64,
    /// Fields of the schema's description of itself.
    introspection: u64,
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
