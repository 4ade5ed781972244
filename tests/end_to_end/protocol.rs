//! GraphQL over HTTP: what is refused, and how.

use reqwest::header::{HeaderMap, HeaderValue};
use serde_json::{Value, json};
use valuemap_shared::survey::documents;
use valuemap_tests::{Engine, Reply, submission_id};

use crate::{PAGE, World, on_both_databases};

on_both_databases!(sites_and_surveys_that_cannot_be_shown_say_why);

/// Sends a body to the public endpoint, with these headers in place of the usual ones; returns status and code.
async fn raw(world: &World, headers: &[(&'static str, &'static str)], body: &str) -> (u16, String) {
    let mut all = HeaderMap::new();
    let usual =
        [("origin", PAGE), ("content-type", "application/json"), ("accept", "application/graphql-response+json")];
    for (name, value) in usual.iter().chain(headers) {
        all.insert(*name, HeaderValue::from_static(value));
    }
    let request = reqwest::Client::new().post(format!("{}/embed/graphql", world.server.address)).headers(all);
    let reply = Reply::read(request.body(body.to_owned()).send().await.unwrap()).await.unwrap();
    (reply.status, reply.code().to_owned())
}

fn survey_request(world: &World) -> String {
    json!({ "query": documents::START, "variables": { "site": world.site } }).to_string()
}

async fn sites_and_surveys_that_cannot_be_shown_say_why(engine: Engine) {
    let world = World::new(engine).await;
    let refusal = async |embed: &valuemap_tests::Embed, site: &str| {
        let reply = embed.send(documents::START, json!({ "site": site })).await.unwrap();
        (
            reply.status,
            reply.code().to_owned(),
            reply.body["errors"][0]["message"].as_str().unwrap_or_default().to_owned(),
        )
    };
    let (status, code, message) = refusal(&world.embed, "pk_unknown").await;
    assert_eq!((status, code.as_str()), (404, "SITE_NOT_FOUND"));
    assert!(message.contains("no site has the key `pk_unknown`"), "{message}");

    let (status, code, _) = refusal(&world.embed, "pk_\u{0}").await;
    assert_eq!((status, code.as_str()), (404, "SITE_NOT_FOUND"));

    for origin in ["https://other.example.com", "null", "http://forum.example.com"] {
        let (status, code, message) = refusal(&world.server.embed(origin), &world.site).await;
        assert_eq!((status, code.as_str()), (403, "ORIGIN_NOT_ALLOWED"), "{origin}");
        assert!(message.contains("add it to the site's origins"), "{message}");
    }

    let create = "mutation($community: ID!) { createSurvey(input: {community: $community, name: \"Draft\"}) {
        ... on Survey { id } } }";
    let data = world.api.ask(create, json!({ "community": world.community })).await.unwrap();
    let site = "mutation($survey: ID!, $origin: String!) {
        createSite(input: {survey: $survey, name: \"New\", origins: [$origin]}) { ... on Site { key } } }";
    let variables = json!({ "survey": data["createSurvey"]["id"], "origin": PAGE });
    let data = world.api.ask(site, variables).await.unwrap();
    let (status, code, _) = refusal(&world.embed, data["createSite"]["key"].as_str().unwrap()).await;
    assert_eq!((status, code.as_str()), (404, "SURVEY_NOT_PUBLISHED"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_public_endpoint_takes_json_of_the_widget_and_nothing_else() {
    let world = World::new(Engine::Sqlite).await;
    let good = survey_request(&world);
    let check = async |headers: &[(&'static str, &'static str)], body: &str, status: u16, code: &str| {
        assert_eq!(raw(&world, headers, body).await, (status, code.to_owned()), "{headers:?} {body:.60}");
    };
    check(&[], &good, 200, "").await;
    check(&[], "{\"query\": ", 400, "BAD_REQUEST").await;
    check(&[], "\"text\"", 400, "BAD_REQUEST").await;
    check(&[], &format!("[{good}]"), 400, "BATCH_REJECTED").await;
    let other = json!({ "query": "{ __schema { types { name } } }" }).to_string();
    check(&[], &other, 400, "OPERATION_NOT_ALLOWLISTED").await;
    let wrong_type = json!({ "query": documents::START, "variables": { "site": 7 } }).to_string();
    check(&[], &wrong_type, 400, "BAD_USER_INPUT").await;
    let large = format!("{{\"query\": \"{}\"}}", "x".repeat(65 * 1024));
    check(&[], &large, 413, "PAYLOAD_TOO_LARGE").await;
    check(&[("content-type", "text/plain")], &good, 415, "UNSUPPORTED_MEDIA_TYPE").await;
    check(&[("content-type", "application/json; charset=utf-16")], &good, 415, "UNSUPPORTED_MEDIA_TYPE").await;
    check(&[("content-encoding", "gzip")], &good, 415, "UNSUPPORTED_MEDIA_TYPE").await;
    check(&[("accept", "text/html")], &good, 406, "NOT_ACCEPTABLE").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn apps_may_read_with_get_and_change_nothing_with_it() {
    let world = World::new(Engine::Sqlite).await;
    let get = async |token: &str, query: &[(&str, &str)]| {
        let address = url::Url::parse_with_params(&format!("{}/graphql", world.server.address), query).unwrap();
        let request = reqwest::Client::new()
            .get(address)
            .bearer_auth(token)
            .header("accept", "application/graphql-response+json");
        Reply::read(request.send().await.unwrap()).await.unwrap()
    };
    let token = world.api.token();
    let named = [
        ("query", "query A($first: Int) { communities(first: $first) { nodes { name } } } query B { __typename }"),
        ("variables", "{\"first\": 1}"),
        ("operationName", "A"),
    ];
    let reply = get(token, &named).await;
    assert_eq!(reply.data().unwrap()["communities"]["nodes"], json!([{ "name": "Makers" }]));
    let create = "mutation { createCommunity(input: {name: \"New\"}) { __typename } }";
    let refused = get(token, &[("query", create)]).await;
    assert_eq!((refused.status, refused.code()), (405, "METHOD_NOT_ALLOWED"));
    assert_eq!(refused.headers["allow"], "POST");
    let names = world.api.ask("{ communities { nodes { name } } }", json!({})).await.unwrap();
    assert_eq!(names["communities"]["nodes"], json!([{ "name": "Makers" }]));
    assert_eq!(get("vm_0000", &[("query", "{ __typename }")]).await.code(), "UNAUTHENTICATED");
    assert_eq!(get(token, &[("query", "{ wealth }")]).await.code(), "GRAPHQL_VALIDATION_FAILED");
    assert_eq!(get(token, &[("query", "{ __typename }"), ("variables", "[]")]).await.code(), "BAD_REQUEST");
    assert_eq!(get(token, &[]).await.code(), "BAD_REQUEST");
    let url = format!("{}/embed/graphql?query=%7B__typename%7D", world.server.address);
    let public = reqwest::get(url).await.unwrap();
    assert_eq!((public.status().as_u16(), public.headers()["allow"].to_str().unwrap()), (405, "OPTIONS, POST"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn internal_documents_are_checked_and_bounded() {
    let world = World::new(Engine::Sqlite).await;
    let check = async |query: &str, expected: &str| {
        let reply = world.api.send(query, json!({})).await.unwrap();
        assert_eq!((reply.status, reply.code()), (400, expected), "{query}");
    };
    check("{ communities { nodes { ", "GRAPHQL_PARSE_FAILED").await;
    check("{ wealth }", "GRAPHQL_VALIDATION_FAILED").await;
    check("{ communities(first: 101) { nodes { id } } }", "BAD_USER_INPUT").await;
    check("{ community(id: \"sur_1\") { name } }", "BAD_USER_INPUT").await;
    let aliases: String = (0..16).map(|number| format!("a{number}: limits {{ depth }} ")).collect();
    check(&format!("{{ {aliases} }}"), "MAX_ALIASES_LIMIT").await;
    let deep = format!("{{ communities {} }}", "{ edges { node { surveys { versions ".repeat(5));
    let deep = format!("{deep}{}", "}".repeat(20));
    check(&deep, "MAX_DEPTH_LIMIT").await;
    let costly = "{ communities(first: 100) { nodes { activities(first: 100) { nodes { id } } } } }";
    check(costly, "MAX_COMPLEXITY_LIMIT").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_may_read_why_it_was_refused_and_no_cookie_is_involved() {
    let world = World::new(Engine::Sqlite).await;
    let other = "https://other.example.com";
    let reply = world.server.embed(other).send(documents::START, json!({ "site": world.site })).await.unwrap();
    assert_eq!(reply.headers["access-control-allow-origin"], other);
    assert_eq!(reply.headers["vary"], "Origin");
    assert!(!reply.headers.contains_key("access-control-allow-credentials"));
    let url = format!("{}/embed/graphql", world.server.address);
    let preflight = reqwest::Client::new().request(reqwest::Method::OPTIONS, url).header("origin", PAGE);
    let preflight = preflight.header("access-control-request-method", "POST").send().await.unwrap();
    assert_eq!(preflight.status(), 204);
    assert_eq!(preflight.headers()["access-control-allow-origin"], PAGE);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_older_client_gets_200_for_its_own_mistakes() {
    let world = World::new(Engine::Sqlite).await;
    let send = async |accept: &str| {
        let request = reqwest::Client::new()
            .post(format!("{}/embed/graphql", world.server.address))
            .header("origin", PAGE)
            .header("accept", accept);
        let version = Value::String(submission_id());
        let input = json!({ "site": world.site, "version": version, "id": 7, "answers": [] });
        let body = json!({ "query": documents::SUBMIT, "variables": { "input": input } });
        Reply::read(request.json(&body).send().await.unwrap()).await.unwrap()
    };
    assert_eq!(send("application/json").await.status, 200);
    assert_eq!(send("application/graphql-response+json").await.status, 400);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_for_pages_are_compressed_and_kept_for_ever_under_names_of_their_content() {
    let world = World::new(Engine::Sqlite).await;
    let get = async |path: &str| {
        let request = reqwest::Client::new().get(format!("{}{path}", world.server.address));
        request.header("accept-encoding", "gzip, br").send().await.unwrap()
    };
    let loader = get("/embed/v1/valuemap.js").await;
    assert_eq!(loader.headers()["cache-control"], "public, max-age=300");
    assert_eq!(loader.headers()["content-encoding"], "br");
    let plain = reqwest::get(format!("{}/embed/v1/valuemap.js", world.server.address)).await.unwrap();
    let plain = plain.text().await.unwrap();
    let wasm = plain.split(['"', '`', '\'']).find(|part| part.ends_with(".wasm")).unwrap();
    let wasm = get(&format!("/embed/v1/{}", wasm.trim_start_matches("./"))).await;
    for (header, value) in [
        ("content-type", "application/wasm"),
        ("content-encoding", "br"),
        ("cache-control", "public, max-age=31536000, immutable"),
        ("cross-origin-resource-policy", "cross-origin"),
        ("access-control-allow-origin", "*"),
    ] {
        assert_eq!(wasm.headers()[header], value, "{header}");
    }
    let page = get("/").await;
    assert!(page.headers()["content-security-policy"].to_str().unwrap().contains("default-src 'self'"));
    for path in ["/embed/v1/none.js", "/embed/v1/valuemap.js.br", "/embed/v1/..%2f..%2fmanifest.json", "/assets/none"] {
        assert_eq!(get(path).await.status(), 404, "{path}");
    }
}
