//! What a request may ask for, and what is said of one that asks for something else.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use valuemap_shared::survey::documents;
use valuemap_tests::{Engine, Reply, submission_id};

use crate::{PAGE, World};

const INTROSPECTION: &str = include_str!("../../backend/api/src/documents/gate/introspection.graphql");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kilobyte_of_fragments_occupies_nobody() {
    let world = World::new(Engine::Sqlite).await;
    let fragments: String =
        (0..26).map(|n| format!("fragment f{n} on Community {{ ...f{} ...f{} }} ", n + 1, n + 1)).collect();
    let document =
        format!("{{ communities {{ nodes {{ ...f0 }} }} }} {fragments} fragment f26 on Community {{ name }}");
    let start = Instant::now();
    let reply = world.api.send(&document, json!({})).await.unwrap();
    assert_eq!((reply.status, reply.code()), (400, "MAX_EXPANDED_TOKENS_LIMIT"));
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tools_may_ask_what_there_is() {
    let world = World::new(Engine::Sqlite).await;
    for _ in ["not seen before", "seen before"] {
        let data = world.api.ask(INTROSPECTION, json!({})).await.unwrap();
        let types = data["__schema"]["types"].as_array().unwrap();
        assert!(types.iter().any(|found| found["name"] == "Community"), "{data:.200}");
    }
    let limits =
        "{ limits { introspection tokens expandedTokens depth nesting fragments aliases rootFields documentBytes } }";
    let expected = json!({ "introspection": 200_000, "tokens": 2000, "expandedTokens": 10_000, "depth": 15, "nesting": 20, "fragments": 100,
        "aliases": 15, "rootFields": 20, "documentBytes": 65_536 });
    assert_eq!(world.api.ask(limits, json!({})).await.unwrap()["limits"], expected);
}

/// Without a token the answer comes while the body is still on its way, and the rest of it is no second request.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_read_before_they_have_said_who_they_are() {
    let world = World::new(Engine::Sqlite).await;
    let address = world.server.address.trim_start_matches("http://");
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n"
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut first = [0; 12];
    tokio::time::timeout(Duration::from_secs(5), stream.read_exact(&mut first)).await.unwrap().unwrap();
    assert_eq!(&first, b"HTTP/1.1 401");

    let mut stream = TcpStream::connect(address).await.unwrap();
    let hidden = format!("GET /livez HTTP/1.1\r\nhost: {address}\r\n\r\n");
    let body = hidden.repeat(1_000_000 / hidden.len());
    let rest = format!("{body}{}", " ".repeat(1_000_000 - body.len()));
    let (mut read, mut write) = stream.split();
    let send = async {
        // The server may close before it has all.
        let _ = write.write_all(format!("{head}{rest}").as_bytes()).await;
    };
    let mut answer = Vec::new();
    let receive = async {
        let _ = tokio::time::timeout(Duration::from_secs(20), read.read_to_end(&mut answer)).await;
    };
    tokio::join!(send, receive);
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fault_of_the_client_says_what_and_where() {
    let world = World::new(Engine::Sqlite).await;
    let check = async |body: Value, code: &str, part: &str| {
        let request = reqwest::Client::new().post(format!("{}/graphql", world.server.address));
        let request = request.bearer_auth(world.api.token()).header("accept", "application/graphql-response+json");
        let reply = Reply::read(request.json(&body).send().await.unwrap()).await.unwrap();
        assert_eq!((reply.status, reply.code()), (400, code), "{body} {}", reply.body);
        let message = reply.body["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains(part), "{body} {message}");
        assert!(reply.body.get("data").is_none(), "nothing was executed: {}", reply.body);
    };
    let by_id = "query($i: ID!) { community(id: $i) { name } }";
    let variables = async |query: &str, variables: Value, part: &str| {
        check(json!({ "query": query, "variables": variables }), "BAD_USER_INPUT", part).await;
    };
    variables(by_id, json!({}), "the variable `$i` of type `ID!` is required").await;
    variables(by_id, json!({ "i": 5 }), "`$i`: Expected input type \"ID\", found 5.").await;
    variables(by_id, json!({ "i": null }), "`$i`: expected `ID!`, found null").await;
    variables(by_id, json!({ "i": ["com_1"] }), "`$i`: expected `ID!`, found a list").await;
    variables(by_id, json!({ "i": { "x": 1 } }), "`$i`: expected `ID!`, found an object").await;
    variables(by_id, json!({ "i": "sur_1" }), "`$i`: Failed to parse \"ID\"").await;
    let weighting = "query($w: Weighting!) { valueMap(community: \"com_00000000000000000000000000000001\", weighting: $w) { responses } }";
    variables(weighting, json!({ "w": "HEAVY" }), "`$w`: expected `Weighting!`, found another string").await;
    let create = "mutation($i: CreateCommunityInput!) { createCommunity(input: $i) { __typename } }";
    variables(create, json!({ "i": [] }), "`$i`: expected `CreateCommunityInput!`, found a list").await;
    variables(create, json!({ "i": {} }), "`$i.name` of type `String!` is required").await;
    variables(create, json!({ "i": { "name": null } }), "`$i.name`: expected `String!`, found null").await;
    variables(create, json!({ "i": { "name": "x", "size": 1 } }), "`CreateCommunityInput` has no field `size`").await;

    let two = "query A { viewer { name } } query B { viewer { name } }";
    check(json!({ "query": two }), "BAD_USER_INPUT", "several operations").await;
    check(json!({ "query": two, "operationName": "C" }), "BAD_USER_INPUT", "no operation of this name").await;
    check(json!({ "query": "{ viewer { name } }", "operationName": "A" }), "BAD_USER_INPUT", "has no name").await;
    check(json!({ "query": "fragment f on Community { name }" }), "GRAPHQL_VALIDATION_FAILED", "operation").await;
    check(json!({ "query": "{ viewer { name }\n  ) }" }), "GRAPHQL_PARSE_FAILED", "line 2, column 3").await;
    check(json!({ "query": "subscription { x }" }), "GRAPHQL_VALIDATION_FAILED", "not configured").await;
    check(json!({ "query": "{ a }", "variables": "{}" }), "BAD_REQUEST", "`variables` has to be an object").await;
    check(json!({ "query": 1 }), "BAD_REQUEST", "not a GraphQL request").await;
    let many_errors = json!({ "query": format!("{{ viewer {{ {} }} }}", "x ".repeat(200)) });
    check(many_errors.clone(), "GRAPHQL_VALIDATION_FAILED", "").await;
    let reply = world.api.send(many_errors["query"].as_str().unwrap(), json!({})).await.unwrap();
    assert_eq!(reply.body["errors"].as_array().unwrap().len(), 20);

    let begun = world.api.send("{ communities(first: 101) { nodes { id } } }", json!({})).await.unwrap();
    assert_eq!((begun.status, begun.code()), (400, "BAD_USER_INPUT"));
    assert_eq!(begun.body.get("data"), Some(&Value::Null));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fault_of_a_page_says_what_and_where() {
    let world = World::new(Engine::Sqlite).await;
    let embed = world.server.embed(PAGE);
    let check = async |query: &str, variables: Value, part: &str| {
        let reply = embed.send(query, variables.clone()).await.unwrap();
        assert_eq!((reply.status, reply.code()), (400, "BAD_USER_INPUT"), "{variables} {}", reply.body);
        let message = reply.body["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains(part) && reply.body.get("data").is_none(), "{variables} {}", reply.body);
    };
    check(documents::START, json!({}), "the variable `$site` of type `String!` is required").await;
    check(documents::START, json!({ "site": 7 }), "`$site`: Expected input type \"String\", found 7.").await;
    check(documents::START, json!({ "site": null }), "`$site`: expected `String!`, found null").await;
    check(documents::SURVEY, json!({ "site": world.site, "version": "x" }), "`$version`").await;
    let input = |version: Value, answers: Value| json!({ "input": { "site": world.site, "id": submission_id(), "version": version, "answers": answers } });
    let version = json!(submission_id());
    check(documents::SUBMIT, json!({ "input": [] }), "`$input`: expected").await;
    check(documents::SUBMIT, input(version.clone(), Value::Null), "`$input.answers`: expected").await;
    let wrong = json!([{ "question": "a" }, { "question": "b", "number": "7" }]);
    check(documents::SUBMIT, input(version.clone(), wrong), "`$input.answers.1.number`").await;
    check(documents::SUBMIT, input(json!({}), json!([])), "`$input.version`: expected `UUID!`, found an object").await;
    let more = json!([{ "question": "a", "weight": 1 }]);
    check(documents::SUBMIT, input(version, more), "`AnswerInput` has no field `weight`").await;
}
