//! Submissions and score queries per second, beside what the same disk and database do without us in the same run.
//!
//! Run it with `cargo xtask bench`, and with `cargo xtask bench attack` for how it holds out. Figures are for ratios: all of client, server and database share the machine.
#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

#[path = "load/attack.rs"]
mod attack;
#[path = "load/http.rs"]
mod http;
#[path = "load/raw.rs"]
mod raw;

use std::fmt::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use serde_json::json;
use valuemap_shared::survey::documents;
use valuemap_tests::{Api, Engine, Scratch, Server, answer_all, submission_id, valuemap};

const CONNECTIONS: usize = 32;
const DURATION: Duration = Duration::from_secs(10);
const PAGE: &str = "https://forum.example.com";

fn main() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match std::env::args().any(|argument| argument == "attack") {
        true => runtime.block_on(attack::run()),
        false => runtime.block_on(run()),
    }
}

async fn run() -> anyhow::Result<()> {
    println!("| {CONNECTIONS} connections, {} s each | per second | p50 | p99 |", DURATION.as_secs());
    println!("|---|---:|---:|---:|");
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let single = raw::commits_per_second(engine, 1).await?;
        let grouped = raw::commits_per_second(engine, 100).await?;
        println!("| {engine:?}: raw rows, one a commit | {single:.0} | | |");
        println!("| {engine:?}: raw rows, 100 a commit | {grouped:.0} | | |");
        let submitted = submissions(engine).await?;
        println!("| {engine:?}: submissions acknowledged | {submitted} |");
        for answers in [1_000, 1_000_000] {
            println!("| {engine:?}: score queries at {answers} answers | {} |", score_queries(engine, answers).await?);
        }
    }
    Ok(())
}

/// What a run of the load gave.
struct Figures {
    per_second: f64,
    p50: Duration,
    p99: Duration,
}

impl Figures {
    /// Of requests that took these times, within a time.
    fn of(mut times: Vec<Duration>, within: Duration) -> Self {
        times.sort();
        let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
        Self { per_second: times.len() as f64 / within.as_secs_f64(), p50: at(0.5), p99: at(0.99) }
    }
}

impl std::fmt::Display for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let millis = |time: Duration| time.as_secs_f64() * 1_000.0;
        write!(f, "{:.0} | {:.1} ms | {:.1} ms", self.per_second, millis(self.p50), millis(self.p99))
    }
}

async fn new_community(scratch: &Scratch) -> anyhow::Result<(Server, Api, String, String)> {
    anyhow::ensure!(valuemap(scratch, &["organisation", "Acme"]).await?.status.success());
    let server = Server::start(scratch, &[]).await?;
    let api = server.api(scratch).await?;
    let (community, site) = api.create_community("Makers", PAGE).await?;
    Ok((server, api, community, site))
}

async fn submissions(engine: Engine) -> anyhow::Result<Figures> {
    let scratch = Scratch::new(engine).await?;
    let (server, _, _, site) = new_community(&scratch).await?;
    let version = server.embed(PAGE).survey(&site).await?["version"].clone();
    let request = move || {
        let input = json!({ "site": site, "version": version, "id": submission_id(), "answers": answer_all(4) });
        let body = json!({ "query": documents::SUBMIT, "variables": { "input": input } }).to_string();
        http::post("/embed/graphql", &format!("origin: {PAGE}\r\n"), &body)
    };
    let figures = load(&server, request, "\"Receipt\"").await?;
    server.stop().await?;
    anyhow::ensure!(valuemap(&scratch, &["verify"]).await?.status.success(), "the tallies are wrong after the load");
    Ok(figures)
}

async fn score_queries(engine: Engine, answers: usize) -> anyhow::Result<Figures> {
    let scratch = Scratch::new(engine).await?;
    let (server, api, community, _) = new_community(&scratch).await?;
    import_answers(&scratch, &community, answers).await?;
    let query = format!(
        "{{ valueMap(community: \"{community}\") {{ responses layers {{ elements {{ element reading {{ \
         ... on Score {{ value answers interval {{ low high }} }} }} }} }} }} }}"
    );
    scratch.settle().await?;
    let data = api.ask(&query, json!({})).await?;
    anyhow::ensure!(data["valueMap"]["responses"].as_u64() > Some(0), "nothing was imported: {data}");
    let token = api.token().to_owned();
    let request = move || {
        let body = json!({ "query": query }).to_string();
        http::post("/graphql", &format!("authorization: Bearer {token}\r\n"), &body)
    };
    let figures = load(&server, request, "\"low\"").await?;
    server.stop().await?;
    Ok(figures)
}

/// Five answers a response, on each of the same 80 days, whatever their number.
async fn import_answers(scratch: &Scratch, community: &str, answers: usize) -> anyhow::Result<()> {
    let mut csv = "a,b,c,d,e,day\n".to_owned();
    for row in 0..answers / 5 {
        let point = |offset: usize| (row + offset) * 7 % 5 + 1;
        let day = row % 80;
        let (month, day) = (day / 28 + 4, day % 28 + 1);
        writeln!(csv, "{},{},{},{},{},2026-{month:02}-{day:02}", point(0), point(1), point(2), point(3), point(5))?;
    }
    std::fs::write(scratch.folder().join("answers.csv"), csv)?;
    let benefits = ["a=product_knowledge", "b=unconventional_uses", "c=peer_best_practices", "d=recognised_expertise"];
    let mut arguments = vec!["import", "responses", "answers.csv", "--community", community, "--survey", "Load"];
    let maps: Vec<String> = benefits.map(|map| map.replace('=', "=agreement:5:")).to_vec();
    for map in &maps {
        arguments.extend(["--map", map.as_str()]);
    }
    arguments.extend(["--map", "e=agreement:5:roadmap_influence", "--map", "day=date", "--load"]);
    let output = valuemap(scratch, &arguments).await?;
    anyhow::ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

/// Sends requests one after the other on each connection, until the time is over. Every answer has to hold `expected`.
async fn load(
    server: &Server,
    request: impl Fn() -> Vec<u8> + 'static,
    expected: &'static str,
) -> anyhow::Result<Figures> {
    let address = Arc::new(server.address.trim_start_matches("http://").to_owned());
    let request = std::rc::Rc::new(request);
    let local = tokio::task::LocalSet::new();
    let start = Instant::now();
    let connection = |_| {
        let (address, request) = (address.clone(), request.clone());
        local.spawn_local(async move {
            let mut connection = http::Connection::open(&address).await?;
            let mut times = Vec::new();
            while start.elapsed() < DURATION {
                let sent = Instant::now();
                connection.send(&request(), expected).await?;
                times.push(sent.elapsed());
            }
            anyhow::Ok(times)
        })
    };
    let connections: Vec<_> = (0..CONNECTIONS).map(connection).collect();
    let mut times = Vec::new();
    local
        .run_until(async {
            for connection in connections {
                times.extend(connection.await.context("a connection was lost")??);
            }
            anyhow::Ok(())
        })
        .await?;
    Ok(Figures::of(times, start.elapsed()))
}
