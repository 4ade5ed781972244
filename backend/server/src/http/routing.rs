//! What all routes have in common: which methods they answer, and what they say to others.

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, Resource, Responder, web};

/// A route that reads. What answers GET answers HEAD with the same headers.
pub fn reads<F, Args>(path: &str, handler: F) -> Resource
where
    F: actix_web::Handler<Args>,
    Args: actix_web::FromRequest + 'static,
    F::Output: Responder + 'static,
{
    web::resource(path)
        .route(web::get().to(handler.clone()))
        .route(web::head().to(handler))
        .default_service(web::route().to(async || not_allowed("GET, HEAD")))
}

/// A route that takes something in.
pub fn takes<F, Args>(path: &str, handler: F) -> Resource
where
    F: actix_web::Handler<Args>,
    Args: actix_web::FromRequest + 'static,
    F::Output: Responder + 'static,
{
    web::resource(path).route(web::post().to(handler)).default_service(web::route().to(async || not_allowed("POST")))
}

/// `methods` as they are listed in the header `Allow`.
pub fn not_allowed(methods: &'static str) -> HttpResponse {
    HttpResponse::MethodNotAllowed()
        .insert_header((header::ALLOW, HeaderValue::from_static(methods)))
        .content_type("text/plain; charset=utf-8")
        .body(format!("This address answers {methods} and no other method.\n"))
}

pub async fn not_found() -> HttpResponse {
    HttpResponse::NotFound().content_type("text/plain; charset=utf-8").body("There is nothing at this address.\n")
}

/// The first parameter of this name in the query string, if it has one.
pub fn query_parameter(http: &HttpRequest, name: &str) -> Option<String> {
    let mut parameters = url::form_urlencoded::parse(http.query_string().as_bytes());
    parameters.find(|(given, _)| given == name).map(|(_, value)| value.into_owned())
}
