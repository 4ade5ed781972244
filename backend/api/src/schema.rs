//! The two schemas: the public one of the widget, and the one of internal apps.

use async_graphql::{
    Context, EmptySubscription, MergedObject, Object, Schema, SchemaBuilder, SimpleObject, ValidationMode,
};
use valuemap_engine::services::Services;

use crate::activities::{IdentityMutation, SettingsMutation, TrackingMutation};
use crate::attribution::{AttributionMutation, AttributionQuery};
use crate::audit::AuditQuery;
use crate::community::{CommunityMutation, CommunityQuery};
use crate::context::services;
use crate::documents::{CountFields, limits};
use crate::embed::{EmbedMutation, EmbedQuery};
use crate::error::ApiError;
use crate::follow_ups::FollowUpMutation;
use crate::jobs::{JobMutation, JobQuery};
use crate::node::NodeQuery;
use crate::rate_limits::RateLimits;
use crate::site_identity::SiteIdentityMutation;
use crate::sites::SiteMutation;
use crate::survey::standing::AnswerStandingMutation;
use crate::survey::surveys::SurveyMutation;
use crate::tokens::{TokenMutation, TokenQuery};
use crate::uploads::{UploadMutation, UploadQuery};
use crate::value_map::comparison::{ComparisonMutation, ComparisonQuery};
use crate::value_map::map::ValueMapQuery;
use crate::value_map::scoring_model::{ScoringModelMutation, ScoringModelQuery};
use crate::value_map::series::SeriesQuery;
use crate::viewer::ViewerQuery;
use crate::webhooks::WebhookMutation;

pub type InternalSchema = Schema<Query, Mutation, EmptySubscription>;
pub type EmbedSchema = Schema<EmbedQuery, EmbedMutation, EmptySubscription>;

#[derive(MergedObject, Default)]
pub struct Query(
    ViewerQuery,
    CommunityQuery,
    NodeQuery,
    ValueMapQuery,
    SeriesQuery,
    ScoringModelQuery,
    ComparisonQuery,
    AttributionQuery,
    LimitsQuery,
    JobQuery,
    TokenQuery,
    AuditQuery,
    UploadQuery,
);

#[derive(MergedObject, Default)]
pub struct Mutation(
    CommunityMutation,
    SiteMutation,
    SiteIdentityMutation,
    SurveyMutation,
    TrackingMutation,
    IdentityMutation,
    SettingsMutation,
    ScoringModelMutation,
    ComparisonMutation,
    WebhookMutation,
    AttributionMutation,
    FollowUpMutation,
    AnswerStandingMutation,
    JobMutation,
    TokenMutation,
    UploadMutation,
);

pub fn internal_builder() -> SchemaBuilder<Query, Mutation, EmptySubscription> {
    Schema::build(Query::default(), Mutation::default(), EmptySubscription).disable_suggestions()
}

pub fn embed_builder() -> SchemaBuilder<EmbedQuery, EmbedMutation, EmptySubscription> {
    Schema::build(EmbedQuery, EmbedMutation, EmptySubscription).disable_suggestions()
}

/// A schema that executes what [`Documents`](super::documents::Documents) found valid, and does not look twice.
pub fn internal_schema(services: Services) -> InternalSchema {
    internal_builder().validation_mode(ValidationMode::Fast).data(services).finish()
}

/// The same for requests that ask what the schema is.
pub fn introspection_schema(services: Services) -> InternalSchema {
    internal_builder().validation_mode(ValidationMode::Fast).extension(CountFields).data(services).finish()
}

/// The same for [`TrustedDocuments`](super::documents::TrustedDocuments).
pub fn embed_schema(services: Services) -> EmbedSchema {
    embed_builder().validation_mode(ValidationMode::Fast).data(services).finish()
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
    async fn limits(&self, context: &Context<'_>) -> Result<ApiLimits, ApiError> {
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
            rates: RateLimits::from(services(context)?.limits.settings()),
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
    /// Maximum number of nodes of a connection that one request may ask for.
    page: u64,
    /// Maximum number of records that one mutation may send.
    input_items: u64,
    execution_seconds: u64,
    rates: RateLimits,
}
