use valuemap_shared::calendar::Quarter;
use valuemap_shared::value_map::LayerReading;
use yew::prelude::*;

use super::element_card::{ElementCard, is_connected};
use super::texts;
use crate::api::wire_name;

#[derive(Properties, PartialEq)]
pub struct LayerBandProps {
    pub layer: LayerReading,
    /// The quarter that changes are counted from.
    pub before: Quarter,
}

/// One layer across the map: its cards, or what it waits for.
#[component]
pub fn LayerBand(props: &LayerBandProps) -> Html {
    let LayerReading { layer, elements } = &props.layer;
    let connected = elements.iter().any(|element| is_connected(&element.reading));
    let name = wire_name(layer);
    let id = format!("layer-{}", name.to_lowercase());
    html! {
        <section
            class={classes!("layer", (!connected).then_some("layer-waiting"))}
            data-layer={name}
            aria-labelledby={id.clone()}
        >
            <header class="layer-header">
                <h2 {id}>{ texts::layer_title(*layer) }</h2>
                <p class="layer-meaning">{ texts::layer_meaning(*layer) }</p>
            </header>
            if connected {
                <ul class="cards">
                    for reading in elements {
                        <ElementCard reading={reading.clone()} before={props.before} />
                    }
                </ul>
            } else {
                <div class="layer-body">
                    <p class="layer-source">{ texts::layer_source(*layer) }</p>
                    <ul class="chips">
                        for reading in elements {
                            <li class="chip" data-element={wire_name(reading.element)}>
                                { texts::element_title(reading.element) }
                            </li>
                        }
                    </ul>
                </div>
            }
        </section>
    }
}
