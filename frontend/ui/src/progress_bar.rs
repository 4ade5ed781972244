use yew::prelude::*;

use crate::Scale;
use crate::scale::percentage;

#[derive(Properties, PartialEq)]
pub struct ProgressBarProps {
    /// From nothing to whatever is furthest: the goal, or the high end.
    pub scale: Scale,
    pub low: f64,
    pub high: f64,
    pub value: f64,
    pub goal: Option<f64>,
    /// Another value, shown hollow: how far it would be if something were otherwise.
    #[prop_or_default]
    pub ghost: Option<f64>,
}

/// How far a value is on its way to a goal, with the range that it lies in as a thin line. It repeats in a picture what
/// stands beside it in words, so screen readers pass over it.
#[component]
pub fn ProgressBar(props: &ProgressBarProps) -> Html {
    let at = |value| percentage(props.scale.percent(value));
    let range = percentage(props.scale.percent(props.high) - props.scale.percent(props.low));
    html! {
        <svg class="progress-bar" aria-hidden="true" width="100%" height="16">
            <rect class="progress-bar-track" y="3" width="100%" height="10" rx="3" />
            <rect class="progress-bar-fill" y="3" width={at(props.value)} height="10" rx="3" />
            <rect class="progress-bar-range" x={at(props.low)} y="7" width={range} height="2" />
            if let Some(goal) = props.goal {
                <rect class="progress-bar-goal" x={at(goal)} width="2" height="16" transform="translate(-2)" />
            }
            if let Some(ghost) = props.ghost {
                <circle class="bar-ghost" cx={at(ghost)} cy="8" r="5" />
            }
        </svg>
    }
}
