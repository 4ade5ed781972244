use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::Element;
use yew::{AppHandle, Renderer};

use crate::host::Host;
use crate::survey_app::{SurveyApp, SurveyProps};
use crate::texts::Texts;
use crate::wire;

/// A survey that is on its way to the page, or on it.
#[wasm_bindgen]
pub struct Mounted(AppHandle<SurveyApp>);

/// Draws the survey in `root`, past its first question, to which the member gave `answer`. Nothing if this version
/// does not understand the survey.
#[wasm_bindgen]
pub fn mount(root: Element, survey: &JsValue, texts: JsValue, answer: &JsValue, host: Host) -> Option<Mounted> {
    let survey = Rc::new(wire::read_survey(survey)?);
    let props = SurveyProps { survey, texts: Texts(texts), first: wire::read_answer(answer), host, root: root.clone() };
    Some(Mounted(Renderer::with_root_and_props(root, props).render()))
}

#[wasm_bindgen]
impl Mounted {
    /// Takes the survey away. Answers that are on their way still arrive.
    pub fn destroy(self) {
        self.0.destroy();
    }
}
