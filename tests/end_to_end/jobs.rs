//! Work that outlasts its request: done once, whoever dies, with its progress reported.

use std::process::Stdio;
use std::time::Instant;

use sea_orm::{ConnectionTrait, DatabaseConnection};
use serde_json::{Value, json};
use valuemap_tests::{Api, Engine, PATIENCE, Scratch, Server, valuemap, valuemap_command};

use crate::on_both_databases;

on_both_databases!(
    an_attribution_is_started_and_asked_for,
    a_job_whose_worker_is_killed_is_done_once,
    two_workers_do_each_job_once,
    a_job_is_cancelled,
    a_job_of_another_release_says_so,
    verify_waits_for_the_worker_that_has_its_job,
);

const START: &str = "mutation($input: RunAttributionInput!) { startAttribution(input: $input) {
    __typename ... on Job { id kind state } ... on InvalidAttribution { problems { path } } } }";
const JOB: &str = "query($id: ID!) { job(id: $id) { state problem attempts isBeingCancelled result progress { part }
    attributionRun { id models { model } } } }";

/// The sample and a server that leaves jobs to others.
struct World {
    scratch: Scratch,
    server: Server,
    api: Api,
    community: String,
    database: DatabaseConnection,
}

impl World {
    async fn new(engine: Engine, arguments: &[&str]) -> Self {
        let scratch = Scratch::new(engine).await.unwrap();
        assert!(valuemap(&scratch, &["seed"]).await.unwrap().status.success());
        let server = Server::start(&scratch, arguments).await.unwrap();
        let api = server.api(&scratch).await.unwrap();
        let found = api.ask("{ communities { nodes { id } } }", json!({})).await.unwrap();
        let community = found["communities"]["nodes"][0]["id"].as_str().unwrap().to_owned();
        let database = scratch.connect().await.unwrap();
        Self { scratch, server, api, community, database }
    }

    async fn start(&self) -> String {
        let input = json!({ "community": self.community, "from": "2026-Q1", "until": "2026-Q2" });
        let started = self.api.ask(START, json!({ "input": input })).await.unwrap()["startAttribution"].clone();
        assert_eq!((&started["kind"], &started["state"]), (&json!("attribution"), &json!("WAITING")));
        started["id"].as_str().unwrap().to_owned()
    }

    async fn job(&self, id: &str) -> Value {
        self.api.ask(JOB, json!({ "id": id })).await.unwrap()["job"].clone()
    }

    async fn comes_to(&self, id: &str, state: &str) -> Value {
        let asked = Instant::now();
        loop {
            let job = self.job(id).await;
            if job["state"] == state {
                return job;
            }
            assert!(asked.elapsed() < PATIENCE, "{job}");
        }
    }

    async fn work_off(&self) -> String {
        let output = valuemap(&self.scratch, &["work", "--once"]).await.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// The ids of all attribution runs that are kept.
    async fn runs(&self) -> Vec<Value> {
        let query = "query($id: ID!) { attributionRuns(community: $id) { nodes { id } } }";
        let data = self.api.ask(query, json!({ "id": self.community })).await.unwrap();
        data["attributionRuns"]["nodes"].as_array().unwrap().iter().map(|run| run["id"].clone()).collect()
    }

    async fn change(&self, statement: &str) {
        self.database.execute_unprepared(statement).await.unwrap();
    }
}

async fn an_attribution_is_started_and_asked_for(engine: Engine) {
    let world = World::new(engine, &[]).await;
    let id = world.start().await;
    let job = world.comes_to(&id, "DONE").await;
    assert_eq!(world.runs().await, [job["attributionRun"]["id"].clone()]);
    assert!(!job["attributionRun"]["models"].as_array().unwrap().is_empty(), "{job}");
    assert_eq!((&job["problem"], &job["attempts"]), (&Value::Null, &json!(1)));

    let input = json!({ "community": world.community, "from": "2026-Q2", "until": "2026-Q1" });
    let refused = world.api.ask(START, json!({ "input": input })).await.unwrap();
    assert_eq!(refused["startAttribution"]["problems"][0]["path"], "until");
    let listed = "query($id: ID!) { community(id: $id) { jobs { nodes { id askedBy } } } }";
    let listed = world.api.ask(listed, json!({ "id": world.community })).await.unwrap();
    assert_eq!(listed["community"]["jobs"]["nodes"], json!([{ "id": id, "askedBy": "test" }]));
}

async fn a_job_whose_worker_is_killed_is_done_once(engine: Engine) {
    let world = World::new(engine, &["--no-jobs"]).await;
    let id = world.start().await;
    // First before it has taken the job, then in the middle of it.
    for round in 0..4 {
        let mut worker = valuemap_command(&world.scratch, &["work"]).unwrap().stderr(Stdio::piped()).spawn().unwrap();
        if round > 0 {
            world.comes_to(&id, "RUNNING").await;
        }
        worker.kill().await.unwrap();
        // Its lease has run out.
        world.change("UPDATE job SET leased_until = '2026-01-01T00:00:00+00:00' WHERE state = 'running'").await;
        if world.job(&id).await["state"] == "DONE" {
            break;
        }
    }
    world.work_off().await;
    let job = world.job(&id).await;
    assert_eq!(job["state"], "DONE", "{job}");
    assert_eq!(world.runs().await, [job["attributionRun"]["id"].clone()]);
    // Nobody does it again.
    assert_eq!(world.work_off().await, "Worked on 0 jobs.\n");
    assert_eq!(world.runs().await.len(), 1);
}

async fn two_workers_do_each_job_once(engine: Engine) {
    let world = World::new(engine, &["--no-jobs"]).await;
    let mut ids = Vec::new();
    for _ in 0..4 {
        ids.push(world.start().await);
    }
    tokio::join!(world.work_off(), world.work_off());
    world.work_off().await;
    let mut runs = Vec::new();
    for id in &ids {
        let job = world.job(id).await;
        assert_eq!((&job["state"], &job["attempts"]), (&json!("DONE"), &json!(1)), "{job}");
        runs.push(job["attributionRun"]["id"].clone());
    }
    let mut kept = world.runs().await;
    kept.sort_by_key(Value::to_string);
    runs.sort_by_key(Value::to_string);
    assert_eq!(kept, runs);
}

async fn a_job_is_cancelled(engine: Engine) {
    let world = World::new(engine, &["--no-jobs"]).await;
    let cancel = "mutation($input: CancelJobInput!) { cancelJob(input: $input) { __typename ... on Job { state } } }";
    let id = world.start().await;
    let cancelled = world.api.ask(cancel, json!({ "input": { "id": id } })).await.unwrap();
    assert_eq!(cancelled["cancelJob"], json!({ "__typename": "Job", "state": "CANCELLED" }));
    assert_eq!(world.work_off().await, "Worked on 0 jobs.\n");

    // One whose worker died is cancelled by the next worker.
    let id = world.start().await;
    let left = "state = 'running', attempts = 1, leased_until = '2026-01-01T00:00:00+00:00'";
    world.change(&format!("UPDATE job SET {left} WHERE state = 'waiting'")).await;
    let cancelled = world.api.ask(cancel, json!({ "input": { "id": id } })).await.unwrap();
    assert_eq!(cancelled["cancelJob"]["state"], "RUNNING");
    assert_eq!(world.job(&id).await["isBeingCancelled"], true);
    assert_eq!(world.work_off().await, "Worked on 0 jobs.\n");
    assert_eq!(world.job(&id).await["state"], "CANCELLED");

    // One that ended its workers so often is not begun again.
    let id = world.start().await;
    let left = "state = 'running', attempts = 5, leased_until = '2026-01-01T00:00:00+00:00'";
    world.change(&format!("UPDATE job SET {left} WHERE state = 'waiting'")).await;
    world.work_off().await;
    let job = world.job(&id).await;
    assert_eq!((&job["state"], &job["problem"]), (&json!("FAILED"), &json!("it was begun 5 times and never ended")));
    assert!(world.runs().await.is_empty());
}

async fn a_job_of_another_release_says_so(engine: Engine) {
    let world = World::new(engine, &["--no-jobs"]).await;
    let id = world.start().await;
    world.change("UPDATE job SET payload = '{\"attribution\": {\"quarters\": 2}}'").await;
    world.work_off().await;
    let job = world.job(&id).await;
    assert_eq!(job["state"], "FAILED");
    let problem = job["problem"].as_str().unwrap();
    assert!(problem.starts_with("this release does not know such a job; ask for it again"), "{problem}");
}

/// The server has the recount, and the command shows what it comes to.
async fn verify_waits_for_the_worker_that_has_its_job(engine: Engine) {
    let world = World::new(engine, &[]).await;
    let output = valuemap(&world.scratch, &["verify"]).await.unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && said.contains("\nEvery tally is what the answers add up to"), "{said}");
    world.change("UPDATE tally SET count = count + 1").await;
    let output = valuemap(&world.scratch, &["verify"]).await.unwrap();
    assert!(!output.status.success());
    let mended = valuemap(&world.scratch, &["verify", "--mend"]).await.unwrap();
    let said = String::from_utf8(mended.stdout).unwrap();
    assert!(mended.status.success() && said.contains(" rows mended\n") && !said.contains(": 0 rows"), "{said}");
    assert!(world.server.stop().await.unwrap());
}
