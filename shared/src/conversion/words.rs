//! What conversions say, in words.

use super::Stage;
use super::reading::{
    ConversionGroup, ConversionRate, ConversionStep, DifferenceReading, RateReading, ShareDifference,
};
use crate::value_map::Verdict;

/// The rate of all, then the touched beside the others.
pub fn summary(step: &ConversionStep) -> String {
    let all = match &step.all.reading {
        RateReading::ConversionRate(rate) => rate,
        RateReading::NoScore(absence) => return absence.message.clone(),
    };
    let to = step.to;
    let mut text = format!(
        "{} of {} {} become {} {to} so far ({})",
        all.reached,
        counted(step.from, step.all.entered),
        if all.reached == 1 { "has" } else { "have" },
        article(to),
        percent(all.share),
    );
    match all.median_days_of_reached {
        Some(days) if all.reached == 1 => text += &format!(", within {}", in_days(days)),
        Some(days) => text += &format!(", half of these within {}", in_days(days)),
        None => {}
    }
    text += ".";
    if let DifferenceReading::ShareDifference(difference) = &step.difference
        && let (Some(touched), Some(untouched)) = (step.touched.reading.figure(), step.untouched.reading.figure())
    {
        text += &compared((&step.touched, touched), (&step.untouched, untouched));
        text += &verdict(difference, to);
    }
    text
}

fn compared(touched: (&ConversionGroup, &ConversionRate), untouched: (&ConversionGroup, &ConversionRate)) -> String {
    format!(
        " Of {} that the community had touched before, {} {} ({}); of {} that it had not, {} ({}).",
        touched.0.entered,
        touched.1.reached,
        if touched.1.reached == 1 { "has" } else { "have" },
        percent(touched.1.share),
        untouched.0.entered,
        untouched.1.reached,
        percent(untouched.1.share),
    )
}

fn verdict(difference: &ShareDifference, to: Stage) -> String {
    let (low, high) = (points(difference.interval.low), points(difference.interval.high));
    match difference.verdict {
        Verdict::Together => format!(
            " Touch and {to} went together ({} points more, 95% interval {low} to {high}): that says nothing about causes.",
            points(difference.value),
        ),
        Verdict::Opposite => format!(
            " Those touched have become {} {to} less often ({} points less, 95% interval {} to {}): that says nothing \
             about causes.",
            article(to),
            points(-difference.value),
            points(-difference.interval.high),
            points(-difference.interval.low),
        ),
        Verdict::CannotTell => {
            format!(" That may be chance (95% interval of the difference {low} to {high} points).")
        }
    }
}

/// What has to be recorded before there is a rate.
pub fn untracked(stage: Stage) -> String {
    match stage {
        Stage::Lead => "No leads are recorded. Record each as an outcome of the kind lead, whatever became of it.",
        Stage::Opportunity => {
            "No opportunities are recorded, but for the dates of those that were won. Record each as an outcome of the \
             kind opportunity, won or not."
        }
        Stage::Sale => "No sales are recorded. Record purchases and upgrades as outcomes.",
    }
    .to_owned()
}

pub fn nobody(from: Stage) -> String {
    format!("There was no {from} in this time.")
}

/// Of the touched or the others, where the other group has all.
pub fn none_of_these(from: Stage) -> String {
    format!("None of the {} in this time is one of these.", plural(from))
}

pub fn too_few(from: Stage, entered: u64, minimum: u64) -> String {
    let verb = if entered == 1 { "is" } else { "are" };
    format!("{} {verb} too few for a rate, which takes {minimum}.", counted(from, entered))
}

pub fn beside_too_few(from: Stage, minimum: u64) -> String {
    format!("The others are fewer than {minimum} {}, and this rate would give theirs away.", plural(from))
}

pub fn no_median(to: Stage) -> String {
    format!("Fewer than half are known to become {} {to}.", article(to))
}

fn plural(stage: Stage) -> &'static str {
    match stage {
        Stage::Lead => "leads",
        Stage::Opportunity => "opportunities",
        Stage::Sale => "sales",
    }
}

fn counted(stage: Stage, count: u64) -> String {
    if count == 1 { format!("1 {stage}") } else { format!("{count} {}", plural(stage)) }
}

fn article(stage: Stage) -> &'static str {
    if stage == Stage::Opportunity { "an" } else { "a" }
}

fn percent(share: f64) -> String {
    format!("{:.0}%", 100.0 * share)
}

/// A difference of shares in percentage points.
fn points(difference: f64) -> String {
    // A whole number would look like nothing.
    let decimals = usize::from(difference.abs() < 0.01);
    let text = format!("{:.decimals$}", 100.0 * difference.abs());
    if difference < 0.0 && text != "0.0" { format!("−{text}") } else { text }
}

fn in_days(days: f64) -> String {
    match days.round() {
        1.0 => "1 day".to_owned(),
        0.0 => "the day".to_owned(),
        days => format!("{days:.0} days"),
    }
}
