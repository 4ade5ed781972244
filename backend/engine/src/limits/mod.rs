//! Rate limits: how much may come from one address or by one token, and what becomes of more.
//!
//! Many honest people share an address, so answers beyond the limit are held and not refused: they are stored, count
//! in no figure, and can be released. All counting is done in memory, by each server for itself.

mod address;
mod address_key;
mod admission;
pub mod entities;
mod pace;
mod rate;
pub mod settings;
pub mod watch;

use std::net::IpAddr;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::DbErr;
use uuid::Uuid;
use valuemap_shared::ids::{CommunityId, SiteId};

use crate::base::ambient::Ambient;
use crate::base::ttl_cache::TtlCache;
use crate::database::Database;
use crate::limits::address::Network;
use crate::limits::address_key::AddressKeys;
pub use crate::limits::admission::Admission;
use crate::limits::pace::Pace;
use crate::limits::rate::Rate;
use crate::limits::settings::LimitSettings;

/// How long an answer that is sent again is known to be the same one, and is not counted again.
const RETRIES: TimeDelta = TimeDelta::minutes(10);

/// Refused: the same may be tried again after this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many requests")]
pub struct TooMany(pub Duration);

/// Who sends a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Client {
    pub address: IpAddr,
    /// Whether the browser speaks TLS, as far as a trusted proxy says so.
    pub is_https: bool,
}

#[derive(Debug)]
pub struct Limits {
    settings: LimitSettings,
    answers: Rate<Network>,
    submissions: Rate<Network>,
    failed_tokens: Rate<Network>,
    requests: Rate<Uuid>,
    cost: Rate<Uuid>,
    /// What each answer was given when it came first.
    known: TtlCache<(Network, Uuid, Uuid), Admission>,
    address_keys: AddressKeys,
    pace: Pace,
}

impl Limits {
    pub fn new(settings: LimitSettings) -> Self {
        Self {
            answers: Rate::new(settings.answers_per_minute, settings.answers_burst),
            submissions: Rate::new(settings.submissions_per_minute, settings.submissions_per_minute),
            failed_tokens: Rate::new(settings.failed_tokens_per_minute, settings.failed_tokens_burst),
            requests: Rate::new(settings.requests_per_minute, settings.requests_burst),
            cost: Rate::new(settings.cost_per_minute, settings.cost_burst),
            known: TtlCache::new(RETRIES),
            address_keys: AddressKeys::default(),
            pace: Pace::default(),
            settings,
        }
    }

    pub fn settings(&self) -> &LimitSettings {
        &self.settings
    }

    /// Whether an anonymous answer counts or is held, by how many came from its address before it. An error where so
    /// many are sent that they are not even stored.
    pub fn admit(
        &self,
        client: Client,
        survey: Uuid,
        submission: Uuid,
        now: DateTime<Utc>,
    ) -> Result<Admission, TooMany> {
        let network = Network::from(client.address);
        self.submissions.take(&network, 1).map_err(TooMany)?;
        let key = (network, survey, submission);
        if let Some(admission) = self.known.get(&key, now) {
            return Ok(admission);
        }
        let admission = match self.answers.take(&network, 1) {
            Ok(()) => Admission::Counted,
            Err(_) => Admission::Held,
        };
        self.known.insert(key, admission, now);
        Ok(admission)
    }

    /// What is stored in place of an address, or `None` where nothing is to be stored.
    pub async fn address_hash(
        &self,
        database: &Database,
        ambient: &Ambient,
        client: Client,
        community: CommunityId,
    ) -> Result<Option<String>, DbErr> {
        if self.settings.address_days == 0 {
            return Ok(None);
        }
        let key = self.address_keys.of_today(database, ambient).await?;
        Ok(Some(key.hash(community, client.address.into())))
    }

    /// To be called for each answer that was stored and is no repetition.
    pub fn note_answer(&self, site: (CommunityId, SiteId), admission: Admission, now: DateTime<Utc>) {
        self.pace.note(site, admission, now);
    }

    /// To be called for each token or link that is not valid. Whoever goes on guessing has to wait; a valid token from the
    /// same address is never refused.
    pub fn note_failed_token(&self, client: Client) -> Result<(), TooMany> {
        self.failed_tokens.take(&client.address.into(), 1).map_err(TooMany)
    }

    /// Charges a request to a token.
    pub fn check_token(&self, token: Uuid) -> Result<(), TooMany> {
        self.requests.take(&token, 1).map_err(TooMany)
    }

    /// Charges what a request costs to its token.
    pub fn check_cost(&self, token: Uuid, complexity: usize) -> Result<(), TooMany> {
        let cost = u32::try_from(complexity).unwrap_or(u32::MAX);
        self.cost.take(&token, cost).map_err(TooMany)
    }

    /// Frees the memory of addresses and tokens that have not been used for a while.
    fn forget_idle(&self) {
        for rate in [&self.answers, &self.submissions, &self.failed_tokens] {
            rate.forget_idle();
        }
        for rate in [&self.requests, &self.cost] {
            rate.forget_idle();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    fn limits(answers_burst: u32, submissions_per_minute: u32) -> Limits {
        let settings = LimitSettings {
            answers_per_minute: 1,
            answers_burst,
            submissions_per_minute,
            failed_tokens_per_minute: 1,
            failed_tokens_burst: 2,
            ..LimitSettings::default()
        };
        Limits::new(settings)
    }

    fn client(last: u8) -> Client {
        Client { address: IpAddr::from([192, 0, 2, last]), is_https: false }
    }

    fn admission(limits: &Limits, address: u8, submission: u128) -> Option<Admission> {
        let (survey, now) = (Uuid::nil(), DateTime::UNIX_EPOCH);
        limits.admit(client(address), survey, Uuid::from_u128(submission), now).ok()
    }

    #[test]
    fn answers_beyond_the_burst_of_an_address_are_held() {
        let limits = limits(2, 100);
        let found = [(1, 1), (1, 2), (1, 3), (2, 4)].map(|(address, id)| admission(&limits, address, id));
        let expected = [Admission::Counted, Admission::Counted, Admission::Held, Admission::Counted].map(Some);
        assert_eq!(found, expected);
    }

    #[test]
    fn an_answer_that_is_sent_again_keeps_what_it_was_given_and_takes_nobodys_place() {
        let limits = limits(2, 100);
        for _ in 0..5 {
            assert_eq!(admission(&limits, 1, 1), Some(Admission::Counted));
        }
        assert_eq!(admission(&limits, 1, 2), Some(Admission::Counted));
        for _ in 0..2 {
            assert_eq!(admission(&limits, 1, 3), Some(Admission::Held));
        }
    }

    #[test]
    fn what_is_sent_far_too_often_is_refused_even_when_it_is_the_same() {
        let limits = limits(2, 3);
        let found: Vec<bool> = (0..4).map(|_| admission(&limits, 1, 1).is_some()).collect();
        assert_eq!(found, [true, true, true, false]);
        assert!(admission(&limits, 2, 1).is_some());
    }

    #[test]
    fn zero_is_off() {
        let settings = LimitSettings { answers_per_minute: 0, submissions_per_minute: 0, ..LimitSettings::default() };
        let limits = Limits::new(settings);
        assert!((0..2_000).all(|id| admission(&limits, 1, id) == Some(Admission::Counted)));
    }

    #[test]
    fn guessing_tokens_is_slowed_down_by_address() {
        let limits = limits(1, 1);
        let allowed = [1, 1, 1, 2].map(|address| limits.note_failed_token(client(address)).is_ok());
        assert_eq!(allowed, [true, true, false, true]);
    }
}
