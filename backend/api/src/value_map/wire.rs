//! The value map on the wire. The figures are the domain's; a type here says what of them is public, and in which words.

use async_graphql::{Enum, SimpleObject, Union};
use valuemap_shared::value_map as domain;

use crate::activities::CostKind;
use crate::wire::scalars::{Count, Decimal};

/// From a value of the domain to one of the wire.
trait ToWire<T> {
    fn to_wire(self) -> T;
}

macro_rules! same_on_the_wire {
    ($($type:ty),*) => {$(
        impl ToWire<$type> for $type {
            fn to_wire(self) -> $type {
                self
            }
        }
    )*};
}
same_on_the_wire!(String, f64, bool);

impl ToWire<Count> for u64 {
    fn to_wire(self) -> Count {
        Count(self)
    }
}

impl ToWire<CostKind> for valuemap_shared::activities::CostKind {
    fn to_wire(self) -> CostKind {
        self.into()
    }
}

impl ToWire<Decimal> for rust_decimal::Decimal {
    fn to_wire(self) -> Decimal {
        Decimal(self)
    }
}

impl<A: ToWire<B>, B> ToWire<Option<B>> for Option<A> {
    fn to_wire(self) -> Option<B> {
        self.map(A::to_wire)
    }
}

impl<A: ToWire<B>, B> ToWire<Vec<B>> for Vec<A> {
    fn to_wire(self) -> Vec<B> {
        self.into_iter().map(A::to_wire).collect()
    }
}

/// Objects with the same fields as their domain types.
macro_rules! wire_objects {
    ($($(#[$meta:meta])* $name:ident = $domain:ty { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$meta])*
        #[derive(SimpleObject)]
        pub struct $name { $($(#[$field_meta])* $field: $type,)* }

        impl From<$domain> for $name {
            fn from(value: $domain) -> Self {
                Self { $($field: value.$field.to_wire(),)* }
            }
        }

        impl ToWire<$name> for $domain {
            fn to_wire(self) -> $name {
                self.into()
            }
        }
    )*};
}

/// Enums with the same variants as their domain types.
macro_rules! wire_enums {
    ($($(#[$meta:meta])* $name:ident = $domain:ty, $remote:literal { $($(#[$variant_meta:meta])* $variant:ident,)* })*) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Enum)]
        #[graphql(remote = $remote)]
        pub enum $name { $($(#[$variant_meta])* $variant,)* }

        impl ToWire<$name> for $domain {
            fn to_wire(self) -> $name {
                self.into()
            }
        }
    )*};
}

wire_enums! {
    Layer = domain::Layer, "domain::Layer" {
        /// What is learned: needs of customers, and opportunities.
        Learning,
        /// What the organisation gets better at.
        Internal,
        /// What members gain.
        Members,
        /// What it pays.
        Financial,
    }

    Element = domain::Element, "domain::Element" {
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

    Absence = domain::Absence, "domain::Absence" {
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

    /// How the inputs of an internal element are weighed.
    Weighting = domain::Weighting, "domain::Weighting" {
        /// By the model's weights, as a weighted mean.
        Model,
        /// All alike, as a mean.
        Equal,
        /// By the model's weights, as a geometric mean: a weak input is not made good by a strong one.
        Geometric,
    }

    PartKind = domain::PartKind, "domain::PartKind" {
        Measure,
        /// A benefit whose index tells how the element does.
        Indicator,
    }

    /// What the data tells about two things, with one false finding in twenty allowed: among all links of the map, or in
    /// one comparison.
    Verdict = domain::Verdict, "domain::Verdict" {
        /// They go together: rise and fall in the same quarters, or are found with each other more often.
        Together,
        /// One rises as the other falls, or is found where the other is not.
        Opposite,
        /// So little data cannot tell.
        CannotTell,
    }

    /// What an amount rests on, the strongest first.
    Evidence = domain::financial::Evidence, "domain::financial::Evidence" {
        /// Counted where it happened.
        Measured,
        /// The difference to a comparison group.
        Experiment,
        /// Credited to activities by an attribution model.
        Attributed,
        /// Somebody's estimate.
        Assumed,
    }
}

/// A figure, or the reason why there is none.
#[derive(Union)]
pub enum Reading {
    Score(Score),
    Worth(Worth),
    NoScore(NoScore),
}

/// A Net Promoter Score, or the reason why there is none.
#[derive(Union)]
pub enum RecommendationReading {
    Recommendation(Recommendation),
    NoScore(NoScore),
}

impl From<domain::Reading> for Reading {
    fn from(reading: domain::Reading) -> Self {
        match reading {
            domain::Reading::Score(score) => Self::Score(score.into()),
            domain::Reading::Worth(worth) => Self::Worth(worth.into()),
            domain::Reading::NoScore(absence) => Self::NoScore(absence.into()),
        }
    }
}

impl ToWire<Reading> for domain::Reading {
    fn to_wire(self) -> Reading {
        self.into()
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

wire_objects! {
    LayerReading = domain::LayerReading {
        layer: Layer,
        elements: Vec<ElementReading>,
    }

    ElementReading = domain::ElementReading {
        element: Element,
        reading: Reading,
    }

    /// A score of 0 to 100, with all that has to be known to judge it.
    Score = domain::Score {
        value: f64,
        /// Null where nothing that it is computed from says how sure it is.
        interval: Option<Interval>,
        /// How many members it rests on.
        answers: Count,
        /// The share of the score's weight that had data, in 0..1.
        coverage: f64,
        /// The difference to the quarter before; null when that has no score.
        change: Option<Change>,
        /// The share of members who chose one of the two highest points; null on scales of fewer than four points, and
        /// where members answered several questions about it: the results of each question have it.
        top_two_box: Option<Proportion>,
        /// What it is the mean of, those without data included; empty where it is computed from answers directly.
        parts: Vec<Part>,
        /// What moved it since the quarter before. They add up to the change.
        movers: Vec<Mover>,
        explanation: Explanation,
    }

    /// One of the things that an element's score is the mean of.
    Part = domain::Part {
        /// A measure's key, or an element's name.
        key: String,
        name: String,
        kind: PartKind,
        /// In the scoring model.
        weight: f64,
        /// Its share in the score, in 0..1; 0 where it has no data.
        share: f64,
        /// 0 to 100; null where it has no data.
        score: Option<f64>,
        /// What was measured, in the unit; null for an indicator, whose score is what was measured.
        value: Option<f64>,
        /// Of the value; null where it is exact.
        interval: Option<Interval>,
        /// How many members' answers it rests on; 0 where it is counted from what is tracked.
        answers: Count,
        unit: Option<String>,
        baseline: Option<f64>,
        target: Option<f64>,
        owner: Option<String>,
        /// Why it has no data.
        message: Option<String>,
    }

    /// A part of a change.
    Mover = domain::Mover {
        /// The key of the part that moved; null for what came in or dropped out.
        key: Option<String>,
        name: String,
        points: f64,
    }

    /// What an element is worth in money, and how far that is on the way to its target.
    Worth = domain::Worth {
        /// In the map's currency.
        amount: AmountRange,
        evidence: Evidence,
        /// The likely amount on the way from nothing to the target, 0 to 100; null without a target.
        value: Option<f64>,
        target: Option<Decimal>,
        /// How many outcomes, answers or sessions it rests on.
        count: Count,
        /// Since the quarter before; null where that has no figure.
        change: Option<Decimal>,
        /// What moved it. They add up to the change.
        movers: Vec<AmountMover>,
        /// What it is made of, and what was found beside it and not added.
        parts: Vec<WorthPart>,
        explanation: Explanation,
    }

    /// P10, P50 and P90 of a simulation.
    AmountRange = domain::AmountRange {
        low: Decimal,
        likely: Decimal,
        high: Decimal,
    }

    AmountMover = domain::AmountMover {
        name: String,
        amount: Decimal,
    }

    WorthPart = domain::WorthPart {
        key: String,
        name: String,
        amount: AmountRange,
        evidence: Evidence,
        /// Whether it is part of the element's amount. Of two ways to the same money only one counts.
        counted: bool,
    }

    /// A link of the map: the hypothesis that `from` raises `to`, and what the data says about it. Every link runs up, from
    /// a layer to one above it.
    LinkReading = domain::LinkReading {
        from: Element,
        to: Element,
        /// What ten points more of `from` are expected to bring: where `to` is a financial element the share by which its
        /// money rises, else points. Stated, not measured.
        effect: Option<Effect>,
        /// How the two went together over the last quarters; null with fewer than five changes from quarter to quarter.
        strength: Option<Strength>,
    }

    Effect = domain::Effect {
        low: f64,
        likely: f64,
        high: f64,
    }

    /// Whether two elements rose and fell in the same quarters: an association, not a cause. Of changes from quarter to
    /// quarter, because two levels that both grow always look alike.
    Strength = domain::Strength {
        /// Pearson's correlation of the changes, -1 to 1.
        correlation: f64,
        /// Fisher's, with the effective number of changes.
        interval: Interval,
        /// How many changes there are, from one quarter to the next.
        changes: Count,
        /// Corrected for the number of links of the map (Benjamini, Hochberg 1995), 0 to 1.
        adjusted_p_value: f64,
        verdict: Verdict,
    }

    /// What the community brought, what it cost, and what is left.
    Returns = domain::Returns {
        /// Fully loaded, by kind of cost.
        costs: Vec<CostReading>,
        cost: Decimal,
        /// With evidence of the first grade alone, then with the next one added, and so on.
        levels: Vec<ReturnLevel>,
        /// Which assumption matters most, first.
        tornado: Vec<TornadoBar>,
        /// Answers and self-service less costs, as a share of costs; null without costs.
        community_return: Option<f64>,
        /// Null where it is not known.
        value_of_answers: Option<Decimal>,
        /// Null where it is not known.
        value_of_self_service: Option<Decimal>,
        /// Contacts grow by this many percent when customers grow by one; below 1 growth is curbed.
        elasticity: Option<f64>,
        draws: Count,
        seed: Count,
    }

    CostReading = domain::CostReading {
        kind: CostKind,
        amount: Decimal,
    }

    /// What evidence of some grades comes to, together.
    ReturnLevel = domain::ReturnLevel {
        /// The grades that are in it.
        evidence: Vec<Evidence>,
        amount: AmountRange,
        /// (value - cost) / cost, P10, P50 and P90; null without costs.
        return_on_investment: Option<Effect>,
        /// The share of simulated cases in which it is above zero; null without costs.
        chance_of_gain: Option<f64>,
    }

    TornadoBar = domain::TornadoBar {
        assumption: String,
        /// What all amounts come to with the assumption at its low end, the others as likely.
        at_low: Decimal,
        at_high: Decimal,
    }

    /// The Net Promoter Score, -100 to 100.
    Recommendation = domain::Recommendation {
        value: f64,
        interval: Interval,
        answers: Count,
        promoters: Count,
        passives: Count,
        detractors: Count,
        explanation: Explanation,
    }

    /// There is no figure. No data is never zero.
    NoScore = domain::NoScore {
        reason: Absence,
        message: String,
        /// How many answers are needed; null when answers are not what is missing.
        needed: Option<Count>,
    }

    /// A range that holds the true figure with a confidence of `level` (0.95).
    Interval = domain::Interval {
        low: f64,
        high: f64,
        level: f64,
    }

    Change = domain::Change {
        difference: f64,
        interval: Option<Interval>,
    }

    /// A share of members, in 0..1, with its Wilson interval.
    Proportion = domain::Proportion {
        value: f64,
        interval: Interval,
    }

    /// Where a figure comes from.
    Explanation = domain::Explanation {
        formula: String,
        method: String,
        model_version: String,
        inputs: Vec<Input>,
    }

    /// A figure that went into another.
    Input = domain::Input {
        name: String,
        value: f64,
    }

    /// What would follow from some shifts.
    Projection = domain::Projection {
        scores: Vec<ProjectedScore>,
        amounts: Vec<ProjectedAmount>,
        /// Keys that were to shift and have no score on this map.
        unknown: Vec<String>,
    }

    ProjectedScore = domain::ProjectedScore {
        element: Element,
        before: f64,
        after: f64,
    }

    ProjectedAmount = domain::ProjectedAmount {
        element: Element,
        before: AmountRange,
        after: AmountRange,
    }
}
