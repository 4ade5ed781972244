//! The scoring model: which measures, weights and links turn what is known into scores. It belongs to the organisation,
//! is versioned, and every score names the version that it was computed with.

mod draft;
mod found;
mod parse;
mod parse_financial;
mod standard;
mod templates;

pub use draft::{
    AcquisitionDraft, Aggregation, AttributionDraft, AttributionUnit, ChoiceDraft, Direction, FinancialDraft,
    IndicatorDraft, LinkDraft, MeasureDraft, MeasureSource, MoneyRangeDraft, RangeDraft, ScoringModelDraft,
    SelfServiceDraft,
};
pub use parse_financial::{ATTRIBUTION_MODELS, default_role_weights};
pub use standard::standard_model;
pub use templates::{MODEL_TEMPLATES, ModelTemplate};

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::Element;
use super::attainment::{AmountScale, Scale};
use super::financial::Triangular;
use crate::activities::Role;
use crate::calendar::Quarter;
use crate::survey::{Benefit, GivenChoice};

/// A scoring model that keeps all rules; only [`ScoringModel::parse`] makes one.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoringModel {
    pub name: String,
    pub version: u32,
    pub measures: Vec<Measure>,
    pub indicators: Vec<Indicator>,
    /// Each runs up, from a layer to one above it.
    pub links: Vec<Link>,
    pub financial: Financial,
}

impl ScoringModel {
    /// What scores call it: `support-community-3`.
    pub fn label(&self) -> String {
        format!("{}-{}", self.name, self.version)
    }

    pub fn measure(&self, key: &str) -> Option<&Measure> {
        self.measures.iter().find(|measure| measure.key == key)
    }

    pub fn measures_of(&self, element: Element) -> impl Iterator<Item = &Measure> {
        self.measures.iter().filter(move |measure| measure.element == element)
    }

    pub fn indicators_of(&self, element: Element) -> impl Iterator<Item = &Indicator> {
        self.indicators.iter().filter(move |indicator| indicator.element == element)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Measure {
    pub key: String,
    pub name: String,
    pub element: Element,
    pub unit: String,
    pub scale: Scale,
    pub weight: f64,
    pub owner: Option<String>,
    pub source: MeasureSource,
    /// Of a share of answers, the answer.
    pub choice: Option<Choice>,
    pub aggregation: Aggregation,
}

/// A benefit whose index is a part of an internal element's score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Indicator {
    pub benefit: Benefit,
    pub element: Element,
    /// Beside the element's measures.
    pub weight: f64,
}

/// A hypothesis: `from` raises `to`.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    pub from: Element,
    pub to: Element,
    /// What ten points more of `from` are expected to bring: the share by which the money of `to` rises, or points.
    pub effect: Option<Triangular>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Financial {
    /// The amount that a quarter is to bring, and the scale from nothing to it.
    pub targets: BTreeMap<Element, (Decimal, AmountScale)>,
    pub margins: BTreeMap<Element, Triangular>,
    pub incrementality: Triangular,
    pub acquisition: AcquisitionValue,
    pub cost_per_case: MoneyRange,
    pub self_service: SelfService,
    pub baseline_period: Option<Quarter>,
    pub attribution: Attribution,
    pub seed: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AcquisitionValue {
    FirstYearMargin,
    CostSaved(MoneyRange),
}

/// Least, most likely (above zero) and most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MoneyRange {
    pub low: Decimal,
    pub mode: Decimal,
    pub high: Decimal,
}

impl MoneyRange {
    /// As factors of its most likely amount.
    pub(crate) fn relative(self) -> Triangular {
        let factor = |amount: Decimal| amount.checked_div(self.mode).and_then(|ratio| ratio.to_f64()).unwrap_or(1.0);
        Triangular::around(1.0, factor(self.low), factor(self.high))
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelfService {
    /// The key of the measure that counts sessions.
    pub sessions: String,
    pub success: Choice,
    pub intent: Choice,
    pub no_further_action: Choice,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Choice {
    pub question: String,
    pub choice: String,
}

impl Choice {
    pub fn given(&self) -> GivenChoice {
        GivenChoice::chosen(&self.question, &self.choice)
    }
}

impl SelfService {
    /// The answers of those who gave the ones before that are counted together, to this choice and to any.
    pub fn nested(&self) -> [Vec<GivenChoice>; 4] {
        let [found, asked, further] = [&self.success, &self.intent, &self.no_further_action];
        let any = |choice: &Choice| GivenChoice::any(&choice.question);
        [
            vec![found.given(), any(asked)],
            vec![found.given(), asked.given()],
            vec![found.given(), asked.given(), any(further)],
            vec![found.given(), asked.given(), further.given()],
        ]
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Attribution {
    pub model: String,
    pub lookback_days: u32,
    pub half_life_days: f64,
    pub by: AttributionUnit,
    pub minimum_confidence: f64,
    /// Of every role.
    pub role_weights: BTreeMap<Role, f64>,
}

impl Attribution {
    /// How much a touch in this role counts; 0 where it is no touch at all.
    pub fn role_weight(&self, role: Role) -> f64 {
        self.role_weights.get(&role).copied().unwrap_or_default()
    }
}
