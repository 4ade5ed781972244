//! How a figure went over quarters or months, from the maps and months that are kept anyway.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::DbErr;
use valuemap_shared::calendar::Quarter;
use valuemap_shared::value_map::model::ScoringModel;
use valuemap_shared::value_map::{Figure, NoScore, SeriesPoint, SeriesReading, Step, quarter_reading};

use crate::database::Database;
use crate::scoring_models::store::model_of;
use crate::tenancy::store::community_of;
use crate::value_map::blocking::blocking;
use crate::value_map::map_cache::{MapCache, MapKey};
use crate::value_map::no_map::NoMap;

/// Maximum number of periods in a series.
pub const MAX_POINTS: usize = 24;

#[derive(Clone, Debug)]
pub struct SeriesKey {
    /// As of a map, but for the period.
    pub map: MapKey,
    pub figure: Figure,
    pub from: Quarter,
    /// The last quarter of the series.
    pub to: Quarter,
    pub step: Step,
}

#[derive(Debug)]
pub struct Series {
    /// Of a measure.
    pub unit: Option<String>,
    pub points: Vec<SeriesPoint>,
}

#[derive(Debug, thiserror::Error)]
pub enum SeriesError {
    #[error("to: {to} is before {from}")]
    Backwards { from: Quarter, to: Quarter },
    #[error(
        "from {from} to {to} there are {points} periods, and a series has at most {MAX_POINTS}; ask for fewer quarters, or \
         by quarter"
    )]
    TooLong { from: Quarter, to: Quarter, points: usize },
    #[error("figure.measure: the scoring model has no measure `{key}`; it has {known}")]
    NoSuchMeasure { key: String, known: String },
    #[error(transparent)]
    Map(#[from] NoMap),
    #[error(transparent)]
    Database(#[from] DbErr),
}

impl SeriesKey {
    /// The quarters of the series, oldest first.
    fn quarters(&self) -> Result<Vec<Quarter>, SeriesError> {
        let Self { from, to, step, .. } = *self;
        if to < from {
            return Err(SeriesError::Backwards { from, to });
        }
        let points = from.quarters_until(to) * if step == Step::Month { 3 } else { 1 };
        if points > MAX_POINTS {
            return Err(SeriesError::TooLong { from, to, points });
        }
        Ok(std::iter::successors(Some(from), |quarter| Some(quarter.next()))
            .take_while(|quarter| *quarter <= to)
            .collect())
    }
}

/// The series, or `None` when the organisation has no such community.
pub async fn series(
    maps: &MapCache,
    database: &Database,
    key: &SeriesKey,
    now: DateTime<Utc>,
) -> Result<Option<Series>, SeriesError> {
    let quarters = key.quarters()?;
    let db = &database.read;
    let MapKey { organisation, community, model, .. } = key.map;
    if community_of(db, organisation, community).await?.is_none() {
        return Ok(None);
    }
    let stored = model_of(db, community, model).await?;
    let model = stored.ok_or(NoMap::NoSuchModel(model.unwrap_or_default()))?.model;
    let unit = match &key.figure {
        Figure::Measure(measure) => Some(unit_of(&model, measure)?),
        _ => None,
    };
    let mut points = Vec::with_capacity(MAX_POINTS);
    for quarter in quarters {
        match key.step {
            Step::Quarter => points.push(quarter_point(maps, database, key, &model, quarter, now).await?),
            Step::Month => points.extend(month_points(maps, database, key, &model, quarter, now).await?),
        }
    }
    Ok(Some(Series { unit, points }))
}

fn unit_of(model: &ScoringModel, key: &str) -> Result<String, SeriesError> {
    model.measure(key).map(|measure| measure.unit.clone()).ok_or_else(|| {
        let known: Vec<&str> = model.measures.iter().map(|measure| measure.key.as_str()).collect();
        SeriesError::NoSuchMeasure { key: key.to_owned(), known: known.join(", ") }
    })
}

async fn quarter_point(
    maps: &MapCache,
    database: &Database,
    key: &SeriesKey,
    model: &ScoringModel,
    quarter: Quarter,
    now: DateTime<Utc>,
) -> Result<SeriesPoint, SeriesError> {
    let map_key = MapKey { period: Some(quarter), model: Some(model.version), ..key.map };
    let map = maps.of(database, map_key, now).await?;
    let reading = match &map {
        Some(map) => quarter_reading(map, &key.figure, model),
        None => SeriesReading::NoScore(NoScore::no_data("The community is not there any more.")),
    };
    Ok(SeriesPoint {
        period: quarter.to_string(),
        first_day: quarter.first_day(),
        last_day: quarter.last_day(),
        elapsed: map.map_or(0.0, |map| map.elapsed),
        reading,
    })
}

async fn month_points(
    maps: &MapCache,
    database: &Database,
    key: &SeriesKey,
    model: &Arc<ScoringModel>,
    quarter: Quarter,
    now: DateTime<Utc>,
) -> Result<Vec<SeriesPoint>, SeriesError> {
    let MapKey { community, minimum, weighting, .. } = key.map;
    let known = maps.months.of(database, community, model, (quarter, minimum), now).await?;
    let (figure, model) = (key.figure.clone(), model.clone());
    let point = move |(index, month): (usize, valuemap_shared::calendar::Month)| {
        let known = known.get(index);
        SeriesPoint {
            period: month.to_string(),
            first_day: month.first_day(),
            last_day: month.last_day(),
            elapsed: known.map_or(0.0, |known| known.month.figures.stretch.share()),
            reading: match known {
                Some(known) => known.reading(&figure, &model, (weighting, minimum)),
                None => SeriesReading::NoScore(NoScore::no_data("The month has not begun.")),
            },
        }
    };
    Ok(blocking(move || quarter.months().into_iter().enumerate().map(point).collect()).await?)
}
