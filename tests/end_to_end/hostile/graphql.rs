//! Documents and variables that ask for too much, or for what there is not.

use serde_json::{Value, json};
use valuemap_shared::survey::documents;

use super::json::usual;
use super::values::{texts, values};
use super::wire::request;
use super::{Case, Expected, Target};

pub fn cases(target: &Target) -> Vec<Case> {
    [own_documents(target), variables(target), foreign_ids(target), widget_variables(target)].concat()
}

fn case(target: &Target, path: &str, name: String, body: &Value, expected: Expected) -> Case {
    let authorization = format!("Bearer {}", target.token);
    let bytes = request("POST", path, &usual(path, &authorization), body.to_string().as_bytes());
    Case { name: format!("{path} {name}"), bytes, expected }
}

fn own_documents(target: &Target) -> Vec<Case> {
    let documents = [unreadable(), invalid(), too_much()].concat();
    let refused = documents.iter().map(|document| {
        let name = document.chars().take(60).collect();
        case(target, "/graphql", name, &json!({ "query": document }), Expected::GraphqlError)
    });
    let public = documents.iter().filter(|document| document.len() < 60_000).step_by(4).map(|document| {
        let name = document.chars().take(60).collect();
        case(target, "/embed/graphql", name, &json!({ "query": document }), Expected::GraphqlError)
    });
    refused.chain(public).collect()
}

fn unreadable() -> Vec<String> {
    let mut documents: Vec<String> = [
        "",
        " ",
        "#",
        "\u{feff}",
        ",",
        "{",
        "}",
        "{}",
        "{{",
        "{ a",
        "{ a }}",
        "{ a { } }",
        "{ a ( }",
        "{ a() }",
        "{ a(b) }",
        "{ a(b:) }",
        "{ a(b: $) }",
        "{ a(b: [) }",
        "{ a(b: {c}) }",
        "{ a(b: {c:}) }",
        "{ a: }",
        "{ : a }",
        "{ a: b: c }",
        "{ @a }",
        "{ a @ }",
        "{ ... }",
        "{ ...on }",
        "{ .. a }",
        "{ .... a }",
        "{ a.b }",
        "{ a; b }",
        "{ a & b }",
        "{ 1 }",
        "{ -a }",
        "{ \"a\" }",
        "{ a(b: \"c) }",
        "{ a(b: \"\"\"c) }",
        "{ a(b: \"\\q\") }",
        "{ a(b: \"\\ud800\") }",
        "{ a(b: '\u{e9}') }",
        "{ a(b: 01) }",
        "{ a(b: 1.) }",
        "{ a(b: .5) }",
        "{ a(b: 1e) }",
        "{ a(b: 0x1) }",
        "{ a(b: 1_000) }",
        "{ a\0 }",
        "{ \u{e9} }",
        "{ \u{202e}a }",
        "query",
        "query Q",
        "query { }",
        "query ($a) { a }",
        "query ($a: ) { a }",
        "query ($a: [Int) { a }",
        "query ($a: Int = ) { a }",
        "query (a: Int) { a }",
        "query () { a",
        "mutation",
        "subscription",
        "fragment",
        "fragment f",
        "fragment f on",
        "fragment on on A { a }",
        "fragment f { a }",
        "{ a } {",
        "type A { b: C }",
        "schema { query: Query }",
        "extend type Query { a: Int }",
        "directive @a on FIELD",
        "queryQ { a }",
        "fragmentf on Query { a }",
        "SELECT * FROM token",
        "<html></html>",
        "../../etc/passwd",
    ]
    .map(str::to_owned)
    .into();
    documents.extend(
        ["{", "[", "(", "\"", "@", "$", ".", "-", "{a(b:[", "{a(b:{c:", "query($a:["].map(|open| open.repeat(600)),
    );
    documents
}

fn invalid() -> Vec<String> {
    [
        "{ wealth }",
        "{ viewer }",
        "{ viewer { name { x } } }",
        "{ viewer { name(x: 1) } }",
        "{ viewer { name @unknown } }",
        "{ viewer { name @skip } }",
        "{ viewer { name @skip(if: 1) } }",
        "{ viewer { name @include(if: $undefined) } }",
        "{ viewer { name @skip(if: true) @skip(if: true) } }",
        "{ ...unknown }",
        "{ ...f } fragment f on Query { ...f }",
        "{ ...f } fragment f on Unknown { a }",
        "{ ...f } fragment f on Currency { a }",
        "{ viewer { ...f } } fragment f on Community { name }",
        "{ viewer { ... on Community { name } } }",
        "{ viewer { name } } fragment unused on Community { name }",
        "{ ...f } fragment f on Query { viewer { name } } fragment f on Query { viewer { name } }",
        "query A { viewer { name } } query A { viewer { name } }",
        "{ viewer { name } } { viewer { name } }",
        "query A { viewer { name } } query B { viewer { name } }",
        "query ($a: Int, $a: Int) { communities(first: $a) { nodes { id } } }",
        "query ($a: Unknown) { communities(first: $a) { nodes { id } } }",
        "query ($a: Community) { communities(first: $a) { nodes { id } } }",
        "query ($a: Int = \"x\") { communities(first: $a) { nodes { id } } }",
        "query ($unused: Int) { viewer { name } }",
        "{ communities(first: $a) { nodes { id } } }",
        "{ communities(first: \"1\") { nodes { id } } }",
        "{ communities(first: 1, first: 2) { nodes { id } } }",
        "{ communities(first: 99999999999999999999) { nodes { id } } }",
        "{ communities(first: 1e9999) { nodes { id } } }",
        "{ communities(first: -1) { nodes { id } } }",
        "{ communities(first: 0) { nodes { id } } }",
        "{ communities(first: 101) { nodes { id } } }",
        "{ communities(first: 1.5) { nodes { id } } }",
        "{ communities(first: [1]) { nodes { id } } }",
        "{ communities(first: {a: 1}) { nodes { id } } }",
        "{ communities(first: RED) { nodes { id } } }",
        "{ communities(after: \"\\u0000\") { nodes { id } } }",
        "{ communities(after: \"nonsense\") { nodes { id } } }",
        "{ community { name } }",
        "{ community(id: null) { name } }",
        "{ community(id: 5) { name } }",
        "{ community(id: \"\") { name } }",
        "{ community(id: \"sur_1\") { name } }",
        "{ node(id: \"\u{202e}\") { id } }",
        "{ valueMap(community: \"com_1\", weighting: HEAVY) { responses } }",
        "{ valueMap(community: \"com_1\", period: \"2026-Q9\") { responses } }",
        "{ name: viewer { name } name: limits { depth } }",
        "{ __type { name } }",
        "{ __schema }",
        "{ __unknown }",
        "mutation { viewer { name } }",
        "mutation { createCommunity { __typename } }",
        "mutation { createCommunity(input: {}) { __typename } }",
        "mutation { createCommunity(input: {name: null}) { __typename } }",
        "mutation { createCommunity(input: {name: 1}) { __typename } }",
        "mutation { createCommunity(input: {name: \"\"}) { __typename } }",
        "mutation { createCommunity(input: {name: \"a\\u0000b\"}) { __typename } }",
        "mutation { createCommunity(input: {name: \"x\", more: 1}) { __typename } }",
        "mutation { createCommunity(input: []) { __typename } }",
        "mutation { publishSurvey(input: {survey: \"x\"}) { __typename } }",
        "subscription { viewer { name } }",
        "subscription { __typename }",
    ]
    .map(str::to_owned)
    .into()
}

fn too_much() -> Vec<String> {
    let many = |count: usize, one: &dyn Fn(usize) -> String| (0..count).map(one).collect::<String>();
    let on = "fragment f";
    vec![
        format!("{{ {} }}", "viewer { name } ".repeat(21)),
        format!("{{ {} }}", many(16, &|n| format!("a{n}: viewer {{ name }} "))),
        format!("{{ viewer {{ {} }} }}", "name ".repeat(251)),
        format!("{{ viewer {{ {} }} }}", "name ".repeat(30_000)),
        format!("{{ viewer {{ name {} }} }}", "@include(if: true) ".repeat(51)),
        format!("{{ viewer {{ name {} }} }}", "@x ".repeat(900)),
        format!("{{ viewer {{ name({}) }} }}", many(51, &|n| format!("a{n}: 1 "))),
        format!("{{ viewer {{ {} }} }}", "a".repeat(201)),
        format!("{{ viewer {{ {} }} }}", "a".repeat(60_000)),
        format!("query {} {{ viewer {{ name }} }}", "q".repeat(1_000)),
        format!("query ({}) {{ viewer {{ name }} }}", many(101, &|n| format!("$v{n}: Int "))),
        format!("query ($v: {}Int{}) {{ viewer {{ name }} }}", "[".repeat(21), "]".repeat(21)),
        format!("{{ communities(first: {}1{}) {{ nodes {{ id }} }} }}", "[".repeat(21), "]".repeat(21)),
        format!("{{ communities(first: {}1{}) {{ nodes {{ id }} }} }}", "{a:".repeat(21), "}".repeat(21)),
        format!("{{ communities(first: [{}]) {{ nodes {{ id }} }} }}", "1 ".repeat(2_000)),
        format!("{{ communities(after: \"{}\") {{ nodes {{ id }} }} }}", "x".repeat(66_000)),
        format!("{{ communities(after: \"\"\"{}\"\"\") {{ nodes {{ id }} }} }}", "\\\"\"\"".repeat(20_000)),
        format!("#{}\n{{ viewer {{ name }} }}", "x".repeat(66_000)),
        format!("{}{{ viewer {{ name }} }}", ",".repeat(66_000)),
        format!("{}{}", "{ a ".repeat(16), "}".repeat(16)),
        format!("{}a{}", "{ ... ".repeat(31), "}".repeat(31)),
        format!("{}a{}", "{ ... on Query ".repeat(500), "}".repeat(500)),
        many(21, &|n| format!("query q{n} {{ viewer {{ name }} }} ")),
        format!("{{ viewer {{ name }} }} {}", many(101, &|n| format!("{on}{n} on Query {{ viewer {{ name }} }} "))),
        format!("{{ {} }} {on} on Query {{ viewer {{ name }} }}", "...f ".repeat(201)),
        format!("{{ ...f0 }} {}", many(26, &|n| format!("{on}{n} on Query {{ ...f{} ...f{} }} ", n + 1, n + 1))),
        format!("{{ ...f0 }} {}", many(40, &|n| format!("{on}{n} on Query {{ ...f{} }} ", n + 1))),
        format!("{{ ...f0 }} {}", many(99, &|n| format!("{on}{n} on Query {{ ...f{} }} ", (n + 1) % 99))),
        format!(
            "{{ communities(first: 100) {{ nodes {{ {} }} }} }}",
            "activities(first: 100) { nodes { id } } ".repeat(5)
        ),
        format!("{{ __schema {{ types {{ {} name {} }} }} }}", "ofType { ".repeat(14), "} ".repeat(14)),
        format!("{{ __schema {{ types {{ {} }} }} }}", "fields { args { name } } ".repeat(200)),
        format!("mutation {{ {} }}", "createCommunity(input: {name: \"x\"}) { __typename } ".repeat(21)),
        format!("query ($v: ID) {{ {} }}", "node(id: $v) { id } ".repeat(21)),
    ]
}

/// Each kind of value in the place of each kind of variable.
fn variables(target: &Target) -> Vec<Case> {
    let queries = [
        "query ($v: ID!) { community(id: $v) { name } }",
        "query ($v: ID) { node(id: $v) { id } }",
        "query ($v: Int) { communities(first: $v) { nodes { id } } }",
        "query ($v: String) { communities(after: $v) { nodes { id } } }",
        "query ($v: Weighting!) { valueMap(community: \"com_00000000000000000000000000000001\", weighting: $v) { responses } }",
        "query ($v: Quarter) { valueMap(community: \"com_00000000000000000000000000000001\", period: $v) { responses } }",
        "query ($v: Boolean!) { viewer { name @include(if: $v) canWrite } }",
        "mutation ($v: PublishSurveyInput!) { publishSurvey(input: $v) { __typename } }",
        "mutation ($v: SetExchangeRateInput!) { setExchangeRate(input: $v) { __typename } }",
        "mutation ($v: RecordOutcomesInput!) { recordOutcomes(input: $v) { __typename } }",
    ];
    let values = values();
    let all = queries.iter().flat_map(|query| values.iter().map(move |value| (query, value)));
    all.map(|(query, value)| {
        let body = json!({ "query": query, "variables": { "v": value } });
        case(target, "/graphql", format!("{query:.40} {value:.40}"), &body, Expected::Graphql)
    })
    .collect()
}

/// What belongs to somebody else is not there.
fn foreign_ids(target: &Target) -> Vec<Case> {
    let queries = [
        "query ($v: ID!) { community(id: $v) { name surveys { id } } }",
        "query ($v: ID!) { node(id: $v) { id __typename } }",
        "query ($v: ID!) { valueMap(community: $v) { responses } }",
        "mutation ($v: ID!) { createSurvey(input: {community: $v, name: \"x\"}) { __typename } }",
        "mutation ($v: ID!) { createSite(input: {survey: $v, name: \"x\", origins: []}) { __typename } }",
        "mutation ($v: ID!) { publishSurvey(input: {survey: $v}) { __typename } }",
        "mutation ($v: ID!) { setSiteIdentity(input: {site: $v, required: true, keys: []}) { __typename } }",
    ];
    let all = queries.iter().flat_map(|query| target.foreign.iter().map(move |id| (query, id)));
    all.map(|(query, id)| {
        let body = json!({ "query": query, "variables": { "v": id } });
        case(target, "/graphql", format!("foreign {query:.40} {id:.10}"), &body, Expected::Graphql)
    })
    .collect()
}

/// The widget's own documents with values that no widget sends.
fn widget_variables(target: &Target) -> Vec<Case> {
    let mut bodies = Vec::new();
    let values = values();
    for value in &values {
        bodies.push(("site", json!({ "query": documents::START, "variables": { "site": value } })));
        let version = json!({ "site": target.site, "version": value });
        bodies.push(("version", json!({ "query": documents::SURVEY, "variables": version })));
        let language = json!({ "site": target.site, "language": value });
        bodies.push(("language", json!({ "query": documents::START, "variables": language })));
        bodies.push(("input", json!({ "query": documents::SUBMIT, "variables": { "input": value } })));
        for field in ["site", "version", "id", "answers", "identity"] {
            let mut input = submission(target);
            input[field] = value.clone();
            bodies.push((field, json!({ "query": documents::SUBMIT, "variables": { "input": input } })));
        }
        for field in ["question", "number", "text", "choices", "order"] {
            let mut input = submission(target);
            input["answers"] = json!([{ "question": "product_knowledge" }]);
            input["answers"][0][field] = value.clone();
            bodies.push((field, json!({ "query": documents::SUBMIT, "variables": { "input": input } })));
        }
    }
    // Too large for the endpoint would be another test.
    bodies.retain(|(_, body)| body.to_string().len() < 60_000);
    let all = bodies.iter();
    let mut cases: Vec<Case> = all
        .map(|(field, body)| {
            let shown: String = body["variables"].to_string().chars().take(60).collect();
            case(target, "/embed/graphql", format!("{field} {shown}"), body, Expected::Graphql)
        })
        .collect();
    cases.extend(texts().iter().filter(|text| !text.is_empty()).map(|text| {
        let body = json!({ "query": documents::START, "operationName": text, "variables": { "site": target.site } });
        case(target, "/embed/graphql", format!("operation {text:.20}"), &body, Expected::GraphqlError)
    }));
    let mut distinct = std::collections::HashSet::new();
    cases.retain(|case| distinct.insert(case.bytes.clone()));
    cases
}

fn submission(target: &Target) -> Value {
    json!({ "site": target.site, "version": target.version, "id": "0190a0b0-0000-7000-8000-000000000000", "answers": [] })
}
