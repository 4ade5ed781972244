//! The links of the map: what the model states about them, and what the data says.

use std::collections::HashMap;

use rust_decimal::prelude::ToPrimitive;

use super::ask::Ask;
use super::internal::combined;
use super::model::{Link, MeasureSource, ScoringModel};
use super::worth::{Valuation, WorthInputs};
use super::{ContactBaseline, Effect, Element, Figures, Layer, LinkReading, Part, Strength, Verdict, Weighting};
use crate::calendar::Quarter;
use crate::statistics::{Correlation, benjamini_hochberg, correlation, effective_size};
use crate::survey::Subject;

/// Changes from quarter to quarter that both ends of a link need before their association is reported.
const LEAST_CHANGES: usize = 5;
/// Among the links that are said to go together, the share that may do so by chance.
const FALSE_DISCOVERIES: f64 = 0.05;

/// What is known of links, by their ends.
pub type Strengths = HashMap<(Element, Element), Strength>;

/// Whether the two ends of each link rose and fell in the same quarters.
///
/// Correlated are changes from one quarter to the next: levels that both grow would seem tied whatever they are. The
/// interval is Fisher's with the effective number of changes (Quenouille 1947), the verdicts are corrected for the
/// number of links (Benjamini, Hochberg 1995). An element is never compared with a part of its own score: what both ends
/// are computed from is left out.
pub fn strengths(
    model: &ScoringModel,
    history: &[(Quarter, Figures)],
    minimum: u64,
    baseline: Option<ContactBaseline>,
) -> Strengths {
    let ask = Ask { weighting: Weighting::Model, minimum, baseline };
    let found: Vec<(&Link, Correlation, usize)> = model
        .links
        .iter()
        .filter_map(|link| {
            let changes = changes(link, model, history, ask);
            if changes.len() < LEAST_CHANGES {
                return None;
            }
            Some((link, correlation(&changes, effective_size(&changes))?, changes.len()))
        })
        .collect();
    let adjusted = benjamini_hochberg(&found.iter().map(|(_, correlation, _)| correlation.p_value).collect::<Vec<_>>());
    let strength = |((link, found, changes), adjusted_p_value): ((&Link, Correlation, usize), f64)| {
        let verdict = match found.value {
            _ if adjusted_p_value > FALSE_DISCOVERIES => Verdict::CannotTell,
            up if up > 0.0 => Verdict::Together,
            _ => Verdict::Opposite,
        };
        let Correlation { value: correlation, interval, .. } = found;
        ((link.from, link.to), Strength { correlation, interval, changes: changes as u64, adjusted_p_value, verdict })
    };
    found.into_iter().zip(adjusted).map(strength).collect()
}

/// How much both ends changed from each quarter to the next, where both have figures.
fn changes(link: &Link, model: &ScoringModel, history: &[(Quarter, Figures)], ask: Ask) -> Vec<(f64, f64)> {
    let levels: Vec<(Quarter, (f64, f64))> = history
        .iter()
        .filter_map(|(period, figures)| {
            let from = level(link.from, link.to, model, *period, figures, ask)?;
            let to = level(link.to, link.from, model, *period, figures, ask)?;
            Some((*period, (from, to)))
        })
        .collect();
    let next = |pair: &&[(Quarter, (f64, f64))]| pair[0].0.next() == pair[1].0;
    let change = |pair: &[(Quarter, (f64, f64))]| (pair[1].1.0 - pair[0].1.0, pair[1].1.1 - pair[0].1.1);
    levels.windows(2).filter(next).map(change).collect()
}

/// Where an element stood in a quarter: a score without what the other element is computed from, or the most likely
/// amount.
fn level(
    element: Element,
    other: Element,
    model: &ScoringModel,
    period: Quarter,
    figures: &Figures,
    ask: Ask,
) -> Option<f64> {
    match element.layer() {
        Layer::Learning => None,
        Layer::Members => {
            let sample = figures.tallies.percents(&Subject::Benefit(element.benefit()?));
            if sample.size() < ask.minimum { None } else { sample.mean() }
        }
        Layer::Internal => {
            let combined = combined(element, model, figures, ask).ok()?;
            let parts =
                || combined.inputs.iter().map(|input| &input.part).filter(|part| !is_shared(part, other, model));
            let share: f64 = parts().map(|part| part.share).sum();
            let sum: f64 = parts().filter_map(|part| Some(part.share * part.score?)).sum();
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

/// Whether an element is computed from the same figures as a part of another one's score.
fn is_shared(part: &Part, element: Element, model: &ScoringModel) -> bool {
    let of_cases = |source| matches!(source, MeasureSource::Deflection | MeasureSource::ContactRate);
    let saves = element == Element::CostContainment
        && (part.key == model.financial.self_service.sessions
            || model.measure(&part.key).is_some_and(|measure| of_cases(measure.source)));
    saves || part.key == element.as_str()
}

/// The links with what is known of them in this period.
pub(super) fn link_readings(model: &ScoringModel, strengths: &Strengths) -> Vec<LinkReading> {
    let reading = |link: &Link| LinkReading {
        from: link.from,
        to: link.to,
        effect: link.effect.map(|effect| Effect { low: effect.low(), likely: effect.mode(), high: effect.high() }),
        strength: strengths.get(&(link.from, link.to)).cloned(),
    };
    model.links.iter().map(reading).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::survey::{Benefit, Cell};
    use crate::value_map::Observed;
    use crate::value_map::model::standard_model;

    /// Eight quarters of product knowledge and courses; each pair is the answers' points (of 5, by twenty members) and
    /// the courses.
    fn history(levels: [(u16, f64); 8]) -> Vec<(Quarter, Figures)> {
        let mut period = Quarter::new(2025, 1).unwrap();
        let mut history = Vec::new();
        for (points, courses) in levels {
            let mut figures = Figures::default();
            let cell = |total| Cell { points: 5, answered: 1, total };
            figures.tallies.add(Subject::Benefit(Benefit::ProductKnowledge), cell(points), 20);
            figures.tallies.add(Subject::Benefit(Benefit::ProductKnowledge), cell(3), 20);
            let observed = Observed { value: courses, interval: None, observations: 1, covered: 1.0 };
            figures.observed.insert("course_completions".into(), observed);
            history.push((period, figures));
            period = period.next();
        }
        history
    }

    fn strength(levels: [(u16, f64); 8]) -> Strength {
        let model = ScoringModel::parse(&standard_model(), 1).unwrap();
        let mut found = strengths(&model, &history(levels), 5, None);
        found.remove(&(Element::Education, Element::ProductKnowledge)).unwrap()
    }

    #[test]
    fn two_levels_that_both_grow_do_not_go_together_for_that() {
        // The levels correlate by .98; their changes do not, and eight quarters cannot tell.
        let both_grow = [(1, 60.0), (1, 100.0), (2, 112.0), (3, 140.0), (3, 172.0), (4, 188.0), (4, 220.0), (5, 240.0)];
        let found = strength(both_grow);
        assert!(found.correlation < 0.0, "{found:?}");
        assert_eq!((found.changes, found.verdict), (7, Verdict::CannotTell));
    }

    #[test]
    fn what_rises_and_falls_in_the_same_quarters_goes_together() {
        let same = [(1, 60.0), (3, 152.0), (5, 240.0), (4, 196.0), (2, 104.0), (3, 148.0), (5, 244.0), (3, 150.0)];
        let found = strength(same);
        assert!(found.correlation > 0.98, "{found:?}");
        assert_eq!(found.verdict, Verdict::Together);
        let opposite = same.map(|(points, courses)| (6 - points, courses));
        assert_eq!(strength(opposite).verdict, Verdict::Opposite);
    }

    #[test]
    fn a_score_is_never_compared_with_its_own_part() {
        // Product knowledge is an indicator of education: without it, education has the courses alone, which stand
        // still here.
        let model = ScoringModel::parse(&standard_model(), 1).unwrap();
        let still =
            history([(1, 150.0), (4, 150.0), (2, 150.0), (5, 150.0), (1, 150.0), (4, 150.0), (3, 150.0), (5, 150.0)]);
        let found = strengths(&model, &still, 5, None);
        assert!(!found.contains_key(&(Element::Education, Element::ProductKnowledge)), "{found:?}");
    }
}
