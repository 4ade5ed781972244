use async_graphql::InputObject;
use valuemap_engine::attribution::break_even::Plan;
use valuemap_shared::activities::Cost;
use valuemap_shared::attribution::Asked;
use valuemap_shared::survey::{Problem, ProblemCode};

use crate::activities::OutcomeKind;
use crate::attribution::enums::{AttributionModelName, AttributionUnit, CreditSource};
use crate::wire::node_id::NodeId;
use crate::wire::scalars::{Count, Currency, Decimal, Quarter};

/// What to attribute and how. What is left out is as the community's scoring model has it.
#[derive(InputObject)]
pub struct RunAttributionInput {
    pub community: NodeId,
    /// The first and the last quarter whose outcomes are credited.
    from: Quarter,
    until: Quarter,
    /// All of them where it is left out.
    models: Option<Vec<AttributionModelName>>,
    by: Option<AttributionUnit>,
    #[graphql(default_with = "CreditSource::ActivityType")]
    source: CreditSource,
    /// Touches up to this long before an outcome count; 1 to 3650.
    lookback_days: Option<i32>,
    /// Of time decay.
    half_life_days: Option<f64>,
    /// Identity links of less confidence are left aside; 0 to 1.
    minimum_confidence: Option<f64>,
    /// Purchases, upgrades and renewals where it is left out.
    outcomes: Option<Vec<OutcomeKind>>,
}

impl RunAttributionInput {
    pub fn asked(self) -> Asked {
        Asked {
            models: self.models.map(|models| models.into_iter().map(Into::into).collect()),
            by: self.by.map(Into::into),
            source: Some(self.source.into()),
            lookback_days: self.lookback_days.map(i64::from),
            half_life_days: self.half_life_days,
            minimum_confidence: self.minimum_confidence,
            outcomes: self.outcomes.map(|kinds| kinds.into_iter().map(Into::into).collect()),
            ..Asked::of(self.from.0, self.until.0)
        }
    }
}

/// How outcomes are credited. What is left out is as the community's scoring model has it.
#[derive(Default, InputObject)]
pub struct ReturnsOptions {
    model: Option<AttributionModelName>,
    /// Members or accounts.
    unit: Option<AttributionUnit>,
    lookback_days: Option<i32>,
    half_life_days: Option<f64>,
    minimum_confidence: Option<f64>,
    /// Purchases, upgrades and renewals where it is left out.
    outcomes: Option<Vec<OutcomeKind>>,
}

impl ReturnsOptions {
    /// `usual` is the scoring model's attribution model.
    pub fn asked(self, from: Quarter, until: Quarter, by: CreditSource, usual: Option<AttributionModelName>) -> Asked {
        Asked {
            models: self.model.or(usual).map(|model| vec![model.into()]),
            by: self.unit.map(Into::into),
            source: Some(by.into()),
            lookback_days: self.lookback_days.map(i64::from),
            half_life_days: self.half_life_days,
            minimum_confidence: self.minimum_confidence,
            outcomes: self.outcomes.map(|kinds| kinds.into_iter().map(Into::into).collect()),
            ..Asked::of(from.0, until.0)
        }
    }
}

/// An activity that is being thought about.
#[derive(InputObject)]
pub struct BreakEvenInput {
    /// In whichever currencies, at today's rates.
    #[graphql(validator(max_items = 250))]
    costs: Vec<PlannedCostInput>,
    expected_participants: Count,
    outcome_kind: OutcomeKind,
    /// The key of a type, to compare with what came of it before.
    activity_type: Option<String>,
    /// What an outcome is worth after what it costs to deliver, in the community's currency; where it is left out, past
    /// outcomes of the kind tell.
    value_per_outcome: Option<Decimal>,
}

/// An `amount`, or `hours` at a loaded `rate` an hour.
#[derive(InputObject)]
struct PlannedCostInput {
    currency: Currency,
    amount: Option<Decimal>,
    hours: Option<Decimal>,
    rate: Option<Decimal>,
}

impl BreakEvenInput {
    pub fn plan(self) -> Result<Plan, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut costs = Vec::with_capacity(self.costs.len());
        for (index, cost) in self.costs.into_iter().enumerate() {
            let read = match (cost.amount, cost.hours, cost.rate) {
                (Some(amount), None, None) => Cost::Amount(amount.0),
                (None, Some(hours), Some(rate)) => Cost::Hours { hours: hours.0, rate: rate.0 },
                _ => {
                    let message = "give either an amount, or hours and the rate of an hour";
                    problems.push(Problem::new(format!("costs.{index}.amount"), ProblemCode::Malformed, message));
                    continue;
                }
            };
            costs.push((read, cost.currency.0));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Plan {
            costs,
            expected_participants: self.expected_participants.0,
            outcome: self.outcome_kind.into(),
            activity_type: self.activity_type,
            value_per_outcome: self.value_per_outcome.map(|value| value.0),
        })
    }
}
