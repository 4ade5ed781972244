//! What the GraphQL endpoints work with.

use std::sync::Arc;

use actix_web::web;
use async_graphql::{Pos, Request, Response, Variables};
use serde_json::Value;
use valuemap_api::documents::{Body, Prepared};
use valuemap_api::error::ApiError;
use valuemap_api::known_documents::{Documents, TrustedDocuments};
use valuemap_api::schema::{
    EmbedSchema, InternalSchema, embed_schema, embed_sdl, internal_schema, internal_sdl, introspection_schema,
};
use valuemap_engine::base::background::Background;
use valuemap_engine::services::Services;
use valuemap_engine::survey::submit::PageOrigin;
use valuemap_shared::survey::documents;

use crate::http::graphql::{self, Failure};

/// What the endpoints work with, shared by all workers.
pub struct Endpoints {
    internal: InternalSchema,
    introspection: InternalSchema,
    pub documents: Documents,
    embed: EmbedSchema,
    trusted: TrustedDocuments,
    pub sdl: web::Bytes,
    /// What internal requests work with: the same services, over connections of their own.
    pub readers: Services,
    background: Arc<Background>,
}

impl Endpoints {
    pub fn new(services: &Services, readers: Services, background: Arc<Background>) -> anyhow::Result<Self> {
        let sdl = internal_sdl();
        Ok(Self {
            internal: internal_schema(readers.clone()),
            introspection: introspection_schema(readers.clone()),
            documents: Documents::new(&sdl, background.clone())?,
            embed: embed_schema(services.clone()),
            trusted: TrustedDocuments::new(documents::ALL, &embed_sdl())?,
            sdl: sdl.into(),
            readers,
            background,
        })
    }

    /// Runs an internal request where members' answers need not wait for it.
    pub async fn run_aside(&self, request: Request, introspects: bool) -> Response {
        let schema = if introspects { &self.introspection } else { &self.internal }.clone();
        let execution = async move { schema.execute(request).await };
        // What the schema says of itself is at hand, and can be much.
        let finished =
            if introspects { self.background.run(execution).await } else { self.background.finish(execution).await };
        finished.unwrap_or_else(|| {
            let error = ApiError::internal(anyhow::anyhow!("a request ended before its time"));
            Response::from_errors(vec![async_graphql::Error::from(error).into_server_error(Pos::default())])
        })
    }

    /// Runs one of the widget's documents for a page.
    pub async fn run(&self, document: &str, variables: Value, page: PageOrigin) -> Result<Response, Failure> {
        let variables = Variables::from_json(variables);
        self.run_trusted(Body { query: document.to_owned(), operation_name: None, variables }, |request| {
            request.data(page)
        })
        .await
    }

    pub async fn run_trusted(&self, body: Body, with: impl FnOnce(Request) -> Request) -> Result<Response, Failure> {
        let Prepared { request, operation, .. } = self.trusted.prepare(body)?;
        graphql::execute(operation, self.embed.execute(with(request))).await
    }
}
