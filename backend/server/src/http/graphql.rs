//! GraphQL over HTTP, for both endpoints: what is read, what is refused, and which status an answer has.
//!
//! The stock integration reads bodies without limit and runs what a cross-site form may send, so this is our own. The
//! rules are those of the GraphQL-over-HTTP draft, with `application/json` only on the way in.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::{HttpResponse, HttpResponseBuilder};
use async_graphql::parser::types::OperationType;
use async_graphql::{Response, ServerError};
use serde_json::json;
use valuemap_api::documents;
use valuemap_api::documents::limits::EXECUTION;
use valuemap_api::error::ApiError;
use valuemap_api::wire::errors::{code_of, give_code};

use crate::http::request_body::HttpRefusal;
use crate::http::status::status_of;

impl From<ApiError> for HttpRefusal {
    fn from(error: ApiError) -> Self {
        if let ApiError::Internal(cause) = &error {
            tracing::error!(cause = format!("{cause:#}"), "a request failed");
        }
        let refusal = Self::new(status_of(error.code()), error.code(), error.to_string());
        Self { retry_after: error.retry_after(), ..refusal }
    }
}

/// Why nothing was executed.
#[derive(Debug)]
pub enum Failure {
    /// Who asks, or how, is at fault, or the server is.
    Refused(HttpRefusal),
    /// The document or what came with it is at fault.
    Request(Vec<ServerError>),
}

impl From<HttpRefusal> for Failure {
    fn from(refusal: HttpRefusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self::Refused(error.into())
    }
}

impl From<documents::Failure> for Failure {
    fn from(failure: documents::Failure) -> Self {
        match failure {
            documents::Failure::Malformed { code, message } => {
                HttpRefusal::new(StatusCode::BAD_REQUEST, code, message).into()
            }
            documents::Failure::Refused(error) => error.into(),
            documents::Failure::Request(errors) => Self::Request(errors),
        }
    }
}

/// The two ways to write an answer down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaType {
    GraphqlResponse,
    /// For clients from before the GraphQL-over-HTTP draft: they take any answer but 200 for a failed connection.
    Json,
}

impl MediaType {
    /// What the client accepts. One that says nothing about it is taken for an older one.
    pub fn accepted(headers: &HeaderMap) -> Result<Self, HttpRefusal> {
        let Some(accept) = headers.get(header::ACCEPT) else { return Ok(Self::Json) };
        let accept = accept.to_str().unwrap_or_default().to_ascii_lowercase();
        let types: Vec<&str> = accept.split(',').filter_map(|part| part.split(';').next()).map(str::trim).collect();
        let any = |wanted: &[&str]| types.iter().any(|accepted| wanted.contains(accepted));
        if any(&["application/graphql-response+json"]) {
            Ok(Self::GraphqlResponse)
        } else if any(&["application/json", "application/*", "*/*", ""]) {
            Ok(Self::Json)
        } else {
            let message = "answers come as application/graphql-response+json or application/json";
            Err(HttpRefusal::new(StatusCode::NOT_ACCEPTABLE, "NOT_ACCEPTABLE", message))
        }
    }

    fn content_type(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }
}

/// Waits for a request to be found valid, for as long as it may take.
pub async fn prepare<T>(preparation: impl Future<Output = Result<T, documents::Failure>>) -> Result<T, Failure> {
    let prepared = tokio::time::timeout(EXECUTION, preparation).await;
    Ok(prepared.map_err(|_| ApiError::Unavailable)??)
}

/// Runs a request, for as long as it may take.
pub async fn execute(operation: OperationType, execution: impl Future<Output = Response>) -> Result<Response, Failure> {
    tokio::time::timeout(EXECUTION, execution).await.map_err(|_| {
        let consequence = match operation {
            OperationType::Mutation => {
                "whether anything was stored is not known. Submissions and records may be sent again with the same ids: \
                 they are stored once"
            }
            _ => "nothing was changed. Ask for less at a time, or try again when the server is less busy",
        };
        let message = format!("the request took longer than {} seconds and was stopped; {consequence}", EXECUTION.as_secs());
        HttpRefusal::new(StatusCode::GATEWAY_TIMEOUT, "OPERATION_TIMEOUT", message).into()
    })
}

/// Writes down an answer, or why there is none.
pub fn respond(media_type: MediaType, outcome: Result<Response, Failure>) -> HttpResponse {
    let (status, retry_after, body) = match outcome {
        Ok(mut response) => {
            // Of the library, an execution only finds fault with values that resolvers were to be given.
            response.errors.iter_mut().for_each(|error| give_code(error, "BAD_USER_INPUT"));
            // Where a part has to be asked for again, all is: a status says so only of an answer without data.
            let is_late = |error: &&ServerError| matches!(error.source(), Some(ApiError::BeingComputed { .. }));
            if let Some(late) = response.errors.iter().find(is_late) {
                response = Response::from_errors(vec![late.clone()]);
            }
            let has_failed = response.data == async_graphql::Value::Null;
            let errors = if has_failed { response.errors.as_slice() } else { &[] };
            (status(media_type, errors), retry_after(errors), serde_json::to_vec(&response))
        }
        Err(Failure::Request(errors)) => {
            (status(media_type, &errors), None, serde_json::to_vec(&json!({ "errors": errors })))
        }
        Err(Failure::Refused(refusal)) => return refuse(media_type, &refusal),
    };
    match body {
        Ok(body) => start(status, media_type, retry_after).body(body),
        Err(error) => refuse(media_type, &ApiError::internal(error).into()),
    }
}

fn refuse(media_type: MediaType, refusal: &HttpRefusal) -> HttpResponse {
    let error = json!({ "message": refusal.message, "extensions": { "code": refusal.code } });
    let mut response = start(refusal.status, media_type, refusal.retry_after);
    if let Some(allow) = refusal.allow {
        response.insert_header((header::ALLOW, allow));
    }
    response.body(json!({ "errors": [error] }).to_string())
}

fn start(status: StatusCode, media_type: MediaType, retry_after: Option<u64>) -> HttpResponseBuilder {
    let mut http = HttpResponse::build(status);
    http.insert_header((header::CONTENT_TYPE, media_type.content_type()));
    http.insert_header((header::CACHE_CONTROL, "no-store"));
    if let Some(seconds) = retry_after.or((status == StatusCode::SERVICE_UNAVAILABLE).then_some(2)) {
        http.insert_header((header::RETRY_AFTER, seconds.to_string()));
    }
    if status == StatusCode::UNAUTHORIZED {
        http.insert_header((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")));
    }
    http
}

fn retry_after(errors: &[ServerError]) -> Option<u64> {
    errors.iter().filter_map(|error| error.source::<ApiError>()).find_map(ApiError::retry_after)
}

/// The status that goes with the first error, where nothing else came of the request.
fn status(media_type: MediaType, errors: &[ServerError]) -> StatusCode {
    let Some(code) = errors.first().map(|error| code_of(error).unwrap_or_default()) else { return StatusCode::OK };
    if media_type == MediaType::Json && is_of_the_document(code) { StatusCode::OK } else { status_of(code) }
}

/// Whether the document or its variables are at fault, and not who sent it or the server.
fn is_of_the_document(code: &str) -> bool {
    code.starts_with("GRAPHQL_") || code.starts_with("MAX_") || code == "BAD_USER_INPUT"
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn check_accept(accept: &'static str, expected: Option<MediaType>) {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
        assert_eq!(MediaType::accepted(&headers).ok(), expected, "{accept}");
    }

    #[test]
    fn the_client_chooses_the_media_type() {
        check_accept("application/json", Some(MediaType::Json));
        check_accept("application/graphql-response+json, application/json;q=0.9", Some(MediaType::GraphqlResponse));
        check_accept("text/html, */*;q=0.1", Some(MediaType::Json));
        check_accept("text/html", None);
        assert_eq!(MediaType::accepted(&HeaderMap::new()).ok(), Some(MediaType::Json));
    }
}
