//! What other systems post: who is believed, what is kept, and what it changes.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use serde_json::{Value, json};
use sha2::Sha256;
use valuemap_tests::{Api, Engine, PATIENCE, Reply, Server, valuemap};

use crate::{World, on_both_databases};

on_both_databases!(
    what_a_forum_sends_is_counted,
    who_does_not_hold_the_secret_is_not_believed,
    a_body_that_was_signed_is_of_no_other_forum,
    an_event_that_is_sent_again_under_another_id_does_nothing,
    what_comes_late_does_not_undo_what_is_newer,
    a_rename_is_not_undone_by_a_post_that_was_queued_before,
    what_cannot_be_applied_is_kept_and_replayed_later,
    bodies_are_bounded_and_json,
    signed_json_follows_standard_webhooks,
    the_secret_is_shown_once,
    a_disabled_endpoint_is_gone,
    another_organisations_webhooks_are_not_there,
    the_same_event_many_times_at_once_is_applied_once,
    many_events_at_once_are_all_applied,
    what_a_crash_left_pending_is_applied_by_a_job,
    a_database_that_is_busy_has_the_sender_try_again,
);

const FORUM: &str = "https://forum.example.com";

/// An endpoint, and a sender who holds its secret.
#[derive(Clone)]
pub struct Hook {
    id: String,
    address: String,
    secret: String,
    http: reqwest::Client,
}

impl Hook {
    pub async fn new(world: &World, kind: &str) -> Self {
        let create = "mutation($input: CreateWebhookEndpointInput!) { createWebhookEndpoint(input: $input) {
            ... on WebhookEndpointCreated { endpoint { id addressPath } secretShownOnce } } }";
        let input = json!({ "community": world.community, "kind": kind, "name": kind });
        let data = world.api.ask(create, json!({ "input": input })).await.unwrap();
        let created = &data["createWebhookEndpoint"];
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Self {
            id: text(&created["endpoint"]["id"]),
            address: format!("{}{}", world.server.address, text(&created["endpoint"]["addressPath"])),
            secret: text(&created["secretShownOnce"]),
            http: reqwest::Client::new(),
        }
    }

    fn discourse_signature(&self, body: &str) -> String {
        let digits: String = hmac(self.secret.as_bytes(), body).iter().map(|byte| format!("{byte:02x}")).collect();
        format!("sha256={digits}")
    }

    /// Sends as Discourse does; returns status and what became of it.
    pub async fn discourse(&self, event: &str, event_id: u32, body: &Value) -> (u16, String) {
        let body = body.to_string();
        let signature = self.discourse_signature(&body);
        self.send_discourse(event, event_id, Some(&signature), &body).await
    }

    async fn send_discourse(&self, event: &str, event_id: u32, signature: Option<&str>, body: &str) -> (u16, String) {
        let mut request = self
            .http
            .post(&self.address)
            .header("content-type", "application/json")
            .header("x-discourse-instance", FORUM)
            .header("x-discourse-event-id", event_id)
            .header("x-discourse-event-type", event.split('_').next().unwrap())
            .header("x-discourse-event", event);
        if let Some(signature) = signature {
            request = request.header("x-discourse-event-signature", signature);
        }
        answer(request.body(body.to_owned())).await
    }

    /// Sends as Standard Webhooks says, signed `age` seconds ago.
    pub async fn signed(&self, id: &str, age: i64, body: &Value) -> (u16, String) {
        let (time, body) = (now() - age, body.to_string());
        self.send_signed(id, time, &format!("v1,{}", self.standard_signature(id, time, &body)), &body).await
    }

    fn standard_signature(&self, id: &str, time: i64, body: &str) -> String {
        let key = STANDARD.decode(self.secret.strip_prefix("whsec_").unwrap()).unwrap();
        STANDARD.encode(hmac(&key, &format!("{id}.{time}.{body}")))
    }

    async fn send_signed(&self, id: &str, time: i64, signature: &str, body: &str) -> (u16, String) {
        let request = self
            .http
            .post(&self.address)
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", time)
            .header("webhook-signature", signature);
        answer(request.body(body.to_owned())).await
    }
}

fn hmac(key: &[u8], content: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(content.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

#[allow(clippy::disallowed_methods, reason = "signatures are checked against the time of day")]
fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64
}

async fn answer(request: reqwest::RequestBuilder) -> (u16, String) {
    let reply = Reply::read(request.send().await.unwrap()).await.unwrap();
    let reported = reply.body["status"].as_str().or(reply.body["error"]["code"].as_str()).unwrap_or_default();
    (reply.status, reported.to_owned())
}

fn ok(status: &str) -> (u16, String) {
    (200, status.to_owned())
}

/// A post as Discourse describes it: number 1 is the topic's first. Minute and version count its edits.
fn post(id: u32, number: u32, topic: u32, version: u32) -> Value {
    json!({ "post": {
        "id": id, "name": "Ada Example", "username": "ada", "user_id": 45, "created_at": "2026-05-04T08:00:00.000Z",
        "updated_at": format!("2026-05-04T08:{version:02}:00.000Z"), "version": version, "post_number": number,
        "post_type": 1, "topic_id": topic, "topic_archetype": "regular", "cooked": "<p>Hello</p>", "reads": 0,
        "moderator": false, "admin": false, "staff": false, "deleted_at": null, "user_deleted": false,
    }})
}

fn user(name: &str, seen: &str) -> Value {
    json!({ "user": {
        "id": 45, "username": name, "name": "Ada Example", "email": "ada@example.com", "last_seen_at": seen,
        "created_at": "2026-05-03T19:19:58.000Z", "moderator": false, "admin": false, "trust_level": 1,
    }})
}

/// The first column of what a query finds, as texts.
async fn texts(database: &DatabaseConnection, query: &str) -> Vec<String> {
    let statement = Statement::from_string(database.get_database_backend(), query);
    let rows = database.query_all_raw(statement).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

/// What is stored of contributions: key, kind, topic and whether it counts.
async fn contributions(database: &DatabaseConnection) -> Vec<String> {
    let query =
        "SELECT external_key || ' ' || kind || ' ' || thread || CASE WHEN withdrawn THEN ' withdrawn' ELSE '' END
        FROM contribution ORDER BY external_key";
    texts(database, query).await
}

/// What is stored of members: key, name, whether they are staff, and since when. Whoever is known by an address is one
/// of them once more.
async fn members(database: &DatabaseConnection) -> Vec<String> {
    let query = "SELECT external_key || ' ' || COALESCE(name, '-') || CASE WHEN is_staff THEN ' staff' ELSE '' END
        || COALESCE(' ' || CAST(since AS text), '') FROM party WHERE source <> 'email'
        ORDER BY external_key";
    texts(database, query).await
}

/// What is in the inbox, oldest first: event, status and attempts.
async fn inbox(database: &DatabaseConnection) -> Vec<String> {
    let query = "SELECT event || ' ' || status || ' ' || CAST(attempts AS text) FROM inbox_event ORDER BY id";
    texts(database, query).await
}

async fn what_a_forum_sends_is_counted(engine: Engine) {
    let world = World::new(engine).await;
    let hook = Hook::new(&world, "DISCOURSE").await;
    let database = world.scratch.connect().await.unwrap();
    let mut by_grace = post(124, 2, 77, 1);
    for (field, value) in [("user_id", json!(46)), ("username", json!("grace")), ("moderator", json!(true))] {
        by_grace["post"][field] = value;
    }
    let like = json!({ "like": { "post": by_grace["post"], "user": { "id": 45, "username": "ada", "name": "Ada" } } });
    let solved = json!({ "solved": by_grace["post"] });
    let sent = [
        ("ping", json!({ "ping": "OK" }), "ignored"),
        ("user_created", user("ada", "now"), "applied"),
        ("topic_created", json!({ "topic": { "id": 77 } }), "ignored"),
        ("post_created", post(123, 1, 77, 1), "applied"),
        ("post_created", by_grace.clone(), "applied"),
        ("post_liked", like, "applied"),
        ("accepted_solution", solved.clone(), "applied"),
    ];
    for (number, (event, body, expected)) in sent.iter().enumerate() {
        assert_eq!(hook.discourse(event, number as u32, body).await, ok(expected), "{event}");
    }
    let expected = ["like:124:45 like 77", "post:123 question 77", "post:124 reply 77", "solution:124 solution 77"];
    assert_eq!(contributions(&database).await, expected);
    assert_eq!(members(&database).await, ["45 ada 2026-05-03", "46 grace staff"]);
    let sources = texts(&database, "SELECT DISTINCT source FROM party ORDER BY source").await;
    assert_eq!(sources, ["discourse:forum.example.com", "email"]);

    let mut deleted_later = post(123, 1, 77, 1);
    deleted_later["post"]["reads"] = json!(9);
    for (number, (event, body, expected)) in [
        ("unaccepted_solution", &solved, "solution:124 solution 77 withdrawn"),
        ("post_destroyed", &post(123, 1, 77, 1), "post:123 question 77 withdrawn"),
        ("post_recovered", &post(123, 1, 77, 1), "post:123 question 77"),
        ("post_destroyed", &deleted_later, "post:123 question 77 withdrawn"),
    ]
    .iter()
    .enumerate()
    {
        assert_eq!(hook.discourse(event, 20 + number as u32, body).await, ok("applied"), "{event}");
        assert!(contributions(&database).await.contains(&(*expected).to_owned()), "{event}");
    }
    assert_eq!(hook.discourse("user_destroyed", 30, &user("ada", "then")).await, ok("applied"));
    assert_eq!(members(&database).await, ["45 - 2026-05-03", "46 grace staff"]);
}

async fn who_does_not_hold_the_secret_is_not_believed(engine: Engine) {
    let world = World::new(engine).await;
    let hook = Hook::new(&world, "DISCOURSE").await;
    let body = post(123, 1, 77, 1).to_string();
    let signature = hook.discourse_signature(&body);
    let other = Hook { secret: "another secret".to_owned(), ..hook.clone() }.discourse_signature(&body);
    let unbelieved = (401, "UNAUTHENTICATED".to_owned());
    for (signature, body) in [
        (None, body.clone()),
        (Some(""), body.clone()),
        (Some("sha256="), body.clone()),
        (Some(other.as_str()), body.clone()),
        (Some(&signature[7..]), body.clone()),
        (Some(signature.as_str()), body.replace("\"ada\"", "\"eve\"")),
        (Some(signature.as_str()), format!("{body} ")),
    ] {
        assert_eq!(hook.send_discourse("post_created", 1, signature, &body).await, unbelieved, "{signature:?}");
    }
    let database = world.scratch.connect().await.unwrap();
    assert!(inbox(&database).await.is_empty());
    assert_eq!(hook.send_discourse("post_created", 1, Some(&signature), &body).await, ok("applied"));
    // An endpoint believes its own secret only.
    let signed = Hook::new(&world, "SIGNED_JSON").await;
    assert_eq!(Hook { address: signed.address, ..hook }.discourse("post_created", 2, &json!({})).await, unbelieved);
}

/// The signature covers the body and not the headers, which somebody who repeats it may change.
async fn a_body_that_was_signed_is_of_no_other_forum(engine: Engine) {
    let world = World::new(engine).await;
    let hook = Hook::new(&world, "DISCOURSE").await;
    let database = world.scratch.connect().await.unwrap();
    let body = post(123, 1, 77, 1);
    assert_eq!(hook.discourse("post_created", 1, &body).await, ok("applied"));
    let text = body.to_string();
    let repeated = async |instance: &str, event: &str| {
        let request = hook
            .http
            .post(&hook.address)
            .header("content-type", "application/json")
            .header("x-discourse-instance", instance)
            .header("x-discourse-event", event)
            .header("x-discourse-event-id", "9")
            .header("x-discourse-event-signature", hook.discourse_signature(&text));
        answer(request.body(text.clone())).await
    };
    assert_eq!(repeated("https://evil.example.com", "post_created").await, (403, "FORBIDDEN".to_owned()));
    assert_eq!(repeated("https://FORUM.example.com.", "post_created").await, (403, "FORBIDDEN".to_owned()));
    assert_eq!(repeated(FORUM, "post_created").await, ok("repeated"));
    assert_eq!(repeated(FORUM, "post_liked").await, ok("kept"));
    assert_eq!(contributions(&database).await, ["post:123 question 77"]);
}

async fn an_event_that_is_sent_again_under_another_id_does_nothing(engine: Engine) {
    let world = World::new(engine).await;
    let hook = Hook::new(&world, "DISCOURSE").await;
    let body = post(123, 1, 77, 1);
    for event in ["post_created", "post_destroyed"] {
        assert_eq!(hook.discourse(event, 1, &body).await, ok("applied"));
        assert_eq!(hook.discourse(event, 2, &body).await, ok("repeated"));
    }
    assert_eq!(hook.discourse("post_recovered", 3, &body).await, ok("applied"));
    assert_eq!(hook.discourse("post_destroyed", 4, &body).await, ok("repeated"));
    let database = world.scratch.connect().await.unwrap();
    assert_eq!(
        inbox(&database).await,
        ["post_created applied 1", "post_destroyed applied 1", "post_recovered applied 1"]
    );
    assert_eq!(contributions(&database).await, ["post:123 question 77"]);
}

async fn what_comes_late_does_not_undo_what_is_newer(engine: Engine) {
    let world = World::new(engine).await;
    let hook = Hook::new(&world, "DISCOURSE").await;
    let database = world.scratch.connect().await.unwrap();
    let check = async |event: &str, body: Value, status: &str, expected: &str| {
        assert_eq!(hook.discourse(event, 1, &body).await, ok(status), "{event}");
        assert_eq!(contributions(&database).await, [expected], "{event}");
    };
    check("post_edited", post(123, 2, 99, 3), "applied", "post:123 reply 99").await;
    check("post_created", post(123, 2, 77, 1), "ignored", "post:123 reply 99").await;
    // Who deletes their own post edits it by that, and the deletion is sent as of before the edit.
    check("post_destroyed", post(123, 2, 77, 2), "applied", "post:123 reply 99 withdrawn").await;
    check("post_edited", post(123, 2, 99, 4), "applied", "post:123 reply 99 withdrawn").await;
    check("post_recovered", post(123, 2, 77, 1), "ignored", "post:123 reply 99 withdrawn").await;
    check("post_recovered", post(123, 2, 99, 5), "applied", "post:123 reply 99").await;
    check("post_destroyed", post(123, 2, 99, 4), "ignored", "post:123 reply 99").await;

    // The same holds for plain JSON, whose sender may say when it happened.
    let hook = Hook::new(&world, "SIGNED_JSON").await;
    let outcome = |title: &str, timestamp: &str| {
        let data = json!({ "source": "crm", "key": "1", "kind": "lead", "at": "2026-05-01T00:00:00Z", "title": title });
        json!({ "type": "outcome.recorded", "timestamp": timestamp, "data": data })
    };
    assert_eq!(hook.signed("a", 0, &outcome("new", "2026-05-02T00:00:00Z")).await, ok("applied"));
    assert_eq!(hook.signed("b", 0, &outcome("old", "2026-05-01T00:00:00Z")).await, ok("ignored"));
    assert_eq!(texts(&database, "SELECT title FROM outcome").await, ["new"]);
    assert_eq!(hook.signed("c", 0, &outcome("newest", "2026-05-03T00:00:00Z")).await, ok("applied"));
    // Replaying all of it takes nothing back.
    let replayed = valuemap(&world.scratch, &["inbox", "replay", "--community", "Makers", "--status", "applied"]).await;
    assert!(String::from_utf8(replayed.unwrap().stdout).unwrap().starts_with("6 applied, 0 ignored, 0 failed"));
    assert_eq!(texts(&database, "SELECT title FROM outcome").await, ["newest"]);
    assert_eq!(contributions(&database).await, ["post:123 reply 99"]);
}

async fn a_rename_is_not_undone_by_a_post_that_was_queued_before(engine: Engine) {
    let world = World::new(engine).await;
    let hook = Hook::new(&world, "DISCOURSE").await;
    let database = world.scratch.connect().await.unwrap();
    assert_eq!(hook.discourse("post_created", 1, &post(123, 1, 77, 1)).await, ok("applied"));
    assert_eq!(members(&database).await, ["45 ada"]);
    assert_eq!(hook.discourse("user_updated", 2, &user("countess", "now")).await, ok("applied"));
    assert_eq!(hook.discourse("post_created", 3, &post(124, 2, 77, 1)).await, ok("applied"));
    assert_eq!(members(&database).await, ["45 countess 2026-05-03"]);
    assert_eq!(hook.discourse("user_destroyed", 4, &user("countess", "now")).await, ok("applied"));
    assert_eq!(hook.discourse("user_updated", 5, &user("late", "now")).await, ok("ignored"));
    assert_eq!(members(&database).await, ["45 - 2026-05-03"]);
}

async fn what_cannot_be_applied_is_kept_and_replayed_later(engine: Engine) {
    let world = World::new(engine).await;
    let hook = Hook::new(&world, "SIGNED_JSON").await;
    let database = world.scratch.connect().await.unwrap();
    let event = |name: &str, data: Value| json!({ "type": name, "data": data });
    let touchpoint = json!({ "source": "events", "key": "9-1", "activity": { "source": "events", "key": "9" },
        "party": { "kind": "member", "source": "forum", "key": "1" }, "at": "2026-05-31T09:00:00Z", "role": "attended" });
    let sent =
        [event("touchpoint.recorded", touchpoint), event("sale.recorded", json!({})), json!([1]), json!("\u{0}")];
    for (number, body) in sent.iter().enumerate() {
        assert_eq!(hook.signed(&format!("msg_{number}"), 0, body).await, ok("kept"), "{body}");
    }
    let raw = "not JSON \u{0}";
    let signature = format!("v1,{}", hook.standard_signature("msg_raw", now(), raw));
    assert_eq!(hook.send_signed("msg_raw", now(), &signature, raw).await, ok("kept"));
    // What a kept event mentioned is not there: it is applied as a whole or not at all.
    assert!(members(&database).await.is_empty());

    let kept = "query($id: ID!) { community(id: $id) { inbox(status: FAILED, first: 100) {
        nodes { id event status problem attempts receivedAt } } } }";
    let data = world.api.ask(kept, json!({ "id": world.community })).await.unwrap();
    let nodes = data["community"]["inbox"]["nodes"].as_array().unwrap();
    let problems: Vec<&str> = nodes.iter().map(|node| node["problem"].as_str().unwrap()).collect();
    assert_eq!(problems.len(), 5);
    assert!(problems[0].starts_with("the body is not JSON"), "{problems:?}");
    assert_eq!(problems[3], "`sale.recorded` is not a type of event that this version of Valuemap knows");
    assert_eq!(problems[4], "activity: there is no activity `9` of events; add it first");

    let page = "query($id: ID!, $after: String) { community(id: $id) { inbox(first: 3, after: $after) {
        nodes { id } pageInfo { hasNextPage endCursor } } } }";
    let (mut paged, mut after) = (Vec::new(), Value::Null);
    for more in [true, false] {
        let data = world.api.ask(page, json!({ "id": world.community, "after": after })).await.unwrap();
        let inbox = &data["community"]["inbox"];
        assert_eq!(inbox["pageInfo"]["hasNextPage"], json!(more));
        paged.extend(inbox["nodes"].as_array().unwrap().iter().map(|node| node["id"].clone()));
        after = inbox["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(paged, nodes.iter().map(|node| node["id"].clone()).collect::<Vec<_>>());

    let kind = json!({ "key": "webinar", "name": "Webinar", "modality": "online", "goal": "revenue" });
    assert_eq!(hook.signed("kind", 0, &event("activity_type.recorded", kind)).await, ok("applied"));
    let activity = json!({ "source": "events", "key": "9", "activityType": "webinar", "name": "Spring",
        "startsOn": "2026-05-31" });
    assert_eq!(hook.signed("activity", 0, &event("activity.recorded", activity)).await, ok("applied"));
    let replay = "mutation($input: ReplayInboxEventsInput!) { replayInboxEvents(input: $input) {
        __typename ... on InboxReplay { applied ignored failed left } } }";
    let by_status = json!({ "input": { "community": world.community, "status": "FAILED" } });
    let data = world.api.ask(replay, by_status).await.unwrap();
    let expected = json!({ "__typename": "InboxReplay", "applied": 1, "ignored": 0, "failed": 4, "left": 4 });
    assert_eq!(data["replayInboxEvents"], expected);
    assert_eq!(texts(&database, "SELECT external_key FROM touchpoint").await, ["9-1"]);

    let by_ids = json!({ "input": { "community": world.community, "ids": [nodes[4]["id"], nodes[3]["id"]] } });
    let data = world.api.ask(replay, by_ids).await.unwrap();
    let expected = json!({ "__typename": "InboxReplay", "applied": 1, "ignored": 0, "failed": 1, "left": 0 });
    assert_eq!(data["replayInboxEvents"], expected);
    let neither = world.api.send(replay, json!({ "input": { "community": world.community } })).await.unwrap();
    assert_eq!(neither.code(), "BAD_USER_INPUT");

    let said = async |arguments: &[&str]| {
        let output = valuemap(&world.scratch, arguments).await.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let listed = said(&["inbox", "list", "--community", "Makers", "--status", "failed"]).await;
    assert_eq!(listed.lines().count(), 4);
    assert!(listed.contains("sale.recorded  `sale.recorded` is not a type"), "{listed}");
    let shown = said(&["inbox", "show", nodes[3]["id"].as_str().unwrap()]).await;
    assert!(shown.ends_with("{\"type\":\"sale.recorded\",\"data\":{}}\n"), "{shown}");
    assert_eq!(said(&["inbox", "replay", "--community", "Makers"]).await, "0 applied, 0 ignored, 4 failed\n");
    assert_eq!(said(&["inbox", "replay", nodes[4]["id"].as_str().unwrap()]).await, "1 applied, 0 ignored, 0 failed\n");
}

async fn bodies_are_bounded_and_json(engine: Engine) {
    let world = World::new(engine).await;
    let hook = Hook::new(&world, "DISCOURSE").await;
    let refused = async |name: &str, value: &str, body: String, status: u16| {
        let request = hook
            .http
            .post(&hook.address)
            .header("content-type", "application/json")
            .header("x-discourse-event-signature", hook.discourse_signature(&body));
        let mut headers = reqwest::header::HeaderMap::new();
        headers.insert(reqwest::header::HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap());
        assert_eq!(answer(request.headers(headers).body(body)).await.0, status, "{name} {value}");
    };
    refused("content-type", "application/x-www-form-urlencoded", "payload=1".to_owned(), 415).await;
    refused("content-type", "text/plain", "{}".to_owned(), 415).await;
    refused("content-encoding", "gzip", "{}".to_owned(), 415).await;
    let of_size = |bytes: usize| format!("\"{}\"", "x".repeat(bytes - 2));
    refused("accept", "*/*", of_size(1024 * 1024 + 1), 413).await;
    let database = world.scratch.connect().await.unwrap();
    assert!(inbox(&database).await.is_empty());
    refused("accept", "*/*", of_size(1024 * 1024), 200).await;
    assert_eq!(texts(&database, "SELECT status FROM inbox_event").await, ["failed"]);
    assert_eq!(reqwest::get(&hook.address).await.unwrap().status(), 405);
    for key in ["wh_0000", "%00", "wh_%00", "%ff", "wh_%27"] {
        let address = format!("{}/webhooks/{key}", world.server.address);
        let gone = Hook { address, ..hook.clone() }.discourse("ping", 1, &json!({ "ping": "OK" })).await;
        assert_eq!(gone.0, 404, "{key}");
    }
}

async fn signed_json_follows_standard_webhooks(engine: Engine) {
    let world = World::new(engine).await;
    let hook = Hook::new(&world, "SIGNED_JSON").await;
    let body = json!({ "type": "outcome.recorded", "data": { "source": "crm", "key": "deal-7", "kind": "purchase",
        "party": { "kind": "account", "source": "crm", "key": "42" }, "at": "2026-05-31T09:00:00Z",
        "money": { "amount": "1234.50", "currency": "EUR" } } });
    let unbelieved = (401, "UNAUTHENTICATED".to_owned());
    for age in [301, -310, 86_400] {
        assert_eq!(hook.signed("msg_1", age, &body).await, unbelieved, "signed {age} seconds ago");
    }
    let text = body.to_string();
    let (time, right) = (now(), hook.standard_signature("msg_1", now(), &text));
    let forged = Hook { secret: format!("whsec_{}", STANDARD.encode([7; 32])), ..hook.clone() };
    let wrong = forged.standard_signature("msg_1", time, &text);
    for (id, signature) in [
        ("msg_1", format!("v1,{wrong}")),
        ("msg_2", format!("v1,{right}")),
        ("msg_1", right.clone()),
        ("msg_1", format!("v2,{right}")),
    ] {
        assert_eq!(hook.send_signed(id, time, &signature, &text).await, unbelieved, "{id} {signature}");
    }
    let database = world.scratch.connect().await.unwrap();
    assert!(inbox(&database).await.is_empty());
    // A sender who changes secrets signs with both.
    let both = format!("v1,{wrong} v1,{}", hook.standard_signature("msg_1", time, &text));
    assert_eq!(hook.send_signed("msg_1", time, &both, &text).await, ok("applied"));
    assert_eq!(hook.signed("msg_1", 60, &body).await, ok("repeated"));
    assert_eq!(hook.signed("msg_2", 299, &body).await, ok("applied"));
    let money = "SELECT CAST(amount AS text) || ' ' || currency FROM outcome";
    assert_eq!(texts(&database, money).await, ["12345000 EUR"]);
    assert_eq!(hook.signed("msg_3", 0, &json!({ "type": "ping" })).await, ok("ignored"));
}

async fn the_secret_is_shown_once(engine: Engine) {
    let world = World::new(engine).await;
    let hook = Hook::new(&world, "DISCOURSE").await;
    let list = "query($id: ID!) { community(id: $id) { webhookEndpoints { id kind name addressPath disabledAt } } }";
    let data = world.api.ask(list, json!({ "id": world.community })).await.unwrap();
    let endpoint = &data["community"]["webhookEndpoints"][0];
    assert_eq!((endpoint["kind"].as_str(), endpoint["name"].as_str()), (Some("DISCOURSE"), Some("DISCOURSE")));
    assert_eq!(endpoint["id"], hook.id);
    let schema = world.api.ask("{ __type(name: \"WebhookEndpoint\") { fields { name } } }", json!({})).await.unwrap();
    assert!(!schema.to_string().to_lowercase().contains("secret"));
    let listed = valuemap(&world.scratch, &["webhook", "list", "--community", "Makers"]).await.unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    assert!(hook.address.ends_with(listed.split_whitespace().next().unwrap()) && !listed.contains(&hook.secret));

    let create =
        "mutation($input: CreateWebhookEndpointInput!) { createWebhookEndpoint(input: $input) { __typename } }";
    let again = json!({ "input": { "community": world.community, "kind": "SIGNED_JSON", "name": " DISCOURSE " } });
    let taken = world.api.ask(create, again.clone()).await.unwrap();
    assert_eq!(taken["createWebhookEndpoint"]["__typename"], "NameTaken");
    let output = valuemap(&world.scratch, &["token", "create", "--name", "reader"]).await.unwrap();
    let reader = Api::new(&world.server.address, String::from_utf8(output.stdout).unwrap().trim());
    assert_eq!(reader.send(create, again).await.unwrap().code(), "FORBIDDEN");
}

async fn a_disabled_endpoint_is_gone(engine: Engine) {
    let world = World::new(engine).await;
    let arguments = ["webhook", "create", "--community", "Makers", "--kind", "discourse", "--name", "Forum"];
    let created = String::from_utf8(valuemap(&world.scratch, &arguments).await.unwrap().stdout).unwrap();
    let field = |name: &str| created.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().to_owned();
    let address = format!("{}{}", world.server.address, field("address:"));
    let by_command = Hook { id: String::new(), address, secret: field("secret:"), http: reqwest::Client::new() };
    assert_eq!(by_command.discourse("post_created", 1, &post(1, 1, 1, 1)).await, ok("applied"));
    let disable = ["webhook", "disable", "--community", "Makers", "--name", "Forum"];
    assert!(valuemap(&world.scratch, &disable).await.unwrap().status.success());
    assert_eq!(by_command.discourse("post_created", 2, &post(2, 2, 1, 1)).await.0, 404);

    let hook = Hook::new(&world, "DISCOURSE").await;
    let disable = "mutation($id: ID!) { disableWebhookEndpoint(input: {id: $id}) {
        __typename ... on WebhookEndpoint { disabledAt } } }";
    let data = world.api.ask(disable, json!({ "id": hook.id })).await.unwrap();
    assert!(data["disableWebhookEndpoint"]["disabledAt"].is_string(), "{data}");
    assert_eq!(hook.discourse("post_created", 3, &post(3, 2, 1, 1)).await.0, 404);
    let database = world.scratch.connect().await.unwrap();
    assert_eq!(inbox(&database).await, ["post_created applied 1"]);
}

async fn another_organisations_webhooks_are_not_there(engine: Engine) {
    let world = World::new(engine).await;
    let hook = Hook::new(&world, "DISCOURSE").await;
    assert_eq!(hook.discourse("post_pinned", 1, &post(1, 1, 1, 1)).await, ok("kept"));
    let inbox = "query($id: ID!) { community(id: $id) { inbox { nodes { id } } } }";
    let data = world.api.ask(inbox, json!({ "id": world.community })).await.unwrap();
    let event = data["community"]["inbox"]["nodes"][0]["id"].clone();

    assert!(valuemap(&world.scratch, &["organisation", "Other"]).await.unwrap().status.success());
    let arguments = ["token", "create", "--name", "other", "--organisation", "Other", "--write"];
    let output = valuemap(&world.scratch, &arguments).await.unwrap();
    let other = Api::new(&world.server.address, String::from_utf8(output.stdout).unwrap().trim());
    let (theirs, _) = other.create_community("Theirs", "https://other.example.com").await.unwrap();
    let data = other.ask(inbox, json!({ "id": world.community })).await.unwrap();
    assert_eq!(data["community"], Value::Null);
    let type_of = async |query: &str, variables: Value| {
        let data = other.ask(query, variables).await.unwrap();
        data.as_object().unwrap().values().next().unwrap()["__typename"].clone()
    };
    let disable = "mutation($id: ID!) { disableWebhookEndpoint(input: {id: $id}) { __typename } }";
    assert_eq!(type_of(disable, json!({ "id": hook.id })).await, "NotFound");
    let create = "mutation($id: ID!) {
        createWebhookEndpoint(input: {community: $id, kind: DISCOURSE, name: \"Ours\"}) { __typename } }";
    assert_eq!(type_of(create, json!({ "id": world.community })).await, "NotFound");
    let replay = "mutation($input: ReplayInboxEventsInput!) { replayInboxEvents(input: $input) { __typename } }";
    for input in [
        json!({ "community": world.community, "status": "FAILED" }),
        json!({ "community": world.community, "ids": [event] }),
        json!({ "community": theirs, "ids": [event] }),
    ] {
        assert_eq!(type_of(replay, json!({ "input": input })).await, "NotFound");
    }
    let database = world.scratch.connect().await.unwrap();
    assert_eq!(self::inbox(&database).await, ["post_pinned failed 1"]);
    assert_eq!(hook.discourse("post_created", 2, &post(1, 1, 1, 1)).await, ok("applied"));
}

async fn the_same_event_many_times_at_once_is_applied_once(engine: Engine) {
    let world = World::new(engine).await;
    let hook = Hook::new(&world, "DISCOURSE").await;
    let database = world.scratch.connect().await.unwrap();
    // The later rounds come on connections that are open already, and so really at once.
    for round in 0..5 {
        let send = |number: u32| {
            let hook = hook.clone();
            tokio::spawn(async move { hook.discourse("post_created", number, &post(round, 1, 77, 1)).await })
        };
        let mut answers = Vec::new();
        for task in (0..10).map(send).collect::<Vec<_>>() {
            answers.push(task.await.unwrap());
        }
        answers.sort();
        assert_eq!(answers[0], ok("applied"));
        assert!(answers[1..].iter().all(|answer| *answer == ok("repeated")), "{answers:?}");
    }
    assert_eq!(inbox(&database).await, ["post_created applied 1"; 5]);
    assert_eq!(contributions(&database).await.len(), 5);
}

async fn many_events_at_once_are_all_applied(engine: Engine) {
    let world = World::new(engine).await;
    let hook = Hook::new(&world, "DISCOURSE").await;
    // Of two posts, each in many versions: they meet the same rows from all sides.
    let send = |number: u32| {
        let hook = hook.clone();
        let body = post(number % 2, 2, number, number);
        tokio::spawn(async move { hook.discourse("post_edited", number, &body).await })
    };
    for task in (2..42).map(send).collect::<Vec<_>>() {
        let (status, reported) = task.await.unwrap();
        assert!(status == 200 && (reported == "applied" || reported == "ignored"), "{status} {reported}");
    }
    let database = world.scratch.connect().await.unwrap();
    assert_eq!(contributions(&database).await, ["post:0 reply 40", "post:1 reply 41"]);
}

async fn what_a_crash_left_pending_is_applied_by_a_job(engine: Engine) {
    let world = World::new(engine).await;
    let hook = Hook::new(&world, "DISCOURSE").await;
    assert_eq!(hook.discourse("post_created", 1, &post(123, 1, 77, 1)).await, ok("applied"));
    let database = world.scratch.connect().await.unwrap();
    // As a server leaves it that is killed after the first commit.
    let crash = async || {
        for statement in [
            "UPDATE inbox_event SET status = 'pending', attempts = 0, applied_at = NULL",
            "DELETE FROM inbox_subject",
            "DELETE FROM contribution",
            "DELETE FROM party",
        ] {
            database.execute_unprepared(statement).await.unwrap();
        }
    };
    crash().await;
    // A sender who got no answer sends it again.
    assert_eq!(hook.discourse("post_created", 2, &post(123, 1, 77, 1)).await, ok("applied"));
    assert_eq!(contributions(&database).await, ["post:123 question 77"]);
    crash().await;
    world.server.kill().await.unwrap();
    put_back_its_job(&database, engine).await;
    let _server = Server::start(&world.scratch, &[]).await.unwrap();
    let started = std::time::Instant::now();
    while inbox(&database).await != ["post_created applied 1"] {
        assert!(started.elapsed() < PATIENCE, "{:?}", inbox(&database).await);
    }
    assert_eq!(contributions(&database).await, ["post:123 question 77"]);
    let left = texts(&database, "SELECT kind FROM job").await;
    assert!(left.is_empty(), "what an event was applied by goes with it: {left:?}");
}

/// The job that was stored with the event, and went with its application.
async fn put_back_its_job(database: &DatabaseConnection, engine: Engine) {
    let event = match engine {
        Engine::Postgres => "json_build_object('apply_event', json_build_object('event', id))",
        Engine::Sqlite => "json_object('apply_event', json_object('event', hex(id)))",
    };
    let job = format!(
        "INSERT INTO job (id, community_id, kind, payload, asked_by, state, attempts, due_at, is_cancelled, part, \
         steps_done, steps, created_at) SELECT id, community_id, 'apply_event', {event}, 'webhook', 'waiting', 0, \
         received_at, false, '', 0, 0, received_at FROM inbox_event"
    );
    database.execute_unprepared(&job).await.unwrap();
}

async fn a_database_that_is_busy_has_the_sender_try_again(engine: Engine) {
    let world = World::new(engine).await;
    let hook = Hook::new(&world, "DISCOURSE").await;
    let database = world.scratch.connect().await.unwrap();
    let lock = match engine {
        Engine::Sqlite => "BEGIN IMMEDIATE",
        Engine::Postgres => "BEGIN; LOCK TABLE inbox_event IN ACCESS EXCLUSIVE MODE",
    };
    database.execute_unprepared(lock).await.unwrap();
    let body = post(123, 1, 77, 1).to_string();
    let request = hook
        .http
        .post(&hook.address)
        .header("content-type", "application/json")
        .header("x-discourse-instance", FORUM)
        .header("x-discourse-event", "post_created")
        .header("x-discourse-event-type", "post")
        .header("x-discourse-event-signature", hook.discourse_signature(&body));
    let reply = Reply::read(request.body(body).send().await.unwrap()).await.unwrap();
    assert_eq!((reply.status, reply.headers["retry-after"].to_str().unwrap()), (503, "5"));
    database.execute_unprepared("ROLLBACK").await.unwrap();
    assert_eq!(hook.discourse("post_created", 2, &post(123, 1, 77, 1)).await, ok("applied"));
}
