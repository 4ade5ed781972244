use std::collections::BTreeMap;

use super::{HalfLife, Model};
use crate::activities::named::named_enum;
use crate::activities::{OutcomeKind, Role};
use crate::calendar::Quarter;
use crate::survey::{Problem, ProblemCode};
use crate::value_map::model::{Attribution, AttributionUnit};

named_enum! {
    /// What gets the credit.
    pub enum CreditSource ("a source of credit") {
        Activity => "activity",
        ActivityType => "activity_type",
        Modality => "modality",
        Goal => "goal",
        /// Where those who met an activity came from.
        Channel => "channel",
    }
}

const MAX_QUARTERS: usize = 40;
const MAX_DAYS: u32 = 3_650;

/// What to attribute and how, as somebody asked for it. What is left out is as the scoring model has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    pub from: Quarter,
    pub until: Quarter,
    pub models: Option<Vec<Model>>,
    pub by: Option<AttributionUnit>,
    pub source: Option<CreditSource>,
    pub lookback_days: Option<i64>,
    pub half_life_days: Option<f64>,
    pub minimum_confidence: Option<f64>,
    pub outcomes: Option<Vec<OutcomeKind>>,
}

impl Asked {
    /// Everything as the scoring model has it.
    pub fn of(from: Quarter, until: Quarter) -> Self {
        Self {
            from,
            until,
            models: None,
            by: None,
            source: None,
            lookback_days: None,
            half_life_days: None,
            minimum_confidence: None,
            outcomes: None,
        }
    }
}

/// What to attribute and how. Equal parameters over equal data give equal credits.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Parameters {
    /// The first and the last quarter whose outcomes are credited.
    pub from: Quarter,
    pub until: Quarter,
    /// Each once, in the order of [`Model::ALL`].
    pub models: Vec<Model>,
    pub by: AttributionUnit,
    pub source: CreditSource,
    pub lookback_days: u32,
    pub half_life_days: f64,
    pub minimum_confidence: f64,
    /// How much a touch counts by the role in which somebody was met; without weight it is none. Runs of earlier releases
    /// counted every role once.
    #[cfg_attr(feature = "serde", serde(default = "every_role_once"))]
    pub role_weights: BTreeMap<Role, f64>,
    /// Each once, in order.
    pub outcomes: Vec<OutcomeKind>,
}

#[cfg(feature = "serde")]
fn every_role_once() -> BTreeMap<Role, f64> {
    Role::ALL.iter().map(|role| (*role, 1.0)).collect()
}

impl Parameters {
    /// How much a touch in this role counts; 0 where it is no touch at all.
    pub fn role_weight(&self, role: Role) -> f64 {
        self.role_weights.get(&role).copied().unwrap_or_default()
    }

    /// Whether all that decides what one outcome is credited to is as the scoring model has it.
    pub fn is_usual(&self, usual: &Attribution) -> bool {
        let is_of_model = |model: Model| matches!(&self.models[..], [only] if only.name() == model.name());
        usual.model.parse().is_ok_and(is_of_model)
            && self.by == usual.by
            && self.lookback_days == usual.lookback_days
            && self.half_life_days == usual.half_life_days
            && self.minimum_confidence == usual.minimum_confidence
            && self.role_weights == usual.role_weights
    }

    /// Checks what was asked for, and reports all that is wrong with it.
    pub fn parse(asked: &Asked, usual: &Attribution) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut refuse = |path: &str, code, message: String| problems.push(Problem::new(path, code, message));
        if asked.until < asked.from {
            let message = format!("{} ends before {} begins; swap them", asked.until, asked.from);
            refuse("until", ProblemCode::OutOfRange, message);
        } else if std::iter::successors(Some(asked.from), |quarter| Some(quarter.next()))
            .take(MAX_QUARTERS)
            .all(|quarter| quarter != asked.until)
        {
            refuse("until", ProblemCode::Size, format!("at most {MAX_QUARTERS} quarters are attributed at once"));
        }
        let days = asked.lookback_days.unwrap_or(i64::from(usual.lookback_days));
        let lookback_days = u32::try_from(days).ok().filter(|days| (1..=MAX_DAYS).contains(days));
        if lookback_days.is_none() {
            refuse("lookbackDays", ProblemCode::OutOfRange, format!("{days} is not from 1 to {MAX_DAYS} days"));
        }
        let half_life_days = asked.half_life_days.unwrap_or(usual.half_life_days);
        let half_life = HalfLife::from_days(half_life_days).ok();
        if half_life.is_none() {
            refuse("halfLifeDays", ProblemCode::OutOfRange, "a half-life is a number of days above zero".into());
        }
        let minimum_confidence = asked.minimum_confidence.unwrap_or(usual.minimum_confidence);
        if !(0.0..=1.0).contains(&minimum_confidence) {
            refuse("minimumConfidence", ProblemCode::OutOfRange, "a confidence is from 0 to 1".into());
        }
        if asked.models.as_ref().is_some_and(Vec::is_empty) {
            refuse("models", ProblemCode::Size, "name a model, or leave the list out to compare all of them".into());
        }
        if asked.outcomes.as_ref().is_some_and(Vec::is_empty) {
            refuse("outcomes", ProblemCode::Size, "name a kind of outcome, or leave the list out".into());
        }
        let (Some(lookback_days), Some(half_life), true) = (lookback_days, half_life, problems.is_empty()) else {
            return Err(problems);
        };
        let named = |model: &Model| {
            asked.models.as_ref().is_none_or(|models| models.iter().any(|asked| asked.name() == model.name()))
        };
        let with_half_life = |model: Model| match model {
            Model::TimeDecay { .. } => Model::TimeDecay { half_life },
            other => other,
        };
        let mut outcomes = asked.outcomes.clone().unwrap_or(OutcomeKind::WITH_MONEY.to_vec());
        outcomes.sort_unstable();
        outcomes.dedup();
        Ok(Self {
            from: asked.from,
            until: asked.until,
            models: Model::ALL.into_iter().filter(named).map(with_half_life).collect(),
            by: asked.by.unwrap_or(usual.by),
            source: asked.source.unwrap_or(CreditSource::ActivityType),
            lookback_days,
            half_life_days,
            minimum_confidence,
            role_weights: usual.role_weights.clone(),
            outcomes,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usual() -> Attribution {
        Attribution {
            model: "linear".into(),
            lookback_days: 90,
            half_life_days: 14.0,
            by: AttributionUnit::Account,
            minimum_confidence: 0.8,
            role_weights: crate::value_map::model::default_role_weights(),
        }
    }

    fn quarter(text: &str) -> Quarter {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_left_out_is_as_the_scoring_model_has_it() {
        let asked = Asked::of(quarter("2026-Q1"), quarter("2026-Q4"));
        let parameters = Parameters::parse(&asked, &usual()).unwrap();
        assert_eq!(parameters.models.len(), Model::ALL.len());
        assert_eq!(parameters.models[3].to_string(), "time_decay:14");
        assert_eq!((parameters.by, parameters.lookback_days), (AttributionUnit::Account, 90));
        assert_eq!(parameters.outcomes, OutcomeKind::WITH_MONEY);
    }

    #[cfg(feature = "serde")]
    #[test]
    fn parameters_of_earlier_releases_count_every_role_once() {
        let parameters = Parameters::parse(&Asked::of(quarter("2026-Q1"), quarter("2026-Q1")), &usual()).unwrap();
        assert_eq!(parameters.role_weight(Role::Reached), 0.0);
        let mut stored = serde_json::to_value(&parameters).unwrap();
        assert_eq!(serde_json::from_value::<Parameters>(stored.clone()).unwrap(), parameters);
        stored.as_object_mut().unwrap().remove("role_weights");
        let earlier: Parameters = serde_json::from_value(stored).unwrap();
        assert_eq!(Role::ALL.iter().map(|role| earlier.role_weight(*role)).sum::<f64>(), 6.0);
    }

    #[test]
    fn the_order_in_which_things_were_named_does_not_matter() {
        let asked = |models: &[Model], outcomes: &[OutcomeKind]| Asked {
            models: Some(models.to_vec()),
            outcomes: Some(outcomes.to_vec()),
            ..Asked::of(quarter("2026-Q1"), quarter("2026-Q1"))
        };
        let one = asked(&[Model::Linear, Model::FirstTouch], &[OutcomeKind::Lead, OutcomeKind::Trial]);
        let other = asked(&[Model::FirstTouch, Model::Linear, Model::Linear], &[OutcomeKind::Trial, OutcomeKind::Lead]);
        assert_eq!(Parameters::parse(&one, &usual()), Parameters::parse(&other, &usual()));
    }

    #[test]
    fn all_that_is_wrong_is_reported_at_once() {
        let asked = Asked {
            models: Some(Vec::new()),
            lookback_days: Some(0),
            half_life_days: Some(-1.0),
            minimum_confidence: Some(1.5),
            outcomes: Some(Vec::new()),
            ..Asked::of(quarter("2026-Q2"), quarter("2026-Q1"))
        };
        let problems = Parameters::parse(&asked, &usual()).unwrap_err();
        let paths: Vec<&str> = problems.iter().map(|problem| problem.path.as_str()).collect();
        assert_eq!(paths, ["until", "lookbackDays", "halfLifeDays", "minimumConfidence", "models", "outcomes"]);
        let long = Asked::of(quarter("2000-Q1"), quarter("2026-Q1"));
        assert_eq!(Parameters::parse(&long, &usual()).unwrap_err()[0].code, ProblemCode::Size);
    }
}
