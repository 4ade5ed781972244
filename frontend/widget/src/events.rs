use js_sys::Function;
use wasm_bindgen::JsValue;

use crate::endpoint::Failure;
use crate::endpoint::json::object;

/// What the page around the survey gets to hear. The loader prefixes the names with `valuemap:`.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    Ready,
    /// The member answered the question with this key and went on.
    Answered(String),
    Submitted(String),
    Error {
        code: String,
        message: String,
    },
}

impl From<Failure> for Event {
    fn from(Failure { code, message, .. }: Failure) -> Self {
        Self::Error { code, message }
    }
}

impl Event {
    pub fn tell(&self, emit: &Function) {
        let (name, detail) = match self {
            Self::Ready => ("ready", object(&[])),
            Self::Answered(question) => ("answered", object(&[("question", question.into())])),
            Self::Submitted(id) => ("submitted", object(&[("submissionId", id.into())])),
            Self::Error { code, message } => ("error", object(&[("code", code.into()), ("message", message.into())])),
        };
        // What a listener on the page throws is the page's own affair.
        let _ = emit.call2(&JsValue::UNDEFINED, &name.into(), &detail);
    }
}
