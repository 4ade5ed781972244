//! What was counted and observed in some quarters, from what is tracked.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use sea_orm::prelude::*;
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait};
use sea_orm::{Condition, JoinType, QuerySelect, RelationTrait};
use uuid::Uuid;
use valuemap_shared::activities::{PartyKind, Role};
use valuemap_shared::ids::CommunityId;
use valuemap_shared::value_map::financial::WeeklyCounts;
use valuemap_shared::value_map::model::{Aggregation, ScoringModel};
use valuemap_shared::value_map::{Observed, Stretch};

use crate::activities::entities::{contribution, observation, party, support_case, touchpoint};
use crate::activities::identity::Identities;
use crate::database::statements::chunks;
use crate::value_map::days::{FirstDays, Span};

/// The support cases that were opened on some days, and how they were spread over the weeks, Monday to Sunday, that lie
/// within them as a whole: each week is of one quarter at most, so that sums of weeks are sums of quarters.
pub(super) async fn cases(
    db: &impl ConnectionTrait,
    community: CommunityId,
    days: Span,
) -> Result<(u64, WeeklyCounts), DbErr> {
    use support_case::Column::{CommunityId, Id, OpenedAt};
    let (from, until) = days.bounds();
    let monday = from + TimeDelta::days((7 - i64::from(days.first.weekday().num_days_from_monday())) % 7);
    let weeks = Ord::max((until - monday).num_days(), 0) / 7;
    let mut week = CaseStatement::new();
    for index in 0..weeks {
        let begins = monday + TimeDelta::days(7 * index);
        let within = OpenedAt.gte(begins).and(OpenedAt.lt(begins + TimeDelta::days(7)));
        week = week.case(within, index as i32);
    }
    // The days that make no week.
    let week: Expr = week.case(OpenedAt.gte(from), -1).finally(-1).into();
    let counted: Vec<(i32, i64)> = support_case::Entity::find()
        .select_only()
        .expr_as(week.cast_as("integer"), "week")
        .column_as(Id.count(), "count")
        .filter(CommunityId.eq(community.0))
        .filter(OpenedAt.gte(from))
        .filter(OpenedAt.lt(until))
        .group_by(Expr::col("week"))
        .into_tuple()
        .all(db)
        .await?;
    let count = |week: i32| {
        let counts = counted.iter().find(|(of, _)| *of == week);
        counts.map_or(0, |(_, count)| u64::try_from(*count).unwrap_or_default())
    };
    let weeks = (0..weeks).map(|week| count(week as i32));
    Ok((weeks.clone().sum::<u64>() + count(-1), WeeklyCounts::of(weeks)))
}

/// The accounts that were customers at the end of a day, by each of their names: from `since` to the day before `until`.
pub(super) fn customers_on(community: CommunityId, day: NaiveDate) -> Select<party::Entity> {
    party::Entity::find()
        .filter(party::Column::CommunityId.eq(community.0))
        .filter(party::Column::Kind.eq(PartyKind::Account.as_str()))
        .filter(party::Column::Since.lte(day))
        .filter(Condition::any().add(party::Column::Until.is_null()).add(party::Column::Until.gt(day)))
}

/// Accounts that were customers at the end of a day. One under several names counts once.
pub(super) async fn customers(
    db: &impl ConnectionTrait,
    community: CommunityId,
    identities: &Identities,
    day: NaiveDate,
) -> Result<u64, DbErr> {
    let customers = || customers_on(community, day);
    let mut names = 0;
    let mut accounts = HashSet::new();
    for some in chunks(identities.accounts_of_several_names(), 1_000) {
        let ids = customers().select_only().column(party::Column::Id).filter(party::Column::Id.is_in(some));
        for name in ids.into_tuple::<Uuid>().all(db).await? {
            names += 1;
            accounts.insert(identities.person(name, day));
        }
    }
    Ok(customers().count(db).await?.saturating_sub(names) + accounts.len() as u64)
}

fn in_days(community: CommunityId, days: Span) -> Condition {
    let (from, until) = days.bounds();
    Condition::all()
        .add(contribution::Column::CommunityId.eq(community.0))
        .add(contribution::Column::At.gte(from))
        .add(contribution::Column::At.lt(until))
        .add(contribution::Column::Withdrawn.eq(false))
}

/// Members who wrote, liked or took part, by the day of their first activity in these days; staff not counted. Who is
/// one person counts once, whatever they are called where.
pub(super) async fn first_activities(
    db: &impl ConnectionTrait,
    community: CommunityId,
    identities: &Identities,
    days: Span,
) -> Result<BTreeMap<NaiveDate, u64>, DbErr> {
    let wrote: Vec<(Uuid, DateTime<Utc>)> = contribution::Entity::find()
        .select_only()
        .column(contribution::Column::PartyId)
        .column_as(contribution::Column::At.min(), "first")
        .filter(in_days(community, days))
        .group_by(contribution::Column::PartyId)
        .into_tuple()
        .all(db)
        .await?;
    let (from, until) = days.bounds();
    let took_part = Role::ALL.iter().filter(|role| role.is_participation()).map(|role| role.as_str());
    let attended: Vec<(Uuid, DateTime<Utc>)> = touchpoint::Entity::find()
        .select_only()
        .column(touchpoint::Column::PartyId)
        .column_as(touchpoint::Column::At.min(), "first")
        .join(JoinType::InnerJoin, touchpoint::Relation::Party.def())
        .filter(touchpoint::Column::CommunityId.eq(community.0))
        .filter(touchpoint::Column::At.gte(from))
        .filter(touchpoint::Column::At.lt(until))
        .filter(touchpoint::Column::Role.is_in(took_part))
        .filter(party::Column::Kind.eq(PartyKind::Member.as_str()))
        .group_by(touchpoint::Column::PartyId)
        .into_tuple()
        .all(db)
        .await?;
    let mut firsts: HashMap<Uuid, DateTime<Utc>> = HashMap::new();
    for (member, at) in wrote.into_iter().chain(attended).filter(|(member, _)| !identities.is_staff(*member)) {
        firsts
            .entry(identities.person(member, days.last))
            .and_modify(|first| *first = Ord::min(*first, at))
            .or_insert(at);
    }
    let mut by_day = BTreeMap::new();
    for first in firsts.into_values() {
        *by_day.entry(first.date_naive()).or_default() += 1;
    }
    Ok(by_day)
}

/// What the model's measures were observed to be in some days.
pub async fn observed(
    db: &impl ConnectionTrait,
    community: CommunityId,
    model: &ScoringModel,
    days: impl Into<FirstDays>,
) -> Result<BTreeMap<String, Observed>, DbErr> {
    let FirstDays { span: days, stretch } = days.into();
    let rows = observation::Entity::find()
        .filter(observation::Column::CommunityId.eq(community.0))
        .filter(observation::Column::Day.between(days.first, days.last))
        .all(db)
        .await?;
    let mut by_measure: BTreeMap<String, Vec<observation::Model>> = BTreeMap::new();
    for row in rows {
        by_measure.entry(row.measure.clone()).or_default().push(row);
    }
    let aggregated = by_measure.into_iter().filter_map(|(key, mut rows)| {
        rows.sort_by(|a, b| (a.day, a.recorded_at, &a.source).cmp(&(b.day, b.recorded_at, &b.source)));
        let observed = aggregate(model.measure(&key)?.aggregation, &rows, (days.first, stretch))?;
        Some((key, observed))
    });
    Ok(aggregated.collect())
}

/// Several observations as one. Only a single observation, and the last, keep their interval.
fn aggregate(
    aggregation: Aggregation,
    rows: &[observation::Model],
    (first_day, stretch): (NaiveDate, Stretch),
) -> Option<Observed> {
    let last = rows.last()?;
    let sum: f64 = rows.iter().map(|row| row.value).sum();
    let value = match aggregation {
        Aggregation::Last => last.value,
        Aggregation::Mean => sum / rows.len() as f64,
        Aggregation::Sum => sum,
    };
    let alone = rows.len() == 1 || aggregation == Aggregation::Last;
    let interval = last.low.zip(last.high).filter(|_| alone);
    let until_last = (last.day - first_day).num_days() + 1;
    let covered = if stretch.days == stretch.of { 1.0 } else { until_last as f64 / f64::from(stretch.of) };
    Some(Observed { value, interval, observations: rows.len() as u64, covered })
}
