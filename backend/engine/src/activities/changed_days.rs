//! Which days' figures change with what is recorded.
//!
//! What is tracked of a day is summed up once and kept ([`tracked_day`]). Whoever changes what it was summed up from
//! marks the day, in the same transaction: what was kept is gone with the commit, and is summed up again by who asks
//! next. A day too many costs time and is never wrong.

use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use sea_orm::QuerySelect;
use sea_orm::prelude::*;
use sea_orm::sea_query::{LockType, OnConflict};
use uuid::Uuid;
use valuemap_shared::activities::ContributionKind;
use valuemap_shared::ids::CommunityId;

use crate::activities::entities::{contribution, outcome, touchpoint, tracked_day};
use crate::activities::neighbours::Neighbours;
use crate::database::statements::{all_set, chunks, day_of};
use crate::tenancy::entities::community;

/// From so many parties on in one piece of work, all days that it may concern are marked without a look at whom.
const MANY: usize = 100;
/// Every day that anything can be recorded of.
const ALL: (NaiveDate, NaiveDate) = (day(1970, 1, 1), day(9999, 12, 31));
/// Maximum rows or ids per statement.
const MOST: usize = 500;

const fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    match NaiveDate::from_ymd_opt(year, month, day) {
        Some(day) => day,
        None => NaiveDate::MIN,
    }
}

/// What a row is part of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Concerns {
    /// It is counted on this day.
    pub day: Option<NaiveDate>,
    /// It says that somebody was active then.
    pub is_activity: bool,
    /// They met an activity then, which their later outcomes may be credited to.
    pub met: Option<(Uuid, DateTime<Utc>)>,
    /// Their other payments may count otherwise for it.
    pub paid: Option<Uuid>,
    /// Who they are, or are one with.
    pub identity: Vec<Uuid>,
    /// The questions of a topic may be answered by it: its source and thread.
    pub thread: Option<(String, String)>,
}

/// The days that one transaction has marked.
#[derive(Debug)]
pub struct ChangedDays {
    community: CommunityId,
    mark: Uuid,
    /// The longest that an outcome can lie behind what it is credited to.
    lookback: TimeDelta,
    sums: Marked,
    active: Marked,
}

/// What is marked already.
#[derive(Debug, Default)]
struct Marked {
    days: BTreeSet<NaiveDate>,
    /// All days between these two that anything was recorded of before.
    covered: Option<(NaiveDate, NaiveDate)>,
}

impl Marked {
    /// The days that have to be marked for these to be; none if they are.
    fn cover(&mut self, (first, last): (NaiveDate, NaiveDate)) -> Option<(NaiveDate, NaiveDate)> {
        let (from, until) = self.covered.unwrap_or((first, last));
        if self.covered.is_some() && from <= first && last <= until {
            return None;
        }
        self.covered = Some((Ord::min(first, from), Ord::max(last, until)));
        self.covered
    }
}

/// What of a day is out of date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stale {
    /// Its sums.
    Sums,
    /// Its sums, and who was active first.
    SumsAndActive,
}

impl ChangedDays {
    /// Waits for others who mark days of this community, so that none of them overlooks a day that another adds.
    pub async fn start(
        transaction: &impl ConnectionTrait,
        community: CommunityId,
        (mark, lookback_days): (Uuid, u32),
    ) -> Result<Self, DbErr> {
        community::Entity::find_by_id(community.0).lock(LockType::NoKeyUpdate).one(transaction).await?;
        Ok(Self::locked(community, (mark, lookback_days)))
    }

    /// The same for who has locked the community for update.
    pub(super) fn locked(community: CommunityId, (mark, lookback_days): (Uuid, u32)) -> Self {
        let lookback = TimeDelta::days(i64::from(lookback_days) + 1);
        Self { community, mark, lookback, sums: Marked::default(), active: Marked::default() }
    }

    /// Marks the days that rows concern, as they are and as they were.
    pub(super) async fn add(
        &mut self,
        transaction: &impl ConnectionTrait,
        concerns: Vec<Concerns>,
    ) -> Result<(), DbErr> {
        let days = |is_activity: bool| concerns.iter().filter(move |row| row.is_activity == is_activity);
        let (of_activities, of_others): (Vec<_>, Vec<_>) =
            (days(true).filter_map(|row| row.day).collect(), days(false).filter_map(|row| row.day).collect());
        self.mark(transaction, of_activities, Stale::SumsAndActive).await?;
        self.mark(transaction, of_others, Stale::Sums).await?;
        let met: Vec<(Uuid, DateTime<Utc>)> = concerns.iter().filter_map(|row| row.met).collect();
        self.mark_credited(transaction, met).await?;
        let paid: HashSet<Uuid> = concerns.iter().filter_map(|row| row.paid).collect();
        self.mark_outcomes_of(transaction, paid).await?;
        let threads: BTreeSet<(String, String)> = concerns.iter().filter_map(|row| row.thread.clone()).collect();
        self.mark_questions_of(transaction, threads).await?;
        self.mark_all_of(transaction, concerns.into_iter().flat_map(|row| row.identity).collect()).await
    }

    /// Days on which something is added, which may be the first of its day.
    pub async fn mark(
        &mut self,
        transaction: &impl ConnectionTrait,
        days: impl IntoIterator<Item = NaiveDate>,
        stale: Stale,
    ) -> Result<(), DbErr> {
        use tracked_day::Column::{Active, Basis, Body, CommunityId, Day, Mark};
        let mut news = BTreeSet::new();
        for day in days {
            let sums = self.sums.days.insert(day);
            if sums | (stale == Stale::SumsAndActive && self.active.days.insert(day)) {
                news.insert(day);
            }
        }
        for some in chunks(news, MOST) {
            let row = |day: NaiveDate| -> tracked_day::ActiveModel {
                let (community_id, mark) = (self.community.0, self.mark);
                all_set(tracked_day::Model { community_id, day, mark, active: mark, basis: None, body: None })
            };
            let mut conflict = OnConflict::columns([CommunityId, Day]);
            conflict.update_columns([Mark, Basis, Body]);
            if stale == Stale::SumsAndActive {
                conflict.update_column(Active);
            }
            let insert = tracked_day::Entity::insert_many(some.into_iter().map(row)).on_conflict(conflict);
            insert.exec_without_returning(transaction).await?;
        }
        Ok(())
    }

    /// The days from one to another that anything is recorded of.
    async fn mark_between(
        &mut self,
        transaction: &impl ConnectionTrait,
        days: (NaiveDate, NaiveDate),
        stale: Stale,
    ) -> Result<(), DbErr> {
        use tracked_day::Column::{Active, Basis, Body, CommunityId, Day, Mark};
        let sums = self.sums.cover(days);
        let active = if stale == Stale::SumsAndActive { self.active.cover(days) } else { None };
        let both = |one: (NaiveDate, NaiveDate), other: (NaiveDate, NaiveDate)| {
            (Ord::min(one.0, other.0), Ord::max(one.1, other.1))
        };
        let Some((first, last)) = sums.into_iter().chain(active).reduce(both) else { return Ok(()) };
        let mut update = tracked_day::Entity::update_many()
            .col_expr(Mark, Expr::value(self.mark))
            .col_expr(Basis, Expr::value(None::<String>))
            .col_expr(Body, Expr::value(None::<Json>));
        if stale == Stale::SumsAndActive {
            update = update.col_expr(Active, Expr::value(self.mark));
        }
        let update = update.filter(CommunityId.eq(self.community.0)).filter(Day.between(first, last));
        update.exec(transaction).await?;
        Ok(())
    }

    /// Outcomes within the look-back window after these meetings.
    async fn mark_credited(
        &mut self,
        transaction: &impl ConnectionTrait,
        met: Vec<(Uuid, DateTime<Utc>)>,
    ) -> Result<(), DbErr> {
        let times = || met.iter().map(|(_, at)| *at);
        let Some((first, last)) = times().min().zip(times().max()) else { return Ok(()) };
        // An outcome of a day without a time lies at its end.
        let first = first.date_naive().and_time(NaiveTime::MIN).and_utc();
        let last = last + self.lookback;
        let parties: HashSet<Uuid> = met.iter().map(|(party, _)| *party).collect();
        if parties.len() > MANY {
            return self.mark_between(transaction, (first.date_naive(), last.date_naive()), Stale::Sums).await;
        }
        let around = self.around(transaction, parties).await?;
        self.mark_days_of::<outcome::Entity>(transaction, &around, (Some((first, last)), Stale::Sums)).await
    }

    async fn mark_outcomes_of(
        &mut self,
        transaction: &impl ConnectionTrait,
        parties: HashSet<Uuid>,
    ) -> Result<(), DbErr> {
        if parties.len() > MANY {
            return self.mark_between(transaction, ALL, Stale::Sums).await;
        }
        let around = self.around(transaction, parties).await?;
        self.mark_days_of::<outcome::Entity>(transaction, &around, (None, Stale::Sums)).await
    }

    /// Who is one with whom, who works where and who is staff has changed.
    pub async fn mark_all_of(
        &mut self,
        transaction: &impl ConnectionTrait,
        parties: HashSet<Uuid>,
    ) -> Result<(), DbErr> {
        if parties.len() > MANY {
            return self.mark_between(transaction, ALL, Stale::SumsAndActive).await;
        }
        let around = self.around(transaction, parties).await?;
        self.mark_days_of::<outcome::Entity>(transaction, &around, (None, Stale::Sums)).await?;
        self.mark_days_of::<touchpoint::Entity>(transaction, &around, (None, Stale::SumsAndActive)).await?;
        self.mark_days_of::<contribution::Entity>(transaction, &around, (None, Stale::SumsAndActive)).await
    }

    async fn mark_questions_of(
        &mut self,
        transaction: &impl ConnectionTrait,
        threads: BTreeSet<(String, String)>,
    ) -> Result<(), DbErr> {
        use contribution::Column::{At, CommunityId, Kind, Source, Thread};
        let sources: BTreeSet<&String> = threads.iter().map(|(source, _)| source).collect();
        for source in sources {
            let of_source = threads.iter().filter(|(of, _)| of == source).map(|(_, thread)| thread.as_str());
            for some in chunks(of_source, MOST) {
                let asked = contribution::Entity::find()
                    .select_only()
                    .column(At)
                    .filter(CommunityId.eq(self.community.0))
                    .filter(Source.eq(source))
                    .filter(Thread.is_in(some))
                    .filter(Kind.eq(ContributionKind::Question.as_str()));
                let asked: Vec<DateTime<Utc>> = asked.into_tuple().all(transaction).await?;
                self.mark(transaction, asked.into_iter().map(|at| at.date_naive()), Stale::Sums).await?;
            }
        }
        Ok(())
    }

    async fn around(&self, transaction: &impl ConnectionTrait, parties: HashSet<Uuid>) -> Result<HashSet<Uuid>, DbErr> {
        if parties.is_empty() {
            return Ok(parties);
        }
        Neighbours::new(transaction, self.community, 0.0).around(parties).await
    }

    /// The days of rows that are about some parties: of all, or between two times.
    async fn mark_days_of<E: OfParty>(
        &mut self,
        transaction: &impl ConnectionTrait,
        parties: &HashSet<Uuid>,
        (times, stale): (Option<Times>, Stale),
    ) -> Result<(), DbErr> {
        let day = day_of(transaction.get_database_backend(), Expr::col(E::AT.as_column_ref()));
        for some in chunks(parties.iter().copied(), MOST) {
            let mut days = E::find().select_only().distinct().expr_as(day.clone(), "day");
            days = days.filter(E::COMMUNITY.eq(self.community.0)).filter(E::PARTY.is_in(some));
            if let Some((first, last)) = times {
                days = days.filter(E::AT.between(first, last));
            }
            self.mark(transaction, days.into_tuple::<NaiveDate>().all(transaction).await?, stale).await?;
        }
        Ok(())
    }
}

/// From one to another.
type Times = (DateTime<Utc>, DateTime<Utc>);

/// Rows that are about a party at a time.
trait OfParty: EntityTrait<Column: ColumnTrait> {
    const COMMUNITY: Self::Column;
    const PARTY: Self::Column;
    const AT: Self::Column;
}

macro_rules! of_party {
    ($($table:ident),*) => {$(
        impl OfParty for $table::Entity {
            const COMMUNITY: $table::Column = $table::Column::CommunityId;
            const PARTY: $table::Column = $table::Column::PartyId;
            const AT: $table::Column = $table::Column::At;
        }
    )*};
}

of_party!(outcome, touchpoint, contribution);
