//! What would follow if something rose or fell. It is computed from the map as it was read, so that the server and the
//! browser answer alike, and nothing is stored.

use rust_decimal::Decimal;

use super::internal::mean_of;
use super::{AmountRange, Element, Layer, LinkReading, Part, Reading, Score, ValueMap, Worth};
use crate::money::{rounded, times};

/// Something rises or falls by some points of 0 to 100.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct Shift {
    /// A benefit or an internal element by its name, or a measure by its key.
    pub key: String,
    pub points: f64,
}

/// What would follow.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct Projection {
    pub scores: Vec<ProjectedScore>,
    pub amounts: Vec<ProjectedAmount>,
    /// Keys that were to shift and have no score on this map.
    pub unknown: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct ProjectedScore {
    pub element: Element,
    pub before: f64,
    pub after: f64,
}

#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct ProjectedAmount {
    pub element: Element,
    pub before: AmountRange,
    /// Low and high come from the ranges of the links' effects alone, on top of the amount's own range.
    pub after: AmountRange,
}

/// What would follow from some shifts, along the links of the map.
///
/// A benefit or measure moves the internal elements that are scored from it, by its share. Internal elements move
/// money: each ten points by the effect that the model states for the link; the effects on one element add up. A score
/// stays within 0 and 100 and an amount does not fall below zero.
pub fn what_if(map: &ValueMap, shifts: &[Shift]) -> Projection {
    let shift_of = |key: &str| shifts.iter().filter(|shift| shift.key == key).map(|shift| shift.points).sum::<f64>();
    let mut scores = Vec::new();
    for reading in map.layers.iter().flat_map(|layer| &layer.elements) {
        if let Reading::Score(score) = &reading.reading {
            let moved = recombined(score, map, &shift_of) + shift_of(reading.element.as_str());
            scores.push(ProjectedScore {
                element: reading.element,
                before: score.value,
                after: moved.clamp(0.0, 100.0),
            });
        }
    }
    let mut amounts = Vec::new();
    for reading in map.layers.iter().flat_map(|layer| &layer.elements) {
        if let Reading::Worth(worth) = &reading.reading {
            amounts.push(projected_amount(reading.element, worth, &map.links, &scores));
        }
    }
    let unknown = shifts.iter().filter(|shift| !is_known(map, &shift.key)).map(|shift| shift.key.clone()).collect();
    Projection { scores, amounts, unknown }
}

/// The score with its parts moved; a part that is a benefit moves as the benefit does.
fn recombined(score: &Score, map: &ValueMap, shift_of: &impl Fn(&str) -> f64) -> f64 {
    if score.parts.iter().all(|part| shift_of(&part.key) == 0.0) {
        return score.value;
    }
    let moved: Vec<Part> = score
        .parts
        .iter()
        .map(|part| Part {
            score: part.score.map(|value| (value + shift_of(&part.key)).clamp(0.0, 100.0)),
            ..part.clone()
        })
        .collect();
    mean_of(moved.iter(), map.weighting)
}

fn projected_amount(
    element: Element,
    worth: &Worth,
    links: &[LinkReading],
    scores: &[ProjectedScore],
) -> ProjectedAmount {
    let (mut low, mut likely, mut high) = (1.0, 1.0, 1.0);
    for link in links.iter().filter(|link| link.to == element) {
        let driver = scores.iter().find(|score| score.element == link.from);
        let (Some(effect), Some(driver)) = (&link.effect, driver) else { continue };
        let tens = (driver.after - driver.before) / 10.0;
        likely += tens * effect.likely;
        low += (tens * effect.low).min(tens * effect.high);
        high += (tens * effect.low).max(tens * effect.high);
    }
    let scaled = |amount: Decimal, factor: f64| rounded(times(amount, factor.max(0.0)));
    let before = worth.amount;
    let after = AmountRange {
        low: scaled(before.low, low),
        likely: scaled(before.likely, likely),
        high: scaled(before.high, high),
    };
    ProjectedAmount { element, before, after }
}

fn is_known(map: &ValueMap, key: &str) -> bool {
    map.layers.iter().filter(|layer| layer.layer != Layer::Financial).flat_map(|layer| &layer.elements).any(|reading| {
        let Reading::Score(score) = &reading.reading else { return false };
        reading.element.as_str() == key || score.parts.iter().any(|part| part.key == key && part.score.is_some())
    })
}
