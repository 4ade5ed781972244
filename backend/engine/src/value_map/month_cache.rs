//! What is known of the months of a quarter, cached like the map.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, NaiveDate, Utc};
use tokio::runtime::Handle;
use valuemap_shared::calendar::Quarter;
use valuemap_shared::ids::CommunityId;
use valuemap_shared::value_map::model::ScoringModel;
use valuemap_shared::value_map::{
    Element, Figure, Layer, Month, SeriesReading, Weighting, WorthInputs, month_reading, months,
};

use crate::base::commits::Revision;
use crate::base::computed::{A_MOMENT, Asked, ComputedCache};
use crate::database::Database;
use crate::value_map::days::{Days, Span};
use crate::value_map::no_map::NoMap;
use crate::value_map::store::answered_within;
use crate::value_map::tracked::{DayBooks, Scope, TrackedDaysCache};

/// How many quarters are kept.
const CAPACITY: u64 = 1_000;

/// The community, the version of the scoring model, the quarter, and the minimum of answers.
type Key = (CommunityId, u32, Quarter, u64);

/// Months that have begun by `today`, at most three.
type Months = Vec<KnownMonth>;

/// A month with what its money is computed from, and what it came to as far as somebody has asked.
#[derive(Debug)]
pub struct KnownMonth {
    pub month: Month,
    worth: WorthInputs,
    amounts: Mutex<BTreeMap<Element, SeriesReading>>,
}

impl KnownMonth {
    /// What a figure was. Money takes simulations, so each element is simulated once.
    pub fn reading(&self, figure: &Figure, model: &ScoringModel, asked: (Weighting, u64)) -> SeriesReading {
        let read = || month_reading(&self.month, figure, model, &self.worth, asked);
        match figure {
            Figure::Element(element) if element.layer() == Layer::Financial => {
                let mut amounts = self.amounts.lock().unwrap_or_else(PoisonError::into_inner);
                amounts.entry(*element).or_insert_with(read).clone()
            }
            _ => read(),
        }
    }
}

#[derive(Debug)]
pub struct MonthCache {
    tracked_days: TrackedDaysCache,
    books: DayBooks,
    months: ComputedCache<Key, (Revision, NaiveDate), Months, NoMap>,
}

impl MonthCache {
    /// Months are computed on the runtime of this handle.
    pub fn new((tracked_days, books): (TrackedDaysCache, DayBooks), home: Handle) -> Self {
        Self { tracked_days, books, months: ComputedCache::new(CAPACITY, home) }
    }

    /// The months of a quarter that have begun.
    pub async fn of(
        &self,
        database: &Database,
        community: CommunityId,
        model: &Arc<ScoringModel>,
        (period, minimum): (Quarter, u64),
        now: DateTime<Utc>,
    ) -> Result<Arc<Months>, NoMap> {
        let revision = database.revision(community).await?;
        let key = (community, model.version, period, minimum);
        let asked = Asked { key, revision: (revision, now.date_naive()), patience: A_MOMENT };
        let computed = self.months.get(asked, || {
            let tracked_days = self.tracked_days.clone();
            let scope = Scope::new((database, &self.books), community, model, revision.tracked, now);
            async move { compute(&tracked_days, &scope, (period, minimum)).await }
        });
        computed.await.map_err(|none| self.books.with_progress(community, none.into()))
    }
}

async fn compute(
    tracked_days: &TrackedDaysCache,
    scope: &Scope,
    (period, minimum): (Quarter, u64),
) -> Result<Months, NoMap> {
    let Scope { community, model, .. } = scope;
    let today = scope.now.date_naive();
    let spans = period.months().map(|month| Span { first: month.first_day(), last: month.last_day() });
    let parts = parts(&spans, cut_of(period, today));
    let (month_of, part_spans): (Vec<usize>, Vec<Span>) = parts.into_iter().unzip();
    let answered = answered_within(&scope.database.read, *community, model, &part_spans).await?;
    let (answered, hidden) = months(month_of.into_iter().zip(answered).collect(), minimum);
    let baseline = scope.baseline().await?;
    let mut known = Vec::new();
    for (span, answered) in spans.into_iter().zip(answered) {
        let Some(days) = span.so_far(today) else { break };
        let figures = tracked_days.of(scope, days).await?.as_ref().clone().with(answered);
        let month = Month { period, first_day: span.first, figures, hidden: hidden.clone() };
        let worth = month.worth(model, minimum, baseline);
        known.push(KnownMonth { month, worth, amounts: Mutex::default() });
    }
    Ok(known)
}

/// The last of the days that the running quarter is compared with, where they are of this quarter.
fn cut_of(period: Quarter, today: NaiveDate) -> Option<NaiveDate> {
    let compared = Days::so_far(Quarter::containing(today), today).before();
    (compared.period == period && !compared.is_whole_quarter()).then(|| compared.last_day())
}

/// The months in parts that a day cuts off, each with the index of its month.
fn parts(months: &[Span; 3], cut: Option<NaiveDate>) -> Vec<(usize, Span)> {
    let mut parts = Vec::new();
    for (index, month) in months.iter().enumerate() {
        match cut.and_then(|cut| Some((cut, cut.succ_opt()?))) {
            Some((last, next)) if month.first <= last && next <= month.last => {
                parts.push((index, Span { first: month.first, last }));
                parts.push((index, Span { first: next, last: month.last }));
            }
            _ => parts.push((index, *month)),
        }
    }
    parts
}
