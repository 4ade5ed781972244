//! What is tracked of some days of a quarter or a month: read once for all maps and series that look at them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use moka::sync::Cache as Recent;
use sea_orm::prelude::*;
use tokio::runtime::Handle;
use tokio::sync::OnceCell;
use valuemap_shared::calendar::Quarter;
use valuemap_shared::ids::CommunityId;
use valuemap_shared::value_map::model::{AttributionUnit, ScoringModel};
use valuemap_shared::value_map::{
    CoMoments, ContactBaseline, Counts, DistinctPace, Element, Figures, Health, MoneyFigures, Observed, OutcomeSums,
    Stretch, TallyCounts,
};

use crate::activities::identity::Identities;
use crate::base::computed::{Asked, ComputedCache, NoValue, TO_THE_END};
use crate::database::Database;
use crate::value_map::contact_baseline::contact_baseline;
use crate::value_map::counted::observed;
use crate::value_map::day_book::DayBook;
use crate::value_map::day_sums::{counts, money};
use crate::value_map::days::{Days, FirstDays, Span};
use crate::value_map::health::{health_of, is_asked_for, pace_customers};
use crate::value_map::money::{comparisons, touchpoints_without_account};
use crate::value_map::no_map::NoMap;
use crate::value_map::summing_up::SummingUp;

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
    books: DayBooks,
    book: Arc<OnceCell<Arc<DayBook>>>,
    identities: Arc<OnceCell<Identities>>,
}

impl Scope {
    pub fn new(
        (database, books): (&Database, &DayBooks),
        community: CommunityId,
        model: &Arc<ScoringModel>,
        tracked: u64,
        now: DateTime<Utc>,
    ) -> Self {
        let (database, model) = (database.clone(), model.clone());
        Self {
            database,
            community,
            model,
            now,
            tracked,
            books: books.clone(),
            book: Arc::default(),
            identities: Arc::default(),
        }
    }

    pub fn key(&self, period: Quarter) -> PeriodKey {
        (self.community, self.model.version, period)
    }

    /// With the day until which it was counted.
    pub fn revision(&self) -> (u64, NaiveDate) {
        (self.tracked, self.now.date_naive())
    }

    async fn book(&self) -> Result<&DayBook, DbErr> {
        let read = async || {
            self.books.of(self, TO_THE_END).await.map_err(|none| match none {
                NoValue::Failed(error) => DbErr::Custom(error.to_string()),
                NoValue::BeingComputed(_) => {
                    DbErr::Custom("the days could not be summed up; the log says why".to_owned())
                }
            })
        };
        Ok(self.book.get_or_try_init(read).await?.as_ref())
    }

    /// Who is who among all parties, for what is no sum of days.
    async fn identities(&self) -> Result<&Identities, DbErr> {
        let confidence = self.model.financial.attribution.minimum_confidence;
        let read = || Identities::of(&self.database.read, self.community, confidence);
        self.identities.get_or_try_init(read).await
    }

    /// The quarter that contacts are compared with.
    pub async fn baseline(&self) -> Result<Option<ContactBaseline>, DbErr> {
        Ok(contact_baseline(self.book().await?, &self.model, self.now.date_naive()))
    }

    async fn read(&self, days: FirstDays) -> Result<TrackedDays, DbErr> {
        let FirstDays { span, stretch } = days;
        let (db, community, model) = (&self.database.read, self.community, &*self.model);
        let book = self.book().await?;
        Ok(TrackedDays {
            stretch,
            observed: observed(db, community, model, days).await?,
            counts: Counts {
                customers: book.customers().on(span.last),
                active_members: book.active_members(span),
                ..counts(&book.days, span)
            },
            active_pace: None,
            health: if is_asked_for(model) {
                health_of(db, community, (model, self.identities().await?), span, self.now).await?
            } else {
                Health::default()
            },
            money: self.money(book, span).await?,
        })
    }

    async fn money(&self, book: &DayBook, span: Span) -> Result<MoneyFigures, DbErr> {
        let (db, community) = (&self.database.read, self.community);
        let mut figures = money(&book.days, span, comparisons(db, community, span.first, span.last).await?);
        if book.first_paid().is_some_and(|first| first <= span.last) {
            // Tracked, and none in these days: that is a figure, and it is zero.
            for element in [Element::Upgrades, Element::RepeatPurchases, Element::Acquisition] {
                figures.outcomes.entry(element).or_default();
            }
        }
        let attribution = &self.model.financial.attribution;
        if attribution.by == AttributionUnit::Account && figures.outcomes.values().any(OutcomeSums::is_unlinked) {
            let who = (attribution, self.identities().await?);
            figures.unlinked_touchpoints = touchpoints_without_account(db, community, who, span).await?;
        }
        Ok(figures)
    }

    /// Of a quarter that is running, what the first days of the one before tell of its pace. Who comes again counts once,
    /// so that the quarter before gets all of its days.
    pub async fn pace(&self, first_days: Days, now: &mut TrackedDays, before: &mut TrackedDays) -> Result<(), DbErr> {
        let whole = Span::from(first_days.period);
        let book = self.book().await?;
        let pace =
            DistinctPace { first_days: book.active_members(first_days.into()), whole: book.active_members(whole) };
        now.active_pace = Some(pace);
        before.counts.active_members = pace.whole;
        if !is_asked_for(&self.model) {
            return Ok(());
        }
        let both = (&mut now.health, &mut before.health);
        let who = (&*self.model, self.identities().await?);
        pace_customers(&self.database.read, self.community, who, first_days, both).await
    }
}

/// How many books are kept: each is some megabytes.
const BOOKS: u64 = 50;

/// The sums of all days, read once for all quarters that are asked for at the same revision.
#[derive(Clone, Debug)]
pub struct DayBooks {
    books: Arc<ComputedCache<(CommunityId, u32), u64, DayBook, DbErr>>,
    /// Of the book that was begun last.
    progress: Recent<CommunityId, Arc<SummingUp>>,
}

impl DayBooks {
    pub fn new(home: Handle) -> Self {
        Self { books: Arc::new(ComputedCache::new(BOOKS, home)), progress: Recent::new(BOOKS) }
    }

    /// Says of what is being computed how far it is.
    pub fn with_progress(&self, community: CommunityId, none: NoMap) -> NoMap {
        match none {
            NoMap::BeingComputed { again, .. } => NoMap::BeingComputed { again, summed_up: self.percent(community) },
            other => other,
        }
    }

    /// How much of what is tracked is summed up, while that is being done.
    pub fn percent(&self, community: CommunityId) -> Option<u8> {
        self.progress.get(&community).and_then(|progress| progress.percent())
    }

    pub async fn of(&self, scope: &Scope, patience: Duration) -> Result<Arc<DayBook>, NoValue<DbErr>> {
        let key = (scope.community, scope.model.version);
        let asked = Asked { key, revision: scope.tracked, patience };
        let read = || {
            let (database, community, model) = (scope.database.clone(), scope.community, scope.model.clone());
            let before = self.books.latest(&key);
            let progress = Arc::new(SummingUp::default());
            self.progress.insert(community, progress.clone());
            async move {
                let asked = (community, &model.financial.attribution);
                DayBook::read(&database, asked, before, &progress).await
            }
        };
        self.books.get(asked, read).await
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
