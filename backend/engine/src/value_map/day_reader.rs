//! Sums up days from the records alone, in one snapshot.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::NaiveDate;
use sea_orm::prelude::*;
use sea_orm::sea_query::{Alias, CaseStatement, Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{QuerySelect, Select};
use tokio::sync::OnceCell;
use uuid::Uuid;
use valuemap_shared::activities::ContributionKind;
use valuemap_shared::calendar::Quarter;
use valuemap_shared::ids::CommunityId;
use valuemap_shared::value_map::model::Attribution;

use crate::activities::entities::{contribution, cost_line, outcome, support_case, touchpoint};
use crate::activities::identity::{FEW, Identities};
use crate::activities::payments::Payments;
use crate::database::statements::{Reads, day_of};
use crate::value_map::day_sums::DaySums;
use crate::value_map::days::Span;
use crate::value_map::money::{Exchange, ReadWith, paid_outcomes, paid_rows};

/// Some days, summed up.
pub type Summed = BTreeMap<NaiveDate, DaySums>;

/// What all days need is read once, when a day first needs it.
pub struct DayReader<'a, C> {
    pub snapshot: &'a C,
    pub community: CommunityId,
    pub attribution: &'a Attribution,
    pub exchange: Exchange,
    identities: OnceCell<Identities>,
    payments: OnceCell<Payments>,
    /// By any of their names.
    staff: OnceCell<HashSet<Uuid>>,
}

impl<'a, C: Reads> DayReader<'a, C> {
    pub async fn of(snapshot: &'a C, community: CommunityId, attribution: &'a Attribution) -> Result<Self, DbErr> {
        let exchange = Exchange::of(snapshot, community).await?;
        let (identities, payments, staff) = (OnceCell::new(), OnceCell::new(), OnceCell::new());
        Ok(Self { snapshot, community, attribution, exchange, identities, payments, staff })
    }

    pub async fn identities(&self) -> Result<&Identities, DbErr> {
        let read = || Identities::of(self.snapshot, self.community, self.attribution.minimum_confidence);
        self.identities.get_or_try_init(read).await
    }

    pub async fn staff(&self) -> Result<&HashSet<Uuid>, DbErr> {
        let read = || Identities::staff_of(self.snapshot, self.community, self.attribution.minimum_confidence);
        self.staff.get_or_try_init(read).await
    }

    pub async fn payments(&self) -> Result<&Payments, DbErr> {
        let identities = self.identities().await?;
        let read = || Payments::of(self.snapshot, self.community, identities, self.attribution.by, None);
        self.payments.get_or_try_init(read).await
    }

    /// Those of some days that lie in a span.
    pub async fn sum_up(&self, span: Span, days: &BTreeSet<NaiveDate>) -> Result<Summed, DbErr> {
        let days = days.range(span.first..=span.last);
        let mut summed: Summed = days.map(|day| (*day, DaySums::default())).collect();
        self.add_money(span, &mut summed).await?;
        self.add_contributions(span, &mut summed).await?;
        self.add_cases(span, &mut summed).await?;
        Ok(summed)
    }

    async fn add_money(&self, span: Span, summed: &mut Summed) -> Result<(), DbErr> {
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

    async fn add_cases(&self, span: Span, summed: &mut Summed) -> Result<(), DbErr> {
        use support_case::Column::{CommunityId, Id, OpenedAt, Withdrawn};
        let (from, until) = span.bounds();
        let opened = support_case::Entity::find()
            .select_only()
            .expr_as(self.day_of(OpenedAt), "day")
            .column_as(Id.count(), "count")
            .filter(CommunityId.eq(self.community.0))
            .filter(OpenedAt.gte(from))
            .filter(OpenedAt.lt(until))
            .filter(Withdrawn.eq(false))
            .group_by(Expr::col("day"));
        put(summed, opened.into_tuple().all(self.snapshot).await?, |day| &mut day.cases);
        Ok(())
    }

    async fn add_contributions(&self, span: Span, summed: &mut Summed) -> Result<(), DbErr> {
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
        put(summed, asked().into_tuple().all(self.snapshot).await?, |day| &mut day.questions);
        put(summed, answered.into_tuple().all(self.snapshot).await?, |day| &mut day.answered_questions);
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
        day_of(ConnectionTrait::get_database_backend(self.snapshot), Expr::col(at.as_column_ref()))
    }

    /// The days that anything is recorded of, by the records.
    pub async fn recorded(&self) -> Result<BTreeSet<NaiveDate>, DbErr> {
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

/// Puts counts of days in their places.
fn put(summed: &mut Summed, counts: Vec<(NaiveDate, i64)>, place: impl Fn(&mut DaySums) -> &mut u64) {
    for (day, count) in counts {
        if let Some(day) = summed.get_mut(&day) {
            *place(day) = u64::try_from(count).unwrap_or_default();
        }
    }
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
pub fn spans(days: &BTreeSet<NaiveDate>) -> Vec<Span> {
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
