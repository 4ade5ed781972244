use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::Element;
use yew::{AppHandle, Callback, Renderer};

use crate::endpoint::Endpoint;
use crate::events::Event;
use crate::survey_app::{SurveyApp, SurveyProps};

/// The place of a survey, empty until it has been fetched.
#[wasm_bindgen]
pub struct Mounted(Rc<RefCell<Option<AppHandle<SurveyApp>>>>);

/// Shows the survey of a site in `root`, in place of what keeps its room there. If there is none to show, the room is
/// given back. `emit` gets the name and the detail of what the page may want to hear about.
#[wasm_bindgen]
pub fn mount(root: Element, site: String, endpoint: String, emit: Function) -> Mounted {
    let emit = Callback::from(move |event: Event| event.tell(&emit));
    let endpoint = Endpoint { url: endpoint, site };
    let mounted = Rc::new(RefCell::new(None));
    let wanted = Rc::downgrade(&mounted);
    spawn_local(async move {
        let survey = endpoint.survey().await;
        let Some(mounted) = wanted.upgrade() else { return };
        match survey {
            Ok(survey) => {
                let props = SurveyProps { survey: Rc::new(survey), endpoint, emit, root: root.clone() };
                *mounted.borrow_mut() = Some(Renderer::with_root_and_props(root, props).render());
            }
            Err(failure) => {
                root.set_text_content(None);
                emit.emit(failure.into());
            }
        }
    });
    Mounted(mounted)
}

#[wasm_bindgen]
impl Mounted {
    /// Takes the survey away. Answers that are on their way still arrive.
    pub fn destroy(self) {
        if let Some(app) = self.0.take() {
            app.destroy();
        }
    }
}
