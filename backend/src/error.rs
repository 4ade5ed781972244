//! Which error goes where.
//!
//! - The command line answers with `anyhow::Error`: a sentence for the person at the terminal.
//! - A resolver or an HTTP handler answers with [`ApiError`]: a code for the program, a sentence for the person, and
//!   nothing of what went on inside.
//! - What a caller has to handle (an invalid submission, a name that is taken) is no error but a member of the
//!   mutation's result union.

use actix_web::http::StatusCode;
use sea_orm::{DbErr, RuntimeErr};

use crate::access::member_identity::Refusal;

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
    #[error("the server cannot do this right now; try again in a moment")]
    Unavailable,
    #[error("something went wrong on the server; its log has more under the request id")]
    Internal(#[source] anyhow::Error),
}

impl ApiError {
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unauthenticated | Self::IdentityRefused(_) => "UNAUTHENTICATED",
            Self::Forbidden | Self::NotFromOwnPage => "FORBIDDEN",
            Self::OriginNotAllowed(_) => "ORIGIN_NOT_ALLOWED",
            Self::SiteNotFound(_) => "SITE_NOT_FOUND",
            Self::SurveyNotPublished | Self::VersionNotPublished => "SURVEY_NOT_PUBLISHED",
            Self::BadUserInput(_) => "BAD_USER_INPUT",
            Self::Unavailable => "UNAVAILABLE",
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
        "UNAVAILABLE" => StatusCode::SERVICE_UNAVAILABLE,
        "OPERATION_TIMEOUT" => StatusCode::GATEWAY_TIMEOUT,
        "INTERNAL_SERVER_ERROR" => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    }
}

impl From<DbErr> for ApiError {
    fn from(error: DbErr) -> Self {
        if is_passing(&error) {
            tracing::warn!(cause = error.to_string(), "the database cannot take this right now");
            Self::Unavailable
        } else {
            Self::Internal(error.into())
        }
    }
}

/// Whether the same request may succeed later: the database is away, busy, full or failing to write.
pub fn is_passing(error: &DbErr) -> bool {
    let cause = match error {
        DbErr::Conn(_) | DbErr::ConnectionAcquire(_) => return true,
        DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause)) => cause,
        _ => return false,
    };
    let Some(database) = cause.as_database_error() else {
        use sea_orm::sqlx::Error;
        return matches!(**cause, Error::Io(_) | Error::PoolTimedOut | Error::PoolClosed | Error::WorkerCrashed);
    };
    let code = database.code().unwrap_or_default();
    match code.parse::<u32>() {
        // SQLite's BUSY, LOCKED, READONLY, IOERR, FULL and CANTOPEN, in the low byte of its extended codes.
        Ok(number) if code.len() < 5 => matches!(number & 0xff, 5 | 6 | 8 | 10 | 13 | 14),
        // PostgreSQL: connection, transaction rollback, resources, operator intervention, system error.
        _ => ["08", "40", "53", "57", "58"].iter().any(|class| code.starts_with(class)),
    }
}
