//! The survey on a community's page, from the moment that the member goes on from the first question: a Yew app that
//! `handover.js` mounts.
//!
//! Invariants: whatever the member does goes through [`response::Response`], which knows no browser; focus moves only
//! when the member has pressed something in here. What is sent and received is written out by hand over the browser's
//! JSON, because every byte is downloaded by somebody's visitors. The network and the browser's storage are
//! `delivery.js`'s: it has to work on pages where this is never loaded.

mod host;
mod json;
mod mounting;
mod outcome;
mod question;
mod response;
mod results;
mod submission_id;
mod survey;
mod survey_app;
mod texts;
mod wire;

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
