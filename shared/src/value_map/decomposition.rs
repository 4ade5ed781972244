//! What moved a score: parts of a change that add up to it.

use super::internal::Combined;
use super::{Mover, Part, Weighting};

/// Below this a movement is a rounding of floats.
const NOTHING: f64 = 1e-9;

/// The change of an element, by its inputs. Largest movement first.
///
/// For a weighted mean the change is sum(mean share x change of the score) + sum(change of the share x mean score),
/// exactly. The first sum is reported per input; the second is what came of inputs that came in or dropped out, and is
/// reported as one that names them. For a geometric mean the same holds of logarithms, scaled by the logarithmic mean of the two scores
/// (logarithmic mean Divisia index; Ang 2004).
pub(super) fn movers(before: &Combined, now: &Combined, weighting: Weighting) -> Vec<Mover> {
    let level = |score: f64| match weighting {
        Weighting::Geometric => score.max(1.0).ln(),
        _ => score,
    };
    let scale = match weighting {
        Weighting::Geometric => logarithmic_mean(before.value, now.value),
        _ => 1.0,
    };
    let mut movers = Vec::new();
    let mut reported = 0.0;
    for input in &now.inputs {
        let part = &input.part;
        let earlier = before.inputs.iter().map(|input| &input.part).find(|earlier| earlier.key == part.key);
        let (Some(score), Some(Part { score: Some(then), share: share_then, .. })) = (part.score, earlier) else {
            continue;
        };
        let points = scale * (part.share + share_then) / 2.0 * (level(score) - level(*then));
        reported += points;
        if points.abs() > NOTHING {
            movers.push(Mover { key: Some(part.key.clone()), name: part.name.clone(), points });
        }
    }
    movers.sort_by(|a, b| b.points.abs().total_cmp(&a.points.abs()));
    let rest = now.value - before.value - reported;
    if rest.abs() > NOTHING {
        movers.push(Mover { key: None, name: came_and_went(before, now), points: rest });
    }
    movers
}

/// What has data now and had none before, and the other way round.
fn came_and_went(before: &Combined, now: &Combined) -> String {
    let names = |of: &Combined, other: &Combined| {
        let counts = |combined: &Combined, key: &str| {
            combined.inputs.iter().any(|input| input.part.key == key && input.part.share > 0.0)
        };
        let parts = of.inputs.iter().map(|input| &input.part);
        let only_here = parts.filter(|part| part.share > 0.0 && !counts(other, &part.key));
        only_here.map(|part| part.name.as_str()).collect::<Vec<_>>().join(", ")
    };
    match (names(now, before), names(before, now)) {
        (came, went) if came.is_empty() && went.is_empty() => "The inputs weigh otherwise now".to_owned(),
        (came, went) if went.is_empty() => format!("Has data now: {came}"),
        (came, went) if came.is_empty() => format!("Has no data now: {went}"),
        (came, went) => format!("Has data now: {came}; has none now: {went}"),
    }
}

fn logarithmic_mean(a: f64, b: f64) -> f64 {
    let (a, b) = (a.max(1.0), b.max(1.0));
    if (a - b).abs() < NOTHING { a } else { (a - b) / (a.ln() - b.ln()) }
}

/// Parts and their sum to one decimal, so that the rounded parts add up to the rounded sum: what rounding leaves goes to
/// the parts that lost most by it.
pub fn round_together(parts: &[f64], sum: f64) -> Vec<f64> {
    let tenths = |value: f64| (value * 10.0).round() as i64;
    let exact: Vec<f64> = parts.iter().map(|part| part * 10.0).collect();
    let mut rounded: Vec<i64> = exact.iter().map(|part| part.floor() as i64).collect();
    let missing = tenths(sum) - rounded.iter().sum::<i64>();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by(|a, b| (exact[*b] - exact[*b].floor()).total_cmp(&(exact[*a] - exact[*a].floor())));
    for index in order.into_iter().cycle().take(if parts.is_empty() { 0 } else { missing.unsigned_abs() as usize }) {
        rounded[index] += missing.signum();
    }
    rounded.into_iter().map(|tenths| tenths as f64 / 10.0).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn rounded_parts_add_up_to_the_rounded_sum() {
        assert_eq!(round_together(&[1.04, 1.04, 1.04], 3.12), [1.1, 1.0, 1.0]);
        assert_eq!(round_together(&[], 0.0), Vec::<f64>::new());
    }

    proptest! {
        #[test]
        fn any_parts_add_up(parts in proptest::collection::vec(-50.0..50.0_f64, 1..8)) {
            let sum: f64 = parts.iter().sum();
            let rounded = round_together(&parts, sum);
            let tenths: i64 = rounded.iter().map(|part| (part * 10.0).round() as i64).sum();
            prop_assert_eq!(tenths, (sum * 10.0).round() as i64);
            for (part, rounded) in parts.iter().zip(rounded) {
                prop_assert!((part - rounded).abs() < 0.2);
            }
        }
    }
}
