//! The named queries on tallies.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use sea_orm::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{FromQueryResult, QueryOrder, QuerySelect};
use valuemap_shared::calendar::Quarter;
use valuemap_shared::ids::{CommunityId, SurveyVersionId};
use valuemap_shared::survey::{Benefit, Cell, Subject};
use valuemap_shared::value_map::{PeriodTallies, TallyCounts};

use crate::survey::entities::tally;

/// What the map is computed from: the tallies of a quarter and of the one before.
pub async fn map_tallies(
    db: &impl ConnectionTrait,
    community: CommunityId,
    period: Quarter,
) -> Result<PeriodTallies, DbErr> {
    let mut subjects = vec![Subject::Responses, Subject::Recommendation];
    subjects.extend(Benefit::ALL.map(Subject::Benefit));
    period_tallies(db, community, None, &subjects, period).await
}

/// The tallies of one version's questions in a quarter and in the one before.
pub async fn question_tallies(
    db: &impl ConnectionTrait,
    community: CommunityId,
    version: SurveyVersionId,
    subjects: &[Subject],
    period: Quarter,
) -> Result<PeriodTallies, DbErr> {
    period_tallies(db, community, Some(version), subjects, period).await
}

#[derive(FromQueryResult)]
struct SummedRow {
    subject: String,
    points: i16,
    answered: i16,
    total: i32,
    now: i64,
    before: i64,
}

async fn period_tallies(
    db: &impl ConnectionTrait,
    community: CommunityId,
    version: Option<SurveyVersionId>,
    subjects: &[Subject],
    period: Quarter,
) -> Result<PeriodTallies, DbErr> {
    let first_day = period.first_day();
    let counted = |when: Expr| {
        let count = Expr::case(when, Expr::col(tally::Column::Count)).finally(0_i64);
        Expr::expr(count).sum().cast_as("bigint")
    };
    let mut select = tally::Entity::find()
        .select_only()
        .columns([tally::Column::Subject, tally::Column::Points, tally::Column::Answered, tally::Column::Total])
        .expr_as(counted(tally::Column::Day.gte(first_day)), "now")
        .expr_as(counted(tally::Column::Day.lt(first_day)), "before")
        .filter(tally::Column::CommunityId.eq(community.0))
        .filter(tally::Column::Subject.is_in(subjects.iter().map(Subject::to_string)))
        .filter(tally::Column::Day.between(period.previous().first_day(), period.last_day()));
    if let Some(version) = version {
        select = select.filter(tally::Column::VersionId.eq(version.0));
    }
    let rows = select
        .group_by(tally::Column::Subject)
        .group_by(tally::Column::Points)
        .group_by(tally::Column::Answered)
        .group_by(tally::Column::Total)
        .into_model::<SummedRow>()
        .all(db)
        .await?;
    let mut tallies = PeriodTallies::default();
    for row in rows {
        let cell = (row.points, row.answered, row.total);
        add(&mut tallies.now, &row.subject, cell, row.now);
        add(&mut tallies.before, &row.subject, cell, row.before);
    }
    Ok(tallies)
}

/// How many answered about each benefit in a quarter, by the version that they answered.
pub async fn respondents_by_version(
    db: &impl ConnectionTrait,
    community: CommunityId,
    period: Quarter,
) -> Result<HashMap<(SurveyVersionId, Benefit), u64>, DbErr> {
    let rows: Vec<(Uuid, String, i64)> = tally::Entity::find()
        .select_only()
        .columns([tally::Column::VersionId, tally::Column::Subject])
        .expr_as(Expr::col(tally::Column::Count).sum().cast_as("bigint"), "count")
        .filter(tally::Column::CommunityId.eq(community.0))
        .filter(tally::Column::Subject.is_in(Benefit::ALL.map(|benefit| Subject::Benefit(benefit).to_string())))
        .filter(tally::Column::Day.between(period.first_day(), period.last_day()))
        .group_by(tally::Column::VersionId)
        .group_by(tally::Column::Subject)
        .into_tuple()
        .all(db)
        .await?;
    let counted = rows.into_iter().filter_map(|(version, subject, count)| match subject.parse() {
        Ok(Subject::Benefit(benefit)) => Some(((version.into(), benefit), u64::try_from(count).ok()?)),
        _ => None,
    });
    Ok(counted.collect())
}

/// The benefits' tallies of a quarter, day by day.
pub async fn daily_benefits(
    db: &impl ConnectionTrait,
    community: CommunityId,
    period: Quarter,
) -> Result<BTreeMap<NaiveDate, TallyCounts>, DbErr> {
    let subjects = Benefit::ALL.map(|benefit| Subject::Benefit(benefit).to_string());
    let rows = tally::Entity::find()
        .filter(tally::Column::CommunityId.eq(community.0))
        .filter(tally::Column::Subject.is_in(subjects))
        .filter(tally::Column::Day.between(period.first_day(), period.last_day()))
        .all(db)
        .await?;
    let mut days: BTreeMap<NaiveDate, TallyCounts> = BTreeMap::new();
    for row in rows {
        let day = days.entry(row.day).or_default();
        add(day, &row.subject, (row.points, row.answered, row.total), row.count);
    }
    Ok(days)
}

/// The quarters that hold answers, latest first.
pub async fn periods(db: &impl ConnectionTrait, community: CommunityId) -> Result<Vec<Quarter>, DbErr> {
    let days: Vec<NaiveDate> = tally::Entity::find()
        .select_only()
        .column(tally::Column::Day)
        .distinct()
        .filter(tally::Column::CommunityId.eq(community.0))
        .filter(tally::Column::Subject.eq(Subject::Responses.to_string()))
        .order_by_desc(tally::Column::Day)
        .into_tuple()
        .all(db)
        .await?;
    let mut quarters: Vec<Quarter> = days.into_iter().map(Quarter::containing).collect();
    quarters.dedup();
    Ok(quarters)
}

/// The latest quarter that holds answers.
pub async fn latest_period(db: &impl ConnectionTrait, community: CommunityId) -> Result<Option<Quarter>, DbErr> {
    let day: Option<NaiveDate> = tally::Entity::find()
        .select_only()
        .column(tally::Column::Day)
        .filter(tally::Column::CommunityId.eq(community.0))
        .filter(tally::Column::Subject.eq(Subject::Responses.to_string()))
        .order_by_desc(tally::Column::Day)
        .into_tuple()
        .one(db)
        .await?;
    Ok(day.map(Quarter::containing))
}

fn add(tallies: &mut TallyCounts, subject: &str, (points, answered, total): (i16, i16, i32), count: i64) {
    let cell = (u8::try_from(points), u8::try_from(answered), u16::try_from(total));
    if let (Ok(subject), (Ok(points), Ok(answered), Ok(total)), Ok(count)) =
        (subject.parse(), cell, u64::try_from(count))
    {
        tallies.add(subject, Cell { points, answered, total }, count);
    }
}
