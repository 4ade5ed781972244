//! The value map on the wire: thin wrappers, the figures are the domain's.

use std::sync::Arc;

use async_graphql::{Context, Enum, Object, SimpleObject, Union};
use valuemap_shared::value_map as domain;

use super::maps::MapKey;
use crate::error::ApiError;
use crate::graphql::node_id::NodeId;
use crate::graphql::scalars::{Count, Quarter};
use crate::graphql::schema::{State, viewer};

#[derive(Default)]
pub struct ValueMapQuery;

#[Object]
impl ValueMapQuery {
    /// The strategic value map of a community in a quarter; null when there is no such community.
    ///
    /// Without a period it is that of the latest quarter that holds answers.
    async fn value_map(
        &self,
        context: &Context<'_>,
        community: NodeId,
        period: Option<Quarter>,
    ) -> async_graphql::Result<Option<ValueMap>> {
        let (state, viewer) = (context.data::<State>()?, viewer(context)?);
        let NodeId::Community(community) = community else {
            return Err(ApiError::BadUserInput(format!("{community} is not the id of a community")).into());
        };
        let key = MapKey {
            organisation: viewer.organisation_id(),
            community,
            period: period.map(|period| period.0),
            minimum: viewer.minimum_answers(),
        };
        let map = state.maps.of(&state.database.read, key, state.ambient.now()).await.map_err(ApiError::from)?;
        Ok(map.map(ValueMap))
    }
}

pub struct ValueMap(Arc<domain::ValueMap>);

/// The four layers of what a community is worth, in one period.
#[Object]
impl ValueMap {
    async fn period(&self) -> Quarter {
        Quarter(self.0.period)
    }

    /// The scoring model that the scores were computed with.
    async fn model_version(&self) -> &str {
        &self.0.model_version
    }

    /// Below this many answers a figure is suppressed.
    async fn minimum_answers(&self) -> Count {
        Count(self.0.minimum_answers)
    }

    /// How many members submitted the survey in the period.
    async fn responses(&self) -> Count {
        Count(self.0.responses)
    }

    async fn recommendation(&self) -> RecommendationReading {
        self.0.recommendation.clone().into()
    }

    /// Bottom to top: learning, internal, members, financial.
    async fn layers(&self) -> Vec<LayerReading> {
        self.0.layers.iter().cloned().map(LayerReading::from).collect()
    }
}

#[derive(SimpleObject)]
pub struct LayerReading {
    layer: Layer,
    elements: Vec<ElementReading>,
}

#[derive(SimpleObject)]
pub struct ElementReading {
    element: Element,
    reading: Reading,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::Layer")]
pub enum Layer {
    /// What is learned: needs of customers, and opportunities.
    Learning,
    /// What the organisation gets better at.
    Internal,
    /// What members gain.
    Members,
    /// What it pays.
    Financial,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::Element")]
pub enum Element {
    CurrentCustomerNeeds,
    ProspectiveCustomerNeeds,
    IntegrationOpportunities,
    Scalability,
    Education,
    Engagement,
    Knowledge,
    Reputation,
    ProductKnowledge,
    UnconventionalUses,
    PeerBestPractices,
    RecognisedExpertise,
    RoadmapInfluence,
    Upgrades,
    RepeatPurchases,
    Acquisition,
    CostContainment,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::Absence")]
pub enum Absence {
    /// Nothing that this element is scored from is connected.
    NotConnected,
    /// Nobody answered in the period.
    NoAnswers,
    /// So few answered that the score would tell who said what.
    TooFewAnswers,
}

/// A score, or the reason why there is none.
#[derive(Union)]
pub enum Reading {
    Score(Score),
    NoScore(NoScore),
}

/// A Net Promoter Score, or the reason why there is none.
#[derive(Union)]
pub enum RecommendationReading {
    Recommendation(Recommendation),
    NoScore(NoScore),
}

/// A score of 0 to 100, with all that has to be known to judge it.
#[derive(SimpleObject)]
pub struct Score {
    value: f64,
    interval: Interval,
    /// How many members it rests on.
    answers: Count,
    /// The share of the score's weight that had data, in 0..1.
    coverage: f64,
    /// The difference to the quarter before; null when that has no score.
    change: Option<Change>,
    /// The share of members who chose one of the two highest points; null on scales of fewer than four points.
    top_two_box: Option<Proportion>,
    explanation: Explanation,
}

/// The Net Promoter Score, -100 to 100.
#[derive(SimpleObject)]
pub struct Recommendation {
    value: f64,
    interval: Interval,
    answers: Count,
    promoters: Count,
    passives: Count,
    detractors: Count,
    explanation: Explanation,
}

/// There is no figure. No data is never zero.
#[derive(SimpleObject)]
pub struct NoScore {
    reason: Absence,
    message: String,
    /// How many answers are needed; null when answers are not what is missing.
    needed: Option<Count>,
}

/// A range that holds the true figure with a confidence of `level` (0.95).
#[derive(SimpleObject)]
pub struct Interval {
    low: f64,
    high: f64,
    level: f64,
}

#[derive(SimpleObject)]
pub struct Change {
    difference: f64,
    interval: Option<Interval>,
}

/// A share of members, in 0..1, with its Wilson interval.
#[derive(SimpleObject)]
pub struct Proportion {
    value: f64,
    interval: Interval,
}

/// Where a figure comes from.
#[derive(SimpleObject)]
pub struct Explanation {
    formula: String,
    method: String,
    model_version: String,
    inputs: Vec<Input>,
}

/// A figure that went into another.
#[derive(SimpleObject)]
pub struct Input {
    name: String,
    value: f64,
}

impl From<domain::LayerReading> for LayerReading {
    fn from(reading: domain::LayerReading) -> Self {
        Self { layer: reading.layer.into(), elements: reading.elements.into_iter().map(ElementReading::from).collect() }
    }
}

impl From<domain::ElementReading> for ElementReading {
    fn from(reading: domain::ElementReading) -> Self {
        Self { element: reading.element.into(), reading: reading.reading.into() }
    }
}

impl From<domain::Reading> for Reading {
    fn from(reading: domain::Reading) -> Self {
        match reading {
            domain::Reading::Score(score) => Self::Score(score.into()),
            domain::Reading::NoScore(absence) => Self::NoScore(absence.into()),
        }
    }
}

impl From<domain::RecommendationReading> for RecommendationReading {
    fn from(reading: domain::RecommendationReading) -> Self {
        match reading {
            domain::RecommendationReading::Recommendation(score) => Self::Recommendation(score.into()),
            domain::RecommendationReading::NoScore(absence) => Self::NoScore(absence.into()),
        }
    }
}

impl From<domain::Score> for Score {
    fn from(score: domain::Score) -> Self {
        Self {
            value: score.value,
            interval: score.interval.into(),
            answers: Count(score.answers),
            coverage: score.coverage,
            change: score.change.map(Change::from),
            top_two_box: score.top_two_box.map(Proportion::from),
            explanation: score.explanation.into(),
        }
    }
}

impl From<domain::Recommendation> for Recommendation {
    fn from(score: domain::Recommendation) -> Self {
        Self {
            value: score.value,
            interval: score.interval.into(),
            answers: Count(score.answers),
            promoters: Count(score.promoters),
            passives: Count(score.passives),
            detractors: Count(score.detractors),
            explanation: score.explanation.into(),
        }
    }
}

impl From<domain::NoScore> for NoScore {
    fn from(absence: domain::NoScore) -> Self {
        Self { reason: absence.reason.into(), message: absence.message, needed: absence.needed.map(Count) }
    }
}

impl From<domain::Interval> for Interval {
    fn from(interval: domain::Interval) -> Self {
        Self { low: interval.low, high: interval.high, level: interval.level }
    }
}

impl From<domain::Change> for Change {
    fn from(change: domain::Change) -> Self {
        Self { difference: change.difference, interval: change.interval.map(Interval::from) }
    }
}

impl From<domain::Proportion> for Proportion {
    fn from(proportion: domain::Proportion) -> Self {
        Self { value: proportion.value, interval: proportion.interval.into() }
    }
}

impl From<domain::Explanation> for Explanation {
    fn from(explanation: domain::Explanation) -> Self {
        let input = |input: domain::Input| Input { name: input.name, value: input.value };
        Self {
            formula: explanation.formula,
            method: explanation.method,
            model_version: explanation.model_version,
            inputs: explanation.inputs.into_iter().map(input).collect(),
        }
    }
}
