//! Requests that nobody should send, on every door: none is a fault of the server, none hangs, none fills the log, and
//! the server goes on working.

mod doors;
mod graphql;
mod http;
mod json;
mod values;
mod wire;

use std::collections::HashSet;
use std::fs::File;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use valuemap_tests::{Engine, PATIENCE, Scratch, Server, answer_all, submission_id, valuemap};

use crate::{PAGE, on_both_databases};
use wire::{Answer, exchange};

on_both_databases!(nothing_that_is_sent_is_the_servers_fault);

const AT_LEAST: usize = 850;
/// How long an answer may take, on a machine that does nothing else.
const SOON: Duration = Duration::from_secs(2);
const AT_ONCE: usize = 4;

/// What somebody sends.
#[derive(Clone)]
struct Case {
    name: String,
    bytes: Vec<u8>,
    expected: Expected,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expected {
    /// Anything but a failure of the server; what is not HTTP may also get no answer at all.
    NoFailure,
    /// An answer of HTTP.
    Answer,
    /// JSON with `data`, or with a code for each error.
    Graphql,
    /// The same, and it has to be an error.
    GraphqlError,
}

/// What the requests are about.
struct Target {
    address: String,
    token: String,
    site: String,
    version: String,
    community: String,
    /// Ids of another organisation.
    foreign: Vec<String>,
    /// Webhooks of Discourse and in signed JSON.
    webhooks: [String; 2],
}

async fn nothing_that_is_sent_is_the_servers_fault(engine: Engine) {
    let scratch = Scratch::new(engine).await.unwrap();
    for name in ["Acme", "Other"] {
        assert!(valuemap(&scratch, &["organisation", name]).await.unwrap().status.success());
    }
    let log = scratch.folder().join("server.log");
    let server = Server::start_with_log(&scratch, &[], File::create(&log).unwrap()).await.unwrap();
    let target = Target::new(&scratch, &server).await;
    let cases = [http::cases(&target), json::cases(&target), graphql::cases(&target), doors::cases(&target)].concat();
    let distinct: HashSet<&[u8]> = cases.iter().map(|case| case.bytes.as_slice()).collect();
    assert_eq!(distinct.len(), cases.len(), "each request is another one");
    assert!(cases.len() >= AT_LEAST, "{} requests", cases.len());

    let start = Instant::now();
    let mut faults = Vec::new();
    for some in cases.chunks(AT_ONCE) {
        let answers = some.iter().map(|case| check(&target, case));
        faults.extend(futures_util::future::join_all(answers).await.into_iter().flatten());
    }
    assert!(faults.is_empty(), "{} of {} requests:\n{}", faults.len(), cases.len(), faults.join("\n"));

    let embed = server.embed(PAGE);
    let version = json!(target.version);
    let reply = embed.submit(&target.site, &version, &submission_id(), answer_all(4)).await.unwrap();
    assert_eq!(reply.data().unwrap()["submitResponse"]["__typename"], "Receipt", "{:?}", reply.body);
    let api = valuemap_tests::Api::new(&server.address, &target.token);
    let reading = api.reading(&target.community, "PRODUCT_KNOWLEDGE").await.unwrap();
    assert_eq!(reading["reason"], "TOO_FEW_ANSWERS");
    let seconds = usize::try_from(start.elapsed().as_secs()).unwrap();
    assert!(server.stop().await.unwrap());
    let log = std::fs::read_to_string(&log).unwrap();
    assert!(!log.contains("ERROR") && !log.contains("panicked"), "{log}");
    let lines = log.lines().count();
    // Two kinds of line, each at most once a second.
    assert!(lines <= 2 * (seconds + 2), "{lines} lines in {seconds} seconds:\n{log}");
}

/// What is wrong with the answer, if anything. A slow one is asked for again by itself: the machine may be busy.
async fn check(target: &Target, case: &Case) -> Option<String> {
    let mut answer = ask(target, case).await;
    if answer.took > SOON {
        answer = ask(target, case).await;
    }
    let reason = if answer.took > SOON { Some("slow") } else { case.expected.fault(&answer) };
    reason.map(|reason| {
        format!("{}: {reason} ({:?} in {:?}): {:.300}", case.name, answer.status, answer.took, answer.body)
    })
}

async fn ask(target: &Target, case: &Case) -> Answer {
    tokio::time::timeout(PATIENCE, exchange(&target.address, &case.bytes)).await.unwrap()
}

impl Expected {
    fn fault(self, answer: &Answer) -> Option<&'static str> {
        match answer.status {
            Some(status) if status >= 500 => return Some("a failure of the server"),
            None if self != Self::NoFailure => return Some("no answer"),
            _ => {}
        }
        if answer.body.contains("deserialize error") {
            return Some("a text of the library");
        }
        if matches!(self, Self::NoFailure | Self::Answer) {
            return None;
        }
        let Ok(body) = serde_json::from_str::<Value>(&answer.body) else { return Some("no JSON") };
        let errors = body["errors"].as_array();
        let is_coded = |error: &Value| error["extensions"]["code"].is_string() && error["message"].is_string();
        match errors {
            Some(errors) if !errors.iter().all(is_coded) => Some("an error without a code"),
            Some(errors) if errors.iter().any(|error| error["extensions"]["code"] == "INTERNAL_SERVER_ERROR") => {
                Some("an error of the server")
            }
            Some(_) => None,
            None if self == Self::GraphqlError || body.get("data").is_none() => Some("no error"),
            None => None,
        }
    }
}

impl Target {
    async fn new(scratch: &Scratch, server: &Server) -> Self {
        let token = async |organisation: &str| {
            let arguments = ["token", "create", "--name", "test", "--write", "--organisation", organisation];
            let output = valuemap(scratch, &arguments).await.unwrap();
            String::from_utf8(output.stdout).unwrap().trim().to_owned()
        };
        let (own, other) = (token("Acme").await, token("Other").await);
        let api = valuemap_tests::Api::new(&server.address, &own);
        let (community, site) = api.create_community("Makers", PAGE).await.unwrap();
        let survey = server.embed(PAGE).survey(&site).await.unwrap();
        let hook = async |kind: &str| {
            let create = "mutation($input: CreateWebhookEndpointInput!) { createWebhookEndpoint(input: $input) {
                ... on WebhookEndpointCreated { endpoint { addressPath } } } }";
            let input = json!({ "input": { "community": community, "kind": kind, "name": kind } });
            let data = api.ask(create, input).await.unwrap();
            data["createWebhookEndpoint"]["endpoint"]["addressPath"].as_str().unwrap().to_owned()
        };
        let webhooks = [hook("DISCOURSE").await, hook("SIGNED_JSON").await];
        let theirs = valuemap_tests::Api::new(&server.address, &other);
        let (foreign, _) = theirs.create_community("Theirs", PAGE).await.unwrap();
        let ids = "query($id: ID!) { community(id: $id) { id surveys { id versions { id } } sites { id } } }";
        let data = theirs.ask(ids, json!({ "id": foreign })).await.unwrap();
        let community_row = &data["community"];
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Self {
            address: server.address.trim_start_matches("http://").to_owned(),
            foreign: vec![
                foreign.clone(),
                text(&community_row["surveys"][0]["id"]),
                text(&community_row["surveys"][0]["versions"][0]["id"]),
                text(&community_row["sites"][0]["id"]),
            ],
            token: own,
            site,
            version: text(&survey["version"]),
            community,
            webhooks,
        }
    }
}
