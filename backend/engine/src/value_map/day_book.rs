//! The sums of every day of a community: kept in the database, and summed up again where something changed.
//!
//! Who changes what a day is summed up from gives it another mark in the same transaction ([`ChangedDays`]). A sum is
//! kept under the mark that it was read under, in one snapshot, and only as long as that is the day's mark: a kept sum
//! is never out of date.
//!
//! [`ChangedDays`]: crate::activities::changed_days::ChangedDays

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::NaiveDate;
use sea_orm::prelude::*;
use sea_orm::sea_query::{
    Alias, CaseStatement, Expr, ExprTrait, LockBehavior, LockType, OnConflict, Query, SelectStatement,
};
use sea_orm::{QuerySelect, Select};
use serde_json::json;
use tokio::sync::OnceCell;
use uuid::Uuid;
use valuemap_shared::activities::ContributionKind;
use valuemap_shared::calendar::Quarter;
use valuemap_shared::ids::CommunityId;
use valuemap_shared::value_map::model::Attribution;

use crate::activities::entities::{
    contribution, cost_line, outcome, support_case, touchpoint, tracked_day, tracked_quarter,
};
use crate::activities::identity::{FEW, Identities};
use crate::activities::payments::Payments;
use crate::base::commits::Touches;
use crate::base::digests::sha_256;
use crate::database::author::Author;
use crate::database::statements::{all_set, chunks, day_of};
use crate::database::{Database, Transaction};
use crate::scoring_models::store::{StoredModel, models_of};
use crate::value_map::counted::first_activities;
use crate::value_map::day_sums::{ByDay, DaySums};
use crate::value_map::days::Span;
use crate::value_map::money::{Exchange, ReadWith, paid_outcomes, paid_rows};

/// All days of a community, summed up.
#[derive(Debug, Default)]
pub struct DayBook {
    pub days: ByDay,
    /// Of each quarter that anything is recorded of, how many members were active for the first time in it, by day.
    pub first_active: BTreeMap<Quarter, FirstActive>,
}

/// Reads and sums up in one snapshot.
struct Reader<'a, C> {
    snapshot: &'a C,
    community: CommunityId,
    attribution: &'a Attribution,
    exchange: Exchange,
    /// All of them, which is read at most once.
    identities: OnceCell<Identities>,
    payments: OnceCell<Payments>,
    /// By any of their names.
    staff: OnceCell<HashSet<Uuid>>,
}

/// What the kept figures of a day are valid for.
#[derive(Clone, Copy, Debug)]
struct Mark {
    sums: Uuid,
    active: Uuid,
}

/// Of each day that anything is recorded of.
type Marks = BTreeMap<NaiveDate, Mark>;

/// What was summed up and is to be kept.
enum Fresh {
    /// Each with the mark that it was summed up under.
    Days(Vec<tracked_day::Model>),
    Quarters(Vec<tracked_quarter::Model>),
}

/// How many members were active for the first time in a quarter, by day.
pub type FirstActive = BTreeMap<NaiveDate, u64>;

impl DayBook {
    /// The day of the first outcome in money.
    pub fn first_paid(&self) -> Option<NaiveDate> {
        self.days.iter().find(|(_, day)| !day.outcomes.is_empty()).map(|(day, _)| *day)
    }

    pub async fn read(database: &Database, community: CommunityId, attribution: &Attribution) -> Result<Self, DbErr> {
        let snapshot = database.begin_snapshot().await?;
        let reader = Reader::of(&snapshot, community, attribution).await?;
        let basis = reader.basis().await?;
        let (mut days, marks) = reader.kept(basis.as_deref()).await?;
        let missing: BTreeSet<NaiveDate> = marks.keys().filter(|day| !days.contains_key(day)).copied().collect();
        for span in spans(&missing) {
            let summed = reader.sum_up(span, &missing).await?;
            if let Some(settings) = &basis {
                // Piece by piece, so that what is broken off goes on where it was.
                let day =
                    |(day, sums): (&NaiveDate, &DaySums)| Some(reader.fresh(settings, *day, marks.get(day)?, sums));
                keep_aside(database, community, Fresh::Days(summed.iter().filter_map(day).collect()));
            }
            days.extend(summed);
        }
        let (first_active, quarters) = reader.first_active(&marks).await?;
        snapshot.rollback().await?;
        keep_aside(database, community, Fresh::Quarters(quarters));
        Ok(Self { days, first_active })
    }
}

/// To be counted up by who changes how days are summed up.
const VERSION: u32 = 1;

/// Keeps what was summed up while whoever asked goes on.
fn keep_aside(database: &Database, community: CommunityId, fresh: Fresh) {
    if matches!(&fresh, Fresh::Quarters(quarters) if quarters.is_empty()) {
        return;
    }
    let database = database.clone();
    tokio::spawn(async move {
        let keep = async |transaction: &Transaction| match &fresh {
            Fresh::Days(days) => keep_days(transaction, community, days).await,
            Fresh::Quarters(quarters) => keep_quarters(transaction, quarters).await,
        };
        if let Err(error) = database.write(&Author::SERVER, Touches::NOTHING, keep).await {
            tracing::warn!(%community, "sums of days are not kept and will be summed up again: {error}");
        }
    });
}

/// Keeps the sums of days whose marks are still those that they were summed up under. Days that another transaction holds
/// are left out: it is marking them.
async fn keep_days(
    transaction: &Transaction,
    community: CommunityId,
    days: &[tracked_day::Model],
) -> Result<(), DbErr> {
    use tracked_day::Column::{Active, Basis, Body, CommunityId, Day, Mark};
    let asked = days.iter().map(|row| row.day);
    let rows = tracked_day::Entity::find().select_only().columns([Day, Mark, Active]);
    let rows = rows.filter(CommunityId.eq(community.0)).filter(Day.is_in(asked));
    let free = rows.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    let free: Vec<(NaiveDate, Uuid, Uuid)> = free.into_tuple().all(transaction).await?;
    let marks: BTreeMap<NaiveDate, (Uuid, Uuid)> =
        free.into_iter().map(|(day, mark, active)| (day, (mark, active))).collect();
    let current = days.iter().filter_map(|row| {
        let (mark, active) = marks.get(&row.day).filter(|(mark, _)| *mark == row.mark)?;
        Some(tracked_day::Model { mark: *mark, active: *active, ..row.clone() })
    });
    for some in chunks(current, 500) {
        let conflict = OnConflict::columns([CommunityId, Day]).update_columns([Basis, Body]).to_owned();
        let rows = some.into_iter().map(all_set::<tracked_day::ActiveModel>);
        let insert = tracked_day::Entity::insert_many(rows).on_conflict(conflict);
        insert.exec_without_returning(transaction).await?;
    }
    Ok(())
}

async fn keep_quarters(transaction: &Transaction, quarters: &[tracked_quarter::Model]) -> Result<(), DbErr> {
    use tracked_quarter::Column::{Body, CommunityId, FirstDay, Marks};
    let conflict = OnConflict::columns([CommunityId, FirstDay]).update_columns([Marks, Body]).to_owned();
    let rows = quarters.iter().cloned().map(all_set::<tracked_quarter::ActiveModel>);
    tracked_quarter::Entity::insert_many(rows).on_conflict(conflict).exec_without_returning(transaction).await?;
    Ok(())
}

impl<'a, C: ConnectionTrait> Reader<'a, C> {
    async fn of(snapshot: &'a C, community: CommunityId, attribution: &'a Attribution) -> Result<Self, DbErr> {
        let exchange = Exchange::of(snapshot, community).await?;
        let (identities, payments, staff) = (OnceCell::new(), OnceCell::new(), OnceCell::new());
        Ok(Self { snapshot, community, attribution, exchange, identities, payments, staff })
    }

    /// What days are summed up with. `None` where the newest scoring model credits otherwise: days are marked by its look-back
    /// window, so that what others sum up is not kept, and neither is what was kept before it.
    async fn basis(&self) -> Result<Option<String>, DbErr> {
        let models = models_of(self.snapshot, self.community).await?;
        let credits_so = |stored: &&StoredModel| stored.model.financial.attribution == *self.attribution;
        let since = models.iter().take_while(credits_so).last().map(|stored| stored.model.version);
        Ok(since.map(|since| format!("{VERSION} {since} {:?} {}", self.attribution, self.exchange.own)))
    }

    /// A digest of it, and of the rates of a day.
    fn basis_of(&self, settings: &str, day: NaiveDate) -> String {
        sha_256(format!("{settings} {:?}", self.exchange.rates_on(day)).as_bytes())
    }

    fn fresh(&self, settings: &str, day: NaiveDate, mark: &Mark, sums: &DaySums) -> tracked_day::Model {
        tracked_day::Model {
            community_id: self.community.0,
            day,
            mark: mark.sums,
            active: mark.active,
            basis: Some(self.basis_of(settings, day)),
            body: Some(json!(sums)),
        }
    }

    async fn identities(&self) -> Result<&Identities, DbErr> {
        let read = || Identities::of(self.snapshot, self.community, self.attribution.minimum_confidence);
        self.identities.get_or_try_init(read).await
    }

    async fn staff(&self) -> Result<&HashSet<Uuid>, DbErr> {
        let read = || Identities::staff_of(self.snapshot, self.community, self.attribution.minimum_confidence);
        self.staff.get_or_try_init(read).await
    }

    async fn payments(&self) -> Result<&Payments, DbErr> {
        let identities = self.identities().await?;
        let read = || Payments::of(self.snapshot, self.community, identities, self.attribution.by, None);
        self.payments.get_or_try_init(read).await
    }

    /// Those of some days that lie in a span.
    async fn sum_up(&self, span: Span, days: &BTreeSet<NaiveDate>) -> Result<ByDay, DbErr> {
        let days = days.range(span.first..=span.last);
        let mut summed: ByDay = days.map(|day| (*day, DaySums::default())).collect();
        self.add_money(span, &mut summed).await?;
        self.add_contributions(span, &mut summed).await?;
        self.add_cases(span, &mut summed).await?;
        Ok(summed)
    }

    async fn add_money(&self, span: Span, summed: &mut ByDay) -> Result<(), DbErr> {
        let rows = paid_rows(self.snapshot, self.community, span).await?;
        let parties: HashSet<Uuid> = rows.iter().filter_map(|row| row.party_id).collect();
        let confidence = self.attribution.minimum_confidence;
        let near;
        let (identities, payments) = if parties.len() > FEW {
            (self.identities().await?, Some(self.payments().await?))
        } else {
            near = Identities::near(self.snapshot, self.community, confidence, parties).await?;
            (&near, None)
        };
        let read_with = ReadWith { exchange: &self.exchange, identities, payments };
        for paid in paid_outcomes(self.snapshot, self.community, self.attribution, read_with, rows).await? {
            if let Some(day) = summed.get_mut(&paid.row.at.date_naive()) {
                day.add_outcome(&paid);
            }
        }
        let lines = cost_line::Entity::find()
            .filter(cost_line::Column::CommunityId.eq(self.community.0))
            .filter(cost_line::Column::Day.between(span.first, span.last));
        for line in lines.all(self.snapshot).await? {
            if let (Some(day), Ok(kind)) = (summed.get_mut(&line.day), line.kind.parse()) {
                *day.costs.entry(kind).or_default() += self.exchange.own_amount(line.amount, &line.currency, line.day);
            }
        }
        Ok(())
    }

    async fn add_cases(&self, span: Span, summed: &mut ByDay) -> Result<(), DbErr> {
        use support_case::Column::{CommunityId, Id, OpenedAt};
        let (from, until) = span.bounds();
        let opened: Vec<(NaiveDate, i64)> = support_case::Entity::find()
            .select_only()
            .expr_as(self.day_of(OpenedAt), "day")
            .column_as(Id.count(), "count")
            .filter(CommunityId.eq(self.community.0))
            .filter(OpenedAt.gte(from))
            .filter(OpenedAt.lt(until))
            .group_by(Expr::col("day"))
            .into_tuple()
            .all(self.snapshot)
            .await?;
        for (day, count) in opened {
            if let Some(day) = summed.get_mut(&day) {
                day.cases = u64::try_from(count).unwrap_or_default();
            }
        }
        Ok(())
    }

    async fn add_contributions(&self, span: Span, summed: &mut ByDay) -> Result<(), DbErr> {
        use contribution::Column::{Id, Kind, PartyId, Thread};
        let staff = self.staff().await?;
        let by_staff = CaseStatement::new().case(PartyId.is_in(staff.iter().copied()), 1).finally(0);
        let by_staff: Expr = by_staff.into();
        let written: Vec<(NaiveDate, String, i32, i64)> = self
            .contributions(span)
            .column(Kind)
            .expr_as(by_staff.cast_as("integer"), "by_staff")
            .column_as(Id.count(), "count")
            .group_by(Expr::col("day"))
            .group_by(Kind)
            .group_by(Expr::col("by_staff"))
            .into_tuple()
            .all(self.snapshot)
            .await?;
        for (day, kind, by_staff, count) in written {
            let (Some(day), Ok(kind)) = (summed.get_mut(&day), kind.parse::<ContributionKind>()) else { continue };
            let count = u64::try_from(count).unwrap_or_default();
            match (kind, by_staff) {
                (ContributionKind::Solution, 0) => day.member_solutions += count,
                (ContributionKind::Reply, by_staff) => {
                    day.replies += count;
                    day.staff_replies += if by_staff == 1 { count } else { 0 };
                }
                _ => {}
            }
        }
        let asked = || {
            self.contributions(span)
                .column_as(Id.count(), "count")
                .filter(Kind.eq(ContributionKind::Question.as_str()))
                .filter(Thread.is_not_null())
                .filter(PartyId.is_not_in(staff.iter().copied()))
                .group_by(Expr::col("day"))
        };
        let answered = asked().filter(Expr::exists(accepted()));
        let asked: Vec<(NaiveDate, i64)> = asked().into_tuple().all(self.snapshot).await?;
        let answered: Vec<(NaiveDate, i64)> = answered.into_tuple().all(self.snapshot).await?;
        for (day, count) in asked {
            if let Some(day) = summed.get_mut(&day) {
                day.questions = u64::try_from(count).unwrap_or_default();
            }
        }
        for (day, count) in answered {
            if let Some(day) = summed.get_mut(&day) {
                day.answered_questions = u64::try_from(count).unwrap_or_default();
            }
        }
        Ok(())
    }

    /// The contributions of some days that stand, each with its day.
    fn contributions(&self, span: Span) -> Select<contribution::Entity> {
        use contribution::Column::{At, CommunityId, Withdrawn};
        let (from, until) = span.bounds();
        contribution::Entity::find()
            .select_only()
            .expr_as(self.day_of(At), "day")
            .filter(CommunityId.eq(self.community.0))
            .filter(At.gte(from))
            .filter(At.lt(until))
            .filter(Withdrawn.eq(false))
    }

    fn day_of(&self, at: impl ColumnTrait) -> Expr {
        day_of(self.snapshot.get_database_backend(), Expr::col(at.as_column_ref()))
    }

    /// The sums that are kept and up to date, and the marks of all days.
    async fn kept(&self, basis: Option<&str>) -> Result<(ByDay, Marks), DbErr> {
        let (mut days, mut marks) = (ByDay::new(), Marks::new());
        let kept = tracked_day::Entity::find().filter(tracked_day::Column::CommunityId.eq(self.community.0));
        for row in kept.all(self.snapshot).await? {
            marks.insert(row.day, Mark { sums: row.mark, active: row.active });
            let is_current = basis.is_some_and(|settings| row.basis == Some(self.basis_of(settings, row.day)));
            let body = row.body.filter(|_| is_current);
            if let Some(sums) = body.and_then(|body| serde_json::from_value(body).ok()) {
                days.insert(row.day, sums);
            }
        }
        Ok((days, marks))
    }

    /// Of each quarter, and what of it was not kept before. It is kept under all marks of the quarter's days.
    async fn first_active(
        &self,
        marks: &Marks,
    ) -> Result<(BTreeMap<Quarter, FirstActive>, Vec<tracked_quarter::Model>), DbErr> {
        let (mut first_active, mut fresh) = (BTreeMap::new(), Vec::new());
        let mut kept = self.kept_quarters(marks).await?;
        for (quarter, marks) in self.quarters(marks) {
            let by_day = match kept.remove(&quarter) {
                Some(by_day) => by_day,
                None => {
                    let by_day = self.count_active(quarter).await?;
                    let (community_id, first_day, body) = (self.community.0, quarter.first_day(), json!(by_day));
                    fresh.push(tracked_quarter::Model { community_id, first_day, marks, body });
                    by_day
                }
            };
            first_active.insert(quarter, by_day);
        }
        Ok((first_active, fresh))
    }

    /// The quarters that are kept and up to date.
    async fn kept_quarters(&self, marks: &Marks) -> Result<BTreeMap<Quarter, FirstActive>, DbErr> {
        let marks = self.quarters(marks);
        let kept = tracked_quarter::Entity::find().filter(tracked_quarter::Column::CommunityId.eq(self.community.0));
        let of_row = |row: tracked_quarter::Model| {
            let quarter = Quarter::containing(row.first_day);
            let is_current = marks.get(&quarter).is_some_and(|marks| *marks == row.marks);
            if is_current { Some((quarter, serde_json::from_value(row.body).ok()?)) } else { None }
        };
        Ok(kept.all(self.snapshot).await?.into_iter().filter_map(of_row).collect())
    }

    /// Each quarter with a digest of the marks of its days.
    fn quarters(&self, marks: &Marks) -> BTreeMap<Quarter, String> {
        let quarters: BTreeSet<Quarter> = marks.keys().copied().map(Quarter::containing).collect();
        let digest = |quarter: Quarter| {
            let of_quarter = marks.range(quarter.first_day()..=quarter.last_day());
            let of_quarter: Vec<_> = of_quarter.map(|(day, mark)| (day, mark.active)).collect();
            let told = json!([VERSION, self.attribution.minimum_confidence, of_quarter]);
            (quarter, sha_256(told.to_string().as_bytes()))
        };
        quarters.into_iter().map(digest).collect()
    }

    async fn count_active(&self, quarter: Quarter) -> Result<FirstActive, DbErr> {
        first_activities(self.snapshot, self.community, self.identities().await?, quarter.into()).await
    }

    /// The days that anything is recorded of, by the records.
    async fn recorded(&self) -> Result<BTreeSet<NaiveDate>, DbErr> {
        let mut recorded = BTreeSet::new();
        macro_rules! add_days {
            ($table:ident, $day:expr) => {
                let days = $table::Entity::find()
                    .select_only()
                    .distinct()
                    .expr_as($day, "day")
                    .filter($table::Column::CommunityId.eq(self.community.0));
                recorded.extend(days.into_tuple::<NaiveDate>().all(self.snapshot).await?);
            };
        }
        add_days!(outcome, self.day_of(outcome::Column::At));
        add_days!(touchpoint, self.day_of(touchpoint::Column::At));
        add_days!(contribution, self.day_of(contribution::Column::At));
        add_days!(support_case, self.day_of(support_case::Column::OpenedAt));
        add_days!(cost_line, Expr::col(cost_line::Column::Day));
        Ok(recorded)
    }
}

/// What a recount of what is kept found.
#[derive(Debug, Default)]
pub struct Recounted {
    /// How many days were kept and up to date.
    pub days: u64,
    /// What is wrong, by the day that it is of.
    pub wrong: BTreeMap<NaiveDate, String>,
}

/// Sums up all that is kept once more, from the records alone.
pub async fn recount(
    snapshot: &impl ConnectionTrait,
    community: CommunityId,
    attribution: &Attribution,
) -> Result<Recounted, DbErr> {
    let reader = Reader::of(snapshot, community, attribution).await?;
    let (kept, marks) = reader.kept(reader.basis().await?.as_deref()).await?;
    let mut found = Recounted { days: kept.len() as u64, ..Recounted::default() };
    let days: BTreeSet<NaiveDate> = kept.keys().copied().collect();
    for span in spans(&days) {
        for (day, sums) in reader.sum_up(span, &days).await? {
            if kept.get(&day).is_some_and(|kept| *kept != sums) {
                found.wrong.insert(day, format!("{day}: the sums that are kept are not what the records add up to"));
            }
        }
    }
    for (quarter, kept) in reader.kept_quarters(&marks).await? {
        if reader.count_active(quarter).await? != kept {
            let message = format!("{quarter}: the active members that are kept are not those of the records");
            found.wrong.entry(quarter.first_day()).or_insert(message);
        }
    }
    for day in reader.recorded().await? {
        if !marks.contains_key(&day) {
            found.wrong.insert(day, format!("{day}: something is recorded of it, and it is not among the days"));
        }
    }
    Ok(found)
}

/// A solution of the topic that a question stands in.
fn accepted() -> SelectStatement {
    let solution = Alias::new("solution");
    let of = |column: contribution::Column| Expr::col((solution.clone(), column));
    let question = |column: contribution::Column| Expr::col((contribution::Entity, column));
    Query::select()
        .expr(Expr::val(1))
        .from_as(contribution::Entity, solution.clone())
        .and_where(of(contribution::Column::CommunityId).eq(question(contribution::Column::CommunityId)))
        .and_where(of(contribution::Column::Source).eq(question(contribution::Column::Source)))
        .and_where(of(contribution::Column::Thread).eq(question(contribution::Column::Thread)))
        .and_where(of(contribution::Column::Kind).eq(ContributionKind::Solution.as_str()))
        .and_where(of(contribution::Column::Withdrawn).eq(false))
        .take()
}

/// Days in spans of one quarter at most, with no gap of more than a week.
fn spans(days: &BTreeSet<NaiveDate>) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for day in days {
        let follows = |span: &&mut Span| {
            (*day - span.last).num_days() <= 7 && Quarter::containing(span.first) == Quarter::containing(*day)
        };
        match spans.last_mut().filter(follows) {
            Some(span) => span.last = *day,
            None => spans.push(Span { first: *day, last: *day }),
        }
    }
    spans
}
