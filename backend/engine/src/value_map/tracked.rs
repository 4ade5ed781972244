//! What is tracked of some days of a quarter or a month: read once for all maps and series that look at them.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::prelude::*;
use tokio::runtime::Handle;
use tokio::sync::OnceCell;
use valuemap_shared::calendar::Quarter;
use valuemap_shared::ids::CommunityId;
use valuemap_shared::value_map::model::ScoringModel;
use valuemap_shared::value_map::{
    CoMoments, ContactBaseline, Counts, DistinctPace, Figures, Health, MoneyFigures, Observed, Stretch, TallyCounts,
};

use crate::base::computed::{Asked, ComputedCache, NoValue, TO_THE_END};
use crate::database::Database;
use crate::value_map::contact_baseline::contact_baseline;
use crate::value_map::counted::{counts_of, distinct_pace, observed};
use crate::value_map::days::{Days, FirstDays};
use crate::value_map::health::{health_of, pace_customers};
use crate::value_map::money::{Ledger, money_of};

/// How many quarters and months are kept.
const CAPACITY: u64 = 4_000;

/// A community, the version of the scoring model, and the quarter.
pub type PeriodKey = (CommunityId, u32, Quarter);

/// A community as a scoring model looks at it, at some revision of what is tracked. What all quarters are read with is
/// read once for it, when a quarter first needs it.
#[derive(Clone, Debug)]
pub struct Scope {
    pub database: Database,
    pub community: CommunityId,
    pub model: Arc<ScoringModel>,
    pub now: DateTime<Utc>,
    tracked: u64,
    ledger: Arc<OnceCell<Ledger>>,
    baseline: Arc<OnceCell<Option<ContactBaseline>>>,
}

impl Scope {
    pub fn new(
        database: &Database,
        community: CommunityId,
        model: &Arc<ScoringModel>,
        tracked: u64,
        now: DateTime<Utc>,
    ) -> Self {
        let (database, model) = (database.clone(), model.clone());
        Self { database, community, model, now, tracked, ledger: Arc::default(), baseline: Arc::default() }
    }

    pub fn key(&self, period: Quarter) -> PeriodKey {
        (self.community, self.model.version, period)
    }

    /// With the day until which it was counted.
    pub fn revision(&self) -> (u64, NaiveDate) {
        (self.tracked, self.now.date_naive())
    }

    async fn ledger(&self) -> Result<&Ledger, DbErr> {
        self.ledger.get_or_try_init(|| Ledger::of(&self.database.read, self.community, &self.model)).await
    }

    /// The quarter that contacts are compared with.
    pub async fn baseline(&self) -> Result<Option<ContactBaseline>, DbErr> {
        let find = async || {
            let (db, today) = (&self.database.read, self.now.date_naive());
            contact_baseline(db, self.community, &self.model, &self.ledger().await?.identities, today).await
        };
        Ok(*self.baseline.get_or_try_init(find).await?)
    }

    async fn read(&self, days: FirstDays) -> Result<TrackedDays, DbErr> {
        let FirstDays { span, stretch } = days;
        let (db, community, model, ledger) = (&self.database.read, self.community, &*self.model, self.ledger().await?);
        Ok(TrackedDays {
            stretch,
            observed: observed(db, community, model, days).await?,
            counts: counts_of(db, community, &ledger.identities, span).await?,
            active_pace: None,
            health: health_of(db, community, (model, &ledger.identities), span, self.now).await?,
            money: money_of(db, community, model, ledger, span).await?,
        })
    }

    /// Of a quarter that is running, what the first days of the one before tell of its pace. Who comes again counts once,
    /// so that the quarter before gets all of its days.
    pub async fn pace(&self, first_days: Days, now: &mut TrackedDays, before: &mut TrackedDays) -> Result<(), DbErr> {
        let (db, community, identities) = (&self.database.read, self.community, &self.ledger().await?.identities);
        let pace = distinct_pace(db, community, identities, first_days).await?;
        now.active_pace = Some(pace);
        before.counts.active_members = pace.whole;
        let both = (&mut now.health, &mut before.health);
        pace_customers(db, community, (&self.model, identities), first_days, both).await
    }
}

#[derive(Clone, Debug)]
pub struct TrackedDays {
    stretch: Stretch,
    observed: BTreeMap<String, Observed>,
    pub counts: Counts,
    pub active_pace: Option<DistinctPace>,
    pub health: Health,
    money: MoneyFigures,
}

impl TrackedDays {
    pub fn with(self, (tallies, co_moments): (TallyCounts, CoMoments)) -> Figures {
        let Self { stretch, observed, counts, active_pace, health, money } = self;
        Figures { stretch, tallies, co_moments, observed, counts, active_pace, health, money }
    }
}

/// What is tracked of some days is read once at a time, to the end, and kept for as long as nothing that is tracked changes.
#[derive(Clone, Debug)]
pub struct TrackedDaysCache(Arc<Cache>);

/// By the community and the version of the scoring model.
type Cache = ComputedCache<(CommunityId, u32, FirstDays), (u64, NaiveDate), TrackedDays, DbErr>;

impl TrackedDaysCache {
    pub fn new(home: Handle) -> Self {
        Self(Arc::new(ComputedCache::new(CAPACITY, home)))
    }

    pub async fn of(&self, scope: &Scope, days: impl Into<FirstDays>) -> Result<Arc<TrackedDays>, NoValue<DbErr>> {
        let days = days.into();
        let key = (scope.community, scope.model.version, days);
        let asked = Asked { key, revision: scope.revision(), patience: TO_THE_END };
        let read = || {
            let scope = scope.clone();
            async move { scope.read(days).await }
        };
        self.0.get(asked, read).await
    }
}
