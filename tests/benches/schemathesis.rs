//! Requests that schemathesis makes up from the schema, against a server with some data: none may be its fault.

#![allow(clippy::print_stdout, reason = "a benchmark reports on standard output")]

use std::process::ExitCode;

use anyhow::Context;
use serde_json::{Value, json};
use tokio::process::Command;
use valuemap_tests::{Api, Engine, Scratch, Server, valuemap};

const ORIGIN: &str = "https://forum.example.com";
const HOOKS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/schemathesis/hooks.py");

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let Ok(python) = std::env::var("VALUEMAP_BENCH_PYTHON") else {
        println!("run it with `cargo xtask bench schemathesis`, where Python 3 is installed");
        return Ok(ExitCode::FAILURE);
    };
    let scratch = Scratch::new(Engine::Sqlite).await?;
    anyhow::ensure!(valuemap(&scratch, &["organisation", "Acme"]).await?.status.success());
    let server = Server::start(&scratch, &[]).await?;
    let api = server.api(&scratch).await?;
    let ids = ids(&api).await?;
    let status = Command::new(python)
        .args(["-m", "schemathesis.cli", "--no-color", "run"])
        .arg(format!("{}/graphql", server.address))
        .args(["--header", &format!("Authorization: Bearer {}", api.token())])
        .args(["--checks", "the_server_is_not_at_fault", "--seed", "7", "--continue-on-failure"])
        .args(std::env::args().skip(1).filter(|argument| argument != "--bench"))
        .env("SCHEMATHESIS_HOOKS", "hooks")
        .env("PYTHONPATH", std::path::Path::new(HOOKS).parent().context("the hooks are in a folder")?)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("VALUEMAP_IDS", ids.join(","))
        .current_dir(scratch.folder())
        .status()
        .await?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Ids of what there is, so that requests get somewhere.
async fn ids(api: &Api) -> anyhow::Result<Vec<String>> {
    let (community, _) = api.create_community("Makers", ORIGIN).await?;
    let query = "query($id: ID!) { community(id: $id) { id surveys { id versions { id } } sites { id } } }";
    let data = api.ask(query, json!({ "id": community })).await?;
    let found = &data["community"];
    let survey = &found["surveys"][0];
    let text = |id: &Value| id.as_str().map(str::to_owned).context("an id is a text");
    Ok(vec![community, text(&survey["id"])?, text(&survey["versions"][0]["id"])?, text(&found["sites"][0]["id"])?])
}
