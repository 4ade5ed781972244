//! An attribution as it was computed once: several models side by side, with what they were computed from.

use anyhow::Context;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use valuemap_shared::attribution::{
    AttributionError, Comparison, ModelCredit, Outcomes, Parameters, Precision, Range, SourceComparison, compare,
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
        let grouping = Grouping::of(&history, parameters.source, &Default::default());
        let journeys = grouping.journeys(&history, parameters.lookback_days, |outcome| outcome.amount)?;
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
    in_background(move || {
        Grouping::of(&history, parameters.source, &Default::default()).data_hash(&history, &parameters)
    })
    .await
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
        let precision = match credit.precision {
            Ok(Precision { outcomes, value, rank_stability }) => {
                PrecisionResult::Known { outcomes: (outcomes.low, outcomes.high), value, rank_stability }
            }
            Err(reason) => PrecisionResult::Unknown(reason.to_string()),
        };
        Self { outcomes: credit.outcomes, value: credit.value, rank: credit.rank, precision: Some(precision) }
    }
}
