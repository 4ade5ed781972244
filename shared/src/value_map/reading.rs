//! What is read off the map. The shapes are those of the GraphQL API, so that the dashboard reads them back as they
//! were written.

use super::{Element, Layer};
use crate::calendar::Quarter;

macro_rules! wire {
    ($($(#[$doc:meta])* pub struct $name:ident { $($(#[$field_doc:meta])* pub $field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
        pub struct $name { $($(#[$field_doc])* pub $field: $type,)* }
    )*};
}

/// A range that holds the true figure with the confidence `level` (0.95: in 95 of 100 such samples).
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Interval {
    pub low: f64,
    pub high: f64,
    pub level: f64,
}

/// The difference to the period before.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Change {
    pub difference: f64,
    pub interval: Option<Interval>,
}

impl Change {
    /// Whether the interval leaves out zero: the difference is more than the play of chance.
    pub fn is_clear(&self) -> bool {
        self.interval.is_some_and(|interval| interval.low > 0.0 || interval.high < 0.0)
    }
}

wire! {
    /// The map of one community in one period.
    pub struct ValueMap {
        pub period: Quarter,
        /// The scoring model that the scores were computed with.
        pub model_version: String,
        /// Below this many answers a figure is suppressed.
        pub minimum_answers: u64,
        /// How many members submitted the survey in the period.
        pub responses: u64,
        /// Would members recommend the community.
        pub recommendation: RecommendationReading,
        /// Bottom to top.
        pub layers: Vec<LayerReading>,
    }

    pub struct LayerReading {
        pub layer: Layer,
        pub elements: Vec<ElementReading>,
    }

    pub struct ElementReading {
        pub element: Element,
        pub reading: Reading,
    }

    /// A score of 0 to 100, with all that has to be known to judge it.
    pub struct Score {
        pub value: f64,
        pub interval: Interval,
        /// How many members it rests on.
        pub answers: u64,
        /// The share of the score's weight that had data, in 0..1.
        pub coverage: f64,
        /// `None` when the period before has no score.
        pub change: Option<Change>,
        /// The share of members who chose one of the two highest points; `None` on scales of fewer than four points.
        pub top_two_box: Option<Proportion>,
        pub explanation: Explanation,
    }

    /// A share of members, in 0..1, with its Wilson interval.
    pub struct Proportion {
        pub value: f64,
        pub interval: Interval,
    }

    /// The Net Promoter Score, -100 to 100.
    pub struct Recommendation {
        pub value: f64,
        pub interval: Interval,
        pub answers: u64,
        pub promoters: u64,
        pub passives: u64,
        pub detractors: u64,
        pub explanation: Explanation,
    }

    /// Where a figure comes from.
    pub struct Explanation {
        pub formula: String,
        pub method: String,
        pub model_version: String,
        pub inputs: Vec<Input>,
    }

    /// A figure that went into another.
    pub struct Input {
        pub name: String,
        pub value: f64,
    }

    /// Why there is no figure. No data is never zero.
    pub struct NoScore {
        pub reason: Absence,
        pub message: String,
        /// How many answers are needed before there is one; `None` when answers are not what is missing.
        pub needed: Option<u64>,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "SCREAMING_SNAKE_CASE"))]
pub enum Absence {
    /// Nothing that this element is scored from is connected.
    NotConnected,
    /// Nobody answered in the period.
    NoAnswers,
    /// So few answered that the score would tell who said what.
    TooFewAnswers,
}

/// A score, or the reason why there is none.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(tag = "__typename"))]
pub enum Reading {
    Score(Score),
    NoScore(NoScore),
}

/// A Net Promoter Score, or the reason why there is none.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(tag = "__typename"))]
pub enum RecommendationReading {
    Recommendation(Recommendation),
    NoScore(NoScore),
}

impl NoScore {
    pub fn not_connected(layer: Layer) -> Self {
        let message = match layer {
            Layer::Learning => "No source of insights is connected yet.",
            Layer::Internal => "No measures are connected yet.",
            Layer::Members => "No survey asks about this yet.",
            Layer::Financial => "No outcomes and costs are connected yet.",
        };
        Self { reason: Absence::NotConnected, message: message.into(), needed: None }
    }

    pub fn no_answers() -> Self {
        let message = "Nobody answered in this period.".to_owned();
        Self { reason: Absence::NoAnswers, message, needed: None }
    }

    pub fn too_few_answers(minimum: u64) -> Self {
        let message = format!("Too few answers: a score is shown from {minimum} on, so that nobody can be told apart.");
        Self { reason: Absence::TooFewAnswers, message, needed: Some(minimum) }
    }
}
