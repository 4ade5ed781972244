//! `POST /webhooks/{address_key}`: the signature first, then the inbox, then the records.

use std::time::Duration;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use sea_orm::DbErr;
use serde_json::json;
use tokio::sync::Semaphore;
use valuemap_api::wire::node_id::NodeId;
use valuemap_engine::base::commits::Touches;
use valuemap_engine::base::log_throttle::LogThrottle;
use valuemap_engine::database::author::Author;
use valuemap_engine::services::Services;
use valuemap_engine::webhooks::endpoint::enabled_endpoint;
use valuemap_engine::webhooks::entities::inbox_event::Status;
use valuemap_engine::webhooks::entities::webhook_endpoint;
use valuemap_engine::webhooks::entities::webhook_endpoint::Kind;
use valuemap_engine::webhooks::inbox::{Incoming, first_instance, store};
use valuemap_engine::webhooks::{apply, discourse, signature, signed_json};

use crate::http::request_body::{HttpRefusal, read_json};

const MAX_BYTES: usize = 1024 * 1024;
/// How many events are applied at once. Events of one community wait for each other anyhow, and must not take
/// all connections while they do: members are answering surveys.
static AT_ONCE: Semaphore = Semaphore::const_new(4);
/// How long storing and applying may take. Discourse gives up on an answer after 20 seconds.
const HANDLING: Duration = Duration::from_secs(10);

/// Anybody can send what is not signed.
static FORGED: LogThrottle = LogThrottle::new();

pub async fn receive(
    http: HttpRequest,
    address_key: web::Path<String>,
    payload: web::Payload,
    services: web::Data<Services>,
) -> HttpResponse {
    let outcome = async {
        let endpoint = enabled_endpoint(&services.database.read, &address_key).await.map_err(unavailable)?;
        let endpoint = endpoint.ok_or_else(|| {
            HttpRefusal::new(StatusCode::NOT_FOUND, "NOT_FOUND", "there is no webhook at this address")
        })?;
        let body = read_json(&http, payload, MAX_BYTES).await?;
        let incoming = check(&services, &endpoint, &http, &body)?;
        let handled = async {
            check_forum(&services, &endpoint, &incoming).await?;
            take_in(&services, &endpoint, incoming, &body).await.map_err(unavailable)
        };
        tokio::time::timeout(HANDLING, handled).await.unwrap_or_else(|_| Err(unavailable("it took too long")))
    };
    match outcome.await {
        Ok(status) => {
            HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(json!({ "status": status }))
        }
        Err(refusal) => refuse(&refusal),
    }
}

fn check(
    services: &Services,
    endpoint: &webhook_endpoint::Model,
    http: &HttpRequest,
    body: &[u8],
) -> Result<Incoming, HttpRefusal> {
    let headers = &neutral(http.headers());
    let checked = match endpoint.kind {
        Kind::Discourse => signature::check_discourse(&endpoint.secret, headers, body),
        Kind::SignedJson => signature::check_standard(&endpoint.secret, headers, body, services.ambient.now()),
    };
    if let Err(forged) = checked {
        if let Some(unsaid) = FORGED.pass() {
            let (endpoint, cause) = (endpoint.id, forged.to_string());
            tracing::warn!(%endpoint, bytes = body.len(), cause, unsaid, "a webhook was refused");
        }
        return Err(HttpRefusal::new(
            StatusCode::UNAUTHORIZED,
            "UNAUTHENTICATED",
            "it is not signed with this webhook's secret",
        ));
    }
    Ok(match endpoint.kind {
        Kind::Discourse => discourse::incoming(headers, body),
        Kind::SignedJson => signed_json::incoming(headers, body),
    })
}

async fn check_forum(
    services: &Services,
    endpoint: &webhook_endpoint::Model,
    incoming: &Incoming,
) -> Result<(), HttpRefusal> {
    match first_instance(&services.database.read, endpoint).await.map_err(unavailable)? {
        Some(forum) if incoming.instance.as_ref() != Some(&forum) => {
            let message = format!("this webhook takes the events of {forum}; create another one for another forum");
            Err(HttpRefusal::new(StatusCode::FORBIDDEN, "FORBIDDEN", message))
        }
        _ => Ok(()),
    }
}

/// Stores an event and applies it. Where it was stored and could not be applied, because the database was away, it is
/// applied when it is sent again, or by its job.
async fn take_in(
    services: &Services,
    endpoint: &webhook_endpoint::Model,
    incoming: Incoming,
    body: &[u8],
) -> Result<&'static str, DbErr> {
    let stored = services.database.write(&Author::SERVER, Touches::NOTHING, async |db| {
        store(db, &services.ambient, endpoint, incoming, body).await
    });
    let (event, is_new) = stored.await?;
    if !is_new && event.status != Status::Pending {
        return Ok("repeated");
    }
    let _turn = AT_ONCE.acquire().await.map_err(|closed| DbErr::Custom(closed.to_string()))?;
    let status = apply(&services.database, &services.ambient, &Author::SERVER, event.key(), &[Status::Pending]).await?;
    Ok(match status {
        Some(Status::Applied) => "applied",
        Some(Status::Ignored) => "ignored",
        Some(Status::Failed) => {
            let (community, id) = event.key();
            let id = NodeId::InboxEvent(community, id);
            tracing::warn!(event = %id, "an event is kept that could not be applied; see `valuemap inbox show`");
            "kept"
        }
        // The same event came in twice at once, and the other one was faster.
        Some(Status::Pending) | None => "repeated",
    })
}

fn unavailable(cause: impl std::fmt::Display) -> HttpRefusal {
    tracing::warn!(cause = cause.to_string(), "a webhook could not be taken in");
    HttpRefusal::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "UNAVAILABLE",
        "the server cannot take this right now; send it again",
    )
}

fn refuse(refusal: &HttpRefusal) -> HttpResponse {
    let mut response = HttpResponse::build(refusal.status);
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    if refusal.status == StatusCode::SERVICE_UNAVAILABLE {
        response.insert_header((header::RETRY_AFTER, "5"));
    }
    response.json(json!({ "error": { "code": refusal.code, "message": refusal.message } }))
}

/// The headers in the type that knows nothing of this server.
fn neutral(headers: &header::HeaderMap) -> ::http::HeaderMap {
    let pair = |(name, value): (&header::HeaderName, &header::HeaderValue)| {
        Some((
            ::http::HeaderName::from_bytes(name.as_ref()).ok()?,
            ::http::HeaderValue::from_bytes(value.as_bytes()).ok()?,
        ))
    };
    headers.iter().filter_map(pair).collect()
}
