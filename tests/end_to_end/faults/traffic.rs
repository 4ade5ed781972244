//! Members, an internal app and an import, all at work while something breaks, and what each of them was promised.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use valuemap_tests::{Api, Embed, PATIENCE, Server, answer_all, submission_id, valuemap, valuemap_at};

use crate::World;

const MEMBERS: usize = 8;
const IMPORTED_ROWS: usize = 50;
/// How soon after a fault the server has to store things again, by itself.
const RECOVERY: Duration = Duration::from_secs(5);

/// What was sent, and what became of it as far as the sender knows.
#[derive(Debug, Default)]
struct Known {
    sent: BTreeSet<String>,
    acknowledged: BTreeSet<String>,
    /// Refused with the words that nothing was stored.
    not_stored: BTreeSet<String>,
}

impl Known {
    fn note(&mut self, key: String, acknowledged: bool, said: &str) {
        if acknowledged {
            self.acknowledged.insert(key.clone());
        } else if said.contains("nothing was ") {
            self.not_stored.insert(key.clone());
        }
        self.sent.insert(key);
    }

    fn add(&mut self, other: Self) {
        self.sent.extend(other.sent);
        self.acknowledged.extend(other.acknowledged);
        self.not_stored.extend(other.not_stored);
    }

    /// That what is stored is what was promised: each acknowledged key once, and nothing of what was said not to be.
    fn check(&self, what: &str, stored: Vec<String>) {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for key in &stored {
            *counts.entry(key.as_str()).or_default() += 1;
        }
        let lost: Vec<&String> = self.acknowledged.iter().filter(|key| !counts.contains_key(key.as_str())).collect();
        assert!(lost.is_empty(), "{} of {} {what} were acknowledged and lost", lost.len(), self.acknowledged.len());
        let doubled: Vec<_> = counts.iter().filter(|(_, count)| **count > 1).collect();
        assert!(doubled.is_empty(), "{what} stored more than once: {doubled:?}");
        let denied: Vec<_> = self.not_stored.iter().filter(|key| counts.contains_key(key.as_str())).collect();
        assert!(denied.is_empty(), "{what} stored although their senders were told otherwise: {denied:?}");
        let unsent: Vec<_> = counts.keys().filter(|key| !self.sent.contains(**key)).collect();
        assert!(unsent.is_empty(), "{what} that nobody sent: {unsent:?}");
    }
}

#[derive(Debug, Default)]
pub struct Ledger {
    answers: Known,
    parties: Known,
    communities: Known,
    imports: Known,
}

/// What all senders share.
#[derive(Debug, Default)]
struct Shared {
    stopped: AtomicBool,
    acknowledged: AtomicUsize,
    refused: AtomicUsize,
    statuses: std::sync::Mutex<BTreeMap<u16, usize>>,
    changed: tokio::sync::Notify,
}

impl Shared {
    fn count(&self, acknowledged: bool) {
        let counter = if acknowledged { &self.acknowledged } else { &self.refused };
        counter.fetch_add(1, Ordering::Relaxed);
        self.changed.notify_waiters();
    }

    /// Whether to go on, after the pause that a client makes between two requests.
    async fn goes_on(&self) -> bool {
        tokio::time::sleep(Duration::from_millis(3)).await;
        !self.stopped.load(Ordering::Relaxed)
    }
}

/// Senders at work.
pub struct Traffic {
    shared: Arc<Shared>,
    tasks: Vec<JoinHandle<Ledger>>,
}

impl Traffic {
    /// Members who answer, an app that records and creates, and imports by the command line where they are wanted.
    pub async fn start(world: &World, with_imports: bool) -> Self {
        let version = world.embed.survey(&world.site).await.unwrap()["version"].clone();
        let shared = Arc::new(Shared::default());
        let mut tasks = Vec::new();
        for member in 0..MEMBERS {
            let (embed, site, version) = (world.embed.clone(), world.site.clone(), version.clone());
            tasks.push(tokio::spawn(answer(shared.clone(), embed, site, version, member)));
        }
        tasks.push(tokio::spawn(record(shared.clone(), world.api.clone(), world.community.clone())));
        tasks.push(tokio::spawn(create(shared.clone(), world.api.clone())));
        if with_imports {
            let (url, folder) = (world.scratch.url.clone(), world.scratch.folder().to_owned());
            let scratch = ImportInto { url, folder, community: world.community.clone() };
            tasks.push(tokio::spawn(import(shared.clone(), scratch)));
        }
        Self { shared, tasks }
    }

    pub async fn until_acknowledged(&self, more: usize) {
        self.until(&self.shared.acknowledged, more).await;
    }

    pub async fn until_refused(&self, more: usize) {
        self.until(&self.shared.refused, more).await;
    }

    async fn until(&self, counter: &AtomicUsize, more: usize) {
        let wanted = counter.load(Ordering::Relaxed) + more;
        let reached = async {
            loop {
                let changed = self.shared.changed.notified();
                if counter.load(Ordering::Relaxed) >= wanted {
                    return;
                }
                changed.await;
            }
        };
        let reached = tokio::time::timeout(PATIENCE, reached).await;
        assert!(reached.is_ok(), "waited in vain for {more} more of {:?}", self.shared);
    }

    /// How many answers of each status there were, submissions and mutations together.
    pub fn statuses(&self) -> BTreeMap<u16, usize> {
        self.shared.statuses.lock().unwrap().clone()
    }

    /// Ends the work and compares what is stored with what was promised.
    pub async fn settle(self, world: &World) {
        self.stop().await.check(world).await;
    }

    pub async fn stop(self) -> Ledger {
        self.shared.stopped.store(true, Ordering::Relaxed);
        let mut ledger = Ledger::default();
        for task in self.tasks {
            let theirs = task.await.unwrap();
            ledger.answers.add(theirs.answers);
            ledger.parties.add(theirs.parties);
            ledger.communities.add(theirs.communities);
            ledger.imports.add(theirs.imports);
        }
        ledger
    }
}

impl Ledger {
    /// Sends again what was acknowledged and is gone, under the same ids; returns how much that was.
    pub async fn resend_lost_answers(&self, world: &World) -> usize {
        let stored: BTreeSet<String> = stored_answers(world).await.into_iter().collect();
        let version = world.embed.survey(&world.site).await.unwrap()["version"].clone();
        let lost: Vec<&String> = self.answers.acknowledged.difference(&stored).collect();
        for id in &lost {
            let reply = world.embed.submit(&world.site, &version, id, answer_all(3)).await.unwrap();
            assert_eq!(reply.body["data"]["submitResponse"]["__typename"], "Receipt", "{}", reply.body);
        }
        lost.len()
    }

    pub async fn check_answers(&self, world: &World) {
        self.answers.check("answers", stored_answers(world).await);
        let verified = valuemap(&world.scratch, &["verify"]).await.unwrap();
        let said = [verified.stdout, verified.stderr].concat();
        assert!(verified.status.success(), "{}", String::from_utf8_lossy(&said));
    }

    /// Compares what is stored with what was promised.
    pub async fn check(&self, world: &World) {
        self.check_answers(world).await;
        self.parties
            .check("recorded members", column(world, "SELECT external_key FROM party WHERE source = 'api'").await);
        let names = column(world, "SELECT name FROM community WHERE name LIKE 'created %'").await;
        self.communities.check("communities", names);
        let mut imported: BTreeMap<String, usize> = BTreeMap::new();
        for key in column(world, "SELECT external_key FROM party WHERE source = 'load'").await {
            let (import, _) = key.split_once('/').unwrap();
            *imported.entry(import.to_owned()).or_default() += 1;
        }
        for (import, rows) in &imported {
            assert_eq!(*rows, IMPORTED_ROWS, "{import} was stored in part");
        }
        self.imports.check("imports", imported.into_keys().collect());
    }
}

/// The server stores things again by itself, soon after a fault has ended.
pub async fn recovers(world: &World, traffic: &Traffic) {
    let ended = Instant::now();
    let version = world.embed.survey(&world.site).await;
    assert!(version.is_ok(), "the survey is not served any more: {version:?}");
    loop {
        let ready = readiness(&world.server).await;
        if ready.0 == 200 {
            break;
        }
        assert!(ended.elapsed() < RECOVERY, "not ready {:?} after the fault: {ready:?}", ended.elapsed());
    }
    traffic.until_acknowledged(20).await;
    // Twenty more by eight members, each acknowledged in its turn.
    assert!(ended.elapsed() < RECOVERY, "nothing was stored for {:?} after the fault", ended.elapsed());
    traffic.until_acknowledged(100).await;
}

/// What `/readyz` says, within the second that it may take.
pub async fn readiness(server: &Server) -> (u16, Value) {
    let asked = Instant::now();
    let response = reqwest::get(format!("{}/readyz", server.address)).await.unwrap();
    let status = response.status().as_u16();
    let body = response.json().await.unwrap_or_default();
    assert!(asked.elapsed() < Duration::from_millis(1_500), "/readyz took {:?}", asked.elapsed());
    (status, body)
}

async fn answer(shared: Arc<Shared>, embed: Embed, site: String, version: Value, member: usize) -> Ledger {
    let mut ledger = Ledger::default();
    while shared.goes_on().await {
        let (id, point) = (submission_id(), (member % 5 + 1) as u8);
        let reply = embed.submit(&site, &version, &id, answer_all(point)).await;
        let (acknowledged, said) = match &reply {
            Ok(reply) => {
                *shared.statuses.lock().unwrap().entry(reply.status).or_default() += 1;
                (reply.body["data"]["submitResponse"]["__typename"] == "Receipt", reply.body.to_string())
            }
            Err(_) => (false, String::new()),
        };
        ledger.answers.note(id, acknowledged, &said);
        shared.count(acknowledged);
    }
    ledger
}

async fn record(shared: Arc<Shared>, api: Api, community: String) -> Ledger {
    const RECORD: &str = "mutation($input: RecordPartiesInput!) { recordParties(input: $input) { __typename } }";
    let mut ledger = Ledger::default();
    while shared.goes_on().await {
        let key = submission_id();
        let parties = json!([{ "kind": "MEMBER", "key": key, "name": "A member" }]);
        let reply = api.send(RECORD, json!({ "input": { "community": community, "parties": parties } })).await;
        note_mutation(&shared, &mut ledger.parties, key, reply, "recordParties", "Recorded");
    }
    ledger
}

async fn create(shared: Arc<Shared>, api: Api) -> Ledger {
    const CREATE: &str = "mutation($name: String!) { createCommunity(input: {name: $name}) { __typename } }";
    let mut ledger = Ledger::default();
    while shared.goes_on().await {
        let name = format!("created {}", submission_id());
        let reply = api.send(CREATE, json!({ "name": name })).await;
        note_mutation(&shared, &mut ledger.communities, name, reply, "createCommunity", "Community");
    }
    ledger
}

fn note_mutation(
    shared: &Shared,
    known: &mut Known,
    key: String,
    reply: anyhow::Result<valuemap_tests::Reply>,
    mutation: &str,
    success: &str,
) {
    let (acknowledged, said) = match &reply {
        Ok(reply) => {
            *shared.statuses.lock().unwrap().entry(reply.status).or_default() += 1;
            (reply.body["data"][mutation]["__typename"] == success, reply.body.to_string())
        }
        Err(_) => (false, String::new()),
    };
    known.note(key, acknowledged, &said);
    shared.count(acknowledged);
}

struct ImportInto {
    url: String,
    folder: std::path::PathBuf,
    community: String,
}

async fn import(shared: Arc<Shared>, into: ImportInto) -> Ledger {
    let mut ledger = Ledger::default();
    let files = tempfile::tempdir().unwrap();
    while shared.goes_on().await {
        let name = submission_id();
        let mut csv = "key,name\n".to_owned();
        for row in 0..IMPORTED_ROWS {
            csv += &format!("{name}/{row},Somebody\n");
        }
        let file = files.path().join(format!("{name}.csv"));
        std::fs::write(&file, csv).unwrap();
        let file = file.display().to_string();
        let arguments = ["import", "members", &file, "--community", &into.community, "--source", "load", "--load"];
        let output = valuemap_at(&into.url, &into.folder, &arguments).await.unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        ledger.imports.note(name, output.status.success(), &said);
    }
    ledger
}

async fn stored_answers(world: &World) -> Vec<String> {
    let output = valuemap(&world.scratch, &["export", "--community", &world.community]).await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let exported = String::from_utf8(output.stdout).unwrap();
    let id = |line: &str| serde_json::from_str::<Value>(line).unwrap()["id"].as_str().unwrap().to_owned();
    exported.lines().map(id).collect()
}

async fn column(world: &World, query: &str) -> Vec<String> {
    let connection = world.scratch.connect().await.unwrap();
    let statement = Statement::from_string(connection.get_database_backend(), query);
    let rows = connection.query_all_raw(statement).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index::<String>(0).unwrap()).collect()
}
