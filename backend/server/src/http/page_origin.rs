//! Which page a browser sends a request from, and what it may read.

use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use valuemap_engine::survey::submit::PageOrigin;

use crate::http::own_page::own_origin;

/// A page that was refused may still read why, so that its console can say what to change.
pub fn allow_origin(response: &mut HttpResponse, origin: Option<String>) {
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = origin.and_then(|origin| HeaderValue::from_str(&origin).ok()) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("retry-after, x-request-id"));
    }
}

/// An origin that cannot be read is one that is on no list, and not none.
pub fn page_origin(request: &HttpRequest) -> PageOrigin {
    let text = |name| request.headers().get(name).map(|value| value.to_str().unwrap_or("(not readable)").to_owned());
    let is_same_origin = text(HeaderName::from_static("sec-fetch-site")).as_deref() == Some("same-origin");
    PageOrigin { origin: text(header::ORIGIN), own: own_origin(request), is_same_origin }
}
