use std::rc::Rc;

use valuemap_shared::value_map::{Element, Layer, LinkReading, ValueMap, Verdict};
use yew::prelude::*;

use super::link_routes::{CardBox, Route, routes};
use crate::server::wire_name;

const THINNEST: f64 = 1.25;
const WIDEST: f64 = 4.0;
/// The arrow's length and half its width.
const HEAD: (f64, f64) = (7.0, 4.0);

#[derive(Properties, PartialEq)]
pub struct LinkLinesProps {
    pub map: Rc<ValueMap>,
    pub boxes: Vec<CardBox>,
    /// The element that somebody points at.
    pub followed: Option<Element>,
}

/// The links as lines behind the cards. Each card's dialog says the same in words, so screen readers pass over it.
#[component]
pub fn LinkLines(props: &LinkLinesProps) -> Html {
    let links = &props.map.links;
    let routes = use_memo((props.boxes.clone(), props.map.clone()), |(boxes, map)| {
        let ends: Vec<(Element, Element)> = map.links.iter().map(|link| (link.from, link.to)).collect();
        routes(boxes, &ends)
    });
    let line = |route: &Route| {
        let link = &links[route.link];
        let ends = [link.from, link.to];
        let emphasis = props.followed.map(|followed| if ends.contains(&followed) { "link-on" } else { "link-off" });
        let dashed = proven(link).is_none().then_some("link-dashed");
        html! {
            <g
                class={classes!("link", pays(link).then_some("link-pays"), dashed, emphasis)}
                data-from={wire_name(link.from)}
                data-to={wire_name(link.to)}
            >
                <path class="link-line" d={curve(&route.points)} stroke-width={format!("{:.2}", width(link))} />
                <path class="link-head" d={head(&route.points)} />
            </g>
        }
    };
    html! {
        <svg class="links" aria-hidden="true" width="100%" height="100%">
            for route in routes.iter() {
                { line(route) }
            }
        </svg>
    }
}

fn pays(link: &LinkReading) -> bool {
    link.to.layer() == Layer::Financial
}

/// How strong the association is, where the quarters can tell.
fn proven(link: &LinkReading) -> Option<f64> {
    let strength = link.strength.as_ref().filter(|strength| strength.verdict != Verdict::CannotTell)?;
    Some(strength.correlation.abs().min(1.0))
}

fn width(link: &LinkReading) -> f64 {
    THINNEST + (WIDEST - THINNEST) * proven(link).unwrap_or_default()
}

/// From point to point, straight up or down at each of them; it ends where the arrow begins.
fn curve(points: &[(f64, f64)]) -> String {
    let mut points = points.to_vec();
    let up = is_up(&points);
    if let Some((_, y)) = points.last_mut() {
        *y += if up { HEAD.0 } else { -HEAD.0 };
    }
    let mut path = String::new();
    for (index, (x, y)) in points.iter().enumerate() {
        match index.checked_sub(1).map(|before| points[before]) {
            None => path.push_str(&format!("M{x:.1} {y:.1}")),
            Some((x_before, _)) if x_before == *x => path.push_str(&format!("V{y:.1}")),
            Some((x_before, y_before)) => {
                let middle = (y_before + y) / 2.0;
                path.push_str(&format!("C{x_before:.1} {middle:.1} {x:.1} {middle:.1} {x:.1} {y:.1}"));
            }
        }
    }
    path
}

fn head(points: &[(f64, f64)]) -> String {
    let Some((x, y)) = points.last() else { return String::new() };
    let (length, half) = HEAD;
    let base = if is_up(points) { y + length } else { y - length };
    format!("M{:.1} {base:.1}L{x:.1} {y:.1}L{:.1} {base:.1}Z", x - half, x + half)
}

fn is_up(points: &[(f64, f64)]) -> bool {
    matches!((points.first(), points.last()), (Some((_, start)), Some((_, end))) if end < start)
}

#[cfg(test)]
mod tests {
    use valuemap_shared::value_map::{Interval, Strength};

    use super::*;

    #[test]
    fn a_line_bends_between_points_and_stops_at_its_arrow() {
        let points = [(10.0, 100.0), (30.0, 60.0), (30.0, 40.0), (50.0, 0.0)];
        assert_eq!(curve(&points), "M10.0 100.0C10.0 80.0 30.0 80.0 30.0 60.0V40.0C30.0 23.5 50.0 23.5 50.0 7.0");
        assert_eq!(head(&points), "M46.0 7.0L50.0 0.0L54.0 7.0Z");
        assert_eq!(head(&[(50.0, 0.0), (50.0, 20.0)]), "M46.0 13.0L50.0 20.0L54.0 13.0Z");
        assert_eq!((curve(&[]), head(&[])), (String::new(), String::new()));
    }

    #[test]
    fn the_stronger_the_wider() {
        let link = |correlation: f64, verdict| {
            let interval = Interval { low: -1.0, high: 1.0, level: 0.95 };
            let strength = Strength { correlation, interval, changes: 7, adjusted_p_value: 0.01, verdict };
            LinkReading { from: Element::Education, to: Element::Upgrades, effect: None, strength: Some(strength) }
        };
        assert_eq!(width(&link(1.0, Verdict::Together)), WIDEST);
        assert_eq!(width(&link(-1.0, Verdict::Opposite)), WIDEST);
        assert_eq!(width(&link(0.9, Verdict::CannotTell)), THINNEST);
    }
}
