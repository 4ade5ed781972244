use async_graphql::{InputObject, SimpleObject};
use chrono::{DateTime, Utc};
use valuemap_engine::activities::entities::outcome_weights;
use valuemap_shared::activities as domain;

use crate::activities::enums::OutcomeKind;
use crate::error::ApiError;

/// How many points an outcome counts for, by its kind. A version is never changed.
#[derive(SimpleObject)]
pub struct OutcomeWeights {
    /// 1, 2, 3 and so on; 0 for the weights that hold until the first are set.
    version: i32,
    /// Null for version 0.
    created_at: Option<DateTime<Utc>>,
    weights: Vec<OutcomeWeight>,
}

#[derive(SimpleObject, InputObject)]
#[graphql(input_name = "OutcomeWeightInput")]
pub struct OutcomeWeight {
    kind: OutcomeKind,
    /// 0 to 1,000,000.
    points: f64,
}

impl From<OutcomeWeight> for (domain::OutcomeKind, f64) {
    fn from(weight: OutcomeWeight) -> Self {
        (weight.kind.into(), weight.points)
    }
}

impl Default for OutcomeWeights {
    fn default() -> Self {
        Self { version: 0, created_at: None, weights: listed(&domain::OutcomeWeights::default()) }
    }
}

impl TryFrom<outcome_weights::Model> for OutcomeWeights {
    type Error = ApiError;

    fn try_from(row: outcome_weights::Model) -> Result<Self, ApiError> {
        let weights = row.weights()?;
        Ok(Self { version: row.version, created_at: Some(row.created_at), weights: listed(&weights) })
    }
}

fn listed(weights: &domain::OutcomeWeights) -> Vec<OutcomeWeight> {
    let weight = |kind: &domain::OutcomeKind| OutcomeWeight { kind: (*kind).into(), points: weights.points(*kind) };
    domain::OutcomeKind::ALL.iter().map(weight).collect()
}
