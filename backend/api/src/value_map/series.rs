//! How a figure of the map went, over GraphQL.

use async_graphql::{Context, Enum, Object, SimpleObject, Union};
use chrono::NaiveDate;
use valuemap_engine::activities::lists::{Activities, Filter};
use valuemap_engine::tenancy::rights::Right;
use valuemap_engine::value_map::map_cache::MapKey;
use valuemap_engine::value_map::series::{self as engine, SeriesKey};
use valuemap_shared::ids::CommunityId;
use valuemap_shared::value_map as domain;

use crate::activities::Activity;
use crate::context::{Need, services, viewer};
use crate::error::ApiError;
use crate::value_map::explain::FigureInput;
use crate::value_map::wire::{AmountRange, Interval, NoScore, Weighting};
use crate::wire::lists::{Nodes, list};
use crate::wire::node_id::NodeId;
use crate::wire::paging;
use crate::wire::scalars::{Count, Quarter};

#[derive(Default)]
pub struct SeriesQuery;

#[Object]
impl SeriesQuery {
    /// How a figure of the map went from one quarter to another, both included; null when there is no such community.
    ///
    /// At most 24 periods: 24 quarters, or the months of 8. Each quarter is that of `valueMap` with the same model and
    /// weighting. By month there are benefits, the Net Promoter Score, costs, and measures but for deflection; anything
    /// else says why not.
    #[graphql(guard = "Right::ReadFigures.needed()", complexity = "1000 + child_complexity")]
    #[allow(clippy::too_many_arguments, reason = "each is an argument of the field")]
    async fn series(
        &self,
        context: &Context<'_>,
        community: NodeId,
        figure: FigureInput,
        from: Quarter,
        to: Quarter,
        #[graphql(default)] by: Step,
        model: Option<u32>,
        weighting: Option<Weighting>,
    ) -> Result<Option<Series>, ApiError> {
        let (services, viewer) = (services(context)?, viewer(context)?);
        let community = community.as_community()?;
        let map = MapKey {
            organisation: viewer.organisation_id(),
            community,
            period: None,
            model,
            weighting: weighting.map_or(domain::Weighting::Model, domain::Weighting::from),
            minimum: viewer.minimum_answers(),
        };
        let key = SeriesKey { map, figure: figure.into(), from: from.0, to: to.0, step: by.into() };
        let found = engine::series(&services.maps, &services.database, &key, services.ambient.now()).await?;
        let span = (from.0.first_day(), to.0.last_day());
        Ok(found.map(|series| Series { community, span, series }))
    }
}

/// How long the periods of a series are.
#[derive(Clone, Copy, Default, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::Step")]
pub enum Step {
    #[default]
    Quarter,
    Month,
}

/// How a figure went, period by period, beside what the organisation did.
pub struct Series {
    community: CommunityId,
    /// The first day and the last.
    span: (NaiveDate, NaiveDate),
    series: engine::Series,
}

#[Object]
impl Series {
    /// What a measure is counted in; null for other figures.
    async fn unit(&self) -> Option<&str> {
        self.series.unit.as_deref()
    }

    /// Oldest first, without a gap.
    async fn points(&self) -> Vec<SeriesPoint> {
        self.series.points.iter().cloned().map(SeriesPoint::from).collect()
    }

    /// Activities that went on in these periods, the latest start first: what a trend may have to do with, and no cause.
    #[graphql(complexity = "paging::complexity(first, child_complexity)")]
    async fn activities(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Nodes<Activity>, ApiError> {
        let (from, until) = self.span;
        let filter = Filter::Activities { of_type: None, from: Some(from), until: Some(until) };
        list::<Activities, _>(context, (self.community, filter), (first, after), Activity).await
    }
}

/// The figure in one period.
#[derive(SimpleObject)]
pub struct SeriesPoint {
    /// `2026-Q4`, or `2026-11`.
    period: String,
    first_day: NaiveDate,
    last_day: NaiveDate,
    /// How much of the period is over, in 0..1.
    elapsed: f64,
    reading: SeriesReading,
}

/// What the figure was, or the reason why there is none.
#[derive(Union)]
pub enum SeriesReading {
    Figure(SeriesFigure),
    Amount(SeriesAmount),
    NoScore(NoScore),
}

/// A score of 0 to 100, a measure in its unit, or a Net Promoter Score.
#[derive(SimpleObject)]
pub struct SeriesFigure {
    value: f64,
    /// Null where the value is exact.
    interval: Option<Interval>,
    /// How many members' answers it rests on; 0 where it is counted from what is tracked.
    answers: Count,
    /// The share of what it is scored from that had data, by weight, in 0..1.
    coverage: f64,
}

/// Money, in the community's currency.
#[derive(SimpleObject)]
pub struct SeriesAmount {
    /// P10, P50 and P90 of the simulation; three times the same where it was counted.
    amount: AmountRange,
    /// The likely amount on the way to the target, 0 to 100; null without one, and of a month, since targets are those of a
    /// quarter.
    score: Option<f64>,
}

impl From<domain::SeriesPoint> for SeriesPoint {
    fn from(point: domain::SeriesPoint) -> Self {
        let domain::SeriesPoint { period, first_day, last_day, elapsed, reading } = point;
        let reading = match reading {
            domain::SeriesReading::SeriesFigure(figure) => SeriesReading::Figure(SeriesFigure {
                value: figure.value,
                interval: figure.interval.map(Interval::from),
                answers: Count(figure.answers),
                coverage: figure.coverage,
            }),
            domain::SeriesReading::SeriesAmount(amount) => {
                SeriesReading::Amount(SeriesAmount { amount: amount.amount.into(), score: amount.score })
            }
            domain::SeriesReading::NoScore(absence) => SeriesReading::NoScore(absence.into()),
        };
        Self { period, first_day, last_day, elapsed, reading }
    }
}
