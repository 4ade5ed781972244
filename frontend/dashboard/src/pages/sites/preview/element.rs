use js_sys::{Function, JSON, Reflect};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{CustomEvent, Document, Element, Event, HtmlElement, HtmlScriptElement, window};
use yew::prelude::*;

use crate::pages::sites::settings::{Setting, Settings, Target};
use crate::pages::sites::snippet::properties;

const LOADER: &str = "/embed/v1/valuemap.js";

const EVENTS: [&str; 6] = [
    "valuemap:ready",
    "valuemap:shown",
    "valuemap:answered",
    "valuemap:submitted",
    "valuemap:closed",
    "valuemap:error",
];

#[derive(Properties, PartialEq)]
pub struct PreviewElementProps {
    pub site: AttrValue,
    pub settings: Settings,
    /// What the element has to be reached by.
    pub node: NodeRef,
    /// Called with an event's name and its detail as JSON.
    pub onevent: Callback<(String, String)>,
}

/// The widget itself, which sends and stores nothing here. Nothing but the person at the screen opens it.
#[component]
pub fn PreviewElement(props: &PreviewElementProps) -> Html {
    let PreviewElementProps { settings, node, .. } = props;
    use_effect_with((), |()| ensure_loader());
    {
        let node = node.clone();
        use_effect_with(settings.clone(), move |settings| paint(&node, settings));
    }
    {
        let (node, onevent) = (node.clone(), props.onevent.clone());
        use_effect_with((), move |()| listen(&node, onevent));
    }
    let attribute = |setting: Setting| settings.get(setting).map(str::to_owned);
    html! {
        <valuemap-survey
            ref={node}
            site={&props.site}
            preview=""
            consent="denied"
            unavailable="message"
            lang={attribute(Setting::Lang)}
            mode={attribute(Setting::Mode)}
            load={attribute(Setting::Load)}
        />
    }
}

/// Calls a method of the element that a page may call, such as `open`. A widget without it does nothing.
pub fn call(node: &NodeRef, method: &str) {
    let Some(element) = node.cast::<Element>() else { return };
    let function = Reflect::get(&element, &method.into()).ok().and_then(|value| value.dyn_into::<Function>().ok());
    if let Some(function) = function {
        // What it throws is in the console, and nobody's here to handle.
        let _ = function.call0(&element);
    }
}

fn paint(node: &NodeRef, settings: &Settings) {
    let Some(element) = node.cast::<HtmlElement>() else { return };
    let style = element.style();
    for setting in Setting::ALL.into_iter().filter(|setting| matches!(setting.target(), Target::Property(_))) {
        let _ = style.remove_property(&format!("--valuemap-{}", setting.name()));
    }
    for (name, value) in properties(settings) {
        let _ = style.set_property(&name, &value);
    }
}

fn listen(node: &NodeRef, onevent: Callback<(String, String)>) -> impl FnOnce() + use<> {
    let listener = Closure::<dyn Fn(Event)>::new(move |event: Event| {
        let detail = event.dyn_ref::<CustomEvent>().and_then(|event| JSON::stringify(&event.detail()).ok());
        let detail = detail.and_then(|text| text.as_string()).filter(|text| !matches!(text.as_str(), "null" | "{}"));
        onevent.emit((event.type_(), detail.unwrap_or_default()));
    });
    let element: Option<Element> = node.cast();
    for name in EVENTS {
        if let Some(element) = &element {
            // Fails only for a malformed event name.
            let _ = element.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
        }
    }
    move || {
        for name in EVENTS {
            if let Some(element) = &element {
                let _ = element.remove_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
            }
        }
    }
}

/// The loader comes as a script of the page, as it does on a partner's.
fn ensure_loader() {
    let add = |document: Document| {
        if document.query_selector(&format!("script[src='{LOADER}']")).ok()?.is_none() {
            let script: HtmlScriptElement = document.create_element("script").ok()?.dyn_into().ok()?;
            script.set_type("module");
            script.set_src(LOADER);
            document.head()?.append_child(&script).ok()?;
        }
        Some(())
    };
    window().and_then(|window| window.document()).and_then(add);
}
