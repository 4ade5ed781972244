//! Whether the server is alive and can do its work, for what watches over it.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use serde::Serialize;
use valuemap_engine::base::log_throttle::LogThrottle;
use valuemap_engine::services::Services;

use crate::http::routing::reads;

pub fn routes(config: &mut web::ServiceConfig) {
    config.service(reads("/livez", async || HttpResponse::Ok())).service(reads("/readyz", ready));
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Ready {
    status: &'static str,
    /// Why nothing can be stored now.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    /// What the database lost of what this server had acknowledged. It stays here until the server is started again.
    #[serde(skip_serializing_if = "Option::is_none")]
    lost: Option<Lost>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Lost {
    commits: i64,
    noticed_at: DateTime<Utc>,
}

/// `GET /readyz`: 200 where a write was committed within the last second, else 503.
async fn ready(services: web::Data<Services>) -> HttpResponse {
    let checked = services.readiness.check(&services.database, &services.ambient).await;
    let lost = services.database.loss().map(|loss| Lost { commits: loss.commits, noticed_at: loss.noticed_at });
    let (mut response, status, reason) = match &checked {
        Ok(()) => (HttpResponse::Ok(), "ready", None),
        Err(cause) => {
            static LINES: LogThrottle = LogThrottle::new();
            if let Some(unsaid) = LINES.pass() {
                tracing::warn!(cause, unsaid, "not ready");
            }
            (HttpResponse::ServiceUnavailable(), "unavailable", Some("the database takes no writes; the log says why"))
        }
    };
    response.insert_header(("cache-control", "no-store")).json(Ready { status, reason, lost })
}
