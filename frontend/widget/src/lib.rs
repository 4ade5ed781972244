//! The survey on a community's page: a Yew app in the shadow root that `loader.js` opens.
//!
//! Invariants: whatever the member does goes through [`response::Response`], which knows no browser; nothing is kept
//! in the browser's storage; focus moves only when the member has pressed something in here. What is sent and
//! received is written out by hand over the browser's JSON, because every byte is downloaded by somebody's visitors.

mod endpoint;
mod events;
mod mounting;
mod outcome;
mod question;
mod response;
mod results;
mod submission_id;
mod survey;
mod survey_app;
mod texts;

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
