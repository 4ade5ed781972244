//! The doors beside GraphQL: files, surveys, the plain form, webhooks, signing in.

use super::values::texts;
use super::wire::{encoded, request};
use super::{Case, Expected, Target};
use crate::PAGE;

pub fn cases(target: &Target) -> Vec<Case> {
    [files(), surveys(target), forms(target), webhooks(target), sign_in(), graphql_by_get(target)].concat()
}

fn get(path: &str) -> Case {
    let bytes = request("GET", path, &[("origin", PAGE)], b"");
    Case { name: format!("GET {path:.80}"), bytes, expected: Expected::Answer }
}

fn files() -> Vec<Case> {
    let names = [
        "..",
        "../",
        "../Cargo.toml",
        "..%2fmanifest.json",
        "%2e%2e/%2e%2e/etc/passwd",
        "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "....//",
        "..%5c..%5cwindows",
        "..%c0%af..%c0%afetc",
        "%252e%252e%252f",
        "valuemap.js%00.css",
        "valuemap.js.br",
        "valuemap.js/",
        "valuemap.js/..",
        ".git",
        ".env",
        "con",
        "aux.js",
        "a%0d%0ax-injected:1",
        "%ff",
        "%e2%80%ae",
        "*",
        "index.html%20",
        "valuemap.js%3f",
    ];
    let folders = ["/assets/", "/demo/", "/embed/v1/"];
    let long = format!("/assets/{}", "a".repeat(5_000));
    let all = folders.iter().flat_map(|folder| names.map(|name| format!("{folder}{name}")));
    let others = [
        "/..",
        "/../",
        "/%2e%2e",
        "/.well-known/security.txt",
        "/robots.txt",
        "/wp-login.php",
        "/metrics",
        "/debug",
        &long,
    ];
    all.chain(others.map(str::to_owned)).map(|path| get(&path)).collect()
}

fn surveys(target: &Target) -> Vec<Case> {
    let (site, version) = (&target.site, &target.version);
    texts()
        .iter()
        .map(|text| encoded(text))
        .flat_map(|text| {
            [
                format!("/embed/surveys/{text}"),
                format!("/embed/surveys/{site}/{text}"),
                format!("/embed/surveys/{site}?language={text}"),
                format!("/embed/surveys/{site}/{version}?language=a&language={text}"),
                format!("/embed/form/{text}"),
                format!("/embed/frame/{site}?lang={text}&consent={text}&preview"),
            ]
        })
        .map(|path| get(&path))
        .collect()
}

fn forms(target: &Target) -> Vec<Case> {
    let path = format!("/embed/form/{}", target.site);
    let version = &target.version;
    let valid = format!("survey-version={version}&submission-id=0190a0b0-0000-7000-8000-00000000000");
    let mut bodies: Vec<String> = [
        "",
        "&",
        "=",
        "&&&&",
        "=&=",
        "%",
        "%zz=%zz",
        "%00=%00",
        "a",
        "a=b=c",
        "survey-version",
        "survey-version=",
        "submission-id=x",
        "{\"survey-version\": 1}",
        "a[]=1&a[b]=2",
        "__proto__=1",
    ]
    .map(str::to_owned)
    .into();
    for (number, text) in texts().iter().enumerate() {
        let (number, text) = (number % 10, encoded(text));
        bodies.push(format!("{valid}{number}&product_knowledge={text}"));
        bodies.push(format!("survey-version={text}&submission-id={text}"));
        bodies.push(format!("{valid}{number}&{text}={text}"));
    }
    bodies.push("a=b&".repeat(10_000));
    bodies.push(format!("a={}", "x".repeat(70_000)));
    let form = "application/x-www-form-urlencoded";
    let mut distinct = std::collections::HashSet::new();
    bodies.retain(|body| distinct.insert(body.clone()));
    let posts = bodies.iter().map(|body| Case {
        name: format!("form {body:.60}"),
        bytes: request("POST", &path, &[("content-type", form), ("origin", PAGE)], body.as_bytes()),
        expected: Expected::Answer,
    });
    let headers = [
        [("content-type", "text/plain"), ("origin", PAGE)],
        [("content-type", "multipart/form-data; boundary=x"), ("origin", PAGE)],
        [("content-type", form), ("origin", "https://evil.example.com")],
        [("content-type", form), ("origin", "null")],
        [("content-type", form), ("content-encoding", "gzip")],
    ];
    let refused = headers.iter().map(|headers| Case {
        name: format!("form {headers:?}"),
        bytes: request("POST", &path, headers, valid.as_bytes()),
        expected: Expected::Answer,
    });
    posts.chain(refused).collect()
}

fn webhooks(target: &Target) -> Vec<Case> {
    let mut cases = Vec::new();
    let bodies = [
        "",
        "{}",
        "[]",
        "null",
        "\0",
        "{\"post\": {\"id\": 1}}",
        "{\"type\": \"x\", \"data\": {}}",
        &"[".repeat(50_000),
        &"x".repeat(100_000),
    ];
    let signatures = ["", "sha256=", "sha256=00", "sha256=zz", "v1,AAAA", "\u{e9}", &"0".repeat(5_000)];
    let unknown = "/webhooks/whk_unknown".to_owned();
    for address in target.webhooks.iter().chain([&unknown]) {
        for body in bodies {
            for signature in signatures {
                let headers = [
                    ("content-type", "application/json"),
                    ("x-discourse-event", "post_created"),
                    ("x-discourse-instance", "https://forum.example.com"),
                    ("x-discourse-event-signature", signature),
                    ("webhook-id", "msg_1"),
                    ("webhook-timestamp", "1"),
                    ("webhook-signature", signature),
                ];
                cases.push(Case {
                    name: format!("webhook {address:.20} {signature:.20} {body:.20}"),
                    bytes: request("POST", address, &headers, body.as_bytes()),
                    expected: Expected::Answer,
                });
            }
        }
    }
    cases.extend(texts().iter().map(|text| Case {
        name: format!("webhook at {text:.20}"),
        bytes: request("POST", &format!("/webhooks/{}", encoded(text)), &[("content-type", "application/json")], b"{}"),
        expected: Expected::Answer,
    }));
    cases
}

fn sign_in() -> Vec<Case> {
    let of_texts = texts().into_iter().map(|text| format!("/sign-in?token={}", encoded(&text)));
    let others = [
        "/sign-in",
        "/sign-in?",
        "/sign-in?token",
        "/sign-in?TOKEN=x",
        "/sign-in?token=a&token=b",
        "/sign-in?token[]=x",
        "/sign-in?%74oken=%",
    ];
    let cookies = [
        "valuemap_session=",
        "valuemap_session=vm_0",
        "__Host-valuemap_session=vm_0",
        "valuemap_session=\"",
        "=",
        "a; b; c",
    ];
    let sign_out = cookies.iter().map(|cookie| Case {
        name: format!("sign-out {cookie}"),
        bytes: request("POST", "/sign-out", &[("cookie", cookie), ("origin", "http://localhost")], b""),
        expected: Expected::Answer,
    });
    of_texts.chain(others.map(str::to_owned)).map(|path| get(&path)).chain(sign_out).collect()
}

fn graphql_by_get(target: &Target) -> Vec<Case> {
    let authorization = format!("Bearer {}", target.token);
    let query = encoded("query Q($v: ID) { node(id: $v) { id } }");
    let mut addresses: Vec<String> = [
        "",
        "?",
        "?query",
        "?query=",
        "?query=%7B",
        "?query=%00",
        "?query=%ff",
        "?query=a&query=b",
        "?variables=%7B%7D",
        "?mutation=%7B%7D",
        "?query=mutation%7B__typename%7D",
        "?query=%7B__typename%7D&variables=1",
        "?query=%7B__typename%7D&variables=%7B",
        "?query=%7B__typename%7D&extensions=1",
        "?query=%7B__typename%7D&operationName=x",
        "?query=subscription%7Bx%7D",
    ]
    .map(str::to_owned)
    .into();
    for text in texts() {
        let variables = encoded(&serde_json::json!({ "v": text }).to_string());
        addresses.push(format!("?query={query}&variables={variables}"));
        addresses.push(format!("?query={query}&operationName={}", encoded(&text)));
    }
    let headers = [("accept", "application/graphql-response+json"), ("authorization", authorization.as_str())];
    let case = |address: &String| Case {
        name: format!("GET /graphql{address:.80}"),
        bytes: request("GET", &format!("/graphql{address}"), &headers, b""),
        expected: Expected::Graphql,
    };
    addresses.iter().map(case).collect()
}
