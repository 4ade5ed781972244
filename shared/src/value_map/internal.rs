//! The internal layer: an element is the weighted mean of its measures' attainment and of the benefits that are its
//! indicators, over those that have data.
//!
//! The interval takes members' answers jointly: who likes one thing about a community tends to like the others, so the
//! covariances of the benefits count (the linearised variance of a weighted sum of means over the same respondents).
//! Measures count as exact unless they bring an interval of their own, which keeps its whole width where the score is
//! clipped at an end of the scale. Where nothing brings one, the score has none.

use super::ask::Ask;
use super::decomposition::movers;
use super::measured::Measured;
use super::measures::measured;
use super::model::ScoringModel;
use super::{
    Change, Element, Explanation, Figures, Input, Interval, Layer, NoScore, Part, PartKind, Reading, Score, Weighting,
};
use crate::statistics::{LEVEL, mean_interval, normal_quantile, student_t_quantile};
use crate::survey::{Benefit, Subject};

/// The least that an input counts as in a geometric mean: an input of 0 would make every score 0.
const GEOMETRIC_FLOOR: f64 = 1.0;

/// One input of an element with what is known of it.
#[derive(Clone, Debug)]
pub(super) struct Weighed {
    pub part: Part,
    benefit: Option<Benefit>,
    /// Of the part's score, in points squared.
    variance: f64,
    members: u64,
}

/// An element's score in one quarter.
#[derive(Clone, Debug)]
pub(super) struct Combined {
    pub inputs: Vec<Weighed>,
    pub value: f64,
    pub coverage: f64,
    pub members: u64,
    variance: f64,
}

/// What an internal element is scored in a quarter, and why.
pub(super) fn internal_reading(
    element: Element,
    model: &ScoringModel,
    now: &Figures,
    before: &Figures,
    ask: Ask,
) -> Reading {
    let combined = match combined(element, model, now, ask) {
        Ok(combined) => combined,
        Err(absence) => return Reading::NoScore(absence),
    };
    let earlier = self::combined(element, model, before, ask).ok();
    let change = earlier.as_ref().map(|earlier| change(earlier, &combined));
    let movers = earlier.as_ref().map(|earlier| movers(earlier, &combined, ask.weighting)).unwrap_or_default();
    let explanation = explain(&combined, model, ask.weighting);
    Reading::Score(Score {
        value: combined.value,
        interval: interval(&combined),
        answers: combined.members,
        coverage: combined.coverage,
        change,
        top_two_box: None,
        parts: combined.inputs.into_iter().map(|input| input.part).collect(),
        movers,
        explanation,
    })
}

pub(super) fn combined(
    element: Element,
    model: &ScoringModel,
    figures: &Figures,
    ask: Ask,
) -> Result<Combined, NoScore> {
    let mut inputs = inputs_of(element, model, figures, ask);
    if inputs.is_empty() {
        return Err(NoScore::not_connected(Layer::Internal));
    }
    let weight = |input: &Weighed| match ask.weighting {
        Weighting::Equal if input.part.weight > 0.0 => 1.0,
        _ => input.part.weight,
    };
    let all: f64 = inputs.iter().map(weight).sum();
    let present: f64 = inputs.iter().filter(|input| input.part.score.is_some()).map(weight).sum();
    if present <= 0.0 {
        return Err(NoScore::no_data(nothing_known(&inputs)));
    }
    for input in &mut inputs {
        input.part.share = if input.part.score.is_some() { weight(input) / present } else { 0.0 };
    }
    let value = mean_of(inputs.iter().map(|input| &input.part), ask.weighting);
    let members =
        inputs.iter().filter(|input| input.part.share > 0.0).map(|input| input.members).max().unwrap_or_default();
    let variance = variance(&inputs, value, figures, ask);
    Ok(Combined { inputs, value, coverage: present / all, members, variance })
}

/// Why each input has no data: what to do about it differs.
fn nothing_known(inputs: &[Weighed]) -> String {
    let reasons =
        inputs.iter().filter_map(|input| Some(format!("{}: {}", input.part.name, input.part.message.as_ref()?)));
    format!("Nothing that this is scored from has data in this period. {}.", reasons.collect::<Vec<_>>().join("; "))
}

/// The mean of parts that have data, by their shares.
pub(super) fn mean_of<'a>(parts: impl Iterator<Item = &'a Part>, weighting: Weighting) -> f64 {
    let scored = parts.filter_map(|part| Some((part.share, part.score?)));
    match weighting {
        Weighting::Geometric => scored.map(|(share, score)| share * score.max(GEOMETRIC_FLOOR).ln()).sum::<f64>().exp(),
        _ => scored.map(|(share, score)| share * score).sum(),
    }
    .clamp(0.0, 100.0)
}

fn inputs_of(element: Element, model: &ScoringModel, figures: &Figures, ask: Ask) -> Vec<Weighed> {
    let measures = model.measures_of(element).map(|measure| {
        let mut part = Part {
            key: measure.key.clone(),
            name: measure.name.clone(),
            kind: PartKind::Measure,
            weight: measure.weight,
            share: 0.0,
            score: None,
            value: None,
            interval: None,
            answers: 0,
            unit: Some(measure.unit.clone()),
            baseline: Some(measure.scale.baseline()),
            target: Some(measure.scale.target()),
            owner: measure.owner.clone(),
            message: None,
        };
        let (mut variance, mut members) = (0.0, 0);
        match measured(measure, model, figures, ask) {
            Ok(found @ Measured { value, answers, .. }) => {
                members = answers;
                (part.value, part.interval, part.answers) = (Some(value), found.confidence_interval(), answers);
                part.score = measure.scale.attained(value);
                let points = |interval: Interval| measure.scale.points(interval.high - interval.low);
                variance = part.interval.map_or(0.0, |interval| squared_error(points(interval)));
            }
            Err(message) => part.message = Some(message),
        }
        Weighed { part, benefit: None, variance, members }
    });
    let indicators = model.indicators_of(element).map(|indicator| {
        let benefit = indicator.benefit;
        let mut part = Part {
            key: Element::from(benefit).as_str().to_owned(),
            name: benefit_name(benefit).to_owned(),
            kind: PartKind::Indicator,
            weight: indicator.weight,
            share: 0.0,
            score: None,
            value: None,
            interval: None,
            answers: 0,
            unit: None,
            baseline: None,
            target: None,
            owner: None,
            message: None,
        };
        let sample = figures.tallies.percents(&Subject::Benefit(benefit));
        let mut variance = 0.0;
        if sample.size() == 0 {
            part.message = Some("nobody answered about it".to_owned());
        } else if sample.size() < ask.minimum.max(2) {
            part.message = Some("too few answered about it".to_owned());
        } else {
            part.score = sample.mean();
            part.answers = sample.size();
            variance = match sample.variance() {
                Some(spread) if spread > 0.0 => spread / sample.size() as f64,
                // All agreed: the sample does not tell its spread, its interval does.
                _ => mean_interval(&sample).map_or(0.0, |(interval, _)| squared_error(interval.high - interval.low)),
            };
        }
        Weighed { part, benefit: Some(benefit), variance, members: sample.size() }
    });
    measures.chain(indicators).collect()
}

/// The variance of the element's score: shares times covariances, both ways.
fn variance(inputs: &[Weighed], value: f64, figures: &Figures, ask: Ask) -> f64 {
    // How much the score moves with each input.
    let slope = |input: &Weighed| match (ask.weighting, input.part.score) {
        (_, None) => 0.0,
        (Weighting::Geometric, Some(score)) if score > GEOMETRIC_FLOOR => input.part.share * value / score,
        (Weighting::Geometric, Some(_)) => 0.0,
        (_, Some(_)) => input.part.share,
    };
    let mut sum = 0.0;
    for (index, first) in inputs.iter().enumerate() {
        sum += slope(first).powi(2) * first.variance;
        for second in &inputs[index + 1..] {
            sum += 2.0 * slope(first) * slope(second) * covariance(first, second, figures, ask.minimum);
        }
    }
    sum.max(0.0)
}

/// The covariance of two benefits' means: members who answered about both tie them together.
///
/// Where so few did that an interval would tell what they answered, the two count as going together entirely, which is
/// the widest that an interval can be.
fn covariance(first: &Weighed, second: &Weighed, figures: &Figures, minimum: u64) -> f64 {
    let (Some(a), Some(b)) = (first.benefit, second.benefit) else { return 0.0 };
    let pair = (a.min(b), a.max(b));
    let sums = figures.co_moments.get(&pair).copied().unwrap_or_default();
    if sums.count.unsigned_abs() < minimum.max(2) {
        return (first.variance * second.variance).sqrt();
    }
    let covariance = sums.covariance().unwrap_or_default();
    sums.count as f64 * covariance / (first.members.max(1) as f64 * second.members.max(1) as f64)
}

/// From the width of an interval.
fn squared_error(width: f64) -> f64 {
    (width / 2.0 / normal_quantile(0.5 + LEVEL / 2.0)).powi(2)
}

/// Student's t with the degrees of freedom of the smallest sample in it; `None` where no input says how sure it is.
pub(super) fn interval(combined: &Combined) -> Option<Interval> {
    let half = quantile(combined) * combined.variance.sqrt();
    let interval =
        Interval { low: (combined.value - half).max(0.0), high: (combined.value + half).min(100.0), level: LEVEL };
    (half > 0.0).then_some(interval)
}

fn quantile(combined: &Combined) -> f64 {
    let benefits = combined.inputs.iter().filter(|input| input.benefit.is_some());
    let sampled = benefits.filter(|input| input.part.share > 0.0 && input.members > 1);
    match sampled.map(|input| input.members).min() {
        Some(members) => student_t_quantile(0.5 + LEVEL / 2.0, (members - 1) as f64),
        None => normal_quantile(0.5 + LEVEL / 2.0),
    }
}

fn change(before: &Combined, now: &Combined) -> Change {
    let difference = now.value - before.value;
    let half = quantile(before).max(quantile(now)) * (before.variance + now.variance).sqrt();
    let interval = (half > 0.0).then_some(Interval { low: difference - half, high: difference + half, level: LEVEL });
    Change { difference, interval }
}

fn explain(combined: &Combined, model: &ScoringModel, weighting: Weighting) -> Explanation {
    let formula = match weighting {
        Weighting::Model => "sum(share x score); share = weight / sum of the weights with data",
        Weighting::Equal => "mean of the scores that have data",
        Weighting::Geometric => "product of score^share; share = weight / sum of the weights with data",
    };
    let mut inputs = Vec::new();
    for Weighed { part, .. } in &combined.inputs {
        if let Some(score) = part.score {
            inputs.push(Input { name: format!("{}: score", part.name), value: score });
            inputs.push(Input { name: format!("{}: share", part.name), value: part.share });
        }
        if let Some(value) = part.value {
            let unit = part.unit.as_deref().unwrap_or_default();
            inputs.push(Input { name: format!("{}: measured, in {unit}", part.name), value });
        }
    }
    Explanation {
        formula: formula.into(),
        method: "A measure's score is 100 x clip((value - baseline) / (target - baseline), 0, 1); a benefit's is its \
                 index. Interval: linearised variance over the members who answered, with the covariances of the \
                 benefits; measures count as exact unless they bring an interval, and where nothing brings one the score \
                 has none."
            .into(),
        model_version: model.label(),
        inputs,
    }
}

/// The benefit in words.
pub(super) fn benefit_name(benefit: Benefit) -> &'static str {
    match benefit {
        Benefit::ProductKnowledge => "Product knowledge",
        Benefit::UnconventionalUses => "Unconventional uses",
        Benefit::PeerBestPractices => "Peer best practices",
        Benefit::RecognisedExpertise => "Recognised expertise",
        Benefit::RoadmapInfluence => "Roadmap influence",
    }
}
