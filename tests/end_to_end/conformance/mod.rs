//! What others say of how GraphQL is served.

use serde_json::Value;
use tokio::process::Command;
use valuemap_tests::{Engine, setting};

use crate::World;

/// The audits of the GraphQL-over-HTTP working group's own library.
const AUDITS: usize = 61;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_audit_of_graphql_over_http_is_passed() {
    let world = World::new(Engine::Sqlite).await;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/end_to_end/conformance/audit.mjs");
    let address = format!("{}/graphql", world.server.address);
    let mut node = Command::new("node");
    node.args([script, &setting("VALUEMAP_TEST_NODE_MODULES").unwrap(), &address, world.api.token()]);
    let output = node.output().await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    let audits: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let failed: Vec<&Value> = audits.iter().filter(|audit| audit["status"] != "ok").collect();
    assert!(failed.is_empty(), "{failed:#?}");
    assert_eq!(audits.len(), AUDITS);
}
