use valuemap_shared::value_map::{Part, PartKind};
use yew::prelude::*;

use crate::words::format;

#[derive(Properties, PartialEq)]
pub struct PartsProps {
    pub parts: Vec<Part>,
}

/// What an element's score is the mean of, those without data included.
#[component]
pub fn Parts(props: &PartsProps) -> Html {
    if props.parts.is_empty() {
        return Html::default();
    }
    html! {
        <div class="table-frame" tabindex="0" role="group" aria-label="What it is made of">
            <table class="table">
                <caption>{ "What it is made of" }</caption>
                <thead>
                    <tr>
                        <th scope="col">{ "Input" }</th>
                        <th scope="col">{ "Measured" }</th>
                        <th scope="col">{ "Baseline → target" }</th>
                        <th scope="col" class="number-cell">{ "Score" }</th>
                        <th scope="col" class="number-cell">{ "Share" }</th>
                        <th scope="col">{ "Owner" }</th>
                    </tr>
                </thead>
                <tbody>
                    for part in &props.parts {
                        <tr data-part={part.key.clone()}>
                            <th scope="row">{ &part.name }</th>
                            <td>{ measured(part) }</td>
                            <td>{ way(part) }</td>
                            <td class="number-cell">
                                { part.score.map_or_else(|| "–".to_owned(), |score| format::decimal(score, 1)) }
                            </td>
                            <td class="number-cell">{ format::percent(part.share) }</td>
                            <td>{ part.owner.as_deref().unwrap_or("–") }</td>
                        </tr>
                    }
                </tbody>
            </table>
        </div>
    }
}

fn measured(part: &Part) -> String {
    match (part.value, part.kind) {
        (Some(value), _) => with_unit(value, part.unit.as_deref()),
        (None, PartKind::Indicator) if part.score.is_some() => "by members’ answers".to_owned(),
        (None, _) => part.message.as_ref().map_or_else(|| "no data".to_owned(), |reason| format!("no data: {reason}")),
    }
}

fn way(part: &Part) -> String {
    match (part.baseline, part.target) {
        (Some(baseline), Some(target)) => {
            let unit = part.unit.as_deref().filter(|unit| *unit == SHARE);
            format!("{} → {}", with_unit(baseline, unit), with_unit(target, unit))
        }
        _ => "–".to_owned(),
    }
}

const SHARE: &str = "share";

fn with_unit(value: f64, unit: Option<&str>) -> String {
    match unit {
        Some(SHARE) => format::percent(value),
        Some(unit) => format!("{} {unit}", three_digits(value)),
        None => three_digits(value),
    }
}

/// Whole where it is whole or large, else with as many decimals as make about three digits.
fn three_digits(value: f64) -> String {
    let decimals = match value.abs() {
        _ if value.fract() == 0.0 => 0,
        large if large >= 100.0 => 0,
        middling if middling >= 10.0 => 1,
        _ => 2,
    };
    format::decimal(value, decimals)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(kind: PartKind, value: Option<f64>, unit: &str, message: Option<&str>) -> Part {
        Part {
            key: "k".into(),
            name: "n".into(),
            kind,
            weight: 1.0,
            share: 0.5,
            score: message.is_none().then_some(50.0),
            value,
            interval: None,
            answers: 0,
            unit: Some(unit.into()),
            baseline: Some(0.0),
            target: Some(0.6),
            owner: None,
            message: message.map(str::to_owned),
        }
    }

    #[test]
    fn measured_values_have_their_unit_and_missing_ones_their_reason() {
        assert_eq!(measured(&part(PartKind::Measure, Some(1_200.0), "members", None)), "1,200 members");
        assert_eq!(measured(&part(PartKind::Measure, Some(338.49), "courses", None)), "338 courses");
        assert_eq!(measured(&part(PartKind::Measure, Some(0.314), "share", None)), "31%");
        assert_eq!(measured(&part(PartKind::Indicator, None, "", None)), "by members’ answers");
        assert_eq!(measured(&part(PartKind::Measure, None, "", Some("nobody replied"))), "no data: nobody replied");
    }

    #[test]
    fn the_way_goes_from_baseline_to_target() {
        assert_eq!(way(&part(PartKind::Measure, None, "share", None)), "0% → 60%");
        assert_eq!(way(&part(PartKind::Measure, None, "points", None)), "0 → 0.60");
    }
}
