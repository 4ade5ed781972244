//! What would follow if something rose or fell. It is computed from the map as it was read, so that the server and the
//! browser answer alike, and nothing is stored.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::internal::mean_of;
use super::{AmountRange, Effect, Element, Layer, LinkReading, Part, PartKind, Reading, Score, ValueMap, Worth};
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
/// From the bottom up: an element moves by its own shift, by those of its measures and by what its links bring it from
/// below, ten points at a time, by the effect that the model states; effects on one element add up. A benefit also moves
/// the scores that it is an indicator of. That is a measurement and no cause, so nothing further follows from it: what
/// is learned about an element twice does not count twice. A score stays within 0 and 100 and an amount does not fall
/// below zero. A link without a stated effect moves nothing.
pub fn what_if(map: &ValueMap, shifts: &[Shift]) -> Projection {
    let shift_of = |key: &str| shifts.iter().filter(|shift| shift.key == key).map(|shift| shift.points).sum::<f64>();
    let of_measure = |part: &Part| if part.kind == PartKind::Measure { shift_of(&part.key) } else { 0.0 };
    let mut moved: BTreeMap<Element, Range> = BTreeMap::new();
    let mut scores = Vec::new();
    for reading in map.layers.iter().flat_map(|layer| &layer.elements) {
        let from_below = brought_by_links(reading.element, &map.links, &moved);
        let moves = match &reading.reading {
            Reading::Score(score) => {
                let own = shift_of(reading.element.as_str()) + recombined(score, map, of_measure) - score.value;
                from_below.plus(Range::certain(own)).within(-score.value, 100.0 - score.value)
            }
            // Where it stands is not known; how far it would move is.
            _ => from_below,
        };
        moved.insert(reading.element, moves);
    }
    for (element, score) in scores_of(map) {
        let with_indicators = |part: &Part| match part.key.parse::<Element>() {
            Ok(benefit) if part.kind == PartKind::Indicator => moved.get(&benefit).map_or(0.0, |moves| moves.likely),
            _ => of_measure(part),
        };
        let from_below = brought_by_links(element, &map.links, &moved).likely;
        let after = recombined(score, map, with_indicators) + shift_of(element.as_str()) + from_below;
        scores.push(ProjectedScore { element, before: score.value, after: after.clamp(0.0, 100.0) });
    }
    let amounts = map.layers.iter().flat_map(|layer| &layer.elements).filter_map(|reading| {
        let Reading::Worth(worth) = &reading.reading else { return None };
        Some(projected_amount(reading.element, worth, brought_by_links(reading.element, &map.links, &moved)))
    });
    let amounts = amounts.collect();
    let unknown = shifts.iter().filter(|shift| !is_known(map, &shift.key)).map(|shift| shift.key.clone()).collect();
    Projection { scores, amounts, unknown }
}

/// Bottom to top.
fn scores_of(map: &ValueMap) -> impl Iterator<Item = (Element, &Score)> {
    map.layers.iter().flat_map(|layer| &layer.elements).filter_map(|reading| match &reading.reading {
        Reading::Score(score) => Some((reading.element, score)),
        _ => None,
    })
}

/// A movement, in points or as a share, with the ends that the stated effects allow.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Range {
    low: f64,
    likely: f64,
    high: f64,
}

impl Range {
    fn certain(value: f64) -> Self {
        Self { low: value, likely: value, high: value }
    }

    fn plus(self, other: Self) -> Self {
        Self { low: self.low + other.low, likely: self.likely + other.likely, high: self.high + other.high }
    }

    fn within(self, least: f64, most: f64) -> Self {
        let within = |value: f64| value.clamp(least, most);
        Self { low: within(self.low), likely: within(self.likely), high: within(self.high) }
    }

    /// What so many points bring at an effect for ten.
    fn times(self, effect: &Effect) -> Self {
        let ends = [self.low * effect.low, self.low * effect.high, self.high * effect.low, self.high * effect.high];
        let least = ends.into_iter().fold(f64::INFINITY, f64::min);
        let most = ends.into_iter().fold(f64::NEG_INFINITY, f64::max);
        Self { low: least / 10.0, likely: self.likely * effect.likely / 10.0, high: most / 10.0 }
    }
}

fn brought_by_links(element: Element, links: &[LinkReading], moved: &BTreeMap<Element, Range>) -> Range {
    let to_here = links.iter().filter(|link| link.to == element);
    let brought = to_here.filter_map(|link| Some(moved.get(&link.from)?.times(link.effect.as_ref()?)));
    brought.fold(Range::default(), Range::plus)
}

/// The score with its parts shifted.
fn recombined(score: &Score, map: &ValueMap, shift_of: impl Fn(&Part) -> f64) -> f64 {
    if score.parts.iter().all(|part| shift_of(part) == 0.0) {
        return score.value;
    }
    let moved: Vec<Part> = score
        .parts
        .iter()
        .map(|part| Part { score: part.score.map(|value| (value + shift_of(part)).clamp(0.0, 100.0)), ..part.clone() })
        .collect();
    mean_of(moved.iter(), map.weighting)
}

fn projected_amount(element: Element, worth: &Worth, moved: Range) -> ProjectedAmount {
    let scaled = |amount: Decimal, share: f64| rounded(times(amount, (1.0 + share).max(0.0)));
    let before = worth.amount;
    let after = AmountRange {
        low: scaled(before.low, moved.low),
        likely: scaled(before.likely, moved.likely),
        high: scaled(before.high, moved.high),
    };
    ProjectedAmount { element, before, after }
}

fn is_known(map: &ValueMap, key: &str) -> bool {
    map.layers.iter().filter(|layer| layer.layer != Layer::Financial).flat_map(|layer| &layer.elements).any(|reading| {
        let Reading::Score(score) = &reading.reading else { return false };
        reading.element.as_str() == key || score.parts.iter().any(|part| part.key == key && part.score.is_some())
    })
}
