use valuemap_shared::value_map::{Element, Layer, LayerReading};
use yew::prelude::*;

use super::card::{ElementCard, EvidenceGuide};
use super::links::Emphasis;
use super::shown::{Shown, is_connected};
use crate::server::wire_name;
use crate::words::{element_title, layer_meaning, layer_source, layer_title};

#[derive(Properties, PartialEq)]
pub struct LayerBandProps {
    pub layer: LayerReading,
    pub shown: Shown,
    /// The element that somebody points at.
    pub followed: Option<Element>,
    pub onfollow: Callback<Option<Element>>,
}

/// One layer across the map: its cards, or what it waits for.
#[component]
pub fn LayerBand(props: &LayerBandProps) -> Html {
    let LayerReading { layer, elements } = &props.layer;
    let connected = elements.iter().any(|element| is_connected(&element.reading));
    let name = wire_name(layer);
    let id = format!("layer-{}", name.to_lowercase());
    let emphasis = |element| Emphasis::of(element, props.followed, &props.shown.map.links);
    html! {
        <section
            class={classes!("layer", (!connected).then_some("layer-waiting"))}
            data-layer={name}
            aria-labelledby={id.clone()}
        >
            <header class="layer-header">
                <h2 {id}>{ layer_title(*layer) }</h2>
                <p class="layer-meaning">{ layer_meaning(*layer) }</p>
                if connected && *layer == Layer::Financial {
                    <EvidenceGuide />
                }
            </header>
            if connected {
                <ul class="cards">
                    for reading in elements {
                        <ElementCard
                            reading={reading.clone()}
                            shown={props.shown.clone()}
                            emphasis={emphasis(reading.element)}
                            onfollow={props.onfollow.clone()}
                        />
                    }
                </ul>
            } else {
                <div class="layer-body">
                    <p class="layer-source">{ layer_source(*layer) }</p>
                    <ul class="chips">
                        for reading in elements {
                            <Chip
                                element={reading.element}
                                emphasis={emphasis(reading.element)}
                                onfollow={props.onfollow.clone()}
                            />
                        }
                    </ul>
                </div>
            }
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct ChipProps {
    element: Element,
    emphasis: Emphasis,
    onfollow: Callback<Option<Element>>,
}

/// An element that nothing is known about yet.
#[component]
fn Chip(props: &ChipProps) -> Html {
    let element = props.element;
    html! {
        <li
            class={classes!("chip", props.emphasis.class())}
            data-element={wire_name(element)}
            onmouseenter={props.onfollow.reform(move |_: MouseEvent| Some(element))}
            onmouseleave={props.onfollow.reform(|_: MouseEvent| None)}
        >
            { element_title(element) }
        </li>
    }
}
