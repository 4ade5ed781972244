//! Signing in with a link, and out again. A session is a cookie that scripts cannot read and other sites cannot send.

use std::sync::Arc;

use actix_web::cookie::time::Duration as CookieDuration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};
use chrono::TimeDelta;
use valuemap_api::error::ApiError;
use valuemap_engine::base::commits::Touches;
use valuemap_engine::services::Services;
use valuemap_engine::tenancy::entities::api_token::Kind;
use valuemap_engine::tenancy::store::{Viewer, create_token, delete_token, viewer_with};

use crate::http::client::client_of;
use crate::http::own_page::{is_own_page, is_tls};
use crate::http::routing::query_parameter;
use crate::http::status::status_of;

/// Browsers let nobody but this server itself set a cookie of this name, and send it by TLS only.
const COOKIE: &str = "__Host-valuemap_session";
/// Without TLS, as on the machine of who tries it.
const COOKIE_WITHOUT_TLS: &str = "valuemap_session";
const SESSION_DAYS: i64 = 7;

/// `GET /sign-in?token=...`: uses the link up, starts a session and goes on to the dashboard.
pub async fn sign_in(http: HttpRequest, services: web::Data<Services>) -> HttpResponse {
    match start_session(&services, &token_of(&http)).await {
        Ok(Some(secret)) => to_the_dashboard().cookie(session_cookie(&http, secret, SESSION_DAYS)).finish(),
        Ok(None) => refused(&http, &services),
        Err(error) => failed(&error),
    }
}

fn refused(http: &HttpRequest, services: &Services) -> HttpResponse {
    match services.limits.note_failed_token(client_of(http)) {
        Ok(()) => no_such_link(),
        Err(limited) => failed(&limited.into()),
    }
}

fn failed(error: &ApiError) -> HttpResponse {
    let mut response = HttpResponse::build(status_of(error.code()));
    if let Some(seconds) = error.retry_after() {
        response.insert_header((header::RETRY_AFTER, seconds.to_string()));
    }
    response.body(error.to_string())
}

/// `HEAD /sign-in?token=...`: whether the link would work. Readers of mail ask, and must not use it up.
pub async fn look_at_link(http: HttpRequest, services: web::Data<Services>) -> HttpResponse {
    match viewer_with(&services.database.read, Kind::SignIn, &token_of(&http), services.ambient.now()).await {
        Ok(Some(_)) => to_the_dashboard().finish(),
        Ok(None) => refused(&http, &services),
        Err(error) => failed(&error.into()),
    }
}

fn token_of(http: &HttpRequest) -> String {
    query_parameter(http, "token").unwrap_or_default()
}

fn to_the_dashboard() -> HttpResponseBuilder {
    let mut response = HttpResponse::SeeOther();
    response
        .insert_header((header::LOCATION, "/"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"));
    response
}

fn no_such_link() -> HttpResponse {
    HttpResponse::Unauthorized().content_type("text/plain; charset=utf-8").body(
        "This sign-in link has been used, has expired or is incomplete.\n\
         A link works once and for 15 minutes. Copy the whole link, or make a new one with `valuemap sign-in`.\n",
    )
}

async fn start_session(services: &Services, token: &str) -> Result<Option<String>, ApiError> {
    let now = services.ambient.now();
    // Looked up before anything is written: strangers may ask as often as they like.
    let Some(viewer) = viewer_with(&services.database.read, Kind::SignIn, token, now).await? else { return Ok(None) };
    let author = viewer.about_themselves(&services.ambient, "sign-in");
    let started = services.database.write_some(&author, Touches::NOTHING, async |db| {
        let Some(viewer) = viewer_with(db, Kind::SignIn, token, now).await? else { return Ok(None) };
        // Of two who use it at once, one deletes it.
        if !delete_token(db, viewer.token.id).await? {
            return Ok(None);
        }
        let rights = viewer.rights();
        let secret = create_token(
            db,
            &services.ambient,
            viewer.organisation_id(),
            Kind::Session,
            &viewer.token.name,
            &rights,
            TimeDelta::days(SESSION_DAYS),
        );
        Ok(Some(secret.await?))
    });
    Ok(started.await?)
}

/// `POST /sign-out`: ends the session.
pub async fn sign_out(http: HttpRequest, services: web::Data<Services>) -> HttpResponse {
    let ended = async {
        if let Some(viewer) = viewer_of(&http, &services).await? {
            let author = viewer.about_themselves(&services.ambient, "sign-out");
            let ended = services.database.write_some(&author, Touches::NOTHING, async |db| {
                Ok(delete_token(db, viewer.token.id).await?.then_some(()))
            });
            ended.await?;
            services.viewers.forget(&viewer.token);
        }
        Ok::<_, ApiError>(())
    };
    match ended.await {
        Ok(()) => HttpResponse::NoContent().cookie(session_cookie(&http, String::new(), 0)).finish(),
        Err(error) => failed(&error),
    }
}

/// Who sends the request: an app with its token, or a browser with its session.
pub async fn viewer_of(http: &HttpRequest, services: &Services) -> Result<Option<Arc<Viewer>>, ApiError> {
    let (db, now) = (&services.database.read, services.ambient.now());
    let authorization = http.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if let Some(secret) = authorization.and_then(|value| value.strip_prefix("Bearer ")) {
        return Ok(services.viewers.with(db, Kind::App, secret.trim(), now).await?);
    }
    match http.cookie(cookie_name(http)) {
        Some(cookie) if http.method() == Method::POST && is_own_page(http) => {
            Ok(services.viewers.with(db, Kind::Session, cookie.value(), now).await?)
        }
        Some(_) => Err(ApiError::NotFromOwnPage),
        None => Ok(None),
    }
}

fn cookie_name(http: &HttpRequest) -> &'static str {
    if is_tls(http) { COOKIE } else { COOKIE_WITHOUT_TLS }
}

fn session_cookie(http: &HttpRequest, secret: String, days: i64) -> Cookie<'static> {
    Cookie::build(cookie_name(http), secret)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(is_tls(http))
        .max_age(CookieDuration::days(days))
        .finish()
}
