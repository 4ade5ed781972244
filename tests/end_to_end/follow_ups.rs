//! What members said and what was done about it.

use serde_json::{Value, json};
use valuemap_tests::{Api, Engine, Server, answer_all, submission_id, valuemap};

use crate::{PAGE, World, on_both_databases};

on_both_databases!(who_answered_is_shown_the_newest_three, rules_are_checked_and_others_are_kept_out);

const PUBLISH: &str = "mutation($input: PublishFollowUpInput!) { publishFollowUp(input: $input) { __typename
    ... on FollowUp { id heard done on createdAt }
    ... on NotFound { message }
    ... on InvalidFollowUp { problems { path code message } } } }";
const WITHDRAW: &str = "mutation($id: ID!) { withdrawFollowUp(input: {id: $id}) { __typename
    ... on FollowUpWithdrawn { id } ... on NotFound { message } } }";

async fn publish(api: &Api, community: &str, heard: &str, done: &str, on: &str) -> Value {
    let input = json!({ "community": community, "heard": heard, "done": done, "on": on });
    api.ask(PUBLISH, json!({ "input": input })).await.unwrap()["publishFollowUp"].clone()
}

/// What a member is shown who answers now, on a server of its own: what was shown before is kept for a minute.
async fn shown(world: &World) -> Value {
    let server = Server::start(&world.scratch, &[]).await.unwrap();
    let embed = server.embed(PAGE);
    let version = embed.survey(&world.site).await.unwrap()["version"].clone();
    let reply = embed.submit(&world.site, &version, &submission_id(), answer_all(3)).await.unwrap();
    reply.data().unwrap()["submitResponse"]["results"]["followUps"].clone()
}

async fn who_answered_is_shown_the_newest_three(engine: Engine) {
    let world = World::new(engine).await;
    assert_eq!(shown(&world).await, json!([]));
    let mut ids = Vec::new();
    for (heard, on) in [("b", "2026-03-01"), ("d", "2026-06-01"), ("a", "2026-01-31"), ("c", "2026-06-01")] {
        let published = publish(&world.api, &world.community, heard, "done", on).await;
        assert_eq!(published["__typename"], "FollowUp", "{published}");
        ids.push(published["id"].clone());
    }
    // Of the same day, what was published later comes first.
    let expected = json!([
        { "heard": "c", "done": "done", "on": "2026-06-01" },
        { "heard": "d", "done": "done", "on": "2026-06-01" },
        { "heard": "b", "done": "done", "on": "2026-03-01" },
    ]);
    assert_eq!(shown(&world).await, expected);

    let list = "query($id: ID!, $after: String) { community(id: $id) { followUps(first: 3, after: $after) {
        nodes { heard } pageInfo { hasNextPage endCursor } } } }";
    let heard = |page: &Value| page["nodes"].as_array().unwrap().iter().map(|node| node["heard"].clone()).collect();
    let data = world.api.ask(list, json!({ "id": world.community })).await.unwrap();
    let page = &data["community"]["followUps"];
    let mut all: Vec<Value> = heard(page);
    assert_eq!(page["pageInfo"]["hasNextPage"], true);
    let next = json!({ "id": world.community, "after": page["pageInfo"]["endCursor"] });
    let data = world.api.ask(list, next).await.unwrap();
    all.extend::<Vec<Value>>(heard(&data["community"]["followUps"]));
    assert_eq!(all, ["c", "d", "b", "a"]);

    let withdrawn = world.api.ask(WITHDRAW, json!({ "id": ids[3] })).await.unwrap();
    assert_eq!(withdrawn["withdrawFollowUp"], json!({ "__typename": "FollowUpWithdrawn", "id": ids[3] }));
    let again = world.api.ask(WITHDRAW, json!({ "id": ids[3] })).await.unwrap();
    assert_eq!(again["withdrawFollowUp"]["__typename"], "NotFound");
    let left: Vec<Value> = shown(&world).await.as_array().unwrap().iter().map(|told| told["heard"].clone()).collect();
    assert_eq!(left, ["d", "b", "a"]);
}

async fn rules_are_checked_and_others_are_kept_out(engine: Engine) {
    let world = World::new(engine).await;
    let refused = publish(&world.api, &world.community, " ", &"x".repeat(501), "2999-01-01").await;
    assert_eq!(refused["__typename"], "InvalidFollowUp");
    let paths: Vec<&Value> = refused["problems"].as_array().unwrap().iter().map(|problem| &problem["path"]).collect();
    assert_eq!(paths, ["heard", "done", "on"]);
    assert_eq!(
        publish(&world.api, &world.community, "a\u{0}b", "c", "2026-01-01").await["problems"][0]["path"],
        "heard"
    );
    let published = publish(&world.api, &world.community, " cafe\u{301}\n", "c", "2026-01-01").await;
    assert_eq!(published["heard"], "caf\u{e9}");

    assert!(valuemap(&world.scratch, &["organisation", "Other"]).await.unwrap().status.success());
    let arguments = ["token", "create", "--name", "o", "--write", "--organisation", "Other"];
    let token = String::from_utf8(valuemap(&world.scratch, &arguments).await.unwrap().stdout).unwrap();
    let stranger = Api::new(&world.server.address, token.trim());
    assert_eq!(publish(&stranger, &world.community, "a", "b", "2026-01-01").await["__typename"], "NotFound");
    let withdrawn = stranger.ask(WITHDRAW, json!({ "id": published["id"] })).await.unwrap();
    assert_eq!(withdrawn["withdrawFollowUp"]["__typename"], "NotFound");
    assert_eq!(shown(&world).await.as_array().unwrap().len(), 1);
}
