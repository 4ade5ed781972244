//! Which days' figures change with what is recorded.
//!
//! What is tracked of a day is summed up once and kept ([`kept_sum`]), and so is who was active in a quarter. Whoever
//! changes what it was summed up from marks it, in the same transaction: what was kept is gone with the commit, and is
//! summed up again by who asks next. A mark too many costs time and is never wrong.

use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use sea_orm::QuerySelect;
use sea_orm::prelude::*;
use sea_orm::sea_query::{LockType, OnConflict};
use uuid::Uuid;
use valuemap_shared::activities::ContributionKind;
use valuemap_shared::calendar::Quarter;
use valuemap_shared::ids::CommunityId;

use crate::activities::entities::{contribution, kept_sum, outcome, touchpoint};
use crate::activities::kept_sums::{PartyRange, SumKey};
use crate::activities::neighbours::Neighbours;
use crate::database::statements::{all_set, chunks, day_of};
use crate::tenancy::entities::community;

/// From so many parties or topics on in one piece of work, all days that it may concern are marked without a look at whom.
/// Asked by so many at once, PostgreSQL would read a whole table that has grown since it was last analysed.
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
    /// They were active then.
    pub active: Option<Uuid>,
    /// They met an activity then, which their later outcomes may be credited to.
    pub met: Option<(Uuid, DateTime<Utc>)>,
    /// Their payments, or their other payments, may count otherwise for it.
    pub paid: Option<Uuid>,
    /// It says since when an account is a customer.
    pub is_customer: bool,
    /// Who they are, or are one with.
    pub identity: Vec<Uuid>,
    /// The questions of a topic may be answered by it: its source and thread.
    pub thread: Option<(String, String)>,
}

/// What all rows concern that one piece of work writes. It does not grow with them: of more than [`MANY`] parties or topics
/// it is not kept which.
#[derive(Debug, Default)]
struct Gathered {
    days: BTreeSet<NaiveDate>,
    is_customer: bool,
    active: Active,
    met: Met,
    paid: HashSet<Uuid>,
    threads: BTreeSet<(String, String)>,
    identity: HashSet<Uuid>,
}

/// Who was active, and when.
#[derive(Debug, Default)]
struct Active {
    parties: HashSet<Uuid>,
    quarters: BTreeSet<Quarter>,
}

/// Who met something, and from when to when.
#[derive(Debug, Default)]
struct Met {
    parties: HashSet<Uuid>,
    between: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

impl Gathered {
    fn add(&mut self, row: Concerns) {
        self.days.extend(row.day);
        self.is_customer |= row.is_customer;
        if let Some((party, day)) = row.active.zip(row.day) {
            add(&mut self.active.parties, party);
            self.active.quarters.insert(Quarter::containing(day));
        }
        if let Some((party, at)) = row.met {
            add(&mut self.met.parties, party);
            let (first, last) = self.met.between.unwrap_or((at, at));
            self.met.between = Some((first.min(at), last.max(at)));
        }
        row.paid.into_iter().for_each(|party| add(&mut self.paid, party));
        row.identity.into_iter().for_each(|party| add(&mut self.identity, party));
        if self.threads.len() <= MANY {
            self.threads.extend(row.thread);
        }
    }
}

fn add(parties: &mut HashSet<Uuid>, party: Uuid) {
    if parties.len() <= MANY {
        parties.insert(party);
    }
}

fn lookback_of(days: u32) -> TimeDelta {
    TimeDelta::days(i64::from(days) + 1)
}

/// The days that one transaction has marked.
#[derive(Debug)]
pub struct ChangedDays {
    community: CommunityId,
    mark: Uuid,
    /// The longest that an outcome can lie behind what it is credited to.
    lookback: TimeDelta,
    gathered: Gathered,
    marked: BTreeSet<SumKey>,
    /// All days between these two that anything was recorded of before are marked.
    covered: Option<(NaiveDate, NaiveDate)>,
    /// Whoever was active in them is to be counted again.
    whole_quarters: BTreeSet<Quarter>,
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
        let (lookback, gathered) = (lookback_of(lookback_days), Gathered::default());
        let (marked, whole_quarters) = (BTreeSet::new(), BTreeSet::new());
        Self { community, mark, lookback, gathered, marked, covered: None, whole_quarters }
    }

    /// How far behind what it is credited to an outcome can lie, if it is another than when this began.
    pub(super) fn look_back(&mut self, days: u32) {
        self.lookback = lookback_of(days);
    }

    /// Notes what a row concerns, as it is or as it was.
    pub(super) fn gather(&mut self, row: Concerns) {
        self.gathered.add(row);
    }

    /// Marks the days that all the rows concern that were gathered. They have to be written by now.
    pub(super) async fn mark_gathered(&mut self, transaction: &impl ConnectionTrait) -> Result<(), DbErr> {
        let Gathered { days, is_customer, active, met, paid, threads, identity } = std::mem::take(&mut self.gathered);
        self.mark(transaction, days.into_iter().map(SumKey::of_day).collect()).await?;
        if is_customer {
            self.mark(transaction, vec![SumKey::CUSTOMERS]).await?;
        }
        self.mark_active(transaction, active).await?;
        self.mark_credited(transaction, met).await?;
        self.mark_outcomes_of(transaction, paid).await?;
        self.mark_questions_of(transaction, threads).await?;
        self.mark_all_of(transaction, identity).await
    }

    /// What something is added to, which may be the first of its day or quarter.
    pub async fn mark(&mut self, transaction: &impl ConnectionTrait, keys: Vec<SumKey>) -> Result<(), DbErr> {
        use kept_sum::Column::{Basis, Body, CommunityId, Day, Mark, Part};
        let news: BTreeSet<SumKey> = keys.into_iter().filter(|key| self.marked.insert(*key)).collect();
        for some in chunks(news, MOST) {
            let row = |SumKey { day, part }: SumKey| -> kept_sum::ActiveModel {
                let (community_id, mark) = (self.community.0, self.mark);
                all_set(kept_sum::Model { community_id, day, part, mark, basis: None, body: None })
            };
            let mut conflict = OnConflict::columns([CommunityId, Day, Part]);
            conflict.update_columns([Mark, Basis, Body]);
            let insert = kept_sum::Entity::insert_many(some.into_iter().map(row)).on_conflict(conflict);
            insert.exec_without_returning(transaction).await?;
        }
        Ok(())
    }

    /// Who was active: they, and whom they are one with, are counted again.
    async fn mark_active(
        &mut self,
        transaction: &impl ConnectionTrait,
        Active { parties, mut quarters }: Active,
    ) -> Result<(), DbErr> {
        quarters.retain(|quarter| !self.whole_quarters.contains(quarter));
        if parties.len() > MANY {
            return self.mark_quarters(transaction, quarters).await;
        }
        let one = Neighbours::new(transaction, self.community, 0.0).same(parties).await?;
        self.mark_ranges(transaction, quarters, &one).await
    }

    async fn mark_ranges(
        &mut self,
        transaction: &impl ConnectionTrait,
        quarters: BTreeSet<Quarter>,
        parties: &HashSet<Uuid>,
    ) -> Result<(), DbErr> {
        let ranges: BTreeSet<PartyRange> = parties.iter().map(|party| PartyRange::of(*party)).collect();
        self.mark(transaction, keys(&quarters, &ranges)).await
    }

    async fn mark_quarters(
        &mut self,
        transaction: &impl ConnectionTrait,
        quarters: BTreeSet<Quarter>,
    ) -> Result<(), DbErr> {
        let mut news = quarters;
        news.retain(|quarter| self.whole_quarters.insert(*quarter));
        self.mark(transaction, keys(&news, &PartyRange::all().collect())).await
    }

    /// All quarters in which anybody was active.
    async fn mark_all_quarters(&mut self, transaction: &impl ConnectionTrait) -> Result<(), DbErr> {
        use kept_sum::Column::{CommunityId, Day, Part};
        let first_days = kept_sum::Entity::find().select_only().column(Day).distinct();
        let first_days = first_days.filter(CommunityId.eq(self.community.0)).filter(Part.gt(SumKey::OF_DAY));
        let first_days: Vec<NaiveDate> = first_days.into_tuple().all(transaction).await?;
        self.mark_quarters(transaction, first_days.into_iter().map(Quarter::containing).collect()).await
    }

    /// The days from one to another that anything is recorded of.
    async fn mark_between(
        &mut self,
        transaction: &impl ConnectionTrait,
        (first, last): (NaiveDate, NaiveDate),
    ) -> Result<(), DbErr> {
        use kept_sum::Column::{Basis, Body, CommunityId, Day, Mark, Part};
        let (from, until) = self.covered.unwrap_or((first, last));
        if self.covered.is_some() && from <= first && last <= until {
            return Ok(());
        }
        let (first, last) = (Ord::min(first, from), Ord::max(last, until));
        self.covered = Some((first, last));
        let update = kept_sum::Entity::update_many()
            .col_expr(Mark, Expr::value(self.mark))
            .col_expr(Basis, Expr::value(None::<String>))
            .col_expr(Body, Expr::value(None::<String>))
            .filter(CommunityId.eq(self.community.0))
            .filter(Part.eq(SumKey::OF_DAY))
            .filter(Day.between(first, last));
        update.exec(transaction).await?;
        Ok(())
    }

    /// Outcomes within the look-back window after these meetings.
    async fn mark_credited(
        &mut self,
        transaction: &impl ConnectionTrait,
        Met { parties, between }: Met,
    ) -> Result<(), DbErr> {
        let Some((first, last)) = between else { return Ok(()) };
        // An outcome of a day without a time lies at its end.
        let first = first.date_naive().and_time(NaiveTime::MIN).and_utc();
        let last = last + self.lookback;
        if parties.len() > MANY {
            return self.mark_between(transaction, (first.date_naive(), last.date_naive())).await;
        }
        let around = self.around(transaction, parties).await?;
        let days = (first.date_naive(), last.date_naive());
        self.mark_days_of::<outcome::Entity>(transaction, &around, Some(days)).await?;
        Ok(())
    }

    async fn mark_outcomes_of(
        &mut self,
        transaction: &impl ConnectionTrait,
        parties: HashSet<Uuid>,
    ) -> Result<(), DbErr> {
        if parties.len() > MANY {
            return self.mark_between(transaction, ALL).await;
        }
        let around = self.around(transaction, parties).await?;
        self.mark_days_of::<outcome::Entity>(transaction, &around, None).await?;
        Ok(())
    }

    /// Who is one with whom, who works where and who is staff has changed.
    pub async fn mark_all_of(
        &mut self,
        transaction: &impl ConnectionTrait,
        parties: HashSet<Uuid>,
    ) -> Result<(), DbErr> {
        if parties.len() > MANY {
            self.mark(transaction, vec![SumKey::CUSTOMERS]).await?;
            self.mark_between(transaction, ALL).await?;
            return self.mark_all_quarters(transaction).await;
        }
        let mut neighbours = Neighbours::new(transaction, self.community, 0.0);
        let around = neighbours.around(parties).await?;
        if neighbours.links_accounts() {
            self.mark(transaction, vec![SumKey::CUSTOMERS]).await?;
        }
        self.mark_days_of::<outcome::Entity>(transaction, &around, None).await?;
        let mut active = self.mark_days_of::<touchpoint::Entity>(transaction, &around, None).await?;
        active.extend(self.mark_days_of::<contribution::Entity>(transaction, &around, None).await?);
        let quarters = active.into_iter().map(Quarter::containing).collect();
        self.mark_ranges(transaction, quarters, &around).await
    }

    async fn mark_questions_of(
        &mut self,
        transaction: &impl ConnectionTrait,
        threads: BTreeSet<(String, String)>,
    ) -> Result<(), DbErr> {
        use contribution::Column::{At, CommunityId, Kind, Source, Thread};
        if threads.len() > MANY {
            return self.mark_between(transaction, ALL).await;
        }
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
                self.mark(transaction, asked.into_iter().map(|at| SumKey::of_day(at.date_naive())).collect()).await?;
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

    /// The days of rows that are about some parties: of all, or from one to another.
    async fn mark_days_of<E: OfParty>(
        &mut self,
        transaction: &impl ConnectionTrait,
        parties: &HashSet<Uuid>,
        span: Option<(NaiveDate, NaiveDate)>,
    ) -> Result<Vec<NaiveDate>, DbErr> {
        let mut found = Vec::new();
        let day = day_of(transaction.get_database_backend(), Expr::col(E::AT.as_column_ref()));
        for some in chunks(parties.iter().copied(), MOST) {
            // Asked for a time, too, PostgreSQL would look through all that happened in it.
            let days = E::find().select_only().distinct().expr_as(day.clone(), "day");
            let days = days.filter(E::COMMUNITY.eq(self.community.0)).filter(E::PARTY.is_in(some));
            let days = days.into_tuple::<NaiveDate>().all(transaction).await?;
            let is_asked = |day: &NaiveDate| span.is_none_or(|(first, last)| (first..=last).contains(day));
            found.extend(days.into_iter().filter(is_asked));
        }
        self.mark(transaction, found.iter().copied().map(SumKey::of_day).collect()).await?;
        Ok(found)
    }
}

fn keys(quarters: &BTreeSet<Quarter>, ranges: &BTreeSet<PartyRange>) -> Vec<SumKey> {
    let of = |quarter: &Quarter| ranges.iter().map(|range| SumKey::of_active(*quarter, *range)).collect::<Vec<_>>();
    quarters.iter().flat_map(of).collect()
}

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
