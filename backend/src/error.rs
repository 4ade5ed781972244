//! Which error goes where.
//!
//! - The command line answers with `anyhow::Error`: a sentence for the person at the terminal.
//! - A resolver or an HTTP handler answers with [`ApiError`]: a code for the program, a sentence for the person, and
//!   nothing of what went on inside.
//! - What a caller has to handle (an invalid submission, a name that is taken) is no error but a member of the
//!   mutation's result union.

use std::time::Duration;

use actix_web::http::StatusCode;
use sea_orm::DbErr;

use crate::access::member_identity::Refusal;
use crate::database::WriteError;
use crate::database::failure::is_passing;
use crate::logging::LogThrottle;

#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    #[error("sign in, or send a valid token as `Authorization: Bearer ...`")]
    Unauthenticated,
    #[error("this token may read but not write; create one with `valuemap token create --write`")]
    Forbidden,
    #[error("a signed-in browser is answered POST requests of this server's own pages; apps send a token instead")]
    NotFromOwnPage,
    #[error("the origin {0} is not on this site's list; add it to the site's origins")]
    OriginNotAllowed(String),
    #[error("no site has the key `{0}`; copy the key from the site's settings")]
    SiteNotFound(String),
    #[error("the survey of this site is not published yet; publish it first")]
    SurveyNotPublished,
    #[error("the survey of this site has no published version of this id; fetch the survey again")]
    VersionNotPublished,
    #[error(transparent)]
    IdentityRefused(#[from] Refusal),
    #[error("{0}")]
    BadUserInput(String),
    #[error("too many requests; try again in {retry_after} seconds")]
    RateLimited { retry_after: u64 },
    #[error("the server cannot do this right now; try again in a moment")]
    Unavailable,
    #[error(
        "the database did not confirm that this was stored, so it may be stored or not. Submissions and records can be \
         sent again, they are stored once; before you repeat anything else, look whether it is there"
    )]
    OutcomeUnknown,
    #[error("something went wrong on the server; its log has more under the request id")]
    Internal(#[source] anyhow::Error),
}

impl ApiError {
    /// After `wait` there is room for another one.
    pub fn rate_limited(wait: Duration) -> Self {
        // Rounded up: whoever waits as long as they were told is let through.
        Self::RateLimited { retry_after: wait.as_secs() + 1 }
    }

    /// The seconds after which the same request may succeed.
    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Self::RateLimited { retry_after } => Some(*retry_after),
            _ => None,
        }
    }

    pub fn code(&self) -> &'static str {
        match self {
            Self::Unauthenticated | Self::IdentityRefused(_) => "UNAUTHENTICATED",
            Self::Forbidden | Self::NotFromOwnPage => "FORBIDDEN",
            Self::OriginNotAllowed(_) => "ORIGIN_NOT_ALLOWED",
            Self::SiteNotFound(_) => "SITE_NOT_FOUND",
            Self::SurveyNotPublished | Self::VersionNotPublished => "SURVEY_NOT_PUBLISHED",
            Self::BadUserInput(_) => "BAD_USER_INPUT",
            Self::RateLimited { .. } => "RATE_LIMITED",
            Self::Unavailable => "UNAVAILABLE",
            Self::OutcomeUnknown => "OUTCOME_UNKNOWN",
            Self::Internal(_) => "INTERNAL_SERVER_ERROR",
        }
    }
}

/// The HTTP status that goes with an error code when a request failed as a whole.
pub fn status_of(code: &str) -> StatusCode {
    match code {
        "UNAUTHENTICATED" => StatusCode::UNAUTHORIZED,
        "FORBIDDEN" | "ORIGIN_NOT_ALLOWED" => StatusCode::FORBIDDEN,
        "SITE_NOT_FOUND" | "SURVEY_NOT_PUBLISHED" => StatusCode::NOT_FOUND,
        "RATE_LIMITED" => StatusCode::TOO_MANY_REQUESTS,
        "UNAVAILABLE" | "OUTCOME_UNKNOWN" => StatusCode::SERVICE_UNAVAILABLE,
        "OPERATION_TIMEOUT" => StatusCode::GATEWAY_TIMEOUT,
        "INTERNAL_SERVER_ERROR" => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    }
}

impl From<DbErr> for ApiError {
    fn from(error: DbErr) -> Self {
        if is_passing(&error) {
            static LINES: LogThrottle = LogThrottle::new();
            if let Some(unsaid) = LINES.pass() {
                tracing::warn!(cause = error.to_string(), unsaid, "the database cannot take this right now");
            }
            Self::Unavailable
        } else {
            Self::Internal(error.into())
        }
    }
}

impl From<WriteError> for ApiError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Unknown(cause) if is_passing(&cause) => {
                static LINES: LogThrottle = LogThrottle::new();
                if let Some(unsaid) = LINES.pass() {
                    tracing::warn!(cause = cause.to_string(), unsaid, "the database did not confirm a commit");
                }
                Self::OutcomeUnknown
            }
            WriteError::Unknown(cause) | WriteError::NotStored(cause) => cause.into(),
        }
    }
}
