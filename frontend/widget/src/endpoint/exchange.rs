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

/// Why a try failed, and whether another one makes sense.
struct Setback {
    failure: Failure,
    passing: bool,
    /// In seconds.
    retry_after: Option<u32>,
}

/// Sends a document with its variables and gives the `data` that comes back.
pub async fn ask(url: &str, document: &str, variables: &JsValue) -> Result<JsValue, Failure> {
    let body = object(&[("query", document.into()), ("variables", variables.clone())]);
    let body = JSON::stringify(&body).map(JsValue::from).unwrap_or_default();
    let mut tries = 0;
    loop {
        let setback = match try_once(url, &body).await {
            Ok(data) => return Ok(data),
            Err(setback) => setback,
        };
        tries += 1;
        match backoff::wait_ms(tries, Math::random(), setback.retry_after) {
            Some(ms) if setback.passing => sleep(ms).await,
            _ => return Err(setback.failure),
        }
    }
}

async fn try_once(url: &str, body: &JsValue) -> Result<JsValue, Setback> {
    let headers =
        object(&[("content-type", "application/json".into()), ("accept", "application/graphql-response+json".into())]);
    let init = object(&[
        ("method", "POST".into()),
        ("headers", headers),
        ("body", body.clone()),
        ("credentials", "omit".into()),
        ("signal", abort_after(TIMEOUT_MS)),
    ]);
    let response: Response = fetch(url, &init).await.map_err(|_| unreachable())?.unchecked_into();
    let status = response.status();
    let passing = matches!(status, 408 | 429 | 500..);
    let json = match response.json() {
        Ok(json) => JsFuture::from(json).await.unwrap_or_default(),
        Err(_) => JsValue::UNDEFINED,
    };
    let data = field(&json, "data");
    if status < 400 && data.is_object() {
        return Ok(data);
    }
    let retry_after = response.headers().get("retry-after").ok().flatten();
    let retry_after = retry_after.and_then(|seconds| seconds.parse().ok());
    let error = field(&field(&json, "errors"), "0");
    let Some(code) = text(&field(&error, "extensions"), "code") else {
        // Not our server's words: a proxy speaks in its place, or a network that wants a log-in first.
        let passing = passing || status < 400;
        return Err(Setback { passing, retry_after, ..unreachable() });
    };
    let message = texts::advice(&code).map(str::to_owned).or_else(|| text(&error, "message")).unwrap_or_default();
    let remedy = if passing { Remedy::Retry } else { Remedy::None };
    Err(Setback { failure: Failure { code, message, remedy }, passing, retry_after })
}

fn unreachable() -> Setback {
    let failure =
        Failure { code: "UNREACHABLE".to_owned(), message: texts::UNREACHABLE.to_owned(), remedy: Remedy::Retry };
    Setback { failure, passing: true, retry_after: None }
}

async fn sleep(ms: u32) {
    let elapsed = Promise::new(&mut |resolve, _| set_timeout(&resolve, ms));
    // Never rejected.
    let _ = JsFuture::from(elapsed).await;
}
