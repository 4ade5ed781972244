//! What members are shown of their community after they submitted.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::prelude::*;
use valuemap_shared::calendar::Quarter;
use valuemap_shared::ids::CommunityId;
use valuemap_shared::value_map::{DEFAULT_MINIMUM, PublicResult, public_results};

use crate::base::commits::Revision;
use crate::base::ttl_cache::TtlCache;
use crate::database::Database;
use crate::follow_ups::entities::follow_up;
use crate::follow_ups::store::newest_follow_ups;
use crate::tenancy::store::{minimum_of, organisation_of_community};
use crate::value_map::store::daily_benefits;

/// A community's results as they were published.
#[derive(Debug)]
pub struct Published {
    pub period: Quarter,
    pub results: Vec<PublicResult>,
    /// The newest first.
    pub follow_ups: Vec<follow_up::Model>,
}

/// Results are of days that are over, so they change with the day, and with an import: a minute old is new enough.
const LIFETIME: TimeDelta = TimeDelta::minutes(1);

/// How many follow-ups members are shown.
const SHOWN_FOLLOW_UPS: u64 = 3;

/// The latest results of each community, kept so that a submission does not pay for them.
#[derive(Debug)]
pub struct PublicResultsCache(TtlCache<CommunityId, ((u64, u64), Arc<Published>)>);

impl Default for PublicResultsCache {
    fn default() -> Self {
        Self(TtlCache::new(LIFETIME))
    }
}

impl PublicResultsCache {
    pub async fn of(
        &self,
        database: &Database,
        community: CommunityId,
        now: DateTime<Utc>,
    ) -> Result<Arc<Published>, DbErr> {
        let Revision { standings, follow_ups, .. } = database.own_revision(community);
        let revision = (standings, follow_ups);
        if let Some((_, known)) = self.0.get(&community, now).filter(|(then, _)| *then == revision) {
            return Ok(known);
        }
        let published = Arc::new(publish(&database.read, community, now).await?);
        self.0.insert(community, (revision, published.clone()), now);
        Ok(published)
    }
}

/// This quarter's results, or the last one's as long as too few of this one can be released.
async fn publish(db: &impl ConnectionTrait, community: CommunityId, now: DateTime<Utc>) -> Result<Published, DbErr> {
    let organisation = organisation_of_community(db, community).await?;
    let minimum = organisation.map_or(DEFAULT_MINIMUM, |row| minimum_of(&row));
    let follow_ups = newest_follow_ups(db, community, SHOWN_FOLLOW_UPS).await?;
    let today = now.date_naive();
    let this_quarter = Quarter::containing(today);
    for period in [this_quarter, this_quarter.previous()] {
        let results = public_results(&daily_benefits(db, community, period).await?, today, minimum);
        if results.iter().any(|result| result.value.is_some()) {
            return Ok(Published { period, results, follow_ups });
        }
    }
    let results = public_results(&Default::default(), today, minimum);
    Ok(Published { period: this_quarter, results, follow_ups })
}
