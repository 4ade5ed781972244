use std::rc::Rc;

use valuemap_shared::value_map::{Element, Layer, Projection, Reading, ValueMap};
use valuemap_ui::{Button, Slider};
use yew::prelude::*;

use super::shifts::{FURTHEST, Shifts, is_movable};
use crate::pages::map::shown::reading_of;
use crate::server::wire_name;
use crate::words::{amount, element_title, format};

#[derive(Properties, PartialEq)]
pub struct WhatIfPanelProps {
    pub map: Rc<ValueMap>,
    pub shifts: Shifts,
    pub projection: Rc<Projection>,
    pub onshift: Callback<Shifts>,
    pub onclose: Callback<()>,
}

/// Sliders for what one can act upon, and what would follow in money.
#[component]
pub fn WhatIfPanel(props: &WhatIfPanelProps) -> Html {
    let WhatIfPanelProps { map, shifts, .. } = props;
    // In the order of the map, from the top.
    let movable = Layer::ALL
        .into_iter()
        .rev()
        .flat_map(Layer::elements)
        .copied()
        .filter(|element| is_movable(*element) && matches!(reading_of(map, *element), Some(Reading::Score(_))));
    let movable: Vec<Element> = movable.collect();
    let onslide = |element: Element| {
        let shifts = shifts.clone();
        props.onshift.reform(move |points: i32| shifts.with(element, points))
    };
    html! {
        <section class="what-if" aria-labelledby="what-if">
            <header class="what-if-header">
                <h2 id="what-if">{ "What if" }</h2>
                <p>{ "Raise or lower what you can act upon, in points of 100. Effects on money are the scoring model’s \
                      stated assumptions, not measurements." }</p>
                <div class="what-if-tools">
                    <Button onpress={props.onshift.reform(|()| Shifts::default())}>{ "Reset" }</Button>
                    <Button onpress={props.onclose.clone()}>{ "Leave what-if" }</Button>
                </div>
            </header>
            if movable.is_empty() {
                <p class="absence">{ "Nothing on this map has a score yet, so there is nothing to raise or lower." }</p>
            }
            <div class="what-if-sliders">
                for element in movable {
                    <div data-shift={wire_name(element)}>
                        <Slider
                            id={format!("shift-{}", wire_name(element).to_lowercase())}
                            label={element_title(element)}
                            min={-FURTHEST}
                            max={FURTHEST}
                            value={shifts.of(element)}
                            text={points(shifts.of(element))}
                            onslide={onslide(element)}
                        />
                    </div>
                }
            </div>
            <Consequences map={map.clone()} projection={props.projection.clone()} />
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct ConsequencesProps {
    map: Rc<ValueMap>,
    projection: Rc<Projection>,
}

/// The change of money, element by element: they may rest on different evidence, so they are not added up.
#[component]
fn Consequences(props: &ConsequencesProps) -> Html {
    let currency = props.map.currency;
    html! {
        <dl class="what-if-money" aria-live="polite">
            for amount in &props.projection.amounts {
                <div data-consequence={wire_name(amount.element)}>
                    <dt>{ element_title(amount.element) }</dt>
                    <dd>
                        if amount.after == amount.before {
                            { format!("stays at {}", amount::short(amount.before.likely, currency)) }
                        } else {
                            <strong>{ amount::signed(amount.after.likely - amount.before.likely, currency) }</strong>
                            { format!(", to {}", amount::short(amount.after.likely, currency)) }
                        }
                    </dd>
                </div>
            }
        </dl>
    }
}

fn points(points: i32) -> String {
    match points {
        0 => "as it is".to_owned(),
        1 | -1 => format!("{} point", signed(points)),
        _ => format!("{} points", signed(points)),
    }
}

fn signed(points: i32) -> String {
    format::signed(f64::from(points), 0)
}

#[cfg(test)]
mod tests {
    use super::points;

    #[test]
    fn points_are_written_with_their_sign() {
        assert_eq!([0, 1, -1, 12].map(points), ["as it is", "+1 point", "−1 point", "+12 points"]);
    }
}
