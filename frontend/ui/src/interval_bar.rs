use yew::prelude::*;

use crate::Scale;
use crate::scale::percentage;

#[derive(Properties, PartialEq)]
pub struct IntervalBarProps {
    pub scale: Scale,
    /// The ends of the interval, where there is one.
    #[prop_or_default]
    pub interval: Option<(f64, f64)>,
    pub value: f64,
    /// A value that the eye should find, such as the middle of the scale or zero.
    pub reference: f64,
    /// Another value, shown hollow: where the marker would be if something were otherwise.
    #[prop_or_default]
    pub ghost: Option<f64>,
}

/// A bar from end to end of a scale, with an interval as a band and a value as a marker. It repeats in a picture
/// what stands beside it in words, so screen readers pass over it.
#[component]
pub fn IntervalBar(props: &IntervalBarProps) -> Html {
    let at = |value| percentage(props.scale.percent(value));
    let band = props.interval.map(|(low, high)| {
        let width = percentage(props.scale.percent(high) - props.scale.percent(low));
        html! { <rect class="interval-bar-band" x={at(low)} y="4" {width} height="8" rx="2" /> }
    });
    html! {
        <svg class="interval-bar" aria-hidden="true" width="100%" height="16">
            <rect class="interval-bar-track" y="4" width="100%" height="8" rx="4" />
            <rect class="interval-bar-reference" x={at(props.reference)} y="4" width="1" height="8" />
            { band }
            <rect
                class="interval-bar-marker"
                x={at(props.value)}
                width="3"
                height="16"
                rx="1.5"
                transform="translate(-1.5)"
            />
            if let Some(ghost) = props.ghost {
                <circle class="bar-ghost" cx={at(ghost)} cy="8" r="5" />
            }
        </svg>
    }
}
