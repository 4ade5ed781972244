//! The survey on a community's page: a Yew app in the shadow root that `loader.js` opens.
//!
//! Invariants: whatever the member does goes through [`response::Response`], which knows no browser; nothing is kept
//! in the browser's storage; focus moves only when the member has pressed something in here. What is sent and
//! received is written out by hand over the browser's JSON, because every byte is downloaded by somebody's visitors.

mod app;
mod delivery;
mod endpoint;
mod events;
mod focus;
mod outcome;
mod question;
mod response;
mod results;
mod survey;
mod survey_form;
mod texts;

use wasm_bindgen::prelude::*;
use web_sys::Element;
use yew::{AppHandle, Callback, Renderer};

use app::{App, AppProps};
use endpoint::Endpoint;

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

/// A survey that is being shown.
#[wasm_bindgen]
pub struct Mounted(AppHandle<App>);

/// Shows the survey of a site in `root`, in place of what is there. `emit` is called with the name and the detail of
/// what the page may want to hear about.
#[wasm_bindgen]
pub fn mount(root: Element, site: String, endpoint: String, emit: js_sys::Function) -> Mounted {
    let emit = Callback::from(move |event: events::Event| event.tell(&emit));
    let props = AppProps { endpoint: Endpoint { url: endpoint, site }, emit };
    Mounted(Renderer::<App>::with_root_and_props(root, props).render())
}

#[wasm_bindgen]
impl Mounted {
    /// Takes the survey away. Answers that are on their way still arrive.
    pub fn destroy(self) {
        self.0.destroy();
    }
}
