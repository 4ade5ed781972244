//! A cache of who is asking, with a short TTL: apps ask often, and each question would start with the same look-up.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::prelude::*;

use crate::base::ttl_cache::TtlCache;
use crate::tenancy::entities::api_token::{self, Kind};
use crate::tenancy::secret::hash_of;
use crate::tenancy::store::{Viewer, viewer_with};

/// How long a session that was ended on another server may go on.
const LIFETIME: TimeDelta = TimeDelta::seconds(1);

#[derive(Debug)]
pub struct ViewerCache(TtlCache<(Kind, String), Arc<Viewer>>);

impl Default for ViewerCache {
    fn default() -> Self {
        Self(TtlCache::new(LIFETIME))
    }
}

impl ViewerCache {
    /// Who holds this secret, if it is of this kind and has not expired.
    pub async fn with(
        &self,
        db: &impl ConnectionTrait,
        kind: Kind,
        secret: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<Arc<Viewer>>, DbErr> {
        let key = (kind, hash_of(secret));
        if let Some(viewer) = self.0.get(&key, now).filter(|viewer| viewer.token.expires_at > now) {
            return Ok(Some(viewer));
        }
        let viewer = viewer_with(db, kind, secret, now).await?.map(Arc::new);
        if let Some(viewer) = &viewer {
            self.0.insert(key, viewer.clone(), now);
        }
        Ok(viewer)
    }

    /// Forgets a token or session that was taken away: it is good for nothing from now on, on this server.
    pub fn forget(&self, token: &api_token::Model) {
        self.0.remove(&(token.kind, token.secret_hash.clone()));
    }
}
