use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

/// Puts the focus where the new screen starts, once the member has pressed something. `steps` counts the presses.
#[hook]
pub fn use_focus_on_step(root: &NodeRef, steps: u32) {
    let root = root.clone();
    use_effect_with(steps, move |steps| {
        let start = root.cast::<Element>().filter(|_| *steps > 0).and_then(|root| start_of(&root));
        if let Some(start) = start {
            // Fails only for what is not rendered, and then there is nothing to focus.
            let _ = start.focus();
        }
    });
}

/// The radio button that is chosen, else the first control, else the heading.
fn start_of(screen: &Element) -> Option<HtmlElement> {
    let find = |selector| screen.query_selector(selector).ok().flatten().and_then(|found| found.dyn_into().ok());
    find("[type=radio]:checked").or_else(|| find("input, textarea, [tabindex]"))
}
