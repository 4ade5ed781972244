//! The part of a scoring model that is about money.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::draft::*;
use super::found::Found;
use super::{AcquisitionValue, Attribution, Choice, Financial, SelfService};
use crate::activities::Role;
use crate::calendar::Quarter;
use crate::survey::ProblemCode;
use crate::value_map::Element;
use crate::value_map::attainment::AmountScale;

pub(super) fn parse_financial(draft: &FinancialDraft, found: &mut Found) -> Option<Financial> {
    let mut targets = BTreeMap::new();
    for (name, amount) in &draft.targets {
        let path = format!("financial.targets.{name}");
        let (element, amount) = (found.financial_element(&path, name), found.amount(&path, amount));
        let scale = amount.and_then(|amount| match AmountScale::new(Decimal::ZERO, amount) {
            Ok(scale) => Some(scale),
            Err(error) => {
                found.add(&path, ProblemCode::OutOfRange, error.to_string());
                None
            }
        });
        if let (Some(element), Some(amount), Some(scale)) = (element, amount, scale) {
            targets.insert(element, (amount, scale));
        }
    }
    let mut margins = BTreeMap::new();
    for (name, range) in &draft.margins {
        let path = format!("financial.margins.{name}");
        if let (Some(element), Some(range)) = (found.financial_element(&path, name), found.share(&path, *range)) {
            margins.insert(element, range);
        }
    }
    for element in [Element::Upgrades, Element::RepeatPurchases, Element::Acquisition] {
        if !draft.margins.keys().any(|name| name.parse() == Ok(element)) {
            found.add(
                "financial.margins",
                ProblemCode::Missing,
                format!("the margin of {} is missing", element.as_str()),
            );
        }
    }
    let acquisition = match &draft.acquisition {
        AcquisitionDraft::FirstYearMargin => Some(AcquisitionValue::FirstYearMargin),
        AcquisitionDraft::CostSaved(range) => {
            found.money("financial.acquisition", range).map(AcquisitionValue::CostSaved)
        }
    };
    let baseline_period = match draft.baseline_period.as_deref().map(str::parse::<Quarter>).transpose() {
        Ok(period) => period,
        Err(error) => {
            found.add("financial.baselinePeriod", ProblemCode::Malformed, error.to_string());
            None
        }
    };
    let incrementality = found.share("financial.incrementality", draft.incrementality);
    let cost_per_case = found.money("financial.costPerCase", &draft.cost_per_case);
    let self_service = parse_self_service(&draft.self_service, found);
    let attribution = parse_attribution(&draft.attribution, found);
    Some(Financial {
        targets,
        margins,
        incrementality: incrementality?,
        acquisition: acquisition?,
        cost_per_case: cost_per_case?,
        self_service,
        baseline_period,
        attribution,
        seed: draft.seed,
    })
}

fn parse_self_service(draft: &SelfServiceDraft, found: &mut Found) -> SelfService {
    let mut choice = |name: &str, choice: &ChoiceDraft| {
        found.text(&format!("financial.selfService.{name}.question"), &choice.question);
        found.text(&format!("financial.selfService.{name}.choice"), &choice.choice);
        Choice { question: choice.question.clone(), choice: choice.choice.clone() }
    };
    SelfService {
        sessions: draft.sessions.clone(),
        success: choice("success", &draft.success),
        intent: choice("intent", &draft.intent),
        no_further_action: choice("noFurtherAction", &draft.no_further_action),
    }
}

/// The names of the attribution models, which the crate's `attribution` part computes.
pub const ATTRIBUTION_MODELS: [&str; 9] = [
    "first_touch",
    "last_touch",
    "linear",
    "time_decay",
    "u_shaped",
    "w_shaped",
    "markov_removal",
    "shapley",
    "shapley_nonnegative",
];

/// Who merely received a mail was not met; who registered and did not come was met a little.
pub fn default_role_weights() -> BTreeMap<Role, f64> {
    let weight = |role: &Role| match role {
        Role::Reached => 0.0,
        Role::Registered => 0.25,
        Role::Attended | Role::Contributed | Role::Spoke | Role::Organised => 1.0,
    };
    Role::ALL.iter().map(|role| (*role, weight(role))).collect()
}

fn parse_role_weights(drafts: &BTreeMap<String, f64>, found: &mut Found) -> BTreeMap<Role, f64> {
    let mut weights = default_role_weights();
    for (name, weight) in drafts {
        let path = format!("financial.attribution.roleWeights.{name}");
        found.weight(&path, *weight);
        match name.parse::<Role>() {
            Ok(role) => _ = weights.insert(role, *weight),
            Err(message) => found.add(&path, ProblemCode::Unknown, message),
        }
    }
    if weights.values().all(|weight| *weight <= 0.0) {
        let message = "all roles have the weight 0, so no activity could be credited";
        found.add("financial.attribution.roleWeights", ProblemCode::OutOfRange, message);
    }
    weights
}

fn parse_attribution(draft: &AttributionDraft, found: &mut Found) -> Attribution {
    let path = |field: &str| format!("financial.attribution.{field}");
    if !ATTRIBUTION_MODELS.contains(&draft.model.as_str()) {
        let message =
            format!("`{}` is no attribution model; write one of {}", draft.model, ATTRIBUTION_MODELS.join(", "));
        found.add(path("model"), ProblemCode::Unknown, message);
    }
    if !(1..=1_095).contains(&draft.lookback_days) {
        found.add(path("lookbackDays"), ProblemCode::OutOfRange, "a look-back window has 1 to 1,095 days");
    }
    if !(draft.half_life_days.is_finite() && draft.half_life_days > 0.0) {
        found.add(path("halfLifeDays"), ProblemCode::OutOfRange, "a half-life is longer than 0 days");
    }
    if !(0.0..=1.0).contains(&draft.minimum_confidence) {
        found.add(path("minimumConfidence"), ProblemCode::OutOfRange, "confidence is from 0 to 1");
    }
    Attribution {
        model: draft.model.clone(),
        lookback_days: draft.lookback_days,
        half_life_days: draft.half_life_days,
        by: draft.by,
        minimum_confidence: draft.minimum_confidence,
        role_weights: parse_role_weights(&draft.role_weights, found),
    }
}
