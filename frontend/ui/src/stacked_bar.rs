use yew::prelude::*;

use crate::Scale;
use crate::scale::percentage;

/// A part of a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    pub amount: f64,
    /// Gives the part its colour.
    pub class: &'static str,
}

#[derive(Properties, PartialEq)]
pub struct StackedBarProps {
    pub segments: Vec<Segment>,
}

/// The parts of a whole, end to end. The figures stand beside it in words, so screen readers pass over it.
#[component]
pub fn StackedBar(props: &StackedBarProps) -> Html {
    html! {
        <svg class="stacked-bar" aria-hidden="true" width="100%" height="12">
            for (class, start, length) in end_to_end(&props.segments) {
                <rect {class} x={percentage(start)} width={percentage(length)} height="100%" />
            }
        </svg>
    }
}

/// Each segment's class, start and length in percent of the whole; empty when there is no whole.
fn end_to_end(segments: &[Segment]) -> Vec<(&'static str, f64, f64)> {
    let scale = Scale { min: 0.0, max: segments.iter().map(|segment| segment.amount).sum() };
    if scale.max <= 0.0 {
        return Vec::new();
    }
    let mut end = 0.0;
    let place = |segment: &Segment| {
        let start = end;
        end += segment.amount;
        (segment.class, scale.percent(start), scale.percent(end) - scale.percent(start))
    };
    segments.iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(amounts: &[f64], expected: &[(f64, f64)]) {
        let segments: Vec<Segment> = amounts.iter().map(|amount| Segment { amount: *amount, class: "" }).collect();
        let placed: Vec<(f64, f64)> =
            end_to_end(&segments).into_iter().map(|(_, start, length)| (start, length)).collect();
        assert_eq!(placed, expected);
    }

    #[test]
    fn segments_follow_each_other_and_fill_the_bar() {
        check(&[2.0, 1.0, 1.0], &[(0.0, 50.0), (50.0, 25.0), (75.0, 25.0)]);
        check(&[0.0, 5.0], &[(0.0, 0.0), (0.0, 100.0)]);
    }

    #[test]
    fn nothing_has_no_segments() {
        check(&[], &[]);
        check(&[0.0, 0.0], &[]);
    }
}
