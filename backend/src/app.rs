//! The HTTP application: which path leads where.

use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, HttpResponse, web};
use async_graphql::dataloader::DataLoader;
use async_graphql::parser::types::OperationType;
use async_graphql::{Pos, Request, Response, Variables};
use serde_json::Value;
use tracing::Instrument;
use valuemap_shared::survey::documents;

use crate::access::graphql::{SitesOf, SurveysOf};
use crate::access::own_page::own_origin;
use crate::access::session::{look_at_link, sign_in, sign_out, viewer_of};
use crate::activities::graphql::Tracked;
use crate::ambient::Ambient;
use crate::background::Background;
use crate::error::ApiError;
use crate::graphql::document::Prepared;
use crate::graphql::document_limits::{EMBED_BODY_BYTES, INTERNAL_BODY_BYTES};
use crate::graphql::documents::{Documents, TrustedDocuments};
use crate::graphql::http::{self, Body, Failure, MediaType};
use crate::graphql::introspection::only_the_limit;
use crate::graphql::schema::{
    EmbedSchema, InternalSchema, State, embed_schema, embed_sdl, internal_schema, internal_sdl, introspection_schema,
};
use crate::limits::client::client_of;
use crate::limits::notices::NoticesOf;
use crate::request_body::{Refusal, check_json, read_json};
use crate::routing::{not_allowed, not_found, reads, takes};
use crate::survey;
use crate::survey::embed::PageOrigin;
use crate::webhooks;

/// What the endpoints work with, shared by all workers.
pub struct Endpoints {
    internal: InternalSchema,
    introspection: InternalSchema,
    documents: Documents,
    embed: EmbedSchema,
    trusted: TrustedDocuments,
    sdl: web::Bytes,
    /// What internal requests work with: the same state, over connections of their own.
    readers: State,
    background: Arc<Background>,
}

impl Endpoints {
    pub fn new(state: &State, readers: State, background: Arc<Background>) -> anyhow::Result<Self> {
        let sdl = internal_sdl();
        Ok(Self {
            internal: internal_schema(readers.clone()),
            introspection: introspection_schema(readers.clone()),
            documents: Documents::new(&sdl, background.clone())?,
            embed: embed_schema(state.clone()),
            trusted: TrustedDocuments::new(documents::ALL, &embed_sdl())?,
            sdl: sdl.into(),
            readers,
            background,
        })
    }

    /// Runs an internal request where members' answers need not wait for it.
    async fn run_aside(&self, request: Request, introspects: bool) -> Response {
        let schema = if introspects { &self.introspection } else { &self.internal }.clone();
        let execution = async move { schema.execute(request).await };
        // What the schema says of itself is at hand, and can be much.
        let finished =
            if introspects { self.background.run(execution).await } else { self.background.finish(execution).await };
        finished.unwrap_or_else(|| {
            let error = ApiError::Internal(anyhow::anyhow!("a request ended before its time"));
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

    async fn run_trusted(&self, body: Body, with: impl FnOnce(Request) -> Request) -> Result<Response, Failure> {
        let Prepared { request, operation, .. } = self.trusted.prepare(body)?;
        http::execute(operation, self.embed.execute(with(request))).await
    }
}

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/graphql", web::route().to(internal))
        .service(
            web::resource("/embed/graphql")
                .route(web::method(Method::OPTIONS).to(embed_preflight))
                .default_service(web::route().to(embed)),
        )
        .service(reads("/embed/surveys/{site}", survey::http::start))
        .service(reads("/embed/surveys/{site}/{version}", survey::http::version))
        .service(takes("/webhooks/{address_key}", webhooks::http::receive))
        .service(reads("/schema.graphql", schema_file))
        .service(
            web::resource("/sign-in")
                .route(web::get().to(sign_in))
                .route(web::head().to(look_at_link))
                .default_service(web::route().to(async || not_allowed("GET, HEAD"))),
        )
        .service(takes("/sign-out", sign_out))
        .configure(crate::health::routes)
        .configure(crate::embed_pages::routes)
        .configure(crate::web::routes)
        .default_service(web::route().to(not_found));
}

/// `/graphql`: everything, for internal apps and the dashboard.
async fn internal(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<State>,
    endpoints: web::Data<Endpoints>,
) -> HttpResponse {
    let media_type = match MediaType::accepted(request.headers()) {
        Ok(media_type) => media_type,
        Err(refusal) => return http::respond(MediaType::Json, Err(refusal.into())),
    };
    http::respond(media_type, run_internal(&request, payload, &state, &endpoints).await)
}

/// Nobody's body is read before it is known who sends it, and nothing of it is parsed that did not pass the gate.
async fn run_internal(
    http: &HttpRequest,
    payload: web::Payload,
    state: &State,
    endpoints: &Endpoints,
) -> Result<Response, Failure> {
    let reads_only = [Method::GET, Method::HEAD].contains(http.method());
    if !reads_only && http.method() != Method::POST {
        return Err(Refusal::method_not_allowed("GET, HEAD, POST", "GraphQL is sent with POST or GET").into());
    }
    if !reads_only {
        check_json(http)?;
    }
    let viewer = viewer_of(http, state).await?;
    let viewer = viewer.ok_or_else(|| state.limits.note_failed_token(client_of(http)))?;
    state.limits.check_token(viewer.token.id)?;
    let body = if reads_only {
        Body::from_query_string(http.query_string())?
    } else {
        Body::from_json(&read_json(http, payload, INTERNAL_BODY_BYTES).await?)?
    };
    let Prepared { request, operation, introspects, complexity } =
        http::prepare(endpoints.documents.prepare(body)).await?;
    if reads_only && operation != OperationType::Query {
        return Err(Refusal::method_not_allowed("POST", "mutations are sent with POST").into());
    }
    state.limits.check_cost(viewer.token.id, complexity)?;
    let readers = &endpoints.readers;
    let request = request
        .data(viewer)
        .data(DataLoader::new(SitesOf(readers.database.clone()), tokio::spawn))
        .data(DataLoader::new(SurveysOf(readers.database.clone()), tokio::spawn))
        .data(DataLoader::new(NoticesOf(readers.clone()), tokio::spawn))
        .data(DataLoader::new(Tracked(readers.database.clone()), tokio::spawn));
    if introspects {
        return Ok(only_the_limit(http::execute(operation, endpoints.run_aside(request, introspects)).await?));
    }
    http::execute(operation, endpoints.run_aside(request, introspects)).await
}

/// `/embed/graphql`: a site's survey and the answers to it, for the widget on anybody's page.
async fn embed(request: HttpRequest, payload: web::Payload, endpoints: web::Data<Endpoints>) -> HttpResponse {
    let page = page_origin(&request);
    let origin = page.origin.clone();
    let mut response = match MediaType::accepted(request.headers()) {
        Ok(media_type) => http::respond(media_type, run_embed(&request, payload, &endpoints, page).await),
        Err(refusal) => http::respond(MediaType::Json, Err(refusal.into())),
    };
    allow_origin(&mut response, origin);
    response
}

async fn run_embed(
    http: &HttpRequest,
    payload: web::Payload,
    endpoints: &Endpoints,
    page: PageOrigin,
) -> Result<Response, Failure> {
    if http.method() != Method::POST {
        return Err(Refusal::method_not_allowed("OPTIONS, POST", "GraphQL is sent here with POST").into());
    }
    let body = Body::from_json(&read_json(http, payload, EMBED_BODY_BYTES).await?)?;
    endpoints.run_trusted(body, |request| request.data(page).data(client_of(http))).await
}

/// Lets any page ask whether it may ask. Whether it may is decided by the site's list when it does; no cookie is ever
/// sent along, so there is nothing to protect before.
async fn embed_preflight(request: HttpRequest) -> HttpResponse {
    let mut response = HttpResponse::NoContent()
        .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, "POST"))
        .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, "content-type, accept"))
        .insert_header((header::ACCESS_CONTROL_MAX_AGE, "86400"))
        .finish();
    allow_origin(&mut response, page_origin(&request).origin);
    response
}

/// A page that was refused may still read why, so that its console can say what to change.
pub fn allow_origin(response: &mut HttpResponse, origin: Option<String>) {
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = origin.and_then(|origin| HeaderValue::from_str(&origin).ok()) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("retry-after, x-request-id"));
    }
}

pub fn page_origin(request: &HttpRequest) -> PageOrigin {
    let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let is_same_origin = text(HeaderName::from_static("sec-fetch-site")).as_deref() == Some("same-origin");
    PageOrigin { origin: text(header::ORIGIN), own: own_origin(request), is_same_origin }
}

async fn schema_file(endpoints: web::Data<Endpoints>) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(endpoints.sdl.clone())
}

/// Gives every request an id, in its log lines and in its answer.
pub async fn with_request_id(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let id = request.app_data::<web::Data<State>>().map_or_else(Ambient::real, |state| state.ambient).new_id();
    let span = tracing::info_span!("request", id = %id.simple(), path = request.path());
    let mut response = next.call(request).instrument(span).await?;
    if let Ok(value) = HeaderValue::from_str(&id.simple().to_string()) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
    }
    Ok(response)
}
