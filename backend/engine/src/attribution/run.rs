//! An attribution as it was computed once: several models side by side, with what they were computed from.

use anyhow::Context;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use valuemap_shared::attribution::{
    AttributionError, Comparison, Imprecise, ModelCredit, Outcomes, Parameters, Precision, Range, SourceComparison,
    compare,
};
use valuemap_shared::ids::CommunityId;
use valuemap_shared::money::Currency;

use crate::attribution::grouping::{Grouping, Source};
use crate::attribution::history::History;
use crate::database::Database;

/// What came out of it. This is what is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunResult {
    pub currency: Currency,
    pub credited: Outcomes,
    pub uncredited: Outcomes,
    /// Of the credited ones, those that a comparison counts on the value map. Runs of earlier releases do not say.
    #[serde(default)]
    pub replaced: Option<Outcomes>,
    /// Members or accounts that were met and have no outcome.
    pub null_journeys: u64,
    pub models: Vec<ModelResult>,
    /// Those that some model credits most first.
    pub sources: Vec<SourceResult>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelResult {
    /// As a text: `time_decay:14`.
    pub model: String,
    /// Why it says nothing.
    pub failure: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SourceResult {
    pub source: Source,
    pub touches: u64,
    pub converting_journeys: u64,
    /// One for each model; `None` where it says nothing.
    pub credits: Vec<Option<CreditResult>>,
    pub outcomes: Option<(f64, f64)>,
    pub value: Option<(Decimal, Decimal)>,
    pub rank_flips: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CreditResult {
    pub outcomes: f64,
    #[serde(with = "rust_decimal::serde::str")]
    pub value: Decimal,
    pub rank: u32,
    /// Runs of earlier releases do not say.
    #[serde(default)]
    pub precision: Option<PrecisionResult>,
}

/// How sure a credit is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum PrecisionResult {
    /// The ends of 95 % intervals.
    Known { outcomes: (f64, f64), value: (Decimal, Decimal), rank_stability: f64 },
    /// Why it is not known.
    Unknown(String),
}

/// A run that was not stored yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Computed {
    pub data_hash: String,
    pub result: RunResult,
}

/// Reads and computes. The outer error is ours, the inner one is for whoever asked.
pub async fn run(
    database: &Database,
    community: CommunityId,
    parameters: &Parameters,
) -> anyhow::Result<Result<Computed, AttributionError>> {
    let history = read(database, community, parameters).await?;
    let parameters = parameters.clone();
    in_background(move || {
        let grouping = Grouping::of(&history, parameters.source);
        let journeys = grouping.journeys(&history, &parameters, |outcome| outcome.amount)?;
        let comparison = compare(&journeys, &parameters.models);
        let data_hash = grouping.data_hash(&history, &parameters);
        let null_journeys = journeys.unconverted();
        Ok(Computed { data_hash, result: RunResult::of(history.currency, comparison, grouping.sources, null_journeys) })
    })
    .await
}

/// The hash of the data as it is now.
pub async fn data_hash(database: &Database, community: CommunityId, parameters: &Parameters) -> anyhow::Result<String> {
    let history = read(database, community, parameters).await?;
    let parameters = parameters.clone();
    in_background(move || Grouping::of(&history, parameters.source).data_hash(&history, &parameters)).await
}

pub async fn read(database: &Database, community: CommunityId, parameters: &Parameters) -> anyhow::Result<History> {
    let snapshot = database.begin_snapshot().await?;
    let history = History::read(&snapshot, community, parameters).await?;
    snapshot.rollback().await?;
    Ok(history)
}

/// Computes on a thread where nobody waits for requests.
pub async fn in_background<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> anyhow::Result<T> {
    tokio::task::spawn_blocking(work).await.context("a computation broke off")
}

impl RunResult {
    fn of(currency: Currency, comparison: Comparison, sources: Vec<Source>, null_journeys: u64) -> Self {
        let models = comparison.models.into_iter().map(|column| ModelResult {
            model: column.model.to_string(),
            failure: column.failure.map(|failure| failure.to_string()),
        });
        let mut results: Vec<SourceResult> =
            sources.into_iter().zip(comparison.sources).map(|(source, row)| SourceResult::of(source, row)).collect();
        let most = |row: &SourceResult| row.outcomes.map_or(0.0, |(_, most)| most);
        results.sort_by(|a, b| most(b).total_cmp(&most(a)).then_with(|| a.source.cmp(&b.source)));
        Self {
            currency,
            credited: comparison.credited,
            uncredited: comparison.uncredited,
            replaced: Some(comparison.replaced),
            null_journeys,
            models: models.collect(),
            sources: results,
        }
    }
}

impl SourceResult {
    fn of(source: Source, row: SourceComparison) -> Self {
        Self {
            source,
            touches: row.activity.touches,
            converting_journeys: row.activity.converting_journeys,
            credits: row.credits.into_iter().map(|credit| credit.map(CreditResult::from)).collect(),
            outcomes: row.outcomes.map(|Range { min, max }| (min, max)),
            value: row.value.map(|Range { min, max }| (min, max)),
            rank_flips: row.rank_flips,
        }
    }
}

impl From<ModelCredit> for CreditResult {
    fn from(credit: ModelCredit) -> Self {
        let precision = Some(credit.precision.into());
        Self { outcomes: credit.outcomes, value: credit.value, rank: credit.rank, precision }
    }
}

impl From<Result<Precision, Imprecise>> for PrecisionResult {
    fn from(precision: Result<Precision, Imprecise>) -> Self {
        match precision {
            Ok(Precision { outcomes, value, rank_stability }) => {
                Self::Known { outcomes: (outcomes.low, outcomes.high), value, rank_stability }
            }
            Err(reason) => Self::Unknown(reason.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_run_of_an_earlier_release_is_read_and_says_no_more_than_it_knew() {
        let stored = json!({
            "currency": "EUR", "credited": { "count": 1, "value": "1000" }, "uncredited": { "count": 0, "value": "0" },
            "null_journeys": 1, "models": [{ "model": "linear", "failure": null }],
            "sources": [{ "source": { "key": "webinar", "id": null, "name": "Webinars" }, "touches": 2,
                "converting_journeys": 1, "credits": [{ "outcomes": 1.0, "value": "1000", "rank": 1 }],
                "outcomes": [1.0, 1.0], "value": ["1000", "1000"], "rank_flips": false }],
        });
        let run: RunResult = serde_json::from_value(stored).unwrap();
        assert_eq!((run.replaced, run.sources[0].credits[0].as_ref().unwrap().precision.clone()), (None, None));
        assert_eq!(serde_json::from_value::<RunResult>(json!(run)).unwrap(), run);
    }
}
