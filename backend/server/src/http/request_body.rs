//! The bodies of requests: counted while they arrive, and never longer or slower than they may be.

use std::time::Duration;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, web};
use futures_util::StreamExt;

const TIMEOUT: Duration = Duration::from_secs(10);

/// A request that was refused before it ran.
#[derive(Debug)]
pub struct HttpRefusal {
    pub status: StatusCode,
    pub code: &'static str,
    pub message: String,
    /// The seconds after which the same request may succeed, where it is known.
    pub retry_after: Option<u64>,
    /// The methods that would be answered, where this one is not.
    pub allow: Option<&'static str>,
}

impl HttpRefusal {
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), retry_after: None, allow: None }
    }

    pub fn method_not_allowed(allow: &'static str, message: impl Into<String>) -> Self {
        let refusal = Self::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", message);
        Self { allow: Some(allow), ..refusal }
    }
}

/// Reads a body of at most `max_bytes` that says it is JSON and is not compressed.
pub async fn read_json(http: &HttpRequest, payload: web::Payload, max_bytes: usize) -> Result<Vec<u8>, HttpRefusal> {
    read_body(http, payload, "application/json", max_bytes).await
}

/// Reads what a plain form of a page sends: at most `max_bytes` of it, not compressed.
pub async fn read_form(http: &HttpRequest, payload: web::Payload, max_bytes: usize) -> Result<Vec<u8>, HttpRefusal> {
    read_body(http, payload, "application/x-www-form-urlencoded", max_bytes).await
}

/// Whether a body says it is JSON and is not compressed, before any of it is read.
pub fn check_json(http: &HttpRequest) -> Result<(), HttpRefusal> {
    check_headers(http, "application/json")
}

async fn read_body(
    http: &HttpRequest,
    payload: web::Payload,
    media_type: &str,
    max_bytes: usize,
) -> Result<Vec<u8>, HttpRefusal> {
    check_headers(http, media_type)?;
    match tokio::time::timeout(TIMEOUT, read(payload, max_bytes)).await {
        Ok(bytes) => bytes,
        Err(_) => {
            let message = "the body took too long to arrive";
            Err(HttpRefusal::new(StatusCode::REQUEST_TIMEOUT, "REQUEST_TIMEOUT", message))
        }
    }
}

/// Whether a body is what it has to be and is not compressed, before any of it is read.
pub fn check_headers(http: &HttpRequest, media_type: &str) -> Result<(), HttpRefusal> {
    let unsupported =
        |message: String| HttpRefusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", message);
    if http.headers().get(header::CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
        return Err(unsupported("compressed bodies are not accepted".into()));
    }
    let content_type = http.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let mut parts = content_type.unwrap_or_default().split(';').map(|part| part.trim().to_ascii_lowercase());
    let is_expected = parts.next().is_some_and(|essence| essence == media_type);
    let is_utf_8 = parts.all(|part| part.strip_prefix("charset=").is_none_or(|set| set.trim_matches('"') == "utf-8"));
    if is_expected && is_utf_8 { Ok(()) } else { Err(unsupported(format!("the body has to be {media_type} in UTF-8"))) }
}

async fn read(mut payload: web::Payload, max_bytes: usize) -> Result<Vec<u8>, HttpRefusal> {
    let mut bytes = Vec::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| {
            HttpRefusal::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", format!("the body did not arrive whole: {error}"))
        })?;
        if bytes.len() + chunk.len() > max_bytes {
            let message = format!("the body may have at most {max_bytes} bytes");
            return Err(HttpRefusal::new(StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE", message));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}
