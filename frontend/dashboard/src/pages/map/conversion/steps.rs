use valuemap_shared::conversion::{
    ConversionGroup, ConversionRate, ConversionStep, DifferenceReading, MedianReading, RateReading, ShareDifference,
    Stage,
};
use valuemap_shared::value_map::Verdict;
use valuemap_ui::{IntervalBar, Scale};
use yew::prelude::*;

use crate::words::format;

const SHARES: Scale = Scale { min: 0.0, max: 1.0 };

#[derive(Properties, PartialEq)]
pub struct StepsProps {
    pub steps: Vec<ConversionStep>,
}

/// A row for each step: all, the touched beside the others, and the time that it takes.
#[component]
pub fn Steps(props: &StepsProps) -> Html {
    html! {
        <div class="table-frame" tabindex="0" role="group" aria-label="Conversion by step">
            <table class="table conversion-steps">
                <thead>
                    <tr>
                        <th scope="col">{ "From … to" }</th>
                        <th scope="col">{ "All" }</th>
                        <th scope="col">{ "Touched before" }</th>
                        <th scope="col">{ "Not touched" }</th>
                        <th scope="col">{ "Difference" }</th>
                        <th scope="col">{ "Half get there within" }</th>
                    </tr>
                </thead>
                <tbody>
                    for step in &props.steps {
                        <tr data-step={format!("{}-{}", step.from, step.to)}>
                            <th scope="row">{ title(step.from, step.to) }</th>
                            { cells(step) }
                        </tr>
                    }
                </tbody>
            </table>
        </div>
    }
}

fn title(from: Stage, to: Stage) -> String {
    let name = |stage| match stage {
        Stage::Lead => "Lead",
        Stage::Opportunity => "Opportunity",
        Stage::Sale => "Sale",
    };
    format!("{} → {}", name(from), name(to).to_lowercase())
}

fn cells(step: &ConversionStep) -> Html {
    match &step.all.reading {
        RateReading::NoScore(absence) => html! { <td colspan="5" class="absence">{ &absence.message }</td> },
        RateReading::ConversionRate(all) => html! {
            <>
                <td>{ group(&step.all) }</td>
                <td>{ group(&step.touched) }</td>
                <td>{ group(&step.untouched) }</td>
                <td>{ difference(&step.difference) }</td>
                <td>{ time(all) }</td>
            </>
        },
    }
}

fn group(group: &ConversionGroup) -> Html {
    let rate = match &group.reading {
        RateReading::ConversionRate(rate) => rate,
        RateReading::NoScore(absence) => return html! { <span class="absence">{ &absence.message }</span> },
    };
    let (low, high) = (rate.interval.low, rate.interval.high);
    html! {
        <>
            <strong data-share={rate.share.to_string()}>{ format::percent(rate.share) }</strong>
            <span class="conversion-count">
                { format!("{} of {}", format::count(rate.reached), format::count(group.entered)) }
            </span>
            <IntervalBar scale={SHARES} interval={Some((low, high))} value={rate.share} reference={0.0} />
            <span class="range">{ format::ends(low, high, format::percent) }</span>
        </>
    }
}

fn difference(reading: &DifferenceReading) -> Html {
    match reading {
        DifferenceReading::ShareDifference(difference) => html! {
            <>
                <strong>{ format!("{} points", points(difference.value)) }</strong>
                <span class="range">{ format::ends(difference.interval.low, difference.interval.high, points) }</span>
                <span class="range">{ verdict(difference) }</span>
            </>
        },
        DifferenceReading::NoScore(_) => html! { "–" },
    }
}

/// To a tenth where a whole number would look like nothing.
fn points(difference: f64) -> String {
    let points = 100.0 * difference;
    format::signed(points, if points.abs() < 1.0 { 1 } else { 0 })
}

fn verdict(difference: &ShareDifference) -> &'static str {
    match difference.verdict {
        Verdict::Together => "Went together",
        Verdict::Opposite => "Less often if touched",
        Verdict::CannotTell => "May be chance",
    }
}

/// The median of all, or of those who got there where fewer than half did.
fn time(rate: &ConversionRate) -> Html {
    match (&rate.time, rate.median_days_of_reached) {
        (MedianReading::MedianTime(time), _) => {
            let low = format::decimal(time.low, 0);
            let range = match time.high {
                Some(high) => format!("{low}–{}", format::decimal(high, 0)),
                None => format!("{low} or more"),
            };
            html! {
                <>
                    <strong>{ days(time.days) }</strong>
                    <span class="range">{ range }</span>
                </>
            }
        }
        (MedianReading::NoScore(_), Some(median)) => html! {
            <>
                { "Fewer than half so far" }
                <span class="range">{ format!("of those who did, half within {}", days(median)) }</span>
            </>
        },
        (MedianReading::NoScore(_), None) => html! { "Nobody so far" },
    }
}

fn days(days: f64) -> String {
    format::counted(days.round() as u64, "day")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_in_points_with_their_sign() {
        assert_eq!([0.124, -0.3, 0.003, 0.0].map(points), ["+12", "−30", "+0.3", "0.0"]);
    }

    #[test]
    fn steps_are_named_by_both_ends() {
        assert_eq!(title(Stage::Lead, Stage::Opportunity), "Lead → opportunity");
    }
}
