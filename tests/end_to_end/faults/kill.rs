//! The server is killed in the middle of its work, again and again, and what it acknowledged is there.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use tokio::sync::Notify;
use valuemap_tests::{Embed, Engine, Server, answer_all, submission_id, valuemap};

use crate::{PAGE, World, on_both_databases};

on_both_databases!(every_acknowledged_answer_survives_sigkill_once);

/// How often the server is killed, unless `cargo xtask test --kill-rounds N` says otherwise.
const ROUNDS: usize = 50;
const MEMBERS: usize = 16;

/// What members sent, and what of it they hold a receipt for.
#[derive(Default)]
struct Ledger {
    sent: BTreeMap<String, u8>,
    acknowledged: BTreeMap<String, u8>,
}

async fn every_acknowledged_answer_survives_sigkill_once(engine: Engine) {
    let world = World::new(engine).await;
    let version = world.embed.survey(&world.site).await.unwrap()["version"].clone();
    let (scratch, site, mut server) = (world.scratch, world.site, world.server);
    let mut ledger = Ledger::default();
    let rounds = std::env::var("VALUEMAP_TEST_KILL_ROUNDS").map_or(ROUNDS, |rounds| rounds.parse().unwrap());
    for round in 0..rounds {
        // Killed after ever different numbers of receipts, so that the kill meets the writer at different places.
        let embed = server.embed(PAGE);
        let members = start_members(&embed, &site, &version, round);
        members.enough.notified().await;
        server.kill().await.unwrap();
        for member in members.tasks {
            let theirs = member.await.unwrap();
            ledger.sent.extend(theirs.sent);
            ledger.acknowledged.extend(theirs.acknowledged);
        }
        server = Server::start(&scratch, &[]).await.unwrap();
    }
    assert!(ledger.acknowledged.len() > rounds * 20, "only {} were acknowledged", ledger.acknowledged.len());

    let output = valuemap(&scratch, &["export", "--community", &world.community]).await.unwrap();
    let exported = String::from_utf8(output.stdout).unwrap();
    let mut stored: BTreeMap<String, u8> = BTreeMap::new();
    for line in exported.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let point = row["answers"]["product_knowledge"].as_u64().unwrap() as u8;
        assert_eq!(stored.insert(row["id"].as_str().unwrap().to_owned(), point), None, "{row} is stored twice");
    }
    for (id, point) in &ledger.acknowledged {
        assert_eq!(stored.get(id), Some(point), "{id} was acknowledged");
    }
    for (id, point) in &stored {
        assert_eq!(ledger.sent.get(id), Some(point), "{id} was never sent so");
    }
    let verified = valuemap(&scratch, &["verify"]).await.unwrap();
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
    // The recount of the export agrees with the score, too.
    let api = server.api(&scratch).await.unwrap();
    let reading = api.reading(&world.community, "PRODUCT_KNOWLEDGE").await.unwrap();
    let mean = stored.values().map(|point| 25.0 * f64::from(point - 1)).sum::<f64>() / stored.len() as f64;
    assert_eq!(reading["answers"], json!(stored.len()));
    assert!((reading["value"].as_f64().unwrap() - mean).abs() < 1e-9);
}

struct Members {
    tasks: Vec<tokio::task::JoinHandle<Ledger>>,
    enough: Arc<Notify>,
}

/// Members who submit one answer after the other until the server is gone.
fn start_members(embed: &Embed, site: &str, version: &Value, round: usize) -> Members {
    let (enough, receipts) = (Arc::new(Notify::new()), Arc::new(AtomicUsize::new(0)));
    let wanted = 30 + 17 * (round % 12);
    let member = |number: usize| {
        let (embed, site, version) = (embed.clone(), site.to_owned(), version.clone());
        let (enough, receipts) = (enough.clone(), receipts.clone());
        tokio::spawn(async move {
            let mut ledger = Ledger::default();
            loop {
                let (id, point) = (submission_id(), ((ledger.sent.len() + number) % 5 + 1) as u8);
                ledger.sent.insert(id.clone(), point);
                let Ok(reply) = embed.submit(&site, &version, &id, answer_all(point)).await else { return ledger };
                if reply.body["data"]["submitResponse"]["__typename"] == "Receipt" {
                    ledger.acknowledged.insert(id, point);
                    if receipts.fetch_add(1, Ordering::Relaxed) + 1 == wanted {
                        enough.notify_one();
                    }
                }
            }
        })
    };
    Members { tasks: (0..MEMBERS).map(member).collect(), enough }
}
