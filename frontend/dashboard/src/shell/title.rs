use web_sys::window;
use yew::prelude::*;

/// Names the page in the browser's tab.
#[hook]
pub fn use_title(name: &str) {
    use_effect_with(format!("{name} · Valuemap"), |title| {
        if let Some(document) = window().and_then(|window| window.document()) {
            document.set_title(title);
        }
    });
}
