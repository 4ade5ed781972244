//! One question to the server and its answer, with as many tries as it takes.

use js_sys::{Function, JSON, Math, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

use super::json::{field, object, text};
use super::{Failure, Remedy, backoff};
use crate::texts;

/// A connection that says nothing for so long is as good as lost.
const TIMEOUT_MS: u32 = 15_000;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch)]
    async fn fetch(url: &str, init: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &Function, ms: u32);

    #[wasm_bindgen(js_namespace = AbortSignal, js_name = timeout)]
    fn abort_after(ms: u32) -> JsValue;
}

/// Sends a document with its variables and gives the `data` that comes back.
pub async fn ask(url: &str, document: &str, variables: JsValue) -> Result<JsValue, Failure> {
    let body = object(&[("query", document.into()), ("variables", variables)]);
    let body = JSON::stringify(&body).map(JsValue::from).unwrap_or_default();
    let mut tries = 0;
    loop {
        let (failure, retry_after) = match fetch(url, &request(&body)).await {
            Ok(response) => {
                let response: Response = response.unchecked_into();
                let status = response.status();
                let json = match response.json() {
                    Ok(json) => JsFuture::from(json).await.unwrap_or_default(),
                    Err(_) => JsValue::UNDEFINED,
                };
                let data = field(&json, "data");
                if status < 400 && data.is_object() {
                    return Ok(data);
                }
                (refusal(status, &json), response.headers().get("retry-after").ok().flatten())
            }
            Err(_) => (unreachable(), None),
        };
        tries += 1;
        match backoff::wait_ms(tries, Math::random(), retry_after.and_then(|seconds| seconds.parse().ok())) {
            Some(ms) if failure.remedy == Remedy::Retry => sleep(ms).await,
            _ => return Err(failure),
        }
    }
}

fn request(body: &JsValue) -> JsValue {
    object(&[
        ("method", "POST".into()),
        (
            "headers",
            object(&[
                ("content-type", "application/json".into()),
                ("accept", "application/graphql-response+json".into()),
            ]),
        ),
        ("body", body.clone()),
        ("credentials", "omit".into()),
        ("signal", abort_after(TIMEOUT_MS)),
    ])
}

/// What an answer without data comes to.
fn refusal(status: u16, json: &JsValue) -> Failure {
    let passing = matches!(status, 408 | 429 | 500..);
    let error = field(&field(json, "errors"), "0");
    match text(&field(&error, "extensions"), "code") {
        Some(code) => {
            let message = texts::advice(&code).map(str::to_owned).or_else(|| text(&error, "message"));
            let remedy = if passing { Remedy::Retry } else { Remedy::None };
            Failure { code, message: message.unwrap_or_default(), remedy }
        }
        // Not our server's words: a proxy speaks in its place, or a network that wants a log-in first.
        None if passing || status < 400 => unreachable(),
        None => Failure { remedy: Remedy::None, ..unreachable() },
    }
}

fn unreachable() -> Failure {
    Failure { code: "UNREACHABLE".to_owned(), message: texts::UNREACHABLE.to_owned(), remedy: Remedy::Retry }
}

async fn sleep(ms: u32) {
    let elapsed = Promise::new(&mut |resolve, _| set_timeout(&resolve, ms));
    // Never rejected.
    let _ = JsFuture::from(elapsed).await;
}
