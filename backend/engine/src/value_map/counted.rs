//! What was counted and observed in some quarters, from what is tracked.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use sea_orm::Condition;
use sea_orm::prelude::*;
use valuemap_shared::activities::PartyKind;
use valuemap_shared::ids::CommunityId;
use valuemap_shared::value_map::model::{Aggregation, ScoringModel};
use valuemap_shared::value_map::{Observed, Stretch};

use crate::activities::entities::{observation, party};
use crate::value_map::days::FirstDays;

/// The accounts that were customers at the end of a day, by each of their names: from `since` to the day before `until`.
pub(super) fn customers_on(community: CommunityId, day: NaiveDate) -> Select<party::Entity> {
    party::Entity::find()
        .filter(party::Column::CommunityId.eq(community.0))
        .filter(party::Column::Kind.eq(PartyKind::Account.as_str()))
        .filter(party::Column::Since.lte(day))
        .filter(Condition::any().add(party::Column::Until.is_null()).add(party::Column::Until.gt(day)))
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
