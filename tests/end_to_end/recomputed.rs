//! While figures are computed anew, the ones before are shown, and it is said that they are.

use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use thirtyfour::prelude::*;
use valuemap_tests::{Browser, Engine};

use crate::World;
use crate::browser::DESKTOP;
use crate::value_map::change;

/// Has whoever reads costs wait for so many seconds.
async fn slow_down(world: &World, seconds: u32) {
    let condition = format!("(SELECT pg_sleep({seconds})::text) = ''");
    let view = format!("CREATE OR REPLACE VIEW published_cost_line AS SELECT * FROM cost_line WHERE {condition}");
    world.scratch.connect().await.unwrap().execute_unprepared(&view).await.unwrap();
}

async fn cost(world: &World, key: &str) {
    let costs = json!([{ "key": key, "kind": "CASH", "day": "2026-02-01", "currency": "EUR", "amount": "10" }]);
    change(world, "recordCosts", json!({ "costs": costs }), "Recorded").await;
}

async fn map(world: &World) -> Value {
    let query = "query($id: ID!) { valueMap(community: $id, period: \"2026-Q1\") {
        beingRecomputed { asOf summedUp } returns { cost } } }";
    world.api.ask(query, json!({ "id": world.community })).await.unwrap()["valueMap"].take()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_earlier_map_is_shown_and_said_to_be_one() {
    let mut world = World::new(Engine::Postgres).await;
    cost(&world, "1").await;
    let first = map(&world).await;
    assert_eq!((&first["returns"]["cost"], &first["beingRecomputed"]), (&json!("10"), &Value::Null));
    let link = world.server.sign_in_link().await.unwrap();
    let browser = Browser::start(DESKTOP.0, DESKTOP.1).await.unwrap();
    browser.page.goto(&link).await.unwrap();
    let find = |css: &'static str| browser.page.query(By::Css(css)).desc(css);
    find("[data-element]").first().await.unwrap();

    cost(&world, "2").await;
    slow_down(&world, 10).await;
    let earlier = map(&world).await;
    assert_eq!(earlier["returns"]["cost"], "10", "{earlier}");
    assert!(earlier["beingRecomputed"]["asOf"].is_string(), "{earlier}");
    // A person who refreshes the page sees the notice, and then the newer figures without asking again.
    let refresh = By::XPath("//button[contains(., 'Refresh')]");
    browser.page.query(refresh).first().await.unwrap().click().await.unwrap();
    let notice = By::XPath("//*[contains(text(), 'Newer figures are being computed')]");
    browser.page.query(notice.clone()).desc("the notice").first().await.unwrap();
    find("[data-element]").first().await.unwrap();
    assert!(browser.page.query(notice).desc("no notice").not_exists().await.unwrap());
    assert_eq!(map(&world).await["beingRecomputed"], Value::Null);
    browser.close().await.unwrap();
}
