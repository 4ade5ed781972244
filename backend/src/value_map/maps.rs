//! Value maps that were computed a moment ago.
//!
//! What members answer moves the map at once and is cheap to read: sums of tallies. What is tracked (counts, outcomes,
//! costs) takes more statements, and the financial layer takes simulations, so each is kept for as long as it may be.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use sea_orm::prelude::*;
use tokio::sync::Semaphore;
use valuemap_shared::calendar::Quarter;
use valuemap_shared::ids::{CommunityId, OrganisationId};
use valuemap_shared::money::Currency;
use valuemap_shared::value_map::model::ScoringModel;
use valuemap_shared::value_map::{
    CoMoments, ContactBaseline, Counts, Figures, FinancialReading, MapInputs, MoneyFigures, Observed, Strengths,
    Stretch, TallyCounts, ValueMap, Weighting, WorthInputs, financial_reading, strengths, value_map,
};

use super::counted::{Days, contact_baseline, counts_of, observed};
use super::models::model_of;
use super::money::{Ledger, money_of};
use super::store::{answered, latest_period};
use crate::access::store::community_of;
use crate::recent::Recent;

/// How far a map may be behind what other servers on the same database have stored.
const LIFETIME: TimeDelta = TimeDelta::milliseconds(200);
/// The same for what is tracked, of which other servers and imports store much at a time and not often.
const TRACKED_LIFETIME: TimeDelta = TimeDelta::seconds(5);
/// How far the strengths of links may be behind.
const STRENGTHS_LIFETIME: TimeDelta = TimeDelta::minutes(1);
/// Equal inputs give an equal financial layer: this only bounds what is kept.
const FINANCIAL_LIFETIME: TimeDelta = TimeDelta::hours(1);
/// How many quarters the strength of a link looks back on.
const HISTORY: usize = 8;

/// What a map is asked for by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MapKey {
    /// Who asks: another organisation's community has no map.
    pub organisation: OrganisationId,
    pub community: CommunityId,
    /// Without one it is the latest that holds anything.
    pub period: Option<Quarter>,
    /// The version of the scoring model; without one, the newest.
    pub model: Option<u32>,
    pub weighting: Weighting,
    /// The least number of answers that a figure may rest on.
    pub minimum: u64,
}

/// Why there is no map.
#[derive(Debug, thiserror::Error)]
pub enum NoMap {
    #[error("there is no version {0} of the scoring model")]
    NoSuchModel(u32),
    #[error(transparent)]
    Database(#[from] DbErr),
}

type PeriodKey = (CommunityId, u32, Quarter);
/// With the minimum of answers.
type FinancialKey = (PeriodKey, u64);

/// Maps and their parts that were computed before, and may be used again as long as what they come from stays.
#[derive(Debug)]
pub struct Maps {
    /// Each with the number of commits there had been when its tallies were read.
    maps: Recent<MapKey, (u64, Arc<ValueMap>)>,
    tracked: Recent<PeriodKey, (u64, Arc<Tracked>)>,
    strengths: Recent<FinancialKey, Arc<Strengths>>,
    financial: Recent<FinancialKey, Arc<(WorthInputs, WorthInputs, FinancialReading)>>,
    /// Commits of answers and of everything else.
    commits: AtomicU64,
    /// Commits of anything but answers, by community.
    tracking: RwLock<HashMap<CommunityId, u64>>,
}

/// What is tracked about a quarter and the one before.
#[derive(Debug)]
struct Tracked {
    now: TrackedQuarter,
    before: TrackedQuarter,
    baseline: Option<ContactBaseline>,
}

#[derive(Clone, Debug)]
struct TrackedQuarter {
    stretch: Stretch,
    observed: BTreeMap<String, Observed>,
    counts: Counts,
    money: MoneyFigures,
}

impl TrackedQuarter {
    fn with(self, tallies: TallyCounts, co_moments: CoMoments) -> Figures {
        let Self { stretch, observed, counts, money } = self;
        Figures { stretch, tallies, co_moments, observed, counts, money }
    }
}

impl Default for Maps {
    fn default() -> Self {
        Self {
            maps: Recent::new(LIFETIME),
            tracked: Recent::new(TRACKED_LIFETIME),
            strengths: Recent::new(STRENGTHS_LIFETIME),
            financial: Recent::new(FINANCIAL_LIFETIME),
            commits: AtomicU64::default(),
            tracking: RwLock::default(),
        }
    }
}

impl Maps {
    /// To be called after each commit of answers and before it is acknowledged.
    pub fn note_answers(&self) {
        self.commits.fetch_add(1, Ordering::SeqCst);
    }

    /// To be called after each commit that had answers count, or count no longer, in whichever quarter they were given.
    pub fn note_moved_answers(&self) {
        self.strengths.clear();
        self.note_answers();
    }

    /// To be called after each commit of anything else that a map is computed from.
    pub fn note_commit(&self, community: CommunityId) {
        if let Ok(mut tracking) = self.tracking.write() {
            *tracking.entry(community).or_default() += 1;
        }
        self.note_answers();
    }

    fn tracking(&self, community: CommunityId) -> u64 {
        self.tracking.read().ok().and_then(|tracking| tracking.get(&community).copied()).unwrap_or_default()
    }

    /// The map, or `None` when the organisation has no such community.
    pub async fn of(
        &self,
        db: &impl ConnectionTrait,
        key: MapKey,
        now: DateTime<Utc>,
    ) -> Result<Option<Arc<ValueMap>>, NoMap> {
        let commits = self.commits.load(Ordering::SeqCst);
        if let Some((_, map)) = self.maps.get(&key, now).filter(|(then, _)| *then == commits) {
            return Ok(Some(map));
        }
        let Some(community) = community_of(db, key.organisation, key.community).await? else { return Ok(None) };
        let currency = community.currency.parse().unwrap_or(Currency::EUR);
        let map = Arc::new(self.compute(db, key, currency, now).await?);
        self.maps.insert(key, (commits, map.clone()), now);
        Ok(Some(map))
    }

    async fn compute(
        &self,
        db: &impl ConnectionTrait,
        key: MapKey,
        currency: Currency,
        now: DateTime<Utc>,
    ) -> Result<ValueMap, NoMap> {
        let stored = model_of(db, key.community, key.model).await?;
        let model = stored.ok_or(NoMap::NoSuchModel(key.model.unwrap_or_default()))?.model;
        let today = now.date_naive();
        let period = match key.period {
            Some(period) => period,
            None => latest_period(db, key.community, today).await?.unwrap_or_else(|| Quarter::containing(today)),
        };
        let tracked = self.tracked(db, key.community, &model, period, now).await?;
        let mut answered = answered(db, key.community, &model, &[period, period.previous()]).await?;
        let mut figures = |period: Quarter, tracked: &TrackedQuarter| {
            let (tallies, co_moments) = answered.remove(&period).unwrap_or_default();
            tracked.clone().with(tallies, co_moments)
        };
        let inputs = MapInputs {
            period,
            weighting: key.weighting,
            minimum: key.minimum,
            currency,
            now: figures(period, &tracked.now),
            before: figures(period.previous(), &tracked.before),
            baseline: tracked.baseline,
        };
        let strengths = self.strengths(db, key, &model, period, now).await?;
        let financial = self.financial(&model, &inputs, key, now).await?;
        // Bootstraps take milliseconds: they run where they keep no other request waiting.
        let mut map = blocking(move || value_map(&model, &inputs, &financial.2, &strengths)).await?;
        // A quarter yet to come is looked at as a whole, for what is planned; nothing of it is over.
        if period.days_until(today) == 0 {
            map.elapsed = 0.0;
        }
        Ok(map)
    }

    async fn tracked(
        &self,
        db: &impl ConnectionTrait,
        community: CommunityId,
        model: &ScoringModel,
        period: Quarter,
        now: DateTime<Utc>,
    ) -> Result<Arc<Tracked>, DbErr> {
        let tracking = self.tracking(community);
        let key = (community, model.version, period);
        if let Some((_, tracked)) = self.tracked.get(&key, now).filter(|(then, _)| *then == tracking) {
            return Ok(tracked);
        }
        let days = Days::so_far(period, now.date_naive());
        let ledger = Ledger::of(db, community, model).await?;
        let tracked = Arc::new(Tracked {
            now: tracked_days(db, community, model, &ledger, days).await?,
            before: tracked_days(db, community, model, &ledger, days.before()).await?,
            baseline: contact_baseline(db, community, model).await?,
        });
        self.tracked.insert(key, (tracking, tracked.clone()), now);
        Ok(tracked)
    }

    /// The financial layer: computed anew only when what it is computed from has changed.
    async fn financial(
        &self,
        model: &Arc<ScoringModel>,
        inputs: &MapInputs,
        key: MapKey,
        now: DateTime<Utc>,
    ) -> Result<Arc<(WorthInputs, WorthInputs, FinancialReading)>, DbErr> {
        let of = |period, figures| WorthInputs::of(period, model, figures, key.minimum, inputs.baseline);
        let this = of(inputs.period, &inputs.now);
        let before = of(inputs.period.previous(), &inputs.before);
        let key = ((key.community, model.version, inputs.period), key.minimum);
        if let Some(known) = self.financial.get(&key, now).filter(|known| known.0 == this && known.1 == before) {
            return Ok(known);
        }
        let model = model.clone();
        let computed = blocking(move || {
            let reading = financial_reading(&model, &this, &before);
            (this, before, reading)
        });
        let computed = Arc::new(computed.await?);
        self.financial.insert(key, computed.clone(), now);
        Ok(computed)
    }

    async fn strengths(
        &self,
        db: &impl ConnectionTrait,
        key: MapKey,
        model: &Arc<ScoringModel>,
        period: Quarter,
        now: DateTime<Utc>,
    ) -> Result<Arc<Strengths>, DbErr> {
        let recent_key = ((key.community, model.version, period), key.minimum);
        if let Some(strengths) = self.strengths.get(&recent_key, now) {
            return Ok(strengths);
        }
        let history = history(db, key.community, model, period, now.date_naive()).await?;
        let baseline = contact_baseline(db, key.community, model).await?;
        let (model, minimum) = (model.clone(), key.minimum);
        let strengths = Arc::new(blocking(move || strengths(&model, &history, minimum, baseline)).await?);
        self.strengths.insert(recent_key, strengths.clone(), now);
        Ok(strengths)
    }
}

async fn tracked_days(
    db: &impl ConnectionTrait,
    community: CommunityId,
    model: &ScoringModel,
    ledger: &Ledger,
    days: Days,
) -> Result<TrackedQuarter, DbErr> {
    Ok(TrackedQuarter {
        stretch: days.stretch,
        observed: observed(db, community, model, days).await?,
        counts: counts_of(db, community, days).await?,
        money: money_of(db, community, model, ledger, days).await?,
    })
}

/// The figures of the last quarters that are over.
async fn history(
    db: &impl ConnectionTrait,
    community: CommunityId,
    model: &ScoringModel,
    period: Quarter,
    today: NaiveDate,
) -> Result<Vec<(Quarter, Figures)>, DbErr> {
    let quarters: Vec<Quarter> = std::iter::successors(Some(period), |quarter| Some(quarter.previous()))
        .filter(|quarter| quarter.last_day() < today)
        .take(HISTORY)
        .collect();
    let mut answered = answered(db, community, model, &quarters).await?;
    let ledger = Ledger::of(db, community, model).await?;
    let mut history = Vec::with_capacity(quarters.len());
    for quarter in quarters {
        let (tallies, co_moments) = answered.remove(&quarter).unwrap_or_default();
        let tracked = tracked_days(db, community, model, &ledger, Days::all(quarter)).await?;
        history.push((quarter, tracked.with(tallies, co_moments)));
    }
    Ok(history)
}

/// How many maps are computed at once: a request that was given up goes on computing, and its repetition waits.
static COMPUTING: Semaphore = Semaphore::const_new(4);

/// Runs what takes milliseconds where it keeps no other request waiting.
async fn blocking<T: Send + 'static>(compute: impl FnOnce() -> T + Send + 'static) -> Result<T, DbErr> {
    let turn = COMPUTING.acquire().await.map_err(|closed| DbErr::Custom(closed.to_string()))?;
    let compute = move || {
        let _turn = turn;
        compute()
    };
    let done = tokio::task::spawn_blocking(compute).await;
    done.map_err(|error| DbErr::Custom(format!("the map could not be computed: {error}")))
}
