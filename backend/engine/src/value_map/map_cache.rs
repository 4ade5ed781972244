//! Cached value maps.
//!
//! What members answer moves the map at once and is cheap to read: sums of tallies. What is tracked (counts, outcomes,
//! costs) takes more statements, and the financial layer takes simulations, so each is kept for as long as it may be.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use sea_orm::prelude::*;
use tokio::runtime::Handle;
use valuemap_shared::calendar::Quarter;
use valuemap_shared::ids::{CommunityId, OrganisationId};
use valuemap_shared::money::Currency;
use valuemap_shared::value_map::model::ScoringModel;
use valuemap_shared::value_map::{
    BeingRecomputed, CoMoments, ContactBaseline, Figures, FinancialReading, MapInputs, Strengths, TallyCounts,
    ValueMap, Weighting, WorthInputs, comparable, financial_elements, financial_returns, strengths, value_map,
};

use crate::base::commits::Revision;
use crate::base::computed::{A_MOMENT, Asked, ComputedCache, Found, TO_THE_END};
use crate::base::ttl_cache::TtlCache;
use crate::database::Database;
use crate::scoring_models::store::model_of;
use crate::tenancy::store::community_of;
use crate::value_map::blocking::blocking;
use crate::value_map::day_book::DayBook;
use crate::value_map::days::{Days, Span};
use crate::value_map::month_cache::MonthCache;
use crate::value_map::no_map::NoMap;
use crate::value_map::store::{answered, answered_within, latest_period};
use crate::value_map::tracked::{DayBooks, PeriodKey, Scope, TrackedDays, TrackedDaysCache};

/// Equal inputs give an equal financial layer: this only bounds what is kept.
const FINANCIAL_LIFETIME: TimeDelta = TimeDelta::hours(1);
/// How many values of a kind are kept.
const CAPACITY: u64 = 1_000;
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

/// A revision, and the day until which it was counted.
type OnDay<R> = (R, NaiveDate);
type Maps = ComputedCache<MapKey, OnDay<Revision>, Option<Arc<ValueMap>>, NoMap>;
/// With the minimum of answers.
type FinancialKey = (PeriodKey, u64);

/// Value maps and their parts that were computed before, used again as long as what they come from stays.
#[derive(Clone, Debug)]
pub struct MapCache {
    maps: Arc<Maps>,
    parts: Arc<Parts>,
    pub months: Arc<MonthCache>,
}

/// A map as it is shown.
#[derive(Clone, Debug)]
pub struct ShownMap {
    pub map: Arc<ValueMap>,
    /// Set where it is an earlier one.
    pub being_recomputed: Option<BeingRecomputed>,
}

#[derive(Debug)]
struct Parts {
    books: DayBooks,
    tracked_days: TrackedDaysCache,
    /// By the revision of what is tracked.
    tracked: ComputedCache<PeriodKey, OnDay<u64>, Tracked, NoMap>,
    /// By the revision of which answers count. What is tracked moves eight quarters of history too little to read them anew
    /// after each commit.
    strengths: ComputedCache<FinancialKey, u64, Strengths, NoMap>,
    financial: TtlCache<FinancialKey, Arc<(WorthInputs, WorthInputs, FinancialReading)>>,
}
/// What is tracked about a quarter and the one before.
#[derive(Debug)]
struct Tracked {
    now: TrackedDays,
    before: TrackedDays,
    baseline: Option<ContactBaseline>,
}

impl MapCache {
    /// Maps are computed on the runtime of this handle.
    pub fn new(home: Handle) -> Self {
        let parts = Parts {
            books: DayBooks::new(home.clone()),
            tracked_days: TrackedDaysCache::new(home.clone()),
            tracked: ComputedCache::new(CAPACITY, home.clone()),
            strengths: ComputedCache::new(CAPACITY, home.clone()),
            financial: TtlCache::new(FINANCIAL_LIFETIME),
        };
        let months = Arc::new(MonthCache::new((parts.tracked_days.clone(), parts.books.clone()), home.clone()));
        Self { maps: Arc::new(ComputedCache::new(CAPACITY, home)), parts: Arc::new(parts), months }
    }

    /// The map, or `None` when the organisation has no such community.
    pub async fn of(
        &self,
        database: &Database,
        key: MapKey,
        now: DateTime<Utc>,
    ) -> Result<Option<Arc<ValueMap>>, NoMap> {
        let asked = Self::asked(database, key, now).await?;
        let map = self.maps.get(asked.clone(), || self.computing(database, asked, now)).await;
        Ok(map.map_err(|none| self.parts.books.with_progress(key.community, none.into()))?.as_ref().clone())
    }

    /// The same, or an earlier one while that is being computed, as after the scoring model or much of what is tracked has
    /// changed.
    pub async fn of_or_earlier(
        &self,
        database: &Database,
        key: MapKey,
        now: DateTime<Utc>,
    ) -> Result<Option<ShownMap>, NoMap> {
        let asked = Self::asked(database, key, now).await?;
        let found = self.maps.get_or_earlier(asked.clone(), || self.computing(database, asked, now)).await;
        let Found { value, earlier } =
            found.map_err(|none| self.parts.books.with_progress(key.community, none.into()))?;
        let being_recomputed = earlier.map(|age| BeingRecomputed {
            as_of: now - TimeDelta::from_std(age).unwrap_or_default(),
            summed_up: self.parts.books.percent(key.community),
        });
        Ok(value.as_ref().clone().map(|map| ShownMap { map, being_recomputed }))
    }

    async fn asked(
        database: &Database,
        key: MapKey,
        now: DateTime<Utc>,
    ) -> Result<Asked<MapKey, OnDay<Revision>>, DbErr> {
        let revision = (database.revision(key.community).await?, now.date_naive());
        Ok(Asked { key, revision, patience: A_MOMENT })
    }

    fn computing(
        &self,
        database: &Database,
        Asked { key, revision: (revision, _), .. }: Asked<MapKey, OnDay<Revision>>,
        now: DateTime<Utc>,
    ) -> impl Future<Output = Result<Option<Arc<ValueMap>>, NoMap>> + Send + use<> {
        let (parts, database) = (self.parts.clone(), database.clone());
        async move {
            let db = &database.read;
            let Some(community) = community_of(db, key.organisation, key.community).await? else { return Ok(None) };
            let currency = community.currency()?;
            Ok(Some(Arc::new(parts.compute(&database, revision, key, currency, now).await?)))
        }
    }

    /// The sums of days that the maps of a scoring model rest on.
    pub async fn book(
        &self,
        database: &Database,
        community: CommunityId,
        model: &Arc<ScoringModel>,
        now: DateTime<Utc>,
    ) -> Result<Arc<DayBook>, NoMap> {
        let revision = database.revision(community).await?;
        let scope = Scope::new((database, &self.parts.books), community, model, revision.tracked, now);
        let book = self.parts.books.of(&scope, A_MOMENT).await;
        book.map_err(|none| self.parts.books.with_progress(community, none.into()))
    }
}

impl Parts {
    async fn compute(
        &self,
        database: &Database,
        revision: Revision,
        key: MapKey,
        currency: Currency,
        now: DateTime<Utc>,
    ) -> Result<ValueMap, NoMap> {
        let db = &database.read;
        let stored = model_of(db, key.community, key.model).await?;
        let model = stored.ok_or(NoMap::NoSuchModel(key.model.unwrap_or_default()))?.model;
        let today = now.date_naive();
        let period = match key.period {
            Some(period) => period,
            None => latest_period(db, key.community, today).await?.unwrap_or_else(|| Quarter::containing(today)),
        };
        let scope = Scope::new((database, &self.books), key.community, &model, revision.tracked, now);
        let tracked = self.tracked(&scope, period).await?;
        let (answered_now, answered_before) = answered_so_far(db, key, &model, Days::so_far(period, today)).await?;
        let inputs = MapInputs {
            period,
            weighting: key.weighting,
            minimum: key.minimum,
            currency,
            now: tracked.now.clone().with(answered_now),
            before: tracked.before.clone().with(answered_before),
            baseline: tracked.baseline,
        };
        let strengths = self.strengths(&scope, revision.standings, key.minimum, period).await?;
        let financial = self.financial(&model, &inputs, key, now).await?;
        // Simulations take milliseconds: they run where they keep no other request waiting.
        let map = blocking(move || value_map(&model, &inputs, &financial.2, &strengths)).await?;
        let has_begun = period.days_until(today) > 0;
        Ok(if has_begun { map } else { map.not_begun() })
    }

    async fn tracked(&self, scope: &Scope, period: Quarter) -> Result<Arc<Tracked>, NoMap> {
        let asked = Asked { key: scope.key(period), revision: scope.revision(), patience: TO_THE_END };
        let tracked = self.tracked.get(asked, || {
            let (tracked_days, scope) = (self.tracked_days.clone(), scope.clone());
            async move {
                let days = Days::so_far(period, scope.now.date_naive());
                let baseline = scope.baseline().await?;
                let mut before = tracked_days.of(&scope, days.before()).await?.as_ref().clone();
                let mut now = tracked_days.of(&scope, days).await?.as_ref().clone();
                if !days.is_whole_quarter() {
                    scope.pace(days.before(), &mut now, &mut before).await?;
                }
                Ok(Tracked { now, before, baseline })
            }
        });
        Ok(tracked.await?)
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
        let inputs = Arc::new((this, before));
        let (for_elements, for_returns) = ((model.clone(), inputs.clone()), (model.clone(), inputs.clone()));
        // Beside each other, where there is more than one processor.
        let (elements, returns) = tokio::join!(
            blocking(move || financial_elements(&for_elements.0, &for_elements.1.0, &for_elements.1.1)),
            blocking(move || financial_returns(&for_returns.0, &for_returns.1.0)),
        );
        let (this, before) = Arc::unwrap_or_clone(inputs);
        let computed = Arc::new((this, before, FinancialReading { elements: elements?, returns: returns? }));
        self.financial.insert(key, computed.clone(), now);
        Ok(computed)
    }

    async fn strengths(
        &self,
        scope: &Scope,
        standings: u64,
        minimum: u64,
        period: Quarter,
    ) -> Result<Arc<Strengths>, NoMap> {
        let key = (scope.key(period), minimum);
        let asked = Asked { key, revision: standings, patience: TO_THE_END };
        let strengths = self.strengths.get(asked, || {
            let (tracked_days, scope) = (self.tracked_days.clone(), scope.clone());
            async move {
                let history = history(&tracked_days, &scope, period).await?;
                let baseline = scope.baseline().await?;
                let model = scope.model.clone();
                Ok(blocking(move || strengths(&model, &history, minimum, baseline)).await?)
            }
        });
        Ok(strengths.await?)
    }
}

/// What members answered in a quarter so far, and in as many days of the quarter before.
async fn answered_so_far(
    db: &impl ConnectionTrait,
    key: MapKey,
    model: &ScoringModel,
    days: Days,
) -> Result<((TallyCounts, CoMoments), (TallyCounts, CoMoments)), DbErr> {
    let before = days.before();
    let mut answered = answered(db, key.community, model, &[days.period.into(), before.into()]).await?.into_iter();
    let (now, then) = (answered.next().unwrap_or_default(), answered.next().unwrap_or_default());
    if before.is_whole_quarter() {
        return Ok((now, then));
    }
    let first = before.last_day().succ_opt().unwrap_or_default();
    let others = Span { first, last: before.period.last_day() };
    let others = answered_within(db, key.community, model, &[others]).await?.pop().unwrap_or_default();
    Ok((now, comparable(then, &others, key.minimum)))
}

/// The figures of the last quarters that are over.
async fn history(tracked: &TrackedDaysCache, scope: &Scope, period: Quarter) -> Result<Vec<(Quarter, Figures)>, NoMap> {
    let today = scope.now.date_naive();
    let quarters: Vec<Quarter> = std::iter::successors(Some(period), |quarter| Some(quarter.previous()))
        .filter(|quarter| quarter.last_day() < today)
        .take(HISTORY)
        .collect();
    let spans: Vec<Span> = quarters.iter().copied().map(Span::from).collect();
    let answered = answered(&scope.database.read, scope.community, &scope.model, &spans).await?;
    let mut history = Vec::with_capacity(quarters.len());
    for (quarter, answered) in quarters.into_iter().zip(answered) {
        let tracked = tracked.of(scope, Days::all(quarter)).await?.as_ref().clone();
        history.push((quarter, tracked.with(answered)));
    }
    Ok(history)
}
