//! Bodies that are hardly a GraphQL request in JSON, and headers that promise something else.

use valuemap_shared::survey::documents;

use super::wire::request;
use super::{Case, Expected, Target};
use crate::PAGE;

/// The headers of a request to either endpoint, as somebody sends them who may.
pub fn usual<'a>(path: &str, authorization: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut headers = vec![("content-type", "application/json"), ("accept", "application/graphql-response+json")];
    headers.push(if path == "/graphql" { ("authorization", authorization) } else { ("origin", PAGE) });
    headers
}

const PATHS: [&str; 2] = ["/graphql", "/embed/graphql"];

pub fn cases(target: &Target) -> Vec<Case> {
    let authorization = format!("Bearer {}", target.token);
    let mut cases = Vec::new();
    for path in PATHS {
        for (number, body) in bodies().iter().enumerate() {
            let shown: String = String::from_utf8_lossy(body).chars().take(40).collect();
            cases.push(Case {
                name: format!("json {number} {path} {shown}"),
                bytes: request("POST", path, &usual(path, &authorization), body),
                expected: Expected::GraphqlError,
            });
        }
        for (name, value) in promises() {
            let mut headers = usual(path, &authorization);
            headers.retain(|(usual, _)| *usual != name);
            headers.push((name, value));
            let body = format!("{{\"query\": \"{{ __typename }}\", \"promise\": \"{}\"}}", name.len());
            cases.push(Case {
                name: format!("promise {path} {name}: {value:.40}"),
                bytes: request("POST", path, &headers, body.as_bytes()),
                expected: Expected::Graphql,
            });
        }
    }
    cases
}

fn bodies() -> Vec<Vec<u8>> {
    let start = documents::START;
    let nested = |open: &str, close: &str| format!("{}{}", open.repeat(20_000), close.repeat(20_000));
    let texts = [
        "".to_owned(),
        " ".to_owned(),
        "null".to_owned(),
        "true".to_owned(),
        "0".to_owned(),
        "\"query\"".to_owned(),
        "[]".to_owned(),
        "[{\"query\": \"{ __typename }\"}]".to_owned(),
        "[[[]]]".to_owned(),
        "{}".to_owned(),
        "{".to_owned(),
        "}".to_owned(),
        "{\"query\"".to_owned(),
        "{\"query\":".to_owned(),
        "{\"query\": null}".to_owned(),
        "{\"query\": 1}".to_owned(),
        "{\"query\": []}".to_owned(),
        "{\"query\": {}}".to_owned(),
        "{\"query\": \"\"}".to_owned(),
        "{\"query\": \" \"}".to_owned(),
        "{\"Query\": \"{ __typename }\"}".to_owned(),
        "{'query': '{ __typename }'}".to_owned(),
        "{query: \"{ __typename }\"}".to_owned(),
        "{\"query\": \"{ __typename }\",}".to_owned(),
        "{\"query\": \"{ __typename }\"} x".to_owned(),
        "{\"query\": \"{ __typename }\"}{\"query\": \"{ __typename }\"}".to_owned(),
        "/* x */ {\"query\": \"{ __typename }\"}".to_owned(),
        "\u{feff}{\"query\": \"{ __typename }\"}".to_owned(),
        "{\"query\": \"{ __typename }\", \"query\": \"{ __typename }\"}".to_owned(),
        "{\"query\": \"{ \\ud800 }\"}".to_owned(),
        "{\"query\": \"{ \\u0000 }\"}".to_owned(),
        "{\"query\": \"{ \\x41 }\"}".to_owned(),
        "{\"query\": \"{ a\nb }\"}".to_owned(),
        "{\"query\": \"{ __typename }\", \"variables\": []}".to_owned(),
        "{\"query\": \"{ __typename }\", \"variables\": \"{}\"}".to_owned(),
        "{\"query\": \"{ __typename }\", \"variables\": 1}".to_owned(),
        "{\"query\": \"{ __typename }\", \"variables\": {\"a\": 1e999}}".to_owned(),
        "{\"query\": \"{ __typename }\", \"variables\": {\"a\": NaN}}".to_owned(),
        "{\"query\": \"{ __typename }\", \"variables\": {\"a\": 01}}".to_owned(),
        "{\"query\": \"{ __typename }\", \"operationName\": 1}".to_owned(),
        "{\"query\": \"{ __typename }\", \"operationName\": []}".to_owned(),
        "{\"query\": \"{ __typename }\", \"operationName\": \"Q\"}".to_owned(),
        "{\"query\": \"{ __typename }\", \"extensions\": []}".to_owned(),
        "{\"query\": \"{ __typename }\", \"extensions\": \"x\"}".to_owned(),
        "{\"extensions\": {\"persistedQuery\": {\"version\": 1, \"sha256Hash\": \"x\"}}}".to_owned(),
        format!("{{\"query\": \"{{ __typename }}\", \"variables\": {{\"a\": 1{}.5}}}}", "0".repeat(400)),
        format!("{{\"query\": {}}}", nested("[", "]")),
        format!("{{\"query\": \"{{ __typename }}\", \"variables\": {}}}", nested("[", "]")),
        format!("{{\"query\": \"{{ __typename }}\", \"variables\": {{\"a\": {}}}}}", nested("[", "]")),
        format!("{{\"query\": \"{{ __typename }}\", \"extensions\": {{\"a\": {}}}}}", "[".repeat(20_000)),
        nested("[", "]"),
        "{\"a\":".repeat(10_000),
        format!("{{\"query\": \"{}\"}}", "x".repeat(70_000)),
        format!("{{\"{}\": 1}}", "q".repeat(60_000)),
        format!("{{\"query\": {start:?}, \"variables\": {{\"site\": {}}}}}", "1".repeat(5_000)),
        "query=%7B__typename%7D".to_owned(),
        "--x\r\ncontent-disposition: form-data; name=\"operations\"\r\n\r\n{}\r\n--x--".to_owned(),
        "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY y SYSTEM \"file:///etc/passwd\">]><x>&y;</x>".to_owned(),
    ];
    let mut bodies: Vec<Vec<u8>> = texts.into_iter().map(String::into_bytes).collect();
    bodies.extend([
        b"\0".to_vec(),
        b"\xff\xfe{\0}\0".to_vec(),
        b"{\"query\": \"{ \xff }\"}".to_vec(),
        b"{\"query\": \"{ \xc0\x80 }\"}".to_vec(),
        b"{\"query\": \"{ \xed\xa0\x80 }\"}".to_vec(),
        b"{\"query\": \"{ __typename }\", \"\xff\": 1}".to_vec(),
        b"\x1f\x8b\x08\0\0\0\0\0\0\x03".to_vec(),
        vec![b' '; 65_000],
        vec![0; 2_000],
    ]);
    bodies
}

fn promises() -> Vec<(&'static str, &'static str)> {
    vec![
        ("content-type", "text/plain"),
        ("content-type", "application/graphql"),
        ("content-type", "application/x-www-form-urlencoded"),
        ("content-type", "multipart/form-data; boundary=x"),
        ("content-type", "application/json; charset=utf-16"),
        ("content-type", "application/json; charset=\"utf-8"),
        ("content-type", "application/json;;;"),
        ("content-type", "application/jsonx"),
        ("content-type", "APPLICATION/JSON"),
        ("content-type", "application/json, text/plain"),
        ("content-type", ";"),
        ("content-type", ""),
        ("content-encoding", "gzip"),
        ("content-encoding", "identity, br"),
        ("accept", "text/html"),
        ("accept", "application/xml;q=1"),
        ("accept", "application/json;q=0"),
        ("accept", ";q=1"),
        ("accept", "*"),
        ("accept", ",,,"),
        ("origin", "https://evil.example.com"),
        ("origin", "null"),
        ("origin", "javascript:alert(1)"),
        ("authorization", "Bearer "),
        ("authorization", "Bearer vm_0"),
        ("authorization", "Basic dXNlcjpwYXNz"),
        ("authorization", "Bearer vm_' OR 1=1 --"),
        ("cookie", "valuemap_session=vm_0"),
        ("cookie", "valuemap_session=%00"),
        ("traceparent", "00-zz-zz-zz"),
        ("x-http-method-override", "DELETE"),
        ("x-request-id", "\u{e9}"),
    ]
}
