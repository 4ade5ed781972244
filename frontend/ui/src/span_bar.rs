use yew::prelude::*;

use crate::Scale;
use crate::scale::percentage;

#[derive(Properties, PartialEq)]
pub struct SpanBarProps {
    pub scale: Scale,
    /// Where the two arms meet.
    pub middle: f64,
    /// The end of one arm.
    pub one: f64,
    /// The end of the other.
    pub other: f64,
}

/// Two arms from a middle, as in a tornado chart. The figures stand beside it in words, so screen readers pass over it.
#[component]
pub fn SpanBar(props: &SpanBarProps) -> Html {
    let arm = |class: &'static str, end: f64| {
        let (start, length) = between(props.scale.percent(props.middle), props.scale.percent(end));
        html! { <rect {class} x={percentage(start)} y="2" width={percentage(length)} height="12" /> }
    };
    html! {
        <svg class="span-bar" aria-hidden="true" width="100%" height="16">
            { arm("span-bar-one", props.one) }
            { arm("span-bar-other", props.other) }
            <rect class="span-bar-middle" x={percentage(props.scale.percent(props.middle))} width="1" height="16" />
        </svg>
    }
}

/// Start and length of what lies between two positions.
fn between(a: f64, b: f64) -> (f64, f64) {
    (a.min(b), (a - b).abs())
}

#[cfg(test)]
mod tests {
    use super::between;

    #[test]
    fn an_arm_reaches_to_either_side() {
        assert_eq!([between(40.0, 10.0), between(40.0, 90.0)], [(10.0, 30.0), (40.0, 50.0)]);
    }
}
