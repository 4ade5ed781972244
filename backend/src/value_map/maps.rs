//! Value maps that were computed a moment ago.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::prelude::*;
use valuemap_shared::calendar::Quarter;
use valuemap_shared::ids::CommunityId;
use valuemap_shared::value_map::{ValueMap, value_map};

use super::store::{latest_period, map_tallies};

/// How far a map may be behind what other servers on the same database have stored.
const LIFETIME: TimeDelta = TimeDelta::milliseconds(200);
/// Most maps that are kept.
const CAPACITY: usize = 10_000;

/// What a map is asked for by. No period means the latest one that holds answers.
pub type MapKey = (CommunityId, Option<Quarter>, u64);

/// Maps that were computed before, and may be shown again as long as nothing was stored since.
///
/// What this server stores shows at once: each commit ends the life of every map computed from what was before it.
#[derive(Clone, Debug, Default)]
pub struct Maps {
    maps: Arc<RwLock<HashMap<MapKey, Kept>>>,
    commits: Arc<AtomicU64>,
}

#[derive(Clone, Debug)]
struct Kept {
    map: Arc<ValueMap>,
    /// How many commits there had been when its tallies were read.
    commits: u64,
    read_at: DateTime<Utc>,
}

impl Maps {
    /// To be called after each commit and before it is acknowledged.
    pub fn note_commit(&self) {
        self.commits.fetch_add(1, Ordering::SeqCst);
    }

    pub async fn of(&self, db: &impl ConnectionTrait, key: MapKey, now: DateTime<Utc>) -> Result<Arc<ValueMap>, DbErr> {
        let commits = self.commits.load(Ordering::SeqCst);
        let known = self.maps.read().ok().and_then(|maps| maps.get(&key).cloned());
        if let Some(kept) = known.filter(|kept| kept.commits == commits && now - kept.read_at < LIFETIME) {
            return Ok(kept.map);
        }
        let map = Arc::new(compute(db, key, now).await?);
        if let Ok(mut maps) = self.maps.write() {
            if maps.len() >= CAPACITY {
                maps.clear();
            }
            maps.insert(key, Kept { map: map.clone(), commits, read_at: now });
        }
        Ok(map)
    }
}

async fn compute(
    db: &impl ConnectionTrait,
    (community, period, minimum): MapKey,
    now: DateTime<Utc>,
) -> Result<ValueMap, DbErr> {
    let period = match period {
        Some(period) => period,
        None => latest_period(db, community).await?.unwrap_or_else(|| Quarter::containing(now.date_naive())),
    };
    let tallies = map_tallies(db, community, period).await?;
    // Bootstraps take milliseconds: they run where they keep no other request waiting.
    let map = tokio::task::spawn_blocking(move || value_map(period, &tallies, minimum)).await;
    map.map_err(|error| DbErr::Custom(format!("the map could not be computed: {error}")))
}
