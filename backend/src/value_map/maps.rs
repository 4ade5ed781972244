//! Value maps that were computed a moment ago.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::prelude::*;
use valuemap_shared::calendar::Quarter;
use valuemap_shared::ids::{CommunityId, OrganisationId};
use valuemap_shared::value_map::{ValueMap, value_map};

use super::store::{latest_period, map_tallies};
use crate::access::store::community_of;
use crate::recent::Recent;

/// How far a map may be behind what other servers on the same database have stored.
const LIFETIME: TimeDelta = TimeDelta::milliseconds(200);

/// What a map is asked for by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MapKey {
    /// Who asks: another organisation's community has no map.
    pub organisation: OrganisationId,
    pub community: CommunityId,
    /// Without one it is the latest that holds answers.
    pub period: Option<Quarter>,
    /// The least number of answers that a figure may rest on.
    pub minimum: u64,
}

/// Maps that were computed before, and may be shown again as long as nothing was stored since.
///
/// What this server stores shows at once: each commit ends the life of every map computed from what was before it.
#[derive(Debug)]
pub struct Maps {
    /// Each with the number of commits there had been when its tallies were read.
    maps: Recent<MapKey, (u64, Arc<ValueMap>)>,
    commits: AtomicU64,
}

impl Default for Maps {
    fn default() -> Self {
        Self { maps: Recent::new(LIFETIME), commits: AtomicU64::default() }
    }
}

impl Maps {
    /// To be called after each commit and before it is acknowledged.
    pub fn note_commit(&self) {
        self.commits.fetch_add(1, Ordering::SeqCst);
    }

    /// The map, or `None` when the organisation has no such community.
    pub async fn of(
        &self,
        db: &impl ConnectionTrait,
        key: MapKey,
        now: DateTime<Utc>,
    ) -> Result<Option<Arc<ValueMap>>, DbErr> {
        let commits = self.commits.load(Ordering::SeqCst);
        if let Some((_, map)) = self.maps.get(&key, now).filter(|(then, _)| *then == commits) {
            return Ok(Some(map));
        }
        if community_of(db, key.organisation, key.community).await?.is_none() {
            return Ok(None);
        }
        let map = Arc::new(compute(db, key, now).await?);
        self.maps.insert(key, (commits, map.clone()), now);
        Ok(Some(map))
    }
}

async fn compute(db: &impl ConnectionTrait, key: MapKey, now: DateTime<Utc>) -> Result<ValueMap, DbErr> {
    let period = match key.period {
        Some(period) => period,
        None => latest_period(db, key.community).await?.unwrap_or_else(|| Quarter::containing(now.date_naive())),
    };
    let tallies = map_tallies(db, key.community, period).await?;
    // Bootstraps take milliseconds: they run where they keep no other request waiting.
    let map = tokio::task::spawn_blocking(move || value_map(period, &tallies, key.minimum)).await;
    map.map_err(|error| DbErr::Custom(format!("the map could not be computed: {error}")))
}
