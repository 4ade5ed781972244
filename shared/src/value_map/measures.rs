//! What a measure was in a quarter: observed, or computed from what is tracked.

use super::Figures;
use super::ask::Ask;
use super::figures::at_this_pace;
use super::measured::Measured;
use super::model::{Aggregation, Measure, MeasureSource, ScoringModel};
use super::worth::deflection_share;
use crate::statistics::{net_promoter_score, poisson_interval, wilson_interval};
use crate::survey::Subject;

const HARDLY_BEGUN: &str = "the quarter has hardly begun";

/// What the measure was, or why that is not known. Sums of a quarter that is running are taken at their pace so far, so
/// that they can be held against the target of a whole one.
pub(super) fn measured(
    measure: &Measure,
    model: &ScoringModel,
    figures: &Figures,
    ask: Ask,
) -> Result<Measured, String> {
    let counts = &figures.counts;
    let exact = |value: f64| Ok(Measured { value, interval: None });
    match measure.source {
        MeasureSource::Observed => {
            let observed = figures.observed.get(&measure.key).ok_or("it was not observed in this quarter")?;
            match measure.aggregation {
                Aggregation::Sum => {
                    let pace = at_this_pace(1.0, observed.covered).ok_or(HARDLY_BEGUN)?;
                    let interval = observed.interval.map(|(low, high)| (low * pace, high * pace));
                    Ok(Measured { value: observed.value * pace, interval })
                }
                Aggregation::Last | Aggregation::Mean => {
                    Ok(Measured { value: observed.value, interval: observed.interval })
                }
            }
        }
        MeasureSource::ContactRate if counts.customers == 0 => Err("no account was a customer".into()),
        MeasureSource::ContactRate if counts.cases == 0 => Err("no support cases are tracked for this quarter".into()),
        MeasureSource::ContactRate => {
            let pace = at_this_pace(1.0, figures.stretch.share()).ok_or(HARDLY_BEGUN)?;
            let rate = |cases: f64| cases * pace / counts.customers as f64;
            let interval = poisson_interval(counts.cases);
            Ok(Measured { value: rate(counts.cases as f64), interval: Some((rate(interval.low), rate(interval.high))) })
        }
        MeasureSource::AcceptedAnswerRate => {
            share(counts.answered_questions, counts.questions, "no question was asked")
        }
        MeasureSource::StaffAnswerShare => share(counts.staff_replies, counts.replies, "nobody replied"),
        MeasureSource::ActiveMembers if counts.active_members == 0 => {
            Err("no member did anything that is tracked".into())
        }
        // Members who come again count once, so there is no pace: it is a count so far.
        MeasureSource::ActiveMembers if at_this_pace(1.0, figures.stretch.share()).is_none() => {
            Err(HARDLY_BEGUN.into())
        }
        MeasureSource::ActiveMembers => exact(counts.active_members as f64),
        MeasureSource::Recommendation => recommendation(figures, ask.minimum),
        MeasureSource::Deflection => deflection_share(model, figures, ask),
    }
}

fn share(part: u64, whole: u64, nothing: &str) -> Result<Measured, String> {
    if whole == 0 {
        return Err(nothing.to_owned());
    }
    let interval = wilson_interval(part as f64, whole as f64);
    Ok(Measured { value: part as f64 / whole as f64, interval: Some((interval.low, interval.high)) })
}

fn recommendation(figures: &Figures, minimum: u64) -> Result<Measured, String> {
    let subject = Subject::Recommendation;
    if figures.respondents(&subject) < minimum {
        return Err("too few answered".into());
    }
    let counts = figures.tallies.cells(&subject).map(|(cell, count)| (cell.total.min(10) as u8, count));
    let score = net_promoter_score(counts).ok_or("nobody answered")?;
    Ok(Measured { value: score.value, interval: Some((score.interval.low, score.interval.high)) })
}
