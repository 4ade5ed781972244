//! GraphQL over HTTP, for both endpoints: what is read, what is refused, and which status an answer has.
//!
//! The stock integration reads bodies without limit and runs what a cross-site form may send, so this is our own. The
//! rules are those of the GraphQL-over-HTTP draft, with `application/json` only on the way in.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::{HttpResponse, HttpResponseBuilder};
use async_graphql::parser::types::OperationType;
use async_graphql::{Response, ServerError, Variables};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::document_limits::{EXECUTION, VARIABLES_BYTES};
use super::errors::{code_of, give_code};
use super::gate::Fault;
use crate::error::{ApiError, status_of};
use crate::request_body::Refusal;

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        Self::new(status_of(error.code()), error.code(), error.to_string())
    }
}

/// Why nothing was executed.
#[derive(Debug)]
pub enum Failure {
    /// Who asks, or how, is at fault, or the server is.
    Refused(Refusal),
    /// The document or what came with it is at fault.
    Request(Vec<ServerError>),
}

impl Failure {
    fn bad_request(message: impl Into<String>) -> Self {
        Self::Refused(Refusal::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", message))
    }

    pub fn not_trusted() -> Self {
        let message = "this endpoint answers the widget's own documents only";
        Self::Refused(Refusal::new(StatusCode::BAD_REQUEST, "OPERATION_NOT_ALLOWLISTED", message))
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        if let ApiError::Internal(cause) = &error {
            tracing::error!(cause = format!("{cause:#}"), "a request failed");
        }
        Self::Refused(error.into())
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

/// What a client asks for.
#[derive(Debug)]
pub struct Body {
    pub query: String,
    pub operation_name: Option<String>,
    pub variables: Variables,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct JsonBody<'a> {
    query: String,
    #[serde(default)]
    operation_name: Option<String>,
    #[serde(default, borrow)]
    variables: Option<&'a RawValue>,
    #[serde(default, rename = "extensions")]
    _extensions: Option<HashMap<String, IgnoredAny>>,
}

impl Body {
    /// From the body of a POST.
    pub fn from_json(bytes: &[u8]) -> Result<Self, Failure> {
        if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
            let message = "batches are not accepted; send one request at a time";
            return Err(Refusal::new(StatusCode::BAD_REQUEST, "BATCH_REJECTED", message).into());
        }
        let body: JsonBody<'_> = serde_json::from_slice(bytes)
            .map_err(|error| bad_json("the body is not a GraphQL request in JSON", &error))?;
        let variables = read_variables(body.variables.map(RawValue::get))?;
        Ok(Self { query: body.query, operation_name: body.operation_name, variables })
    }

    /// From the address of a GET.
    pub fn from_query_string(query_string: &str) -> Result<Self, Failure> {
        let mut parameters = HashMap::new();
        for (name, value) in url::form_urlencoded::parse(query_string.as_bytes()) {
            if parameters.insert(name.clone(), value).is_some() {
                let name: String = name.chars().take(40).collect();
                return Err(Failure::bad_request(format!("the parameter `{name}` is there more than once")));
            }
        }
        let mut take = |name: &str| parameters.remove(name).map(String::from).filter(|value| !value.is_empty());
        let query = take("query").ok_or_else(|| Failure::bad_request("the parameter `query` is missing"))?;
        let operation_name = take("operationName");
        let variables = read_variables(take("variables").as_deref())?;
        if let Some(extensions) = take("extensions") {
            serde_json::from_str::<Option<HashMap<String, IgnoredAny>>>(&extensions)
                .map_err(|error| bad_json("`extensions` has to be an object in JSON", &error))?;
        }
        Ok(Self { query, operation_name, variables })
    }
}

fn read_variables(json: Option<&str>) -> Result<Variables, Failure> {
    let Some(json) = json else { return Ok(Variables::default()) };
    if json.len() > VARIABLES_BYTES.maximum {
        return Err(Fault::limit(&VARIABLES_BYTES).into());
    }
    let variables = serde_json::from_str::<Option<Map<String, Value>>>(json)
        .map_err(|error| bad_json("`variables` has to be an object in JSON", &error))?;
    Ok(Variables::from_json(Value::Object(variables.unwrap_or_default())))
}

/// A message of serde may repeat what was sent.
fn bad_json(what: &str, error: &serde_json::Error) -> Failure {
    let reason: String = error.to_string().chars().take(200).collect();
    Failure::bad_request(format!("{what}: {reason}"))
}

/// Waits for a request to be found valid, for as long as it may take.
pub async fn prepare<T>(preparation: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::time::timeout(EXECUTION, preparation).await.unwrap_or_else(|_| Err(ApiError::Unavailable.into()))
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
        Refusal::new(StatusCode::GATEWAY_TIMEOUT, "OPERATION_TIMEOUT", message).into()
    })
}

/// Writes down an answer, or why there is none.
pub fn respond(media_type: MediaType, outcome: Result<Response, Failure>) -> HttpResponse {
    let (status, body) = match outcome {
        Ok(mut response) => {
            // Of the library, an execution only finds fault with values that resolvers were to be given.
            response.errors.iter_mut().for_each(|error| give_code(error, "BAD_USER_INPUT"));
            let has_failed = response.data == async_graphql::Value::Null;
            let errors = if has_failed { response.errors.as_slice() } else { &[] };
            (status(media_type, errors), serde_json::to_vec(&response))
        }
        Err(Failure::Request(errors)) => {
            (status(media_type, &errors), serde_json::to_vec(&json!({ "errors": errors })))
        }
        Err(Failure::Refused(refusal)) => return refuse(media_type, &refusal),
    };
    match body {
        Ok(body) => start(status, media_type).body(body),
        Err(error) => refuse(media_type, &ApiError::Internal(error.into()).into()),
    }
}

fn refuse(media_type: MediaType, refusal: &Refusal) -> HttpResponse {
    let error = json!({ "message": refusal.message, "extensions": { "code": refusal.code } });
    let mut response = start(refusal.status, media_type);
    if let Some(allow) = refusal.allow {
        response.insert_header((header::ALLOW, allow));
    }
    response.body(json!({ "errors": [error] }).to_string())
}

fn start(status: StatusCode, media_type: MediaType) -> HttpResponseBuilder {
    let mut http = HttpResponse::build(status);
    http.insert_header((header::CONTENT_TYPE, media_type.content_type()));
    http.insert_header((header::CACHE_CONTROL, "no-store"));
    match status {
        StatusCode::SERVICE_UNAVAILABLE => {
            http.insert_header((header::RETRY_AFTER, "2"));
        }
        StatusCode::UNAUTHORIZED => {
            http.insert_header((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")));
        }
        _ => {}
    }
    http
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

    #[test]
    fn a_body_is_one_request_in_json() {
        let check = |body: &str, expected: Option<&str>| {
            let code = Body::from_json(body.as_bytes()).err().map(|failure| match failure {
                Failure::Refused(refusal) => refusal.code.to_owned(),
                Failure::Request(errors) => code_of(&errors[0]).unwrap_or_default().to_owned(),
            });
            assert_eq!(code.as_deref(), expected, "{body:.80}");
        };
        check(r#"{"query": "{a}", "variables": null, "operationName": null, "extensions": null}"#, None);
        check(r#"{"query": "{a}", "variables": {"a": [1]}, "extensions": {"b": 1}, "more": 1}"#, None);
        check(r#" [{"query": "{a}"}]"#, Some("BATCH_REJECTED"));
        for wrong in
            ["", "{}", "null", "{\"query\": 1}", "{\"query\": \"{a}\"", "{\"query\":\"{a}\",\"query\":\"{b}\"}"]
        {
            check(wrong, Some("BAD_REQUEST"));
        }
        for wrong in ["[]", "1", "\"{}\"", "{\"a\": 1e999}", &"[".repeat(200)] {
            check(&format!(r#"{{"query": "{{a}}", "variables": {wrong}}}"#), Some("BAD_REQUEST"));
        }
        check(r#"{"query": "{a}", "extensions": []}"#, Some("BAD_REQUEST"));
        check(r#"{"query": "{a}", "operationName": {}}"#, Some("BAD_REQUEST"));
        let many = format!(r#"{{"query": "{{a}}", "variables": {{"a": "{}"}}}}"#, "x".repeat(VARIABLES_BYTES.maximum));
        check(&many, Some("MAX_VARIABLES_BYTES_LIMIT"));
    }

    #[test]
    fn an_address_holds_the_same_as_a_body() {
        let read = |address: &str| Body::from_query_string(address);
        let body = read("query=%7Ba%7D&variables=%7B%22b%22%3A1%7D&operationName=Q&extensions=%7B%7D").unwrap();
        assert_eq!((body.query.as_str(), body.operation_name.as_deref()), ("{a}", Some("Q")));
        assert_eq!(body.variables, Variables::from_json(json!({ "b": 1 })));
        for wrong in ["", "query=", "query=a&query=b", "query=a&variables=1", "query=a&extensions=[]"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
