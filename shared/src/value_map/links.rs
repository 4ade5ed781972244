//! The links of the map: what the model states about them, and what the data says.

use std::collections::HashMap;

use rust_decimal::prelude::ToPrimitive;

use super::ask::Ask;
use super::internal::combined;
use super::model::{Link, ScoringModel};
use super::worth::{Valuation, WorthInputs};
use super::{
    ContactBaseline, Effect, Element, Figures, Layer, LayerReading, LinkReading, PartKind, Reading, Strength, Weighting,
};
use crate::calendar::Quarter;
use crate::statistics::correlation;
use crate::survey::Subject;

/// Quarters that both ends of a link need before their association is reported.
const LEAST_QUARTERS: usize = 6;

/// What is known of links, by their ends.
pub type Strengths = HashMap<(Element, Element), Strength>;

/// How the two ends of each link went together over some quarters.
///
/// A benefit is compared with the measures of the internal element that it drives, not with its score: the benefit is in
/// the score already.
pub fn strengths(
    model: &ScoringModel,
    history: &[(Quarter, Figures)],
    minimum: u64,
    baseline: Option<ContactBaseline>,
) -> Strengths {
    let ask = Ask { weighting: Weighting::Model, minimum, baseline };
    let strength = |link: &Link| {
        let pairs: Vec<(f64, f64)> = history
            .iter()
            .filter_map(|(period, figures)| {
                let from = level(link.from, model, *period, figures, ask, false)?;
                let to = level(link.to, model, *period, figures, ask, link.from.benefit().is_some())?;
                Some((from, to))
            })
            .collect();
        if pairs.len() < LEAST_QUARTERS {
            return None;
        }
        let (correlation, interval) = correlation(&pairs)?;
        Some(((link.from, link.to), Strength { correlation, interval, quarters: pairs.len() as u64 }))
    };
    model.links.iter().filter_map(strength).collect()
}

/// Where an element stood in a quarter: a score, or the most likely amount.
fn level(
    element: Element,
    model: &ScoringModel,
    period: Quarter,
    figures: &Figures,
    ask: Ask,
    measures_alone: bool,
) -> Option<f64> {
    match element.layer() {
        Layer::Learning => None,
        Layer::Members => {
            let sample = figures.tallies.percents(&Subject::Benefit(element.benefit()?));
            if sample.size() < ask.minimum { None } else { sample.mean() }
        }
        Layer::Internal => {
            let combined = combined(element, model, figures, ask).ok()?;
            if !measures_alone {
                return Some(combined.value);
            }
            let measures =
                || combined.inputs.iter().map(|input| &input.part).filter(|part| part.kind == PartKind::Measure);
            let share: f64 = measures().map(|part| part.share).sum();
            let sum: f64 = measures().filter_map(|part| Some(part.share * part.score?)).sum();
            (share > 0.0).then(|| sum / share)
        }
        Layer::Financial => {
            let inputs = WorthInputs::of(period, model, figures, ask.minimum, ask.baseline);
            let valuation = Valuation::new(model, &inputs);
            let (counted, _) = valuation.terms(element);
            let modes: Vec<f64> = valuation.ranges().iter().map(|range| range.mode()).collect();
            if counted.is_empty() { None } else { valuation.amount(&counted, &modes).ok()?.to_f64() }
        }
    }
}

/// The links with what is known of them in this period.
pub(super) fn link_readings(model: &ScoringModel, layers: &[LayerReading], strengths: &Strengths) -> Vec<LinkReading> {
    let share = |link: &Link| {
        let elements = layers.iter().flat_map(|layer| &layer.elements);
        let Reading::Score(score) = &elements.into_iter().find(|reading| reading.element == link.to)?.reading else {
            return None;
        };
        score.parts.iter().find(|part| part.key == link.from.as_str()).map(|part| part.share)
    };
    let reading = |link: &Link| LinkReading {
        from: link.from,
        to: link.to,
        share: share(link),
        effect: link.effect.map(|effect| Effect { low: effect.low(), likely: effect.mode(), high: effect.high() }),
        strength: strengths.get(&(link.from, link.to)).cloned(),
    };
    model.links.iter().map(reading).collect()
}
