use std::fmt;
use std::str::FromStr;

/// How the credit for an outcome is divided among the touches before it.
///
/// As a text a model is its name, like `time_decay`; a half-life other than seven days follows a colon:
/// `time_decay:14`.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "String", into = "String")
)]
pub enum Model {
    /// All to the first touch.
    FirstTouch,
    /// All to the last touch.
    LastTouch,
    /// The same to each touch.
    Linear,
    /// Half as much to a touch for each half-life that it was earlier.
    TimeDecay { half_life: HalfLife },
    /// .4 to the first touch, .4 to the last, .2 spread over those between.
    UShaped,
    /// .3 each to the first touch and to those that led to the lead and to the opportunity, .1 spread over the rest.
    WShaped,
    /// In proportion to how many conversions would be lost without a source, in a Markov chain.
    MarkovRemoval,
    /// What a source adds on average to the expected conversions of the journeys that met it, over all orders in which
    /// sources could have been added. A source with which journeys convert less often gets a credit below zero.
    Shapley,
    /// The same to each source of a converting journey, however often it was met there: Shapley values of a game that
    /// counts conversions in place of rates, so that no credit is below zero.
    ShapleyNonnegative,
}

/// Why a text is no model.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ModelError {
    #[error("`{0}` is not an attribution model; the models are {names}", names = Model::names())]
    Unknown(String),
    #[error("`{0}` is not a half-life in days; write a number above zero, like 7 or 3.5")]
    NotAHalfLife(String),
}

impl Model {
    /// Every model, time decay with its default half-life.
    pub const ALL: [Self; 9] = [
        Self::FirstTouch,
        Self::LastTouch,
        Self::Linear,
        Self::TimeDecay { half_life: HalfLife::DEFAULT },
        Self::UShaped,
        Self::WShaped,
        Self::MarkovRemoval,
        Self::Shapley,
        Self::ShapleyNonnegative,
    ];

    /// The name without parameters, for a column or a key.
    pub fn name(&self) -> &'static str {
        match self {
            Self::FirstTouch => "first_touch",
            Self::LastTouch => "last_touch",
            Self::Linear => "linear",
            Self::TimeDecay { .. } => "time_decay",
            Self::UShaped => "u_shaped",
            Self::WShaped => "w_shaped",
            Self::MarkovRemoval => "markov_removal",
            Self::Shapley => "shapley",
            Self::ShapleyNonnegative => "shapley_nonnegative",
        }
    }

    pub(super) fn names() -> String {
        Self::ALL.map(|model| model.name()).join(", ")
    }
}

impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        match self {
            Self::TimeDecay { half_life } if *half_life != HalfLife::DEFAULT => write!(f, ":{half_life}"),
            _ => Ok(()),
        }
    }
}

impl FromStr for Model {
    type Err = ModelError;

    fn from_str(text: &str) -> Result<Self, ModelError> {
        let (name, parameter) = match text.split_once(':') {
            Some((name, parameter)) => (name, Some(parameter)),
            None => (text, None),
        };
        let model = Self::ALL.into_iter().find(|model| model.name() == name);
        match (model, parameter) {
            (Some(model), None) => Ok(model),
            (Some(Self::TimeDecay { .. }), Some(days)) => Ok(Self::TimeDecay { half_life: days.parse()? }),
            _ => Err(ModelError::Unknown(text.chars().take(40).collect())),
        }
    }
}

impl TryFrom<String> for Model {
    type Error = ModelError;

    fn try_from(text: String) -> Result<Self, ModelError> {
        text.parse()
    }
}

impl From<Model> for String {
    fn from(model: Model) -> Self {
        model.to_string()
    }
}

/// After how many days a touch counts half: a number above zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HalfLife(f64);

impl HalfLife {
    /// Seven days.
    pub const DEFAULT: Self = Self(7.0);

    pub fn from_days(days: f64) -> Result<Self, ModelError> {
        if days.is_finite() && days > 0.0 { Ok(Self(days)) } else { Err(ModelError::NotAHalfLife(days.to_string())) }
    }

    pub fn days(&self) -> f64 {
        self.0
    }
}

impl Default for HalfLife {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl fmt::Display for HalfLife {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for HalfLife {
    type Err = ModelError;

    fn from_str(text: &str) -> Result<Self, ModelError> {
        let not_a_half_life = || ModelError::NotAHalfLife(text.chars().take(40).collect());
        Self::from_days(text.trim().parse().map_err(|_| not_a_half_life())?).map_err(|_| not_a_half_life())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_model_is_its_name() {
        for model in Model::ALL {
            assert_eq!(model.to_string().parse(), Ok(model));
            assert_eq!(model.to_string(), model.name());
        }
        assert_eq!(Model::ALL[3].to_string(), "time_decay");
    }

    #[test]
    fn what_is_no_model_is_refused_with_the_models_that_are() {
        for bad in ["", "Linear", "linear:7", "time_decay:", "time_decay:0", "time_decay:-1", "time_decay:inf", "w"] {
            assert!(bad.parse::<Model>().is_err(), "{bad} was accepted");
        }
        let message = "last".parse::<Model>().unwrap_err().to_string();
        assert!(message.contains("first_touch, last_touch, linear, time_decay"), "{message}");
    }

    #[cfg(feature = "serde")]
    #[test]
    fn a_model_is_a_text_in_json() {
        let model: Model = serde_json::from_str(r#""time_decay:14""#).unwrap();
        assert_eq!(model, Model::TimeDecay { half_life: HalfLife::from_days(14.0).unwrap() });
        assert_eq!(serde_json::to_string(&model).unwrap(), r#""time_decay:14""#);
    }

    proptest! {
        #[test]
        fn every_half_life_survives_as_a_text(days in 1e-6..1e6_f64) {
            let model = Model::TimeDecay { half_life: HalfLife::from_days(days).unwrap() };
            prop_assert_eq!(model.to_string().parse(), Ok(model));
        }
    }
}
