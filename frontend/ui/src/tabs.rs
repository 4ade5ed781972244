use web_sys::{HtmlElement, window};
use yew::prelude::*;

#[derive(Clone, Debug, PartialEq)]
pub struct Tab {
    pub value: AttrValue,
    pub label: AttrValue,
}

#[derive(Properties, PartialEq)]
pub struct TabsProps {
    /// Unique on the page; the parts' ids start with it.
    pub id: AttrValue,
    pub label: AttrValue,
    pub tabs: Vec<Tab>,
    pub selected: AttrValue,
    pub onpick: Callback<AttrValue>,
    /// The panel of the selected tab.
    pub children: Html,
}

/// Tabs as the ARIA Authoring Practices have them: one stop for the tab key, arrows from tab to tab.
#[component]
pub fn Tabs(props: &TabsProps) -> Html {
    let id_of = |value: &AttrValue| format!("{}-{value}", props.id);
    let panel = format!("{}-panel", props.id);
    let onkeydown = {
        let (tabs, selected, onpick, id) =
            (props.tabs.clone(), props.selected.clone(), props.onpick.clone(), props.id.clone());
        Callback::from(move |event: KeyboardEvent| {
            let Some(index) = tabs.iter().position(|tab| tab.value == selected) else { return };
            let Some(next) = after_key(&event.key(), index, tabs.len()) else { return };
            event.prevent_default();
            let value = tabs[next].value.clone();
            focus(&format!("{id}-{value}"));
            onpick.emit(value);
        })
    };
    html! {
        <div class="tabs">
            <div class="tab-list" role="tablist" aria-label={&props.label} {onkeydown}>
                for tab in &props.tabs {
                    <button
                        type="button"
                        role="tab"
                        class="tab"
                        id={id_of(&tab.value)}
                        aria-selected={if tab.value == props.selected { "true" } else { "false" }}
                        aria-controls={panel.clone()}
                        tabindex={if tab.value == props.selected { "0" } else { "-1" }}
                        onclick={props.onpick.reform({
                            let value = tab.value.clone();
                            move |_: MouseEvent| value.clone()
                        })}
                    >
                        { &tab.label }
                    </button>
                }
            </div>
            <div class="tab-panel" role="tabpanel" id={panel.clone()} aria-labelledby={id_of(&props.selected)}>
                { props.children.clone() }
            </div>
        </div>
    }
}

fn after_key(key: &str, index: usize, count: usize) -> Option<usize> {
    match key {
        "ArrowRight" => Some((index + 1) % count),
        "ArrowLeft" => Some((index + count - 1) % count),
        "Home" => Some(0),
        "End" => Some(count - 1),
        _ => None,
    }
}

fn focus(id: &str) {
    use web_sys::wasm_bindgen::JsCast;
    let element = window().and_then(|window| window.document()?.get_element_by_id(id));
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        // It fails for no element that is in the page.
        let _ = element.focus();
    }
}

#[cfg(test)]
mod tests {
    use super::after_key;

    #[test]
    fn arrows_go_round() {
        let keys = ["ArrowRight", "ArrowLeft", "Home", "End", "Enter"];
        assert_eq!(keys.map(|key| after_key(key, 2, 3)), [Some(0), Some(1), Some(0), Some(2), None]);
        assert_eq!(after_key("ArrowLeft", 0, 3), Some(2));
    }
}
