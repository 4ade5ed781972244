//! Requests to the server, over GraphQL. The session cookie goes along by itself.

use gloo_net::http::Request;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use wasm_bindgen::JsValue;
use web_sys::{AbortSignal, File};

/// The time after which a request is given up.
const TIMEOUT_MILLIS: u32 = 15_000;

/// The seconds after which the server is asked again, where it does not say.
const USUAL_WAIT: u32 = 2;

/// Why there is nothing to show.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    SignedOut,
    /// The server answered that what was asked for does not exist, or belongs to somebody else.
    NotFound,
    /// The server is still at work on it, and it may be there after so many seconds.
    BeingComputed {
        seconds: u32,
        /// How much of what is tracked is summed up, in percent.
        summed_up: Option<u8>,
    },
    /// Anything else, in words for the person at the screen.
    Failed(String),
}

impl Failure {
    /// What to say of something that somebody wanted done; `gone` where it was about what is not there any more.
    pub fn words(&self, gone: &str) -> String {
        match self {
            Self::SignedOut => "You are signed out. Reload the page.".into(),
            Self::NotFound => gone.into(),
            Self::BeingComputed { .. } => "The server is busy. Try again in a moment.".into(),
            Self::Failed(message) => message.clone(),
        }
    }
}

#[derive(Serialize)]
struct Operation<'a, V> {
    query: &'a str,
    variables: V,
}

#[derive(Deserialize)]
struct Answer {
    data: Option<Value>,
    #[serde(default)]
    errors: Vec<AnswerError>,
}

#[derive(Deserialize)]
struct AnswerError {
    message: String,
    #[serde(default)]
    extensions: Extensions,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Extensions {
    code: Option<String>,
    summed_up: Option<u8>,
}

/// Sends a query and reads its data.
pub async fn ask<D: DeserializeOwned>(query: &str, variables: impl Serialize) -> Result<D, Failure> {
    let request = Request::post("/graphql")
        .header("accept", "application/graphql-response+json, application/json")
        .abort_signal(Some(&AbortSignal::timeout_with_u32(TIMEOUT_MILLIS)))
        .json(&Operation { query, variables })
        .map_err(unreachable_server)?;
    let response = request.send().await.map_err(unreachable_server)?;
    let retry_after = response.headers().get("retry-after").and_then(|seconds| seconds.parse().ok());
    let body = response.text().await.map_err(unreachable_server)?;
    read_answer(response.status(), retry_after, &body)
}

/// Sends a file as it is, and reads what the server says of it. It may take as long as it takes.
pub async fn send_file<D: DeserializeOwned>(
    path: &str,
    parameters: &[(&str, String)],
    file: &File,
) -> Result<D, Failure> {
    let request = Request::post(path)
        .query(parameters.iter().map(|(name, value)| (*name, value.as_str())))
        .header("content-type", "application/octet-stream")
        .body(JsValue::from(file.clone()))
        .map_err(unreachable_server)?;
    let response = request.send().await.map_err(unreachable_server)?;
    let body = response.text().await.map_err(unreachable_server)?;
    if response.ok() {
        return serde_json::from_str(&body).map_err(|_| unexpected_status(response.status()));
    }
    // What is wrong is said as for any other request.
    match read_answer::<Value>(response.status(), None, &body) {
        Err(failure) => Err(failure),
        Ok(_) => Err(unexpected_status(response.status())),
    }
}

/// Ends the session.
pub async fn sign_out() -> Result<(), Failure> {
    let response = Request::post("/sign-out")
        .header("content-type", "application/json")
        .abort_signal(Some(&AbortSignal::timeout_with_u32(TIMEOUT_MILLIS)))
        .send()
        .await
        .map_err(unreachable_server)?;
    // Who is not signed in has nothing to sign out of.
    if response.ok() || response.status() == 401 { Ok(()) } else { Err(unexpected_status(response.status())) }
}

fn read_answer<D: DeserializeOwned>(status: u16, retry_after: Option<u32>, body: &str) -> Result<D, Failure> {
    if status == 401 {
        return Err(Failure::SignedOut);
    }
    let Ok(answer) = serde_json::from_str::<Answer>(body) else {
        return Err(unexpected_status(status));
    };
    let has = |code: &str| answer.errors.iter().any(|error| error.extensions.code.as_deref() == Some(code));
    if has("UNAUTHENTICATED") {
        return Err(Failure::SignedOut);
    }
    if has("BEING_COMPUTED") {
        let summed_up = answer.errors.iter().find_map(|error| error.extensions.summed_up);
        return Err(Failure::BeingComputed { seconds: retry_after.unwrap_or(USUAL_WAIT), summed_up });
    }
    if !answer.errors.is_empty() {
        let messages: Vec<&str> = answer.errors.iter().map(|error| error.message.as_str()).collect();
        return Err(Failure::Failed(messages.join(" ")));
    }
    let data = answer.data.ok_or_else(|| unexpected_status(status))?;
    serde_json::from_value(data)
        .map_err(|error| Failure::Failed(format!("The server's answer does not fit this page ({error}). Reload it.")))
}

fn unexpected_status(status: u16) -> Failure {
    Failure::Failed(format!("The server answered with status {status} and nothing that this page understands."))
}

fn unreachable_server(_: gloo_net::Error) -> Failure {
    Failure::Failed("The server does not answer. Is it running, and are you online?".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(status: u16, body: &str, expected: Result<u32, Failure>) {
        assert_eq!(read_answer::<u32>(status, Some(7), body), expected);
    }

    fn failed(message: &str) -> Result<u32, Failure> {
        Err(Failure::Failed(message.into()))
    }

    #[test]
    fn data_is_read() {
        check(200, r#"{"data": 7}"#, Ok(7));
    }

    #[test]
    fn a_status_or_a_code_says_that_nobody_is_signed_in() {
        check(401, "", Err(Failure::SignedOut));
        let body = r#"{"errors": [{"message": "no", "extensions": {"code": "UNAUTHENTICATED"}}]}"#;
        check(200, body, Err(Failure::SignedOut));
    }

    #[test]
    fn what_is_still_being_computed_says_when_to_ask_again() {
        let body = r#"{"errors": [{"message": "wait", "extensions": {"code": "BEING_COMPUTED"}}]}"#;
        check(503, body, Err(Failure::BeingComputed { seconds: 7, summed_up: None }));
        let body = body.replace("\"BEING_COMPUTED\"", "\"BEING_COMPUTED\", \"summedUp\": 70");
        check(503, &body, Err(Failure::BeingComputed { seconds: 7, summed_up: Some(70) }));
    }

    #[test]
    fn errors_win_over_data_and_are_passed_on() {
        let body = r#"{"data": 7, "errors": [{"message": "Too deep."}, {"message": "Too long.", "extensions": {}}]}"#;
        check(400, body, failed("Too deep. Too long."));
    }

    #[test]
    fn what_is_no_answer_is_named_by_its_status() {
        for body in ["<h1>Bad Gateway</h1>", "{}", "[]", ""] {
            check(502, body, failed("The server answered with status 502 and nothing that this page understands."));
        }
    }

    #[test]
    fn data_of_another_shape_asks_for_a_reload() {
        let Err(Failure::Failed(message)) = read_answer::<u32>(200, None, r#"{"data": "seven"}"#) else {
            panic!("accepted");
        };
        assert!(message.ends_with("Reload it."), "{message}");
    }
}
