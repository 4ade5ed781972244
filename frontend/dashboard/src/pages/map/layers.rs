use valuemap_shared::value_map::Element;
use yew::prelude::*;

use super::layer_band::LayerBand;
use super::shown::Shown;
use crate::charts::{LinkLines, has_room, use_card_boxes};

const HOW_TO_READ: &str = "Read it from the bottom up: what is learned feeds what the organisation gets better \
                           at, which gives members value, which pays.";

#[derive(Properties, PartialEq)]
pub struct LayersProps {
    pub shown: Shown,
}

/// The four layers and the links between them. The layers arrive bottom to top and stand on the page top to bottom.
#[component]
pub fn Layers(props: &LayersProps) -> Html {
    let shown = &props.shown;
    let node = use_node_ref();
    let followed = use_state_eq(|| None::<Element>);
    let boxes = use_card_boxes(node.clone(), shown.map.clone());
    let onfollow = {
        let followed = followed.clone();
        Callback::from(move |element| followed.set(element))
    };
    let has_lines = has_room(&boxes);
    let followed = followed.filter(|_| has_lines);
    html! {
        <>
            <div class="how-to-read">
                <p>{ HOW_TO_READ }</p>
                if has_lines {
                    <LineKey />
                }
            </div>
            <div class={classes!("map", has_lines.then_some("map-with-lines"))} ref={node}>
                <ol reversed=true>
                    for (position, layer) in shown.map.layers.iter().rev().enumerate() {
                        <li>
                            if position > 0 {
                                <Connector />
                            }
                            <LayerBand layer={layer.clone()} shown={shown.clone()} {followed} onfollow={onfollow.clone()} />
                        </li>
                    }
                </ol>
                if has_lines {
                    <LinkLines map={shown.map.clone()} {boxes} {followed} />
                }
            </div>
        </>
    }
}

/// What the lines mean.
#[component]
fn LineKey() -> Html {
    let sample = |class: &'static str, width: &'static str| {
        html! {
            <svg class={classes!("link", class)} aria-hidden="true" width="28" height="10">
                <path class="link-line" d="M0 5H28" stroke-width={width} />
            </svg>
        }
    };
    html! {
        <ul class="line-key">
            <li>{ sample("", "3") }<span>{ "is held to raise" }</span></li>
            <li>{ sample("link-pays", "3") }<span>{ "is held to pay" }</span></li>
            <li>{ sample("link-dashed", "1.5") }<span>{ "too few quarters to tell" }</span></li>
            <li><span>{ "Solid: rises and falls in the same quarters, the wider the more closely. Point at a card to follow its links, open it to read them." }</span></li>
        </ul>
    }
}

/// Where there is no room for lines: arrows from a layer up to the one above it.
#[component]
fn Connector() -> Html {
    html! {
        <div class="connector">
            <svg aria-hidden="true" width="100%" height="40">
                for x in ["20%", "50%", "80%"] {
                    <svg {x} overflow="visible"><path d="M0 32V10M-4 14 0 10 4 14" /></svg>
                }
            </svg>
        </div>
    }
}
