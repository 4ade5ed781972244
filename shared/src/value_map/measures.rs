//! What a measure was in a quarter: observed, or computed from what is tracked.

use super::Figures;
use super::ask::Ask;
use super::figures::{DistinctPace, at_this_pace};
use super::measured::Measured;
use super::model::{Aggregation, Measure, MeasureSource, ScoringModel};
use super::self_help::deflection_share;
use crate::statistics::{net_promoter_score, poisson_interval, wilson_interval};
use crate::survey::Subject;

const HARDLY_BEGUN: &str = "the period has hardly begun";
const OBSERVED_EARLY: &str = "it was last observed when the period had hardly begun, which does not tell its pace";
const UNKNOWN_PACE: &str = "members who come again count once, and as many days of the quarter before had none to tell how \
                            their number grows: there is a figure when the quarter is over";

/// What the measure was, or why that is not known. Sums of a quarter that is running are taken at their pace so far, so
/// that they can be held against the target of a whole one.
pub(super) fn measured(
    measure: &Measure,
    model: &ScoringModel,
    figures: &Figures,
    ask: Ask,
) -> Result<Measured, String> {
    let counts = &figures.counts;
    match measure.source {
        MeasureSource::Observed => {
            let observed = figures.observed.get(&measure.key).ok_or("it was not observed in this period")?;
            match measure.aggregation {
                Aggregation::Sum => {
                    let pace = at_this_pace(1.0, observed.covered).ok_or(OBSERVED_EARLY)?;
                    let interval = observed.interval.map(|(low, high)| (low * pace, high * pace));
                    Ok(Measured { value: observed.value * pace, interval, answers: 0 })
                }
                Aggregation::Last | Aggregation::Mean => {
                    Ok(Measured { value: observed.value, interval: observed.interval, answers: 0 })
                }
            }
        }
        MeasureSource::ContactRate if counts.customers == 0 => Err("no account was a customer".into()),
        MeasureSource::ContactRate if counts.cases == 0 => Err("no support cases are tracked for this period".into()),
        MeasureSource::ContactRate => {
            let pace = at_this_pace(1.0, figures.stretch.share()).ok_or(HARDLY_BEGUN)?;
            let rate = |cases: f64| cases * pace / counts.customers as f64;
            let interval = poisson_interval(counts.cases);
            let interval = Some((rate(interval.low), rate(interval.high)));
            Ok(Measured { value: rate(counts.cases as f64), interval, answers: 0 })
        }
        MeasureSource::AcceptedAnswerRate => Measured::share(
            counts.answered_questions,
            counts.questions,
            ask.minimum,
            "questions of members with a thread",
        ),
        MeasureSource::StaffAnswerShare => {
            Measured::share(counts.staff_replies, counts.replies, ask.minimum, "replies")
        }
        MeasureSource::ActiveMembers if counts.active_members == 0 => {
            Err("no member did anything that is tracked".into())
        }
        MeasureSource::ActiveMembers if at_this_pace(1.0, figures.stretch.share()).is_none() => {
            Err(HARDLY_BEGUN.into())
        }
        MeasureSource::ActiveMembers => active_members(counts.active_members, figures.active_pace),
        MeasureSource::Recommendation => recommendation(figures, ask.minimum),
        MeasureSource::Deflection => deflection_share(model, figures, ask),
        MeasureSource::TimeToFirstAnswer => figures.health.questions.time_to_first_answer(ask.minimum),
        MeasureSource::TimeToSolution => figures.health.questions.time_to_solution(ask.minimum),
        MeasureSource::UnansweredShare => figures.health.questions.unanswered_share(ask.minimum),
        MeasureSource::FirstPostAnsweredRate => figures.health.questions.first_post_answered_rate(ask.minimum),
        MeasureSource::BusiestAnswererShare => figures.health.answerers.busiest_share(ask.minimum),
        MeasureSource::AnswerersOfHalf => figures.health.answerers.answerers_of_half(ask.minimum),
        MeasureSource::RetentionMonthOne => figures.health.month_one.retention(ask.minimum),
        MeasureSource::RetentionMonthThree => figures.health.month_three.retention(ask.minimum),
        MeasureSource::ChoiceShare => choice_share(measure, figures, ask.minimum),
        MeasureSource::ActiveCustomerShare if at_this_pace(1.0, figures.stretch.share()).is_none() => {
            Err(HARDLY_BEGUN.into())
        }
        MeasureSource::ActiveCustomerShare => figures.health.customers.active_share(ask.minimum, active_members),
    }
}

/// Members who come again count once, so their number grows ever more slowly and days divide nothing. What is divided is the
/// share that as many days had of the quarter before, which is the same as to hold the members so far against that share
/// of baseline and target. The interval is that of the share (Wilson).
fn active_members(so_far: u64, pace: Option<DistinctPace>) -> Result<Measured, String> {
    let so_far = so_far as f64;
    let Some(DistinctPace { first_days, whole }) = pace else {
        return Ok(Measured { value: so_far, interval: None, answers: 0 });
    };
    if first_days == 0 {
        return Err(UNKNOWN_PACE.into());
    }
    let share = wilson_interval(first_days as f64, whole as f64);
    let value = so_far * whole as f64 / first_days as f64;
    Ok(Measured { value, interval: Some((so_far / share.high, so_far / share.low)), answers: 0 })
}

/// How many of those who answered a question chose one of its answers.
fn choice_share(measure: &Measure, figures: &Figures, minimum: u64) -> Result<Measured, String> {
    let choice = measure.choice.as_ref().ok_or("it is of no choice")?;
    let (chose, answers) = figures.chosen(choice);
    if answers == 0 {
        return Err(format!("nobody answered a single-choice question `{}`", choice.question));
    }
    Ok(Measured { answers, ..Measured::share(chose, answers, minimum, "answers")? })
}

fn recommendation(figures: &Figures, minimum: u64) -> Result<Measured, String> {
    let subject = Subject::Recommendation;
    let answers = figures.respondents(&subject);
    if answers < minimum {
        return Err("too few answered".into());
    }
    let counts = figures.tallies.cells(&subject).map(|(cell, count)| (cell.total.min(10) as u8, count));
    let score = net_promoter_score(counts).ok_or("nobody answered")?;
    Ok(Measured { value: score.value, interval: Some((score.interval.low, score.interval.high)), answers })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn active_members_of_a_running_quarter_are_held_against_the_share_that_as_many_days_had() {
        let pace = |first_days, whole| Some(DistinctPace { first_days, whole });
        // 240 so far; as many days of the quarter before had 200 of its 250, so 300 are to come of it.
        let measured = active_members(240, pace(200, 250)).unwrap();
        assert!((measured.value - 300.0).abs() < 1e-9);
        // statsmodels 0.15.0: proportion_confint(200, 250, method="wilson").
        let (low, high) = measured.interval.unwrap();
        assert!(
            (low - 240.0 / 0.844_875_993).abs() < 1e-6 && (high - 240.0 / 0.746_044_026).abs() < 1e-6,
            "{low} {high}"
        );
        assert_eq!(active_members(240, pace(0, 0)), Err(UNKNOWN_PACE.into()));
        assert_eq!(active_members(240, None), Ok(Measured { value: 240.0, interval: None, answers: 0 }));
        let all_had_come = active_members(240, pace(250, 250)).unwrap();
        assert_eq!(all_had_come.value, 240.0);
    }
}
