use js_sys::Function;
use wasm_bindgen::prelude::*;

use crate::json::object;

#[wasm_bindgen]
extern "C" {
    /// What `handover.js` lets the survey do outside of itself.
    #[derive(Clone, Debug, PartialEq)]
    pub type Host;

    /// Dispatches an event on the element; its name gets the prefix `valuemap:`.
    #[wasm_bindgen(method)]
    fn tell(this: &Host, name: &str, detail: &JsValue);

    /// Has a screen reader say this.
    #[wasm_bindgen(method)]
    pub fn announce(this: &Host, words: &str);

    /// Takes the first question off the page and puts the survey in its place.
    #[wasm_bindgen(method)]
    pub fn place(this: &Host);

    /// Sends the answers for as long as it takes. `report` hears of it whenever the member should.
    #[wasm_bindgen(method)]
    pub fn deliver(this: &Host, document: &str, input: &JsValue, report: &Function);

    /// Tries again at once.
    #[wasm_bindgen(method)]
    pub fn hurry(this: &Host);
}

impl Host {
    pub fn tell_answered(&self, question: &str) {
        self.tell("answered", &object(&[("question", question.into())]));
    }

    pub fn tell_submitted(&self, id: &str) {
        self.tell("submitted", &object(&[("submissionId", id.into())]));
    }

    pub fn tell_error(&self, code: &str, message: &str) {
        self.tell("error", &object(&[("code", code.into()), ("message", message.into())]));
    }
}
