//! Members who wrote, liked or took part, by the day of their first activity in a quarter, and in a month of it. Staff are
//! not counted, and who is one person counts once, whatever they are called where.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use futures_util::TryStreamExt;
use sea_orm::prelude::*;
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait, SimpleExpr};
use sea_orm::{Condition, JoinType, QuerySelect, RelationTrait};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use valuemap_shared::activities::{PartyKind, Role};
use valuemap_shared::calendar::Quarter;

use crate::activities::entities::{contribution, party, touchpoint};
use crate::activities::identity::{FEW, Identities};
use crate::activities::kept_sums::PartyRange;
use crate::activities::links::linked_as_one;
use crate::database::statements::{Reads, chunks};
use crate::value_map::day_reader::DayReader;
use crate::value_map::days::Span;

/// From so many ranges on, a quarter is read as a whole.
const FEW_RANGES: usize = 8;
/// What is of no month of a quarter.
const OTHER: i32 = -1;
/// Maximum ids per statement.
const MOST: usize = 500;

/// How many members were active for the first time on each day from a first one on, up to the last that has any.
type FirstActive = Vec<u32>;

/// First in the quarter, and first in each of its months. The first month has the first days of the quarter.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ActiveSums {
    quarter: FirstActive,
    later_months: [FirstActive; 2],
}

fn index_of(first: NaiveDate, day: NaiveDate) -> usize {
    usize::try_from((day - first).num_days()).unwrap_or_default()
}

fn add_at(sums: &mut FirstActive, index: usize, members: u32) {
    if sums.len() <= index {
        sums.resize(index + 1, 0);
    }
    sums[index] += members;
}

impl ActiveSums {
    /// How many members were active in the first days of the quarter, or of one of its months.
    pub fn members(&self, quarter: Quarter, span: Span) -> u64 {
        let by_day = match month_of(quarter, span.first) {
            0 => &self.quarter,
            later => &self.later_months[later - 1],
        };
        by_day.iter().take(index_of(span.first, span.last) + 1).map(|members| u64::from(*members)).sum()
    }

    pub fn add(&mut self, other: &Self) {
        let others = std::iter::once(&other.quarter).chain(&other.later_months);
        for (sums, others) in std::iter::once(&mut self.quarter).chain(&mut self.later_months).zip(others) {
            for (index, members) in others.iter().enumerate().filter(|(_, members)| **members > 0) {
                add_at(sums, index, *members);
            }
        }
    }
}

/// By the persons' ids.
pub type ByRange = BTreeMap<PartyRange, ActiveSums>;

fn month_of(quarter: Quarter, day: NaiveDate) -> usize {
    quarter.months().iter().filter(|month| month.last_day() < day).count().min(2)
}

/// When a party was active first in a month of a quarter.
#[derive(Clone, Copy, Debug)]
struct Active {
    party: Uuid,
    month: usize,
    day: NaiveDate,
}

/// Of a party, in a month, the first time.
type FirstRow = (Uuid, i32, DateTime<Utc>);

/// Which parties are asked about.
#[derive(Clone, Debug)]
enum Whose {
    All,
    InRange(PartyRange),
    These(Vec<Uuid>),
}

impl Whose {
    /// The rows of all parties at a time, or all rows of some parties: asked for both, PostgreSQL would look through all that
    /// happened at the time.
    fn are(&self, party: impl ColumnTrait, at_the_time: SimpleExpr) -> Condition {
        match self {
            Self::All => Condition::all().add(at_the_time),
            Self::InRange(range) => {
                let (first, last) = range.bounds();
                Condition::all().add(party.between(first, last))
            }
            Self::These(parties) => Condition::all().add(party.is_in(parties.iter().copied())),
        }
    }
}

impl<C: Reads> DayReader<'_, C> {
    /// Of persons in some ranges. What takes no sum is left out.
    pub async fn count_active(&self, quarter: Quarter, ranges: &BTreeSet<PartyRange>) -> Result<ByRange, DbErr> {
        if ranges.len() > FEW_RANGES {
            let active = self.active(quarter, &Whose::All).await?;
            let mut sums = first_active(active, (self.identities().await?, self.staff().await?), quarter);
            sums.retain(|range, _| ranges.contains(range));
            return Ok(sums);
        }
        let mut found = ByRange::new();
        for range in ranges {
            let sums = self.count_active_in(quarter, *range).await?;
            found.extend(sums.map(|sums| (*range, sums)));
        }
        Ok(found)
    }

    async fn count_active_in(&self, quarter: Quarter, range: PartyRange) -> Result<Option<ActiveSums>, DbErr> {
        let confidence = self.attribution.minimum_confidence;
        let mut active = self.active(quarter, &Whose::InRange(range)).await?;
        let linked = linked_as_one(self.snapshot, self.community, confidence, range).await?;
        let near;
        let identities = if linked.len() > FEW {
            self.identities().await?
        } else {
            near = Identities::one_with(self.snapshot, self.community, confidence, linked.clone()).await?;
            &near
        };
        // Somebody in this range may be active under a name that is in another.
        let elsewhere = identities.by_any_name(linked).into_iter().filter(|party| !range.contains(*party));
        for some in chunks(elsewhere, MOST) {
            active.extend(self.active(quarter, &Whose::These(some)).await?);
        }
        Ok(first_active(active, (identities, self.staff().await?), quarter).remove(&range))
    }

    async fn active(&self, quarter: Quarter, whose: &Whose) -> Result<Vec<Active>, DbErr> {
        let (from, until) = Span::from(quarter).bounds();
        let month = |at: Expr| -> Expr {
            let [_, second, third] = quarter.months().map(|month| month.first_day().and_time(NaiveTime::MIN).and_utc());
            let month = CaseStatement::new()
                .case(at.clone().lt(from), OTHER)
                .case(at.clone().lt(second), 0)
                .case(at.clone().lt(third), 1)
                .case(at.lt(until), 2);
            let month: Expr = month.finally(OTHER).into();
            month.cast_as("integer")
        };
        let wrote = {
            use contribution::Column::{At, CommunityId, PartyId, Withdrawn};
            let rows = contribution::Entity::find()
                .select_only()
                .column(PartyId)
                .expr_as(month(Expr::col(At.as_column_ref())), "month")
                .column_as(At.min(), "first")
                .filter(CommunityId.eq(self.community.0))
                .filter(whose.are(PartyId, At.gte(from).and(At.lt(until))))
                .filter(Withdrawn.eq(false))
                .group_by(PartyId)
                .group_by(Expr::col("month"));
            rows.into_tuple::<FirstRow>().stream(self.snapshot).await?.try_collect::<Vec<_>>().await?
        };
        let mut took_part = {
            use touchpoint::Column::{At, CommunityId, PartyId};
            let roles = Role::ALL.iter().filter(|role| role.is_participation()).map(|role| role.as_str());
            let rows = touchpoint::Entity::find()
                .select_only()
                .column(PartyId)
                .expr_as(month(Expr::col(At.as_column_ref())), "month")
                .column_as(At.min(), "first")
                .filter(CommunityId.eq(self.community.0))
                .filter(whose.are(PartyId, At.gte(from).and(At.lt(until))))
                .filter(touchpoint::Column::Role.is_in(roles))
                .group_by(PartyId)
                .group_by(Expr::col("month"));
            let rows = match whose {
                Whose::All => rows,
                // Of few, it is quicker to look each up than to know all accounts.
                _ => rows
                    .join(JoinType::InnerJoin, touchpoint::Relation::Party.def())
                    .filter(party::Column::Kind.eq(PartyKind::Member.as_str())),
            };
            rows.into_tuple::<FirstRow>().stream(self.snapshot).await?.try_collect::<Vec<_>>().await?
        };
        let active = |(party, month, at): FirstRow| {
            let month = usize::try_from(month).unwrap_or_default().min(2);
            Active { party, month, day: at.date_naive() }
        };
        if let Whose::All = whose {
            let identities = self.identities().await?;
            took_part.retain(|(party, ..)| !identities.is_account(*party));
        }
        let firsts = [wrote, took_part].into_iter().flatten().filter(|(_, month, _)| *month != OTHER);
        Ok(firsts.map(active).collect())
    }
}

/// Who is one person is asked on the last day of the quarter, and of the month.
fn first_active(active: Vec<Active>, (identities, staff): (&Identities, &HashSet<Uuid>), quarter: Quarter) -> ByRange {
    let months = quarter.months();
    let mut firsts: [HashMap<Uuid, NaiveDate>; 3] = Default::default();
    for Active { party, month, day } in active.into_iter().filter(|active| !staff.contains(&active.party)) {
        let later = (month > 0).then(|| (month, months[month].last_day()));
        for (index, last_day) in std::iter::once((0, quarter.last_day())).chain(later) {
            let first = firsts[index].entry(identities.person(party, last_day)).or_insert(day);
            *first = Ord::min(*first, day);
        }
    }
    let mut sums = ByRange::new();
    for (index, firsts) in firsts.into_iter().enumerate() {
        for (person, day) in firsts {
            let of_range = sums.entry(PartyRange::of(person)).or_default();
            match index {
                0 => add_at(&mut of_range.quarter, index_of(quarter.first_day(), day), 1),
                later => {
                    add_at(&mut of_range.later_months[later - 1], index_of(months[later].first_day(), day), 1);
                }
            }
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).unwrap()
    }

    #[test]
    fn a_member_counts_once_in_a_quarter_and_once_in_each_month() {
        let quarter = Quarter::containing(day(1, 1));
        let (one, other, of_staff) = (Uuid::from_u128(1), Uuid::from_u128(2 << 120), Uuid::from_u128(3));
        let active =
            [(one, day(1, 20)), (one, day(1, 10)), (one, day(3, 5)), (other, day(2, 1)), (of_staff, day(1, 1))]
                .map(|(party, day)| Active { party, month: month_of(quarter, day), day });
        let by_range = first_active(active.to_vec(), (&Identities::default(), &[of_staff].into()), quarter);
        assert_eq!(by_range.len(), 2);
        let mut sums = ActiveSums::default();
        by_range.values().for_each(|of_range| sums.add(of_range));
        let members = |first, last| sums.members(quarter, Span { first, last });
        assert_eq!((members(day(1, 1), day(1, 9)), members(day(1, 1), day(1, 31))), (0, 1));
        assert_eq!((members(day(1, 1), day(3, 31)), members(day(2, 1), day(2, 28))), (2, 1));
        assert_eq!((members(day(3, 1), day(3, 4)), members(day(3, 1), day(3, 31))), (0, 1));
    }
}
