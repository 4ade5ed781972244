//! What is read off the map. The shapes are those of the GraphQL API, so that the dashboard reads them back as they
//! were written.

use rust_decimal::Decimal;

use super::financial::{AmountRange, Evidence};
use super::{Element, Layer, Weighting};
use chrono::{DateTime, Utc};

use crate::activities::CostKind;
use crate::calendar::Quarter;
use crate::money::Currency;
use crate::statistics::{Change, Interval};
use crate::wire::wire;

wire! {
    /// Why a map is not the latest: that is still being computed.
    pub struct BeingRecomputed {
        /// When the computation of what is shown began.
        pub as_of: DateTime<Utc>,
        /// How much of what is tracked is summed up for the next one, in percent; null where nothing has to be.
        pub summed_up: Option<u8>,
    }
}

wire! {
    /// The map of one community in one period.
    pub struct ValueMap {
        pub period: Quarter,
        /// How much of the period is over, in 0..1. Below 1, sums of money are those so far, and changes are since as many
        /// days of the period before.
        pub elapsed: f64,
        /// The scoring model that the scores were computed with.
        pub model_version: String,
        /// How the inputs of an internal element were weighed.
        pub weighting: Weighting,
        /// What amounts are in.
        pub currency: Currency,
        /// Below this many answers a figure is suppressed.
        pub minimum_answers: u64,
        /// How many answers to surveys were submitted in the period: a member who answered two counts twice here.
        pub responses: u64,
        /// Would members recommend the community.
        pub recommendation: RecommendationReading,
        /// Bottom to top.
        pub layers: Vec<LayerReading>,
        /// Which element is held to raise which; each runs up.
        pub links: Vec<LinkReading>,
        /// What the community brought and cost as a whole.
        pub returns: Returns,
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
        /// `None` where nothing that it is computed from says how sure it is.
        pub interval: Option<Interval>,
        /// How many members it rests on.
        pub answers: u64,
        /// The share of the score's weight that had data, in 0..1.
        pub coverage: f64,
        /// `None` when the period before has no score.
        pub change: Option<Change>,
        /// The share of members who chose one of the two highest points; `None` on scales of fewer than four points, and
        /// where members answered several questions about it: each question's own reading has it.
        pub top_two_box: Option<Proportion>,
        /// What it is the mean of, those without data included; empty where it is computed from answers directly.
        pub parts: Vec<Part>,
        /// What moved it since the period before. They add up to the change.
        pub movers: Vec<Mover>,
        pub explanation: Explanation,
    }

    /// One of the things that an element's score is the mean of.
    pub struct Part {
        /// A measure's key, or an element's name.
        pub key: String,
        pub name: String,
        pub kind: PartKind,
        /// In the scoring model.
        pub weight: f64,
        /// Its share in the score, in 0..1; 0 where it has no data.
        pub share: f64,
        /// 0 to 100; `None` where it has no data.
        pub score: Option<f64>,
        /// What was measured, in the measure's unit; `None` for an indicator, whose score is what was measured.
        pub value: Option<f64>,
        /// Of the value; `None` where it is exact.
        pub interval: Option<Interval>,
        /// How many members' answers it rests on; 0 where it is counted from what is tracked.
        #[cfg_attr(feature = "serde", serde(default))]
        pub answers: u64,
        pub unit: Option<String>,
        pub baseline: Option<f64>,
        pub target: Option<f64>,
        pub owner: Option<String>,
        /// Why it has no data.
        pub message: Option<String>,
    }

    /// A part of a change.
    pub struct Mover {
        /// The key of the part that moved; `null` for what came in or dropped out.
        pub key: Option<String>,
        pub name: String,
        pub points: f64,
    }

    /// What an element is worth in money, and how far that is on the way to its target.
    pub struct Worth {
        /// P10, P50 and P90 of the simulation, in the map's currency.
        pub amount: AmountRange,
        pub evidence: Evidence,
        /// The likely amount on the way from nothing to the target, 0 to 100; `None` without a target.
        pub value: Option<f64>,
        #[cfg_attr(feature = "serde", serde(with = "crate::money::optional_text"))]
        pub target: Option<Decimal>,
        /// How many outcomes, answers or sessions it rests on.
        pub count: u64,
        /// Since the period before; `None` where that has no figure.
        #[cfg_attr(feature = "serde", serde(with = "crate::money::optional_text"))]
        pub change: Option<Decimal>,
        /// What moved it. They add up to the change.
        pub movers: Vec<AmountMover>,
        /// What it is made of, and what was found beside it and not added.
        pub parts: Vec<WorthPart>,
        pub explanation: Explanation,
    }

    pub struct AmountMover {
        pub name: String,
        #[cfg_attr(feature = "serde", serde(with = "rust_decimal::serde::str"))]
        pub amount: Decimal,
    }

    pub struct WorthPart {
        pub key: String,
        pub name: String,
        pub amount: AmountRange,
        pub evidence: Evidence,
        /// Whether it is part of the element's amount. Of two ways to the same money only one counts.
        pub counted: bool,
    }

    /// A link of the map: the hypothesis that `from` raises `to`, and what the data says about it.
    pub struct LinkReading {
        pub from: Element,
        pub to: Element,
        /// What ten points more of `from` are expected to bring: the share by which the money of `to` rises, or points.
        /// Stated, not measured.
        pub effect: Option<Effect>,
        /// How the two went together over the last quarters; `None` with too few quarters.
        pub strength: Option<Strength>,
    }

    pub struct Effect {
        pub low: f64,
        pub likely: f64,
        pub high: f64,
    }

    /// Whether two elements rose and fell in the same quarters: an association, not a cause. Of changes from quarter to
    /// quarter, because two levels that both grow always look alike.
    pub struct Strength {
        /// Pearson's correlation of the changes, -1 to 1.
        pub correlation: f64,
        /// Fisher's, with the effective number of changes.
        pub interval: Interval,
        /// How many changes there are, from one quarter to the next.
        pub changes: u64,
        /// Corrected for the number of links of the map (Benjamini, Hochberg 1995), 0 to 1.
        pub adjusted_p_value: f64,
        pub verdict: Verdict,
    }

    /// What the community brought, what it cost, and what is left.
    pub struct Returns {
        /// Fully loaded, by kind of cost.
        pub costs: Vec<CostReading>,
        #[cfg_attr(feature = "serde", serde(with = "rust_decimal::serde::str"))]
        pub cost: Decimal,
        /// With evidence of the first grade alone, then with the next one added, and so on.
        pub levels: Vec<ReturnLevel>,
        /// Which assumption matters most, first.
        pub tornado: Vec<TornadoBar>,
        /// Answers and self-service less costs, as a share of costs; `None` without costs.
        pub community_return: Option<f64>,
        /// `None` where it is not known.
        #[cfg_attr(feature = "serde", serde(with = "crate::money::optional_text"))]
        pub value_of_answers: Option<Decimal>,
        /// `None` where it is not known.
        #[cfg_attr(feature = "serde", serde(with = "crate::money::optional_text"))]
        pub value_of_self_service: Option<Decimal>,
        /// Contacts grow by this many percent when customers grow by one; below 1 growth is curbed.
        pub elasticity: Option<f64>,
        pub draws: u64,
        pub seed: u64,
    }

    pub struct CostReading {
        pub kind: CostKind,
        #[cfg_attr(feature = "serde", serde(with = "rust_decimal::serde::str"))]
        pub amount: Decimal,
    }

    /// What evidence of some grades comes to, together.
    pub struct ReturnLevel {
        /// The grades that are in it.
        pub evidence: Vec<Evidence>,
        pub amount: AmountRange,
        /// (value - cost) / cost, P10, P50 and P90; `None` without costs.
        pub return_on_investment: Option<Effect>,
        /// The share of simulated cases in which it is above zero; `None` without costs.
        pub chance_of_gain: Option<f64>,
    }

    pub struct TornadoBar {
        pub assumption: String,
        /// What all amounts come to with the assumption at its low and its high end, the others as likely.
        #[cfg_attr(feature = "serde", serde(with = "rust_decimal::serde::str"))]
        pub at_low: Decimal,
        #[cfg_attr(feature = "serde", serde(with = "rust_decimal::serde::str"))]
        pub at_high: Decimal,
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
    /// So few answered that the score would reveal who said what.
    TooFewAnswers,
    /// A source is connected and has nothing for the period.
    NoData,
    /// Outcomes are there, and nobody whom an activity could have reached is linked to any of them.
    NotLinked,
    /// So few entered a stage that a rate of them would say nothing.
    TooFewEntries,
}

/// What the data tells about two things, with one false finding in twenty allowed: among all links of the map, or in one
/// comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "SCREAMING_SNAKE_CASE"))]
pub enum Verdict {
    /// They go together: rise and fall in the same quarters, or are found with each other more often.
    Together,
    /// One rises as the other falls, or is found where the other is not.
    Opposite,
    /// So little data cannot tell.
    CannotTell,
}

/// What a part of a score is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "SCREAMING_SNAKE_CASE"))]
pub enum PartKind {
    Measure,
    /// A benefit whose index tells how the element does.
    Indicator,
}

/// A score, or the reason why there is none.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(tag = "__typename"))]
pub enum Reading {
    Score(Score),
    Worth(Worth),
    NoScore(NoScore),
}

/// A Net Promoter Score, or the reason why there is none.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(tag = "__typename"))]
pub enum RecommendationReading {
    Recommendation(Recommendation),
    NoScore(NoScore),
}

impl ValueMap {
    /// The map of a quarter that has not begun: nothing is known of it but the costs that are planned.
    pub fn not_begun(mut self) -> Self {
        let absence = || NoScore::no_data("The quarter has not begun.");
        self.elapsed = 0.0;
        self.recommendation = RecommendationReading::NoScore(absence());
        for element in self.layers.iter_mut().flat_map(|layer| &mut layer.elements) {
            element.reading = Reading::NoScore(absence());
        }
        self.returns.levels.clear();
        self.returns.tornado.clear();
        self.returns.community_return = None;
        self
    }
}

impl NoScore {
    pub fn not_connected(layer: Layer) -> Self {
        let message = match layer {
            Layer::Learning => "This layer is not scored yet: insights from open answers and posts come next.",
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

    pub fn no_data(message: impl Into<String>) -> Self {
        Self { reason: Absence::NoData, message: message.into(), needed: None }
    }

    /// Of all outcomes of the period, so many are of somebody to whom no member or touchpoint is linked.
    pub fn not_linked((unlinked, outcomes): (u64, u64), touchpoints: u64) -> Self {
        let noun = if outcomes == 1 { "outcome" } else { "outcomes" };
        let mut message = match unlinked == outcomes {
            true => format!("Nothing is linked: {outcomes} {noun} in the period,"),
            false => format!("Too little is linked: {unlinked} of {outcomes} outcomes in the period are not,"),
        };
        message +=
            " and no member or touchpoint on record is linked to whose they are, so no activity could be credited.";
        if touchpoints > 0 {
            let (noun, verb) = if touchpoints == 1 { ("touchpoint", "is") } else { ("touchpoints", "are") };
            message += &format!(" {touchpoints} {noun} {verb} of members without an account.");
        }
        message += " Record members with their e-mail address and account.";
        Self { reason: Absence::NotLinked, message, needed: None }
    }

    pub fn too_few_answers(minimum: u64) -> Self {
        let message = format!("Too few answers: a score is shown from {minimum} on, so that nobody can be identified.");
        Self { reason: Absence::TooFewAnswers, message, needed: Some(minimum) }
    }
}
