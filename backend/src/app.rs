//! The HTTP application: which path leads where.

use std::collections::HashMap;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, HttpResponse, web};
use async_graphql::dataloader::DataLoader;
use async_graphql::{Request, Response, Variables};
use serde_json::Value;
use tracing::Instrument;
use valuemap_shared::survey::documents;

use crate::access::graphql::{SitesOf, SurveysOf};
use crate::access::session::{sign_in, sign_out, viewer_of};
use crate::activities::graphql::Tracked;
use crate::ambient::Ambient;
use crate::graphql::document_limits::{EMBED_BODY_BYTES, INTERNAL_BODY_BYTES};
use crate::graphql::http::{self, KnownDocuments, MediaType};
use crate::graphql::schema::{EmbedSchema, InternalSchema, State, embed_schema, internal_schema};
use crate::limits::client::client_of;
use crate::limits::notices::NoticesOf;
use crate::request_body::Refusal;
use crate::survey;
use crate::survey::embed::PageOrigin;
use crate::webhooks;

/// What the endpoints work with, shared by all workers.
pub struct Endpoints {
    internal: InternalSchema,
    embed: EmbedSchema,
    embed_documents: KnownDocuments,
}

impl Endpoints {
    pub fn new(state: &State) -> anyhow::Result<Self> {
        let parsed = documents::ALL.map(|text| async_graphql::parser::parse_query(text).map(|parsed| (text, parsed)));
        Ok(Self {
            internal: internal_schema(Some(state.clone())),
            embed: embed_schema(Some(state.clone())),
            embed_documents: parsed.into_iter().collect::<Result<HashMap<_, _>, _>>()?,
        })
    }

    /// Runs one of the widget's documents for a page.
    pub async fn run(&self, document: &str, variables: Value, page: PageOrigin) -> Result<Response, Refusal> {
        let mut request = Request::new(document).variables(Variables::from_json(variables)).data(page);
        if let Some(parsed) = self.embed_documents.get(document) {
            request.set_parsed_query(parsed.clone());
        }
        http::execute(self.embed.execute(request)).await
    }
}

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/graphql", web::route().to(internal))
        .service(
            web::resource("/embed/graphql")
                .route(web::method(actix_web::http::Method::OPTIONS).to(embed_preflight))
                .default_service(web::route().to(embed)),
        )
        .route("/embed/surveys/{site}", web::get().to(survey::http::start))
        .route("/embed/surveys/{site}/{version}", web::get().to(survey::http::version))
        .service(web::resource("/webhooks/{address_key}").route(web::post().to(webhooks::http::receive)))
        .route("/schema.graphql", web::get().to(schema_file))
        .route("/sign-in", web::get().to(sign_in))
        .route("/sign-out", web::post().to(sign_out))
        .configure(crate::health::routes)
        .configure(crate::embed_pages::routes)
        .configure(crate::web::routes);
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
        Err(refusal) => return http::respond(MediaType::Json, Err(refusal)),
    };
    let outcome = async {
        let graphql = http::read(&request, payload, INTERNAL_BODY_BYTES, None).await?;
        let viewer = viewer_of(&request, &state).await?;
        let viewer = viewer.ok_or_else(|| state.limits.note_failed_token(client_of(&request)))?;
        state.limits.check_token(viewer.token.id)?;
        let graphql = graphql
            .data(viewer)
            .data(DataLoader::new(SitesOf(state.database.clone()), tokio::spawn))
            .data(DataLoader::new(SurveysOf(state.database.clone()), tokio::spawn))
            .data(DataLoader::new(NoticesOf(state.get_ref().clone()), tokio::spawn))
            .data(DataLoader::new(Tracked(state.database.clone()), tokio::spawn));
        http::execute(endpoints.internal.execute(graphql)).await
    };
    http::respond(media_type, outcome.await)
}

/// `/embed/graphql`: a site's survey and the answers to it, for the widget on anybody's page.
async fn embed(request: HttpRequest, payload: web::Payload, endpoints: web::Data<Endpoints>) -> HttpResponse {
    let page = page_origin(&request);
    let origin = page.origin.clone();
    let outcome = async {
        let media_type = MediaType::accepted(request.headers()).map_err(|refusal| (MediaType::Json, refusal))?;
        let failed = |refusal: Refusal| (media_type, refusal);
        let documents = Some(&endpoints.embed_documents);
        let graphql = http::read(&request, payload, EMBED_BODY_BYTES, documents).await.map_err(failed)?;
        let graphql = graphql.data(page).data(client_of(&request));
        let response = http::execute(endpoints.embed.execute(graphql)).await.map_err(failed)?;
        Ok((media_type, response))
    };
    let mut response = match outcome.await {
        Ok((media_type, response)) => http::respond(media_type, Ok(response)),
        Err((media_type, refusal)) => http::respond(media_type, Err(refusal)),
    };
    allow_origin(&mut response, origin);
    response
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
    PageOrigin { origin: text(header::ORIGIN), host: text(header::HOST), is_same_origin }
}

async fn schema_file() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(internal_schema(None).sdl())
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
