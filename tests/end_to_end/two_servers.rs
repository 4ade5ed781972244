//! Two servers on one database: each soon shows what the other stored.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use valuemap_tests::{Api, Engine, Server, answer_all, submission_id};

use crate::{World, on_both_databases};

on_both_databases!(what_one_server_stores_the_other_shows);

/// Much longer than it takes, and much shorter than a figure is kept that nothing has touched: 60 s.
const SOON: Duration = Duration::from_secs(20);
const MEMBERS: u64 = 10;

async fn running_costs(api: &Api, community: &str) -> Value {
    let query = "query($id: ID!) { activityReturns(community: $id, from: \"2026-Q1\", until: \"2026-Q2\") {
        ... on ActivityReturns { runningCosts { amount } } } }";
    api.ask(query, json!({ "id": community })).await.unwrap()["activityReturns"]["runningCosts"]["amount"].clone()
}

async fn what_one_server_stores_the_other_shows(engine: Engine) {
    let world = World::new(engine).await;
    let other = Server::start(&world.scratch, &[]).await.unwrap();
    let reader = Api::new(&other.address, world.api.token());
    let element = "PEER_BEST_PRACTICES";
    // Both figures are kept by the other server from now on.
    assert_eq!(reader.reading(&world.community, element).await.unwrap()["__typename"], "NoScore");
    let nothing = running_costs(&reader, &world.community).await;

    let version = world.embed.survey(&world.site).await.unwrap()["version"].clone();
    for _ in 0..MEMBERS {
        let reply = world.embed.submit(&world.site, &version, &submission_id(), answer_all(4)).await.unwrap();
        assert_eq!(reply.data().unwrap()["submitResponse"]["__typename"], "Receipt");
    }
    let costs = json!([{ "kind": "PLATFORM", "day": "2026-04-01", "currency": "EUR", "amount": "300" }]);
    world.tell("recordCosts", "RecordCostsInput", "costs", costs).await;
    let stored = Instant::now();
    let stored_costs = running_costs(&world.api, &world.community).await;
    assert_ne!(stored_costs, nothing);
    loop {
        let reading = reader.reading(&world.community, element).await.unwrap();
        if reading["answers"] == MEMBERS && running_costs(&reader, &world.community).await == stored_costs {
            break;
        }
        assert!(stored.elapsed() < SOON, "{reading}");
    }
}
