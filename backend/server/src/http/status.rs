//! Which HTTP status an error has.

use actix_web::http::StatusCode;

/// The HTTP status that goes with an error code when a request failed as a whole.
pub fn status_of(code: &str) -> StatusCode {
    match code {
        "UNAUTHENTICATED" => StatusCode::UNAUTHORIZED,
        "FORBIDDEN" | "ORIGIN_NOT_ALLOWED" => StatusCode::FORBIDDEN,
        "SITE_NOT_FOUND" | "SURVEY_NOT_PUBLISHED" => StatusCode::NOT_FOUND,
        "RATE_LIMITED" => StatusCode::TOO_MANY_REQUESTS,
        "UNAVAILABLE" | "OUTCOME_UNKNOWN" | "BEING_COMPUTED" => StatusCode::SERVICE_UNAVAILABLE,
        "OPERATION_TIMEOUT" => StatusCode::GATEWAY_TIMEOUT,
        "INTERNAL_SERVER_ERROR" => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    }
}
