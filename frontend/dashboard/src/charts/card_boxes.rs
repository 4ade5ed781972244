use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Element as Node, ResizeObserver};
use yew::prelude::*;

use super::link_routes::CardBox;

/// The rectangles of the cards inside of a node, measured again whenever its size changes or `key` does.
#[hook]
pub fn use_card_boxes<K: PartialEq + 'static>(node: NodeRef, key: K) -> Vec<CardBox> {
    let boxes = use_state_eq(Vec::new);
    let setter = boxes.setter();
    use_effect_with((node, key), move |(node, _)| {
        let node = node.cast::<Node>();
        let measured = node.clone();
        let callback = Closure::<dyn Fn()>::new(move || {
            if let Some(node) = &measured {
                setter.set(measure(node));
            }
        });
        // A browser without it shows the map without lines.
        let observer = ResizeObserver::new(callback.as_ref().unchecked_ref()).ok();
        if let (Some(observer), Some(node)) = (&observer, &node) {
            observer.observe(node);
        }
        move || {
            if let Some(observer) = observer {
                observer.disconnect();
            }
            drop(callback);
        }
    });
    (*boxes).clone()
}

fn measure(node: &Node) -> Vec<CardBox> {
    let origin = node.get_bounding_client_rect();
    let Ok(cards) = node.query_selector_all("[data-element]") else { return Vec::new() };
    let card_box = |index: u32| {
        let card: Node = cards.item(index)?.dyn_into().ok()?;
        let element = card.get_attribute("data-element")?.parse().ok()?;
        let rect = card.get_bounding_client_rect();
        Some(CardBox {
            element,
            left: rect.left() - origin.left(),
            right: rect.right() - origin.left(),
            top: rect.top() - origin.top(),
            bottom: rect.bottom() - origin.top(),
        })
    };
    (0..cards.length()).filter_map(card_box).collect()
}
