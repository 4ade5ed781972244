//! The rate limits as the API publishes them.

use async_graphql::SimpleObject;
use valuemap_engine::limits::settings::LimitSettings;

/// How much may come how fast; 0 means without limit.
#[derive(SimpleObject)]
pub struct RateLimits {
    /// Answers from one address that count. More are held until somebody releases them; answers of signed members never.
    answers_per_minute: u32,
    answers_burst: u32,
    /// Attempts to send an answer from one address. More get `RATE_LIMITED`.
    submissions_per_minute: u32,
    /// Invalid tokens and sign-in links from one address. More get `RATE_LIMITED`; a valid token never does for them.
    failed_tokens_per_minute: u32,
    failed_tokens_burst: u32,
    /// Requests with one token. More get `RATE_LIMITED`.
    requests_per_minute: u32,
    requests_burst: u32,
    /// The complexity of the requests with one token, summed. More get `RATE_LIMITED`.
    cost_per_minute: u32,
    cost_burst: u32,
}

impl From<&LimitSettings> for RateLimits {
    fn from(settings: &LimitSettings) -> Self {
        Self {
            answers_per_minute: settings.answers_per_minute,
            answers_burst: settings.answers_burst,
            submissions_per_minute: settings.submissions_per_minute,
            failed_tokens_per_minute: settings.failed_tokens_per_minute,
            failed_tokens_burst: settings.failed_tokens_burst,
            requests_per_minute: settings.requests_per_minute,
            requests_burst: settings.requests_burst,
            cost_per_minute: settings.cost_per_minute,
            cost_burst: settings.cost_burst,
        }
    }
}
