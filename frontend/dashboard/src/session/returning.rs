use std::cell::Cell;

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Event, EventTarget, VisibilityState, window};
use yew::prelude::*;

/// Coming back to a tab raises two events at once; they are one return.
const ONE_RETURN_MILLIS: f64 = 1_000.0;

/// Calls back when somebody comes back to the page, from another window or another tab.
#[hook]
pub fn use_return(onreturn: Callback<()>) {
    use_effect_with((), move |()| {
        let last = Cell::new(f64::NEG_INFINITY);
        let listener = Closure::<dyn Fn(Event)>::new(move |event: Event| {
            let visible = || Some(window()?.document()?.visibility_state() == VisibilityState::Visible);
            if event.time_stamp() - last.get() > ONE_RETURN_MILLIS && visible() == Some(true) {
                last.set(event.time_stamp());
                onreturn.emit(());
            }
        });
        let targets = targets();
        for (target, event) in &targets {
            // Fails only for a malformed event name.
            let _ = target.add_event_listener_with_callback(event, listener.as_ref().unchecked_ref());
        }
        move || {
            for (target, event) in &targets {
                let _ = target.remove_event_listener_with_callback(event, listener.as_ref().unchecked_ref());
            }
        }
    });
}

fn targets() -> Vec<(EventTarget, &'static str)> {
    let Some(window) = window() else { return Vec::new() };
    let document = window.document().map(|document| (document.into(), "visibilitychange"));
    [(window.into(), "focus")].into_iter().chain(document).collect()
}
