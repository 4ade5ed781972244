use valuemap_shared::value_map::{Element, LinkReading};
use yew::prelude::*;

use super::facts::facts;
use crate::pages::map::shown::Shown;
use crate::server::wire_name;
use crate::words::element_title;

#[derive(Properties, PartialEq)]
pub struct LinkListProps {
    pub element: Element,
    pub shown: Shown,
}

/// What raises an element and what it raises: the lines of the map as a list, for every screen and every reader.
#[component]
pub fn LinkList(props: &LinkListProps) -> Html {
    let drivers: Vec<(Element, LinkReading)> =
        props.shown.drivers(props.element).map(|link| (link.from, link.clone())).collect();
    let driven: Vec<(Element, LinkReading)> =
        props.shown.driven(props.element).map(|link| (link.to, link.clone())).collect();
    let is_any_known = drivers.iter().chain(&driven).any(|(_, link)| link.strength.is_some());
    html! {
        <>
            <OneWay title="Held to be raised by" links={drivers} />
            <OneWay title="Held to raise" links={driven} />
            if is_any_known {
                <p class="absence link-note">{ "Links are hypotheses of the scoring model. To go together is an association, no proof of a cause." }</p>
            }
        </>
    }
}

#[derive(Properties, PartialEq)]
struct OneWayProps {
    title: AttrValue,
    /// Each with the element at its other end.
    links: Vec<(Element, LinkReading)>,
}

#[component]
fn OneWay(props: &OneWayProps) -> Html {
    if props.links.is_empty() {
        return Html::default();
    }
    html! {
        <>
            <h3 class="dialog-section">{ &props.title }</h3>
            <ul class="link-list">
                for (element, link) in &props.links {
                    <li data-linked={wire_name(element)}>
                        <strong>{ element_title(*element) }</strong>
                        <ul>
                            for fact in facts(link) {
                                <li>{ fact }</li>
                            }
                        </ul>
                    </li>
                }
            </ul>
        </>
    }
}
