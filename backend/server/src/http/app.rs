//! The HTTP application: which path leads where.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, HttpResponse, web};
use async_graphql::Response;
use async_graphql::parser::types::OperationType;
use tracing::Instrument;
use valuemap_api::documents::limits::{EMBED_BODY_BYTES, INTERNAL_BODY_BYTES};
use valuemap_api::documents::{Body, Prepared, only_the_limit};
use valuemap_api::error::ApiError;
use valuemap_api::loaders::with_loaders;
use valuemap_engine::base::ambient::Ambient;
use valuemap_engine::services::Services;
use valuemap_engine::survey::submit::PageOrigin;

use crate::http::client::client_of;
use crate::http::endpoints::Endpoints;
use crate::http::graphql::{self, Failure, MediaType, respond};
use crate::http::page_origin::{allow_origin, page_origin};
use crate::http::request_body::{HttpRefusal, check_json, read_json};
use crate::http::routing::{not_allowed, not_found, reads, takes};
use crate::http::session::{look_at_link, sign_in, sign_out, viewer_of};
use crate::http::{embed_pages, health, surveys, uploads, web as pages, webhooks};

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/graphql", web::route().to(internal))
        .service(
            web::resource("/embed/graphql")
                .route(web::method(Method::OPTIONS).to(embed_preflight))
                .default_service(web::route().to(embed)),
        )
        .service(reads("/embed/surveys/{site}", surveys::start))
        .service(reads("/embed/surveys/{site}/{version}", surveys::version))
        .service(takes("/webhooks/{address_key}", webhooks::receive))
        .service(takes("/uploads", uploads::receive))
        .service(reads("/schema.graphql", schema_file))
        .service(
            web::resource("/sign-in")
                .route(web::get().to(sign_in))
                .route(web::head().to(look_at_link))
                .default_service(web::route().to(async || not_allowed("GET, HEAD"))),
        )
        .service(takes("/sign-out", sign_out))
        .configure(health::routes)
        .configure(embed_pages::routes)
        .configure(pages::routes)
        .default_service(web::route().to(not_found));
}

/// `/graphql`: everything, for internal apps and the dashboard.
async fn internal(
    request: HttpRequest,
    payload: web::Payload,
    services: web::Data<Services>,
    endpoints: web::Data<Endpoints>,
) -> HttpResponse {
    let media_type = match MediaType::accepted(request.headers()) {
        Ok(media_type) => media_type,
        Err(refusal) => return respond(MediaType::Json, Err(refusal.into())),
    };
    respond(media_type, run_internal(&request, payload, &services, &endpoints).await)
}

/// Nobody's body is read before it is known who sends it, and nothing of it is parsed that did not pass the gate.
async fn run_internal(
    http: &HttpRequest,
    payload: web::Payload,
    services: &Services,
    endpoints: &Endpoints,
) -> Result<Response, Failure> {
    let reads_only = [Method::GET, Method::HEAD].contains(http.method());
    if !reads_only && http.method() != Method::POST {
        return Err(HttpRefusal::method_not_allowed("GET, HEAD, POST", "GraphQL is sent with POST or GET").into());
    }
    if !reads_only {
        check_json(http)?;
    }
    let viewer = viewer_of(http, services).await?;
    let Some(viewer) = viewer else {
        services.limits.note_failed_token(client_of(http)).map_err(ApiError::from)?;
        return Err(ApiError::Unauthenticated.into());
    };
    services.limits.check_token(viewer.token.id).map_err(ApiError::from)?;
    let body = if reads_only {
        Body::from_query_string(http.query_string())?
    } else {
        Body::from_json(&read_json(http, payload, INTERNAL_BODY_BYTES).await?)?
    };
    let Prepared { request, operation, introspects, complexity } =
        graphql::prepare(endpoints.documents.prepare(body)).await?;
    if reads_only && operation != OperationType::Query {
        return Err(HttpRefusal::method_not_allowed("POST", "mutations are sent with POST").into());
    }
    services.limits.check_cost(viewer.token.id, complexity).map_err(ApiError::from)?;
    let readers = &endpoints.readers;
    let request = with_loaders(request, readers).data(viewer);
    if introspects {
        return Ok(only_the_limit(graphql::execute(operation, endpoints.run_aside(request, introspects)).await?));
    }
    graphql::execute(operation, endpoints.run_aside(request, introspects)).await
}

/// `/embed/graphql`: a site's survey and the answers to it, for the widget on anybody's page.
async fn embed(request: HttpRequest, payload: web::Payload, endpoints: web::Data<Endpoints>) -> HttpResponse {
    let page = page_origin(&request);
    let origin = page.origin.clone();
    let mut response = match MediaType::accepted(request.headers()) {
        Ok(media_type) => respond(media_type, run_embed(&request, payload, &endpoints, page).await),
        Err(refusal) => respond(MediaType::Json, Err(refusal.into())),
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
        return Err(HttpRefusal::method_not_allowed("OPTIONS, POST", "GraphQL is sent here with POST").into());
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

async fn schema_file(endpoints: web::Data<Endpoints>) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(endpoints.sdl.clone())
}

/// Gives every request an id, in its log lines and in its answer.
pub async fn with_request_id(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let id = request.app_data::<web::Data<Services>>().map_or_else(Ambient::real, |services| services.ambient).new_id();
    let span = tracing::info_span!("request", id = %id.simple(), path = request.path());
    let mut response = next.call(request).instrument(span).await?;
    if let Ok(value) = HeaderValue::from_str(&id.simple().to_string()) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
    }
    Ok(response)
}
