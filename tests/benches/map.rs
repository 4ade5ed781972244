//! What the value map costs at several sizes of a community, beside one count of its touchpoints in the same run.
//!
//! Run it with `cargo xtask bench map`, or with numbers of touchpoints: `cargo xtask bench map -- 50000 10000000`.
#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

#[path = "map/community.rs"]
mod community;
#[path = "map/memory.rs"]
mod memory;

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use valuemap_tests::{Api, Engine, Scratch, Server, valuemap};

use community::Sizes;
use memory::most_memory;

const USUAL: [u64; 2] = [50_000, 1_000_000];
/// How often what is quick is asked; the median counts.
const TIMES: usize = 21;
const LONGEST: Duration = Duration::from_secs(600);
/// The files of a community, in the order in which they are imported.
const FORMATS: [&str; 10] = [
    "activity-types",
    "activities",
    "costs",
    "accounts",
    "members",
    "touchpoints",
    "outcomes",
    "cases",
    "contributions",
    "observations",
];
const PERIOD: &str = "2026-Q3";

fn main() -> anyhow::Result<()> {
    let asked: Vec<u64> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if asked.is_empty() { USUAL.to_vec() } else { asked };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        for engine in [Engine::Sqlite, Engine::Postgres] {
            for touchpoints in &sizes {
                run(engine, Sizes::of(*touchpoints)).await?;
            }
        }
        Ok(())
    })
}

const MAP: &str = "query($id: ID!, $period: Quarter!) { valueMap(community: $id, period: $period) {
    returns { communityReturn } layers { elements { element reading { __typename
        ... on Score { value interval { low high } } ... on Worth { amount { low likely high } count }
        ... on NoScore { reason } } } } } }";
const RETURNS: &str =
    "query($id: ID!, $period: Quarter!) { activityReturns(community: $id, from: $period, until: $period) {
    __typename ... on ActivityReturns { groups(first: 10) { nodes { rank outcomes creditedValue { amount } } } } } }";
const SERIES: &str = "query($id: ID!) { series(community: $id, figure: { element: UPGRADES }, from: \"2024-Q4\",
    to: \"2026-Q3\") { __typename } }";
const EXPLAIN: &str = "query($id: ID!, $period: Quarter!) { explain(community: $id, period: $period,
    figure: { element: UPGRADES }) { rows(first: 20) { nodes { id } } } }";

async fn run(engine: Engine, sizes: Sizes) -> anyhow::Result<()> {
    let scratch = Scratch::new(engine).await?;
    ensure!(valuemap(&scratch, &["organisation", "Acme"]).await?.status.success());
    let server = Server::start(&scratch, &[]).await?;
    let (id, _) = server.api(&scratch).await?.create_community("Makers", "https://forum.example.com").await?;
    server.stop().await?;
    let started = Instant::now();
    community::import(&scratch, "Makers", sizes, &FORMATS).await?;
    println!(
        "\n| {engine:?}, {} touchpoints (imported in {:.0} s) | ms |",
        sizes.touchpoints,
        started.elapsed().as_secs_f64()
    );
    println!("|---|---:|");
    scratch.settle().await?;
    let count = median(async || count_of_touchpoints(&scratch).await).await?;
    show("count(*) of the touchpoints", count);

    let server = Server::start(&scratch, &[]).await?;
    let api = server.api(&scratch).await?;
    let variables = json!({ "id": id, "period": PERIOD });
    let (_, first) = timed(&api, MAP, &variables).await?;
    show("first map after an import", first);
    show("the same again", median(async || Ok(timed(&api, MAP, &variables).await?.1)).await?);
    show("the name of the viewer", median(async || Ok(timed(&api, "{ viewer { name } }", &json!({})).await?.1)).await?);
    show("map after a commit", after_a_commit(&api, &id, &variables).await?);
    for (name, query) in
        [("activity returns by type", RETURNS), ("series of upgrades", SERIES), ("upgrades explained", EXPLAIN)]
    {
        let (_, cold) = timed(&api, query, &variables).await?;
        let warm = median(async || Ok(timed(&api, query, &variables).await?.1)).await?;
        show(&format!("{name}, first"), cold);
        show(&format!("{name}, again"), warm);
    }
    println!("| memory at most | {} MB |", most_memory(server.id()?)?);
    server.stop().await?;
    let server = Server::start(&scratch, &[]).await?;
    let api = server.api(&scratch).await?;
    show("first map after the next start", timed(&api, MAP, &variables).await?.1);
    server.stop().await?;
    Ok(())
}

/// From the acknowledgement of a cost until the map has it.
async fn after_a_commit(api: &Api, id: &str, variables: &Value) -> anyhow::Result<Duration> {
    const COST: &str =
        "query($id: ID!, $period: Quarter!) { valueMap(community: $id, period: $period) { returns { cost } } }";
    let before = timed(api, COST, variables).await?.0["valueMap"]["returns"]["cost"].clone();
    let costs = json!([{ "kind": "CASH", "day": "2026-09-30", "currency": "EUR", "amount": "1" }]);
    let input = json!({ "community": id, "costs": costs });
    let record = "mutation($input: RecordCostsInput!) { recordCosts(input: $input) { __typename } }";
    let recorded = api.ask(record, json!({ "input": input })).await?;
    ensure!(recorded["recordCosts"]["__typename"] == "Recorded", "{recorded}");
    let acknowledged = Instant::now();
    while timed(api, COST, variables).await?.0["valueMap"]["returns"]["cost"] == before {}
    Ok(acknowledged.elapsed())
}

/// Asks, and again where a figure is still being computed.
async fn timed(api: &Api, query: &str, variables: &Value) -> anyhow::Result<(Value, Duration)> {
    let started = Instant::now();
    loop {
        let reply = api.send(query, variables.clone()).await?;
        if reply.code() != "BEING_COMPUTED" || started.elapsed() > LONGEST {
            return Ok((reply.data()?.clone(), started.elapsed()));
        }
    }
}

async fn count_of_touchpoints(scratch: &Scratch) -> anyhow::Result<Duration> {
    let db = scratch.connect().await?;
    let statement = Statement::from_string(db.get_database_backend(), "SELECT count(*) AS number FROM touchpoint");
    let started = Instant::now();
    let row = db.query_one_raw(statement).await?.context("no count")?;
    let elapsed = started.elapsed();
    ensure!(row.try_get::<i64>("", "number")? > 0);
    db.close().await?;
    Ok(elapsed)
}

async fn median(once: impl AsyncFn() -> anyhow::Result<Duration>) -> anyhow::Result<Duration> {
    let mut times = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        times.push(once().await?);
    }
    times.sort_unstable();
    Ok(times[TIMES / 2])
}

fn show(what: &str, time: Duration) {
    println!("| {what} | {:.1} |", time.as_secs_f64() * 1_000.0);
}
