use serde_json::{Value, json};
use valuemap_tests::{Engine, valuemap};

use super::{Hook, answer, inbox, members, now, ok, texts};
use crate::World;

pub async fn what_cannot_be_applied_is_kept_and_replayed_later(engine: Engine) {
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

pub async fn bodies_are_bounded_and_json(engine: Engine) {
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
