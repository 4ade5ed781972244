//! What is known of the months of a quarter, cached like the map.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::DbErr;
use tokio::runtime::Handle;
use valuemap_shared::calendar::Quarter;
use valuemap_shared::ids::CommunityId;
use valuemap_shared::value_map::model::ScoringModel;
use valuemap_shared::value_map::{Figures, MoneyFigures, Month, months};

use crate::activities::identity::Identities;
use crate::base::commits::Revision;
use crate::base::computed::{A_MOMENT, Asked, ComputedCache, NoValue};
use crate::database::Database;
use crate::value_map::counted::{counts_of, observed_in};
use crate::value_map::days::{Days, Span};
use crate::value_map::health::health_of;
use crate::value_map::money::{Exchange, costs};
use crate::value_map::store::answered_within;

/// How many quarters are kept.
const CAPACITY: u64 = 1_000;

/// The community, the version of the scoring model, the quarter, and the minimum of answers.
type Key = (CommunityId, u32, Quarter, u64);

/// Months that have begun by `today`, at most three.
type Months = Vec<Month>;

#[derive(Debug)]
pub struct MonthCache(ComputedCache<Key, (Revision, NaiveDate), Months, DbErr>);

impl MonthCache {
    /// Months are computed on the runtime of this handle.
    pub fn new(home: Handle) -> Self {
        Self(ComputedCache::new(CAPACITY, home))
    }

    /// The months of a quarter that have begun.
    pub async fn of(
        &self,
        database: &Database,
        community: CommunityId,
        model: &Arc<ScoringModel>,
        (period, minimum): (Quarter, u64),
        now: DateTime<Utc>,
    ) -> Result<Arc<Months>, NoValue<DbErr>> {
        let failed = |error| NoValue::Failed(Arc::new(error));
        let revision = database.revision(community).await.map_err(failed)?;
        let key = (community, model.version, period, minimum);
        let asked = Asked { key, revision: (revision, now.date_naive()), patience: A_MOMENT };
        let computed = self.0.get(asked, || {
            let (database, model) = (database.clone(), model.clone());
            async move { compute(&database, community, &model, (period, minimum), now).await }
        });
        computed.await
    }
}

async fn compute(
    database: &Database,
    community: CommunityId,
    model: &ScoringModel,
    (period, minimum): (Quarter, u64),
    now: DateTime<Utc>,
) -> Result<Months, DbErr> {
    let today = now.date_naive();
    let db = &database.read;
    let spans = period.months().map(|month| Span { first: month.first_day(), last: month.last_day() });
    let parts = parts(&spans, cut_of(period, today));
    let (month_of, part_spans): (Vec<usize>, Vec<Span>) = parts.into_iter().unzip();
    let answered = answered_within(db, community, model, &part_spans).await?;
    let tallies = month_of.into_iter().zip(answered.into_iter().map(|(tallies, _)| tallies)).collect();
    let (tallies, hidden) = months(tallies, minimum);
    let exchange = Exchange::of(db, community).await?;
    let identities = Identities::of(db, community, model.financial.attribution.minimum_confidence).await?;
    let mut known = Vec::new();
    for (span, tallies) in spans.into_iter().zip(tallies) {
        if span.first > today {
            break;
        }
        let stretch = span.stretch_until(today);
        let so_far = Span { first: span.first, last: Ord::min(span.last, today) };
        let figures = Figures {
            stretch,
            tallies,
            observed: observed_in(db, community, model, (so_far, stretch)).await?,
            counts: counts_of(db, community, &identities, so_far).await?,
            health: health_of(db, community, (model, &identities), so_far, now).await?,
            money: MoneyFigures { costs: costs(db, community, &exchange, so_far).await?, ..MoneyFigures::default() },
            ..Figures::default()
        };
        known.push(Month { figures, hidden: hidden.clone() });
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
