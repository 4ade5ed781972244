use std::collections::BTreeMap;

use super::OutcomeKind;
use crate::survey::{Problem, ProblemCode};

const MAX_POINTS: f64 = 1_000_000.0;

/// How many points an outcome counts for, by its kind. Points and money stay apart.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct OutcomeWeights(BTreeMap<OutcomeKind, f64>);

impl Default for OutcomeWeights {
    fn default() -> Self {
        Self(OutcomeKind::ALL.iter().map(|kind| (*kind, usual_points(*kind))).collect())
    }
}

/// What holds until an organisation sets its own: a judgement of how far each is from revenue, no measurement.
fn usual_points(kind: OutcomeKind) -> f64 {
    match kind {
        OutcomeKind::Download => 1.0,
        OutcomeKind::GoodwillNote | OutcomeKind::DeflectedTicket => 2.0,
        OutcomeKind::Review => 3.0,
        OutcomeKind::Lead => 5.0,
        OutcomeKind::Trial | OutcomeKind::PartnerLead => 8.0,
        OutcomeKind::Opportunity | OutcomeKind::Referral => 10.0,
        OutcomeKind::Upgrade | OutcomeKind::Renewal => 15.0,
        OutcomeKind::Purchase => 20.0,
    }
}

impl OutcomeWeights {
    /// A kind that a stored version does not know, because it is older, has the points that hold until others are set.
    pub fn points(&self, kind: OutcomeKind) -> f64 {
        self.0.get(&kind).copied().unwrap_or_else(|| usual_points(kind))
    }

    /// These weights with some of them changed.
    pub fn with(mut self, changes: &[(OutcomeKind, f64)]) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        for (index, (kind, points)) in changes.iter().enumerate() {
            if changes[..index].iter().any(|(earlier, _)| earlier == kind) {
                let message = format!("{kind} has points already");
                problems.push(Problem::new(format!("weights.{index}.kind"), ProblemCode::Duplicate, message));
            }
            if !(0.0..=MAX_POINTS).contains(points) {
                let message = format!("points are from 0 to {MAX_POINTS}");
                problems.push(Problem::new(format!("weights.{index}.points"), ProblemCode::OutOfRange, message));
            }
            self.0.insert(*kind, *points);
        }
        if problems.is_empty() { Ok(self) } else { Err(problems) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_changed_stays() {
        let weights = OutcomeWeights::default().with(&[(OutcomeKind::Lead, 7.5)]).unwrap();
        assert_eq!(weights.points(OutcomeKind::Lead), 7.5);
        assert_eq!(weights.points(OutcomeKind::Trial), 8.0);
    }

    #[cfg(feature = "serde")]
    #[test]
    fn a_kind_that_is_newer_than_a_version_has_its_usual_points() {
        let stored: OutcomeWeights = serde_json::from_str(r#"{"LEAD": 7.5}"#).unwrap();
        assert_eq!([OutcomeKind::Lead, OutcomeKind::Opportunity].map(|kind| stored.points(kind)), [7.5, 10.0]);
    }

    #[test]
    fn points_are_finite_and_not_negative_and_given_once() {
        let changes = [(OutcomeKind::Lead, -1.0), (OutcomeKind::Lead, 1.0), (OutcomeKind::Trial, f64::NAN)];
        let problems = OutcomeWeights::default().with(&changes).unwrap_err();
        let paths: Vec<&str> = problems.iter().map(|problem| problem.path.as_str()).collect();
        assert_eq!(paths, ["weights.0.points", "weights.1.kind", "weights.2.points"]);
    }
}
