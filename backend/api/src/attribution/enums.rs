use async_graphql::Enum;
use valuemap_shared::attribution as domain;
use valuemap_shared::value_map::model;

/// How the credit for an outcome is divided among the touches before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum AttributionModelName {
    /// All to the first touch.
    FirstTouch,
    /// All to the last touch.
    LastTouch,
    /// The same to each touch.
    Linear,
    /// Half as much to a touch for each half-life that it was earlier.
    TimeDecay,
    /// .4 to the first touch, .4 to the last, .2 spread over those between.
    UShaped,
    /// .3 each to the first touch and to those that led to the lead and to the opportunity, .1 spread over the rest.
    WShaped,
    /// In proportion to how many conversions would be lost without a source, in a Markov chain.
    MarkovRemoval,
    /// What a source adds on average to the expected conversions of the journeys that met it. It may be below zero. Not of
    /// single activities.
    Shapley,
    /// The same to each source of a converting journey: Shapley values of a game of conversions, never below zero.
    ShapleyNonnegative,
}

impl From<AttributionModelName> for domain::Model {
    fn from(name: AttributionModelName) -> Self {
        match name {
            AttributionModelName::FirstTouch => Self::FirstTouch,
            AttributionModelName::LastTouch => Self::LastTouch,
            AttributionModelName::Linear => Self::Linear,
            AttributionModelName::TimeDecay => Self::TimeDecay { half_life: domain::HalfLife::DEFAULT },
            AttributionModelName::UShaped => Self::UShaped,
            AttributionModelName::WShaped => Self::WShaped,
            AttributionModelName::MarkovRemoval => Self::MarkovRemoval,
            AttributionModelName::Shapley => Self::Shapley,
            AttributionModelName::ShapleyNonnegative => Self::ShapleyNonnegative,
        }
    }
}

impl From<domain::Model> for AttributionModelName {
    fn from(model: domain::Model) -> Self {
        match model {
            domain::Model::FirstTouch => Self::FirstTouch,
            domain::Model::LastTouch => Self::LastTouch,
            domain::Model::Linear => Self::Linear,
            domain::Model::TimeDecay { .. } => Self::TimeDecay,
            domain::Model::UShaped => Self::UShaped,
            domain::Model::WShaped => Self::WShaped,
            domain::Model::MarkovRemoval => Self::MarkovRemoval,
            domain::Model::Shapley => Self::Shapley,
            domain::Model::ShapleyNonnegative => Self::ShapleyNonnegative,
        }
    }
}

/// What gets the credit.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::CreditSource")]
pub enum CreditSource {
    Activity,
    ActivityType,
    Modality,
    Goal,
    /// Where those who met an activity came from.
    Channel,
}

/// Whose touches count for an outcome.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::AttributionUnit")]
pub enum AttributionUnit {
    /// All of the account, whichever of its members it was.
    Account,
    /// Those of the member alone.
    Member,
}
