//! GraphQL over HTTP, for both endpoints: what is read, what is refused, and which status an answer has.
//!
//! The stock integration reads bodies without limit and runs what a cross-site form may send, so this is our own. The
//! rules are those of the GraphQL-over-HTTP draft, with `application/json` only on the way in.

use std::collections::HashMap;

use actix_web::http::header::{self, HeaderMap};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, web};
use async_graphql::parser::types::ExecutableDocument;
use async_graphql::{Request, Response, ServerError, Variables};
use serde::Deserialize;
use serde_json::json;

use super::document_limits::{EXECUTION, passed_limit};
use crate::error::{ApiError, status_of};
use crate::request_body::{Refusal, read_json};

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        let refusal = Self::new(status_of(error.code()), error.code(), error.to_string());
        Self { retry_after: error.retry_after(), ..refusal }
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
    pub fn accepted(headers: &HeaderMap) -> Result<Self, Refusal> {
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
            Err(Refusal::new(StatusCode::NOT_ACCEPTABLE, "NOT_ACCEPTABLE", message))
        }
    }

    fn content_type(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }
}

/// The body of a request.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    query: String,
    #[serde(default)]
    operation_name: Option<String>,
    #[serde(default)]
    variables: Option<serde_json::Map<String, serde_json::Value>>,
    #[serde(default, rename = "extensions")]
    _extensions: Option<serde_json::Map<String, serde_json::Value>>,
}

/// Documents that are parsed already, by their text.
pub type KnownDocuments = HashMap<&'static str, ExecutableDocument>;

/// Reads a request of at most `most_bytes`. Where `known` documents are given, no others are let in.
pub async fn read(
    http: &HttpRequest,
    payload: web::Payload,
    most_bytes: usize,
    known: Option<&KnownDocuments>,
) -> Result<Request, Refusal> {
    if http.method() != Method::POST {
        let message = "GraphQL requests are sent with POST";
        return Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", message));
    }
    let bytes = read_json(http, payload, most_bytes).await?;
    let bad_request = |message: String| Refusal::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", message);
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
        let message = "batches are not accepted; send one request at a time";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "BATCH_REJECTED", message));
    }
    let body: Body = serde_json::from_slice(&bytes)
        .map_err(|error| bad_request(format!("the body is not a GraphQL request in JSON: {error}")))?;
    let document = match known {
        Some(known) => known.get(body.query.as_str()).cloned().ok_or_else(|| {
            let message = "this endpoint answers the widget's own documents only";
            Refusal::new(StatusCode::BAD_REQUEST, "OPERATION_NOT_ALLOWLISTED", message)
        })?,
        None => async_graphql::parser::parse_query(&body.query).map_err(|error| {
            let message = format!("the document cannot be parsed: {error}");
            Refusal::new(StatusCode::BAD_REQUEST, "GRAPHQL_PARSE_FAILED", message)
        })?,
    };
    if let Some((code, message)) = passed_limit(&document) {
        return Err(Refusal::new(StatusCode::BAD_REQUEST, code, message));
    }
    let variables = Variables::from_json(json!(body.variables.unwrap_or_default()));
    let mut request = Request::new(body.query).variables(variables);
    request.operation_name = body.operation_name;
    request.set_parsed_query(document);
    Ok(request)
}

/// Runs a request, for as long as it may take.
pub async fn execute(execution: impl Future<Output = Response>) -> Result<Response, Refusal> {
    tokio::time::timeout(EXECUTION, execution).await.map_err(|_| {
        let message = "the request took too long and was stopped; nothing was stored. Try again when the server is less busy, or ask for less at a time";
        Refusal::new(StatusCode::GATEWAY_TIMEOUT, "OPERATION_TIMEOUT", message)
    })
}

/// Writes down an answer, or why there is none.
pub fn respond(media_type: MediaType, outcome: Result<Response, Refusal>) -> HttpResponse {
    match outcome {
        Ok(mut response) => {
            for error in &mut response.errors {
                give_code(error);
            }
            let status = status(media_type, &response);
            let mut http = start(status, media_type, retry_after(&response));
            match serde_json::to_vec(&response) {
                Ok(body) => http.body(body),
                Err(_) => HttpResponse::InternalServerError().finish(),
            }
        }
        Err(refusal) => {
            let error = json!({ "message": refusal.message, "extensions": { "code": refusal.code } });
            let lenient = media_type == MediaType::Json && is_of_the_document(refusal.code);
            let status = if lenient { StatusCode::OK } else { refusal.status };
            start(status, media_type, refusal.retry_after).body(json!({ "errors": [error] }).to_string())
        }
    }
}

fn start(status: StatusCode, media_type: MediaType, retry_after: Option<u64>) -> actix_web::HttpResponseBuilder {
    let mut http = HttpResponse::build(status);
    http.insert_header((header::CONTENT_TYPE, media_type.content_type()));
    http.insert_header((header::CACHE_CONTROL, "no-store"));
    if let Some(seconds) = retry_after.or((status == StatusCode::SERVICE_UNAVAILABLE).then_some(2)) {
        http.insert_header((header::RETRY_AFTER, seconds.to_string()));
    }
    if status == StatusCode::METHOD_NOT_ALLOWED {
        http.insert_header((header::ALLOW, "POST"));
    }
    http
}

fn retry_after(response: &Response) -> Option<u64> {
    response.errors.iter().filter_map(|error| error.source::<ApiError>()).find_map(ApiError::retry_after)
}

fn status(media_type: MediaType, response: &Response) -> StatusCode {
    let failed = response.data == async_graphql::Value::Null;
    let Some(error) = response.errors.first().filter(|_| failed) else { return StatusCode::OK };
    let code = code_of(error).unwrap_or_default();
    if media_type == MediaType::Json && is_of_the_document(&code) { StatusCode::OK } else { status_of(&code) }
}

/// Whether the document or its variables are at fault, and not who sent it or the server.
fn is_of_the_document(code: &str) -> bool {
    code.starts_with("GRAPHQL_") || code.starts_with("MAX_") || code == "BAD_USER_INPUT"
}

fn code_of(error: &ServerError) -> Option<String> {
    match error.extensions.as_ref()?.get("code")? {
        async_graphql::Value::String(code) => Some(code.clone()),
        _ => None,
    }
}

/// Gives an error of the GraphQL library its code, and hides what it says of the inside.
fn give_code(error: &mut ServerError) {
    if code_of(error).is_some() {
        return;
    }
    if let Some(cause) = error.source::<ApiError>() {
        if let ApiError::Internal(cause) = cause {
            tracing::error!(cause = format!("{cause:#}"), "a request failed");
        }
        let code = cause.code();
        error.extensions.get_or_insert_default().set("code", code);
        return;
    }
    let code = match error.message.as_str() {
        "Query is nested too deep." => "MAX_DEPTH_LIMIT",
        "Query is too complex." => "MAX_COMPLEXITY_LIMIT",
        message if message.starts_with("Failed to parse") || message.starts_with("Invalid value") => "BAD_USER_INPUT",
        _ if error.path.is_empty() => "GRAPHQL_VALIDATION_FAILED",
        message => {
            tracing::error!(message, "a resolver failed without a code");
            error.message = ApiError::Internal(anyhow::anyhow!("")).to_string();
            "INTERNAL_SERVER_ERROR"
        }
    };
    error.extensions.get_or_insert_default().set("code", code);
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
