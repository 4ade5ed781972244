//! The table `[limits]` of the settings. A rate of 0 switches a limit off.

use serde::Deserialize;

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub struct LimitSettings {
    /// Answers from one address that count. More are held.
    pub answers_per_minute: u32,
    pub answers_burst: u32,
    /// Attempts to send an answer from one address, repeated ones included. More are refused.
    pub submissions_per_minute: u32,
    /// Invalid tokens and sign-in links from one address.
    pub failed_tokens_per_minute: u32,
    pub failed_tokens_burst: u32,
    /// Requests to the internal API with one token.
    pub requests_per_minute: u32,
    pub requests_burst: u32,
    /// The complexity of those requests, summed.
    pub cost_per_minute: u32,
    pub cost_burst: u32,
    /// For how many days answers from the same address can be recognised. 0: addresses leave no trace.
    pub address_days: u32,
}

impl Default for LimitSettings {
    fn default() -> Self {
        Self {
            answers_per_minute: 30,
            answers_burst: 120,
            submissions_per_minute: 600,
            failed_tokens_per_minute: 30,
            failed_tokens_burst: 60,
            requests_per_minute: 6_000,
            requests_burst: 2_000,
            cost_per_minute: 3_000_000,
            cost_burst: 1_000_000,
            address_days: 30,
        }
    }
}
