//! Signing in with a link, and out again. A session is a cookie that scripts cannot read and other sites cannot send.

use std::sync::Arc;

use actix_web::cookie::{Cookie, SameSite, time::Duration as CookieDuration};
use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::TimeDelta;

use super::entities::api_token::Kind;
use super::own_page::is_own_page;
use super::store::{Viewer, create_token, viewer_with};
use crate::error::{ApiError, status_of};
use crate::graphql::schema::State;
use crate::routing::query_parameter;

const COOKIE: &str = "valuemap_session";
const SESSION_DAYS: i64 = 7;

/// `GET /sign-in?token=...`: starts a session and goes on to the dashboard.
pub async fn sign_in(http: HttpRequest, state: web::Data<State>) -> HttpResponse {
    let token = query_parameter(&http, "token").unwrap_or_default();
    match start_session(&state, &token).await {
        Ok(Some(secret)) => HttpResponse::SeeOther()
            .insert_header((header::LOCATION, "/"))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::REFERRER_POLICY, "no-referrer"))
            .cookie(session_cookie(&http, secret, SESSION_DAYS))
            .finish(),
        Ok(None) => HttpResponse::Unauthorized().content_type("text/plain; charset=utf-8").body(
            "This sign-in link has expired or is incomplete.\n\
             Copy the whole link, or make a new one: `valuemap sign-in`, or restart `valuemap serve`.\n",
        ),
        Err(error) => HttpResponse::build(status_of(error.code())).body(error.to_string()),
    }
}

async fn start_session(state: &State, token: &str) -> Result<Option<String>, ApiError> {
    let now = state.ambient.now();
    let Some(viewer) = viewer_with(&state.database.read, Kind::SignIn, token, now).await? else { return Ok(None) };
    let secret = create_token(
        &state.database.write,
        &state.ambient,
        viewer.organisation_id(),
        Kind::Session,
        &viewer.token.name,
        viewer.token.can_write,
        TimeDelta::days(SESSION_DAYS),
    )
    .await?;
    Ok(Some(secret))
}

/// `POST /sign-out`: ends the session.
pub async fn sign_out(http: HttpRequest, state: web::Data<State>) -> HttpResponse {
    let ended = async {
        if let Some(viewer) = viewer_of(&http, &state).await? {
            state.viewers.end(&state.database.write, &viewer).await?;
        }
        Ok::<_, ApiError>(())
    };
    match ended.await {
        Ok(()) => HttpResponse::NoContent().cookie(session_cookie(&http, String::new(), 0)).finish(),
        Err(error) => HttpResponse::build(status_of(error.code())).body(error.to_string()),
    }
}

/// Who sends the request: an app with its token, or a browser with its session.
pub async fn viewer_of(http: &HttpRequest, state: &State) -> Result<Option<Arc<Viewer>>, ApiError> {
    let (db, now) = (&state.database.read, state.ambient.now());
    let authorization = http.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if let Some(secret) = authorization.and_then(|value| value.strip_prefix("Bearer ")) {
        return Ok(state.viewers.with(db, Kind::App, secret.trim(), now).await?);
    }
    match http.cookie(COOKIE) {
        Some(cookie) if http.method() == Method::POST && is_own_page(http) => {
            Ok(state.viewers.with(db, Kind::Session, cookie.value(), now).await?)
        }
        Some(_) => Err(ApiError::NotFromOwnPage),
        None => Ok(None),
    }
}

fn session_cookie(http: &HttpRequest, secret: String, days: i64) -> Cookie<'static> {
    Cookie::build(COOKIE, secret)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(http.connection_info().scheme() == "https")
        .max_age(CookieDuration::days(days))
        .finish()
}
