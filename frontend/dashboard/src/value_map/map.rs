use std::rc::Rc;

use valuemap_shared::value_map::ValueMap;
use yew::prelude::*;

use super::layer_band::LayerBand;
use super::texts;

#[derive(Properties, PartialEq)]
pub struct MapProps {
    pub map: Rc<ValueMap>,
}

/// The four layers. They arrive bottom to top and stand on the page top to bottom.
#[component]
pub fn Map(props: &MapProps) -> Html {
    let before = props.map.period.previous();
    html! {
        <>
            <p class="how-to-read">{ texts::HOW_TO_READ }</p>
            <ol class="map" reversed=true>
                for (position, layer) in props.map.layers.iter().rev().enumerate() {
                    <li>
                        if position > 0 {
                            <Connector />
                        }
                        <LayerBand layer={layer.clone()} {before} />
                    </li>
                }
            </ol>
        </>
    }
}

/// Arrows from a layer up to the one that it feeds.
#[component]
fn Connector() -> Html {
    html! {
        <svg class="connector" aria-hidden="true" width="100%" height="40">
            for x in ["20%", "50%", "80%"] {
                <svg {x} overflow="visible"><path d="M0 32V10M-4 14 0 10 4 14" /></svg>
            }
        </svg>
    }
}
