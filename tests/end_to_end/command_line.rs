//! The command line: what it says when something is in the way, and that nothing is half done after.

use std::net::TcpListener;

use sea_orm::ConnectionTrait;
use valuemap_tests::{Engine, Scratch, Server, answer_all, submission_id, valuemap};

use crate::{World, on_both_databases};

on_both_databases!(
    a_newer_database_is_refused_and_left_alone,
    an_empty_database_is_used_only_after_migrating,
    the_sample_is_loaded_into_an_empty_database_only,
    a_stopped_server_has_written_everything,
    verify_finds_a_tally_that_is_wrong,
);

/// Runs a command that has to fail, and checks what it says.
async fn refused(scratch: &Scratch, arguments: &[&str], expected: &str) {
    let output = valuemap(scratch, arguments).await.unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "{arguments:?} succeeded");
    assert!(said.contains(expected), "{arguments:?} said: {said}");
}

async fn a_newer_database_is_refused_and_left_alone(engine: Engine) {
    let world = World::new(engine).await;
    world.server.kill().await.unwrap();
    let database = world.scratch.connect().await.unwrap();
    let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29990101_000001_later', 0)";
    database.execute_unprepared(newer).await.unwrap();
    let expected = "a newer version of Valuemap (it holds the migration m29990101_000001_later)";
    for arguments in [&["serve", "--listen", "127.0.0.1:0", "--migrate"][..], &["migrate"], &["verify"]] {
        refused(&world.scratch, arguments, expected).await;
    }
    database.execute_unprepared("DELETE FROM seaql_migrations WHERE applied_at = 0").await.unwrap();
    assert!(valuemap(&world.scratch, &["verify"]).await.unwrap().status.success());
}

async fn an_empty_database_is_used_only_after_migrating(engine: Engine) {
    let scratch = Scratch::new(engine).await.unwrap();
    refused(&scratch, &["verify"], "run `valuemap migrate`").await;
    if engine == Engine::Postgres {
        refused(&scratch, &["serve", "--listen", "127.0.0.1:0"], "run `valuemap migrate`").await;
    }
    refused(&scratch, &["organisation", "Acme", "--minimum-answers", "2"], "2 is not in 3..=1000").await;
    for _ in 0..2 {
        assert!(valuemap(&scratch, &["migrate"]).await.unwrap().status.success());
    }
    refused(&scratch, &["token", "create", "--name", "x"], "create one with `valuemap organisation NAME`").await;
    refused(&scratch, &["export", "--community", "Makers"], "there is no community `Makers`").await;
}

async fn the_sample_is_loaded_into_an_empty_database_only(engine: Engine) {
    let scratch = Scratch::new(engine).await.unwrap();
    assert!(valuemap(&scratch, &["seed"]).await.unwrap().status.success());
    refused(&scratch, &["seed"], "holds an organisation already").await;
    let verified = valuemap(&scratch, &["verify"]).await.unwrap();
    let said = String::from_utf8(verified.stdout).unwrap();
    assert!(verified.status.success() && said.contains("Every tally is what the answers add up to"), "{said}");
}

async fn a_stopped_server_has_written_everything(engine: Engine) {
    let world = World::new(engine).await;
    let version = world.embed.survey(&world.site).await.unwrap()["version"].clone();
    for _ in 0..20 {
        world.embed.submit(&world.site, &version, &submission_id(), answer_all(4)).await.unwrap().data().unwrap();
    }
    assert!(world.server.stop().await.unwrap());
    let said = valuemap(&world.scratch, &["verify"]).await.unwrap().stdout;
    assert!(String::from_utf8(said).unwrap().contains("Makers: 20 responses"));
}

async fn verify_finds_a_tally_that_is_wrong(engine: Engine) {
    let world = World::new(engine).await;
    let version = world.embed.survey(&world.site).await.unwrap()["version"].clone();
    world.embed.submit(&world.site, &version, &submission_id(), answer_all(4)).await.unwrap().data().unwrap();
    let database = world.scratch.connect().await.unwrap();
    database.execute_unprepared("UPDATE tally SET count = 2 WHERE subject = 'responses'").await.unwrap();
    let output = valuemap(&world.scratch, &["verify"]).await.unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8(output.stdout).unwrap().contains("the tally says 2, the answers 1"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_database_url_says_what_a_right_one_is() {
    let scratch = Scratch::new(Engine::Sqlite).await.unwrap();
    let check = async |url: &str, expected: &str| refused(&scratch, &["verify", "--database-url", url], expected).await;
    check("mysql://localhost/valuemap", "is not a database URL; use sqlite:PATH or postgres://").await;
    check("valuemap.db", "is not a database URL").await;
    check("sqlite:typo.db", "there is no database typo.db; run `valuemap migrate` to create it").await;
    assert!(!scratch.folder().join("typo.db").exists());
    check("postgres://me:secret@127.0.0.1:1x/valuemap", "at (the configured URL)").await;
    check("postgres://me:secret@127.0.0.1:1/valuemap", "cannot reach the PostgreSQL database at postgres://me:***@")
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_port_in_use_is_named_and_the_database_not_touched() {
    let scratch = Scratch::new(Engine::Sqlite).await.unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    refused(&scratch, &["serve", "--listen", &address], &format!("cannot listen on {address}")).await;
    assert!(!scratch.folder().join("valuemap.db").exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_that_are_wrong_are_refused() {
    let scratch = Scratch::new(Engine::Sqlite).await.unwrap();
    std::fs::write(scratch.folder().join("valuemap.toml"), "listn = '127.0.0.1:0'").unwrap();
    refused(
        &scratch,
        &["migrate"],
        "known are database_url, listen, log, log_format, trusted_proxies and the table limits",
    )
    .await;
    std::fs::write(scratch.folder().join("valuemap.toml"), "log = 'warn'").unwrap();
    assert!(valuemap(&scratch, &["migrate"]).await.unwrap().status.success());
    let nowhere = ["migrate", "--database-url", "sqlite:/proc/nowhere/valuemap.db"];
    refused(&scratch, &nowhere, "cannot create the folder /proc/nowhere").await;
    refused(&scratch, &["migrate", "--config", "other.toml"], "there is no settings file other.toml").await;
    refused(&scratch, &["serve", "--listen", "here"], "invalid value 'here'").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_never_overwrites_a_file() {
    let scratch = Scratch::new(Engine::Sqlite).await.unwrap();
    assert!(valuemap(&scratch, &["seed"]).await.unwrap().status.success());
    let export = ["export", "--community", "Sample community", "--output", "out.jsonl"];
    assert!(valuemap(&scratch, &export).await.unwrap().status.success());
    let written = std::fs::read_to_string(scratch.folder().join("out.jsonl")).unwrap();
    assert!(written.lines().count() > 1_000);
    refused(&scratch, &export, "cannot write out.jsonl").await;
    assert_eq!(std::fs::read_to_string(scratch.folder().join("out.jsonl")).unwrap(), written);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_schema_is_printed_and_served() {
    let scratch = Scratch::new(Engine::Sqlite).await.unwrap();
    let printed = String::from_utf8(valuemap(&scratch, &["schema"]).await.unwrap().stdout).unwrap();
    assert_eq!(printed, include_str!("../../backend/schema.graphql"));
    let server = Server::start(&scratch, &[]).await.unwrap();
    let served = reqwest::get(format!("{}/schema.graphql", server.address)).await.unwrap().text().await.unwrap();
    assert_eq!(served, printed);
}
