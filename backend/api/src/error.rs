//! Which error goes where.
//!
//! - The command line answers with `anyhow::Error`: a sentence for the person at the terminal.
//! - A resolver or an HTTP handler answers with [`ApiError`]: a code for the program, a sentence for the person, and
//!   nothing of what went on inside.
//! - What a caller has to handle (an invalid submission, a name that is taken) is no error but a member of the
//!   mutation's result union.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::DbErr;
use valuemap_engine::base::computed::NoValue;
use valuemap_engine::base::log_throttle::LogThrottle;
use valuemap_engine::database::WriteError;
use valuemap_engine::database::failure::is_passing;
use valuemap_engine::database::pages::NotACursor;
use valuemap_engine::limits::TooMany;
use valuemap_engine::member_identity::Refusal;
use valuemap_engine::survey::submit::SubmitError;
use valuemap_engine::tenancy::names::{BadName, BadOrigin};
use valuemap_engine::tenancy::own::{Lacks, NotOwn};
use valuemap_engine::value_map::explain::ExplainError;
use valuemap_engine::value_map::no_map::NoMap;
use valuemap_engine::value_map::series::SeriesError;

#[derive(Clone, Debug, thiserror::Error)]
pub enum ApiError {
    #[error("sign in, or send a valid token as `Authorization: Bearer ...`")]
    Unauthenticated,
    #[error(transparent)]
    Forbidden(#[from] Lacks),
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
    #[error("{0} jobs of this community wait or are worked on already; start this one when one of them has ended")]
    TooManyJobs(u64),
    #[error("this is being computed{}; ask again in {retry_after} seconds", so_far(*summed_up))]
    BeingComputed { retry_after: u64, summed_up: Option<u8> },
    #[error("the server cannot do this right now; try again in a moment")]
    Unavailable,
    #[error(
        "the database did not confirm that this was stored, so it may be stored or not. Submissions and records can be \
         sent again, they are stored once; before you repeat anything else, look whether it is there"
    )]
    OutcomeUnknown,
    #[error("something went wrong on the server; its log has more under the request id")]
    Internal(Arc<anyhow::Error>),
}

fn so_far(summed_up: Option<u8>) -> String {
    summed_up.map(|percent| format!(", and {percent} % of what is tracked is summed up")).unwrap_or_default()
}

/// Seconds until it makes sense to ask whether a job has ended.
const A_JOB: u64 = 30;

impl ApiError {
    /// Something that should not have happened. The log has it, the caller does not.
    pub fn internal(cause: impl Into<anyhow::Error>) -> Self {
        Self::Internal(Arc::new(cause.into()))
    }

    fn being_computed(again: Duration, summed_up: Option<u8>) -> Self {
        Self::BeingComputed { retry_after: again.as_secs().max(1), summed_up }
    }

    /// How much of what is tracked is summed up, in percent, where that is why there is no answer yet.
    pub fn summed_up(&self) -> Option<u8> {
        match self {
            Self::BeingComputed { summed_up, .. } => *summed_up,
            _ => None,
        }
    }

    /// The database cannot do it for now.
    fn passing(cause: &DbErr) -> Self {
        static LINES: LogThrottle = LogThrottle::new();
        if let Some(unsaid) = LINES.pass() {
            tracing::warn!(cause = cause.to_string(), unsaid, "the database cannot take this right now");
        }
        Self::Unavailable
    }

    /// After `wait` there is room for another one.
    fn rate_limited(wait: Duration) -> Self {
        // Rounded up: whoever waits as long as they were told is let through.
        Self::RateLimited { retry_after: wait.as_secs() + 1 }
    }

    /// The seconds after which the same request may succeed.
    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Self::RateLimited { retry_after } | Self::BeingComputed { retry_after, .. } => Some(*retry_after),
            Self::TooManyJobs(_) => Some(A_JOB),
            _ => None,
        }
    }

    pub fn code(&self) -> &'static str {
        match self {
            Self::Unauthenticated | Self::IdentityRefused(_) => "UNAUTHENTICATED",
            Self::Forbidden(_) | Self::NotFromOwnPage => "FORBIDDEN",
            Self::OriginNotAllowed(_) => "ORIGIN_NOT_ALLOWED",
            Self::SiteNotFound(_) => "SITE_NOT_FOUND",
            Self::SurveyNotPublished | Self::VersionNotPublished => "SURVEY_NOT_PUBLISHED",
            Self::BadUserInput(_) => "BAD_USER_INPUT",
            Self::RateLimited { .. } | Self::TooManyJobs(_) => "RATE_LIMITED",
            Self::BeingComputed { .. } => "BEING_COMPUTED",
            Self::Unavailable => "UNAVAILABLE",
            Self::OutcomeUnknown => "OUTCOME_UNKNOWN",
            Self::Internal(_) => "INTERNAL_SERVER_ERROR",
        }
    }
}

impl From<DbErr> for ApiError {
    fn from(error: DbErr) -> Self {
        if is_passing(&error) { Self::passing(&error) } else { Self::internal(error) }
    }
}

/// For a failure that several requests share.
impl From<&DbErr> for ApiError {
    fn from(error: &DbErr) -> Self {
        if is_passing(error) { Self::passing(error) } else { Self::internal(anyhow::anyhow!("{error}")) }
    }
}

impl From<NotOwn> for ApiError {
    fn from(error: NotOwn) -> Self {
        match error {
            NotOwn::Lacks(lacks) => lacks.into(),
            NotOwn::Database(error) => error.into(),
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

impl From<TooMany> for ApiError {
    fn from(TooMany(wait): TooMany) -> Self {
        Self::rate_limited(wait)
    }
}

impl From<SubmitError> for ApiError {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::OriginNotAllowed(origin) => Self::OriginNotAllowed(origin),
            SubmitError::IdentityRefused(refusal) => refusal.into(),
            SubmitError::TooMany(wait) => Self::rate_limited(wait),
            SubmitError::Unavailable => Self::Unavailable,
            SubmitError::Database(error) => error.into(),
        }
    }
}

impl From<NotACursor> for ApiError {
    fn from(error: NotACursor) -> Self {
        Self::BadUserInput(format!("after: {error}"))
    }
}

impl From<BadName> for ApiError {
    fn from(error: BadName) -> Self {
        Self::BadUserInput(format!("name: {error}"))
    }
}

impl From<BadOrigin> for ApiError {
    fn from(error: BadOrigin) -> Self {
        Self::BadUserInput(format!("origins: {error}"))
    }
}

impl From<ExplainError> for ApiError {
    fn from(error: ExplainError) -> Self {
        match error {
            ExplainError::NoSuchModel | ExplainError::NoSuchMeasure { .. } => Self::BadUserInput(error.to_string()),
            ExplainError::Sums(error) => (&error).into(),
            ExplainError::Database(error) => error.into(),
        }
    }
}

impl From<NoValue<anyhow::Error>> for ApiError {
    fn from(none: NoValue<anyhow::Error>) -> Self {
        match none {
            NoValue::BeingComputed(again) => Self::being_computed(again, None),
            NoValue::Failed(error) => match error.downcast_ref::<DbErr>() {
                Some(error) => error.into(),
                None => Self::Internal(error),
            },
        }
    }
}

impl From<NoMap> for ApiError {
    fn from(error: NoMap) -> Self {
        (&error).into()
    }
}

impl From<SeriesError> for ApiError {
    fn from(error: SeriesError) -> Self {
        match error {
            SeriesError::Map(error) => error.into(),
            SeriesError::Database(error) => error.into(),
            refused => Self::BadUserInput(refused.to_string()),
        }
    }
}

impl From<&NoMap> for ApiError {
    fn from(error: &NoMap) -> Self {
        match error {
            NoMap::NoSuchModel(_) => Self::BadUserInput(format!("model: {error}")),
            NoMap::BeingComputed { again, summed_up } => Self::being_computed(*again, *summed_up),
            NoMap::Database(error) => error.into(),
            NoMap::Part(error) => (&**error).into(),
            NoMap::Shared(error) => (&**error).into(),
        }
    }
}
