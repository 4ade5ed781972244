//! How long a member waits for a receipt while the server is under attack, beside the same without.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use valuemap_shared::survey::documents;
use valuemap_tests::{Api, Engine, Scratch, Server, answer_all, submission_id, valuemap};

use super::{Figures, PAGE, http};

/// Quiet and attacked by turns, because the machine changes meanwhile.
const ROUNDS: usize = 3;
const MEMBERS: usize = 16;
/// One answer each of them, this often: a busy hour of a large community.
const PACE: Duration = Duration::from_millis(80);
const TIME: Duration = Duration::from_secs(15);
const READERS: usize = 8;
const HOSTILE: usize = 4;
const SLOW: usize = 50;
/// Those of the sample, the newest first.
const QUARTERS: [&str; 8] = ["2026-Q4", "2026-Q3", "2026-Q2", "2026-Q1", "2025-Q4", "2025-Q3", "2025-Q2", "2025-Q1"];
/// Between two requests of a hostile client: it wants the server's time and not its own.
const PAUSE: Duration = Duration::from_millis(10);

pub async fn run() -> anyhow::Result<()> {
    println!("| {MEMBERS} members, an answer every {} ms each | per second | p50 | p99 |", PACE.as_millis());
    println!("|---|---:|---:|---:|");
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let mut ratios = Vec::with_capacity(ROUNDS);
        for _ in 0..ROUNDS {
            let quiet = measure(engine, false).await?;
            println!("| {engine:?}: quiet | {quiet} |");
            let attacked = measure(engine, true).await?;
            println!(
                "| {engine:?}: with {HOSTILE} hostile clients, {SLOW} slow ones and {READERS} expensive readers | {attacked} |"
            );
            ratios.push(attacked.p99.as_secs_f64() / quiet.p99.as_secs_f64());
        }
        ratios.sort_by(f64::total_cmp);
        println!("| {engine:?}: p99 under attack / quiet, median of {ROUNDS} | | | {:.1} |", ratios[ROUNDS / 2]);
    }
    Ok(())
}

async fn measure(engine: Engine, attacked: bool) -> anyhow::Result<Figures> {
    let scratch = Scratch::new(engine).await?;
    anyhow::ensure!(valuemap(&scratch, &["seed"]).await?.status.success(), "no sample");
    let server = Server::start(&scratch, &[]).await?;
    let api = server.api(&scratch).await?;
    let sample = api.ask("{ communities(first: 1) { nodes { id } } }", json!({})).await?;
    let sample = sample["communities"]["nodes"][0]["id"].as_str().context("the sample")?.to_owned();
    let (_, site) = api.create_community("Makers", PAGE).await?;
    let version = server.embed(PAGE).survey(&site).await?["version"].clone();
    scratch.settle().await?;
    let stopped = Arc::new(AtomicBool::new(false));
    // On a thread of its own: what the attack costs its clients is not what is measured.
    let attack = attacked.then(|| attack(server.address.clone(), api, sample, stopped.clone()));
    let figures = members(&server, &site, &version).await?;
    stopped.store(true, Ordering::Relaxed);
    if let Some(attack) = attack {
        // This runtime still works for connections that the attack was given, so it must not be blocked.
        let ended = tokio::task::spawn_blocking(move || attack.join()).await?;
        let answered = ended.map_err(|_| anyhow::anyhow!("the attack panicked"))??;
        eprintln!("    {engine:?}: what the attack got: {answered:?}");
    }
    server.stop().await?;
    anyhow::ensure!(valuemap(&scratch, &["verify"]).await?.status.success(), "the tallies are wrong after the attack");
    Ok(figures)
}

/// Members who answer at their own pace, whatever the server does: one that is late is late for the next one, too.
async fn members(server: &Server, site: &str, version: &Value) -> anyhow::Result<Figures> {
    let address = server.address.trim_start_matches("http://");
    let start = Instant::now();
    let member = |number: usize| async move {
        let mut connection = http::Connection::open(address).await?;
        let mut due = start + PACE * number as u32 / MEMBERS as u32;
        let mut times = Vec::new();
        while due.duration_since(start) < TIME {
            tokio::time::sleep_until(due.into()).await;
            let input = json!({ "site": site, "version": version, "id": submission_id(), "answers": answer_all(4) });
            let body = json!({ "query": documents::SUBMIT, "variables": { "input": input } }).to_string();
            let request = http::post("/embed/graphql", &format!("origin: {PAGE}\r\n"), &body);
            connection.send(&request, "\"Receipt\"").await?;
            times.push(due.elapsed());
            due += PACE;
        }
        anyhow::Ok(times)
    };
    let times = futures_util::future::try_join_all((0..MEMBERS).map(member)).await?;
    Ok(Figures::of(times.concat(), start.elapsed()))
}

type Answered = BTreeMap<&'static str, usize>;

/// Attackers have machines of their own, and what this one is kept from by making up their requests is not the server's
/// doing. On Linux a priority is a thread's.
fn stand_aside() {
    #[cfg(target_os = "linux")]
    if let Err(refused) = rustix::process::setpriority_process(None, 10) {
        eprintln!("the attack runs at the priority of the members: {refused}");
    }
}

fn attack(
    address: String,
    api: Api,
    community: String,
    stopped: Arc<AtomicBool>,
) -> std::thread::JoinHandle<anyhow::Result<Answered>> {
    std::thread::spawn(move || {
        stand_aside();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let (read, hostile) = (AtomicUsize::new(0), AtomicUsize::new(0));
            let (stopped, address) = (&*stopped, address.trim_start_matches("http://"));
            let (api, community, read, hostile_count) = (&api, community.as_str(), &read, &hostile);
            let readers = (0..READERS).map(|reader| read_expensively(api, community, reader, read, stopped));
            let hostile = (0..HOSTILE).map(|client| be_hostile(address, api.token(), client, hostile_count, stopped));
            let slow = (0..SLOW).map(|client| be_slow(address, client, stopped));
            tokio::join!(
                futures_util::future::join_all(readers),
                futures_util::future::join_all(hostile),
                futures_util::future::join_all(slow),
            );
            let answered = [("readings", read), ("hostile requests", hostile_count)];
            Ok(answered.map(|(what, count)| (what, count.load(Ordering::Relaxed))).into())
        })
    })
}

/// Maps of ever another quarter, and returns of all activities.
async fn read_expensively(api: &Api, community: &str, reader: usize, count: &AtomicUsize, stopped: &AtomicBool) {
    const MAP: &str = "query($community: ID!, $period: Quarter) { valueMap(community: $community, period: $period) {
        responses layers { elements { element reading { ... on Score { value interval { low high } } } } } } }";
    const RETURNS: &str = "query($community: ID!, $from: Quarter!, $until: Quarter!) {
        activityReturns(community: $community, from: $from, until: $until) { __typename } }";
    let mut turn = reader;
    while !stopped.load(Ordering::Relaxed) {
        let reply = match turn % 2 {
            0 => api.send(MAP, json!({ "community": community, "period": QUARTERS[turn % 8] })).await,
            _ => {
                let variables =
                    json!({ "community": community, "from": QUARTERS[turn % 4 + 2], "until": QUARTERS[turn % 3] });
                api.send(RETURNS, variables).await
            }
        };
        if reply.is_ok() {
            count.fetch_add(1, Ordering::Relaxed);
        }
        turn += READERS + 1;
    }
}

/// Requests that cost more than they should, one after the other.
async fn be_hostile(address: &str, token: &str, client: usize, count: &AtomicUsize, stopped: &AtomicBool) {
    let spread = |n: usize| format!("fragment f{n} on Query {{ ...f{} ...f{} }}", n + 1, n + 1);
    let bomb = format!(
        "{{ ...f0 }} {} fragment f26 on Query {{ __typename }}",
        (0..26).map(spread).collect::<Vec<_>>().join(" ")
    );
    let wide = format!("{{ {} }}", "__typename ".repeat(80_000));
    let deep = format!("{{ {} }}", "a{".repeat(3_000));
    let authorised = format!("authorization: Bearer {token}\r\n");
    let body = |query: &str| json!({ "query": query }).to_string();
    let requests = [
        http::post("/graphql", &authorised, &body(&bomb)),
        http::post("/graphql", "", &body(&wide)),
        http::post("/graphql", &authorised, &body(&wide)),
        http::post("/graphql", &authorised, &body(&deep)),
        http::post("/embed/graphql", &format!("origin: {PAGE}\r\n"), &body(&bomb)),
    ];
    let mut turn = client;
    while !stopped.load(Ordering::Relaxed) {
        let asked = async {
            let mut stream = TcpStream::connect(address).await?;
            stream.write_all(&requests[turn % requests.len()]).await?;
            let mut answer = [0; 1024];
            stream.read(&mut answer).await
        };
        // A server that hangs is left alone after a while, and asked anew.
        if tokio::time::timeout(Duration::from_secs(2), asked).await.is_ok() {
            count.fetch_add(1, Ordering::Relaxed);
        }
        turn += 1;
        tokio::time::sleep(PAUSE).await;
    }
}

/// A request that arrives byte by byte: its head, or its body.
async fn be_slow(address: &str, client: usize, stopped: &AtomicBool) {
    let head = "POST /embed/graphql HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: 60000\r\n\r\n";
    while !stopped.load(Ordering::Relaxed) {
        let Ok(mut stream) = TcpStream::connect(address).await else { continue };
        let (at_once, slowly) =
            if client.is_multiple_of(2) { (head, " ".repeat(60_000)) } else { ("", head.repeat(2)) };
        if stream.write_all(at_once.as_bytes()).await.is_err() {
            continue;
        }
        for byte in slowly.bytes() {
            tokio::time::sleep(Duration::from_millis(100)).await;
            if stopped.load(Ordering::Relaxed) || stream.write_all(&[byte]).await.is_err() {
                break;
            }
        }
    }
}
