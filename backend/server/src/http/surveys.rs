//! The survey by GET, so that browsers keep it.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};
use valuemap_shared::survey::documents;

use crate::http::endpoints::Endpoints;
use crate::http::graphql::{MediaType, respond};
use crate::http::page_origin::{allow_origin, page_origin};
use crate::http::routing::query_parameter;

/// Another version may be published at any time; a page need not hear of it at once.
const START: HeaderValue = HeaderValue::from_static("public, max-age=60");
const VERSION: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// `/embed/surveys/{site}`: the first question of the survey that the site shows, and what the others are asked for with.
pub async fn start(request: HttpRequest, site: web::Path<String>, endpoints: web::Data<Endpoints>) -> HttpResponse {
    let variables = json!({ "site": site.into_inner(), "language": query_parameter(&request, "language") });
    answer(&request, &endpoints, documents::START, variables, START).await
}

/// `/embed/surveys/{site}/{version}`: all questions of a published version.
pub async fn version(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    endpoints: web::Data<Endpoints>,
) -> HttpResponse {
    let (site, version) = path.into_inner();
    let variables = json!({ "site": site, "version": version, "language": query_parameter(&request, "language") });
    answer(&request, &endpoints, documents::SURVEY, variables, VERSION).await
}

async fn answer(
    request: &HttpRequest,
    endpoints: &Endpoints,
    document: &str,
    variables: Value,
    keep: HeaderValue,
) -> HttpResponse {
    let page = page_origin(request);
    let origin = page.origin.clone();
    // This form of the answer has the status of its error, which caches go by.
    let mut response = respond(MediaType::GraphqlResponse, endpoints.run(document, variables, page).await);
    allow_origin(&mut response, origin);
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("Origin, Sec-Fetch-Site"));
    if response.status() == StatusCode::OK {
        response.headers_mut().insert(header::CACHE_CONTROL, keep);
    }
    response
}
