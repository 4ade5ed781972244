//! What a client asks for, as it is sent.

use std::collections::HashMap;

use async_graphql::Variables;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::documents::Failure;
use crate::documents::gate::Fault;
use crate::documents::limits::VARIABLES_BYTES;

/// What a client asks for.
#[derive(Debug)]
pub struct Body {
    pub query: String,
    pub operation_name: Option<String>,
    pub variables: Variables,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct JsonBody<'a> {
    query: String,
    #[serde(default)]
    operation_name: Option<String>,
    #[serde(default, borrow)]
    variables: Option<&'a RawValue>,
    #[serde(default, rename = "extensions")]
    _extensions: Option<HashMap<String, IgnoredAny>>,
}

impl Body {
    /// From the body of a POST.
    pub fn from_json(bytes: &[u8]) -> Result<Self, Failure> {
        if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
            let message = "batches are not accepted; send one request at a time";
            return Err(Failure::Malformed { code: "BATCH_REJECTED", message: message.to_owned() });
        }
        let body: JsonBody<'_> = serde_json::from_slice(bytes)
            .map_err(|error| bad_json("the body is not a GraphQL request in JSON", &error))?;
        let variables = read_variables(body.variables.map(RawValue::get))?;
        Ok(Self { query: body.query, operation_name: body.operation_name, variables })
    }

    /// From the address of a GET.
    pub fn from_query_string(query_string: &str) -> Result<Self, Failure> {
        let mut parameters = HashMap::new();
        for (name, value) in url::form_urlencoded::parse(query_string.as_bytes()) {
            if parameters.insert(name.clone(), value).is_some() {
                let name: String = name.chars().take(40).collect();
                return Err(Failure::bad_request(format!("the parameter `{name}` is there more than once")));
            }
        }
        let mut take = |name: &str| parameters.remove(name).map(String::from).filter(|value| !value.is_empty());
        let query = take("query").ok_or_else(|| Failure::bad_request("the parameter `query` is missing"))?;
        let operation_name = take("operationName");
        let variables = read_variables(take("variables").as_deref())?;
        if let Some(extensions) = take("extensions") {
            serde_json::from_str::<Option<HashMap<String, IgnoredAny>>>(&extensions)
                .map_err(|error| bad_json("`extensions` has to be an object in JSON", &error))?;
        }
        Ok(Self { query, operation_name, variables })
    }
}

fn read_variables(json: Option<&str>) -> Result<Variables, Failure> {
    let Some(json) = json else { return Ok(Variables::default()) };
    if json.len() > VARIABLES_BYTES.maximum {
        return Err(Fault::limit(&VARIABLES_BYTES).into());
    }
    let variables = serde_json::from_str::<Option<Map<String, Value>>>(json)
        .map_err(|error| bad_json("`variables` has to be an object in JSON", &error))?;
    Ok(Variables::from_json(Value::Object(variables.unwrap_or_default())))
}

/// A message of serde may repeat what was sent.
fn bad_json(what: &str, error: &serde_json::Error) -> Failure {
    let reason: String = error.to_string().chars().take(200).collect();
    Failure::bad_request(format!("{what}: {reason}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::wire::errors::code_of;

    #[test]
    fn a_body_is_one_request_in_json() {
        let check = |body: &str, expected: Option<&str>| {
            let code = Body::from_json(body.as_bytes()).err().map(|failure| match failure {
                Failure::Malformed { code, .. } => code.to_owned(),
                Failure::Refused(error) => error.code().to_owned(),
                Failure::Request(errors) => code_of(&errors[0]).unwrap_or_default().to_owned(),
            });
            assert_eq!(code.as_deref(), expected, "{body:.80}");
        };
        check(r#"{"query": "{a}", "variables": null, "operationName": null, "extensions": null}"#, None);
        check(r#"{"query": "{a}", "variables": {"a": [1]}, "extensions": {"b": 1}, "more": 1}"#, None);
        check(r#" [{"query": "{a}"}]"#, Some("BATCH_REJECTED"));
        for wrong in
            ["", "{}", "null", "{\"query\": 1}", "{\"query\": \"{a}\"", "{\"query\":\"{a}\",\"query\":\"{b}\"}"]
        {
            check(wrong, Some("BAD_REQUEST"));
        }
        for wrong in ["[]", "1", "\"{}\"", "{\"a\": 1e999}", &"[".repeat(200)] {
            check(&format!(r#"{{"query": "{{a}}", "variables": {wrong}}}"#), Some("BAD_REQUEST"));
        }
        check(r#"{"query": "{a}", "extensions": []}"#, Some("BAD_REQUEST"));
        check(r#"{"query": "{a}", "operationName": {}}"#, Some("BAD_REQUEST"));
        let many = format!(r#"{{"query": "{{a}}", "variables": {{"a": "{}"}}}}"#, "x".repeat(VARIABLES_BYTES.maximum));
        check(&many, Some("MAX_VARIABLES_BYTES_LIMIT"));
    }

    #[test]
    fn an_address_holds_the_same_as_a_body() {
        let read = |address: &str| Body::from_query_string(address);
        let body = read("query=%7Ba%7D&variables=%7B%22b%22%3A1%7D&operationName=Q&extensions=%7B%7D").unwrap();
        assert_eq!((body.query.as_str(), body.operation_name.as_deref()), ("{a}", Some("Q")));
        assert_eq!(body.variables, Variables::from_json(json!({ "b": 1 })));
        for wrong in ["", "query=", "query=a&query=b", "query=a&variables=1", "query=a&extensions=[]"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
