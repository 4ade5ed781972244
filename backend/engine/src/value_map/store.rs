//! The named queries on tallies.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{Condition, FromQueryResult, QuerySelect};
use valuemap_shared::calendar::Quarter;
use valuemap_shared::ids::{CommunityId, SurveyVersionId};
use valuemap_shared::survey::{Benefit, Cell, Subject};
use valuemap_shared::value_map::model::ScoringModel;
use valuemap_shared::value_map::{CoMoment, CoMoments, TallyCounts};

use crate::activities::entities::{contribution, observation, outcome, support_case};
use crate::survey::entities::{co_moment, tally};
use crate::value_map::days::Span;

/// What members answered in some spans of days, none of which overlap, as far as the map is computed from it; in the
/// order of the spans.
pub async fn answered(
    db: &impl ConnectionTrait,
    community: CommunityId,
    model: &ScoringModel,
    spans: &[Span],
) -> Result<Vec<(TallyCounts, CoMoments)>, DbErr> {
    let of_members = members_subjects();
    let corrections = of_members.iter().cloned().map(|subject| Subject::Repeats(Box::new(subject)));
    let subjects = corrections.chain(of_members.clone()).collect();
    let tallies = summed_answers(db, community, model, spans, subjects).await?;
    Ok(tallies.into_iter().zip(co_moments(db, community, spans).await?).collect())
}

/// The same of spans that do not begin with their quarter. A member's further survey is corrected on its day, for an
/// answer that may lie in another span: here each survey that a member answered counts by itself.
pub async fn answered_within(
    db: &impl ConnectionTrait,
    community: CommunityId,
    model: &ScoringModel,
    spans: &[Span],
) -> Result<Vec<(TallyCounts, CoMoments)>, DbErr> {
    let tallies = summed_answers(db, community, model, spans, members_subjects()).await?;
    Ok(tallies.into_iter().zip(co_moments(db, community, spans).await?).collect())
}

fn members_subjects() -> Vec<Subject> {
    std::iter::once(Subject::Recommendation).chain(Benefit::ALL.map(Subject::Benefit)).collect()
}

async fn summed_answers(
    db: &impl ConnectionTrait,
    community: CommunityId,
    model: &ScoringModel,
    spans: &[Span],
    mut subjects: Vec<Subject>,
) -> Result<Vec<TallyCounts>, DbErr> {
    subjects.push(Subject::Responses);
    let help = &model.financial.self_service;
    let of_measures = model.measures.iter().filter_map(|measure| measure.choice.as_ref());
    for choice in [&help.success, &help.intent, &help.no_further_action].into_iter().chain(of_measures) {
        subjects.push(Subject::Question(choice.question.clone()));
        subjects.push(Subject::Choice { question: choice.question.clone(), choice: choice.choice.clone() });
    }
    subjects.extend(help.nested().map(Subject::Together));
    let asked = Condition::all().add(tally::Column::Subject.is_in(subjects.iter().map(Subject::to_string)));
    summed(db, community, asked, spans).await
}

/// The tallies of one version's questions in a quarter.
pub async fn question_tallies(
    db: &impl ConnectionTrait,
    community: CommunityId,
    version: SurveyVersionId,
    subjects: &[Subject],
    period: Quarter,
) -> Result<TallyCounts, DbErr> {
    let asked = Condition::all()
        .add(tally::Column::VersionId.eq(version.0))
        .add(tally::Column::Subject.is_in(subjects.iter().map(Subject::to_string)));
    Ok(summed(db, community, asked, &[period.into()]).await?.pop().unwrap_or_default())
}

#[derive(FromQueryResult)]
struct SummedRow {
    span_index: i32,
    subject: String,
    points: i16,
    answered: i16,
    total: i32,
    count: i64,
}

/// The index in `spans` of the one that a day falls in, or -1.
fn span_index_of(day: impl ColumnTrait, spans: &[Span]) -> Expr {
    let mut cases = sea_orm::sea_query::CaseStatement::new();
    for (span_index, span) in (0_i32..).zip(spans) {
        cases = cases.case(day.between(span.first, span.last), span_index);
    }
    let span_index: Expr = cases.finally(-1).into();
    span_index.cast_as("integer")
}

fn within(day: impl ColumnTrait, spans: &[Span]) -> Condition {
    spans.iter().fold(Condition::any(), |any, span| any.add(day.between(span.first, span.last)))
}

async fn summed(
    db: &impl ConnectionTrait,
    community: CommunityId,
    asked: Condition,
    spans: &[Span],
) -> Result<Vec<TallyCounts>, DbErr> {
    let rows = tally::Entity::find()
        .select_only()
        .expr_as(span_index_of(tally::Column::Day, spans), "span_index")
        .columns([tally::Column::Subject, tally::Column::Points, tally::Column::Answered, tally::Column::Total])
        .expr_as(Expr::col(tally::Column::Count).sum().cast_as("bigint"), "count")
        .filter(tally::Column::CommunityId.eq(community.0))
        .filter(within(tally::Column::Day, spans))
        .filter(asked)
        .group_by(Expr::col("span_index"))
        .group_by(tally::Column::Subject)
        .group_by(tally::Column::Points)
        .group_by(tally::Column::Answered)
        .group_by(tally::Column::Total)
        .into_model::<SummedRow>()
        .all(db)
        .await?;
    let mut tallies = vec![TallyCounts::default(); spans.len()];
    for row in rows {
        let Some(tallies) = usize::try_from(row.span_index).ok().and_then(|index| tallies.get_mut(index)) else {
            continue;
        };
        add(tallies, &row.subject, (row.points, row.answered, row.total), row.count);
    }
    Ok(tallies)
}

#[derive(FromQueryResult)]
struct PairRow {
    span_index: i32,
    pair: String,
    count: i64,
    first_sum: i64,
    second_sum: i64,
    product_sum: i64,
}

async fn co_moments(
    db: &impl ConnectionTrait,
    community: CommunityId,
    spans: &[Span],
) -> Result<Vec<CoMoments>, DbErr> {
    let sum = |column: co_moment::Column| Expr::col(column).sum().cast_as("bigint");
    let rows = co_moment::Entity::find()
        .select_only()
        .expr_as(span_index_of(co_moment::Column::Day, spans), "span_index")
        .column(co_moment::Column::Pair)
        .expr_as(sum(co_moment::Column::Count), "count")
        .expr_as(sum(co_moment::Column::FirstSum), "first_sum")
        .expr_as(sum(co_moment::Column::SecondSum), "second_sum")
        .expr_as(sum(co_moment::Column::ProductSum), "product_sum")
        .filter(co_moment::Column::CommunityId.eq(community.0))
        .filter(within(co_moment::Column::Day, spans))
        .group_by(Expr::col("span_index"))
        .group_by(co_moment::Column::Pair)
        .into_model::<PairRow>()
        .all(db)
        .await?;
    let mut co_moments = vec![CoMoments::new(); spans.len()];
    for row in rows {
        let of_span = usize::try_from(row.span_index).ok().and_then(|index| co_moments.get_mut(index));
        let pair =
            row.pair.split_once(':').and_then(|(first, second)| Some((first.parse().ok()?, second.parse().ok()?)));
        if let (Some(of_span), Some(pair)) = (of_span, pair) {
            let sums = CoMoment {
                count: row.count,
                first_sum: row.first_sum,
                second_sum: row.second_sum,
                product_sum: row.product_sum,
            };
            of_span.insert(pair, sums);
        }
    }
    Ok(co_moments)
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
    let of = |benefit: Benefit| [Subject::Benefit(benefit), Subject::Repeats(Box::new(Subject::Benefit(benefit)))];
    let subjects = Benefit::ALL.into_iter().flat_map(of).map(|subject| subject.to_string());
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

/// The quarters that hold answers or anything that is tracked, latest first; none after `today`'s.
pub async fn periods(
    db: &impl ConnectionTrait,
    community: CommunityId,
    today: NaiveDate,
) -> Result<Vec<Quarter>, DbErr> {
    let days: Vec<NaiveDate> = tally::Entity::find()
        .select_only()
        .column(tally::Column::Day)
        .distinct()
        .filter(tally::Column::CommunityId.eq(community.0))
        .filter(tally::Column::Subject.eq(Subject::Responses.to_string()))
        .into_tuple()
        .all(db)
        .await?;
    let mut quarters: BTreeSet<Quarter> = days.into_iter().map(Quarter::containing).collect();
    if let Some((first, last)) = tracked_span(db, community).await? {
        let mut quarter = Quarter::containing(first);
        while quarter <= Quarter::containing(last) {
            quarters.insert(quarter);
            quarter = quarter.next();
        }
    }
    Ok(quarters.into_iter().rev().filter(|quarter| *quarter <= Quarter::containing(today)).collect())
}

/// The latest quarter that holds answers or anything that is tracked.
pub async fn latest_period(
    db: &impl ConnectionTrait,
    community: CommunityId,
    today: NaiveDate,
) -> Result<Option<Quarter>, DbErr> {
    Ok(periods(db, community, today).await?.into_iter().next())
}

/// The first and the last day of outcomes, cases, contributions and observations.
async fn tracked_span(
    db: &impl ConnectionTrait,
    community: CommunityId,
) -> Result<Option<(NaiveDate, NaiveDate)>, DbErr> {
    macro_rules! ends {
        ($table:ident, $column:ident, $type:ty) => {{
            // One at a time: SQLite reads an end of an index for one of them, and all of it for both together.
            let of_community =
                || $table::Entity::find().select_only().filter($table::Column::CommunityId.eq(community.0));
            let first: Option<Option<$type>> =
                of_community().column_as($table::Column::$column.min(), "end").into_tuple().one(db).await?;
            let last: Option<Option<$type>> =
                of_community().column_as($table::Column::$column.max(), "end").into_tuple().one(db).await?;
            first.flatten().zip(last.flatten())
        }};
    }
    let times = [
        ends!(outcome, At, DateTime<Utc>),
        ends!(support_case, OpenedAt, DateTime<Utc>),
        ends!(contribution, At, DateTime<Utc>),
    ];
    let days = times.into_iter().flatten().map(|(first, last)| (first.date_naive(), last.date_naive()));
    let all = days.chain(ends!(observation, Day, NaiveDate));
    Ok(all.reduce(|(first, last), (a, b)| (Ord::min(first, a), Ord::max(last, b))))
}

fn add(tallies: &mut TallyCounts, subject: &str, (points, answered, total): (i16, i16, i32), count: i64) {
    let cell = (u8::try_from(points), u8::try_from(answered), u16::try_from(total));
    if let (Ok(subject), (Ok(points), Ok(answered), Ok(total))) = (subject.parse(), cell) {
        tallies.change(subject, Cell { points, answered, total }, count);
    }
}
