use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use valuemap_tests::{Api, Engine, valuemap};

use super::{Hook, inbox, now, ok, post, texts};
use crate::World;

pub async fn signed_json_follows_standard_webhooks(engine: Engine) {
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

pub async fn the_secret_is_shown_once(engine: Engine) {
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

pub async fn a_disabled_endpoint_is_gone(engine: Engine) {
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

pub async fn another_organisations_webhooks_are_not_there(engine: Engine) {
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
