//! What it costs to import touchpoints, and what those wait who submit answers meanwhile, beside a prepared insert of the
//! same rows with the same keys and indexes in the same run.
//!
//! Run it with `cargo xtask bench import`, or with a number of touchpoints: `cargo xtask bench import -- 200000`.
#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

#[path = "map/community.rs"]
mod community;
#[path = "map/memory.rs"]
mod memory;

use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use sea_orm::{ConnectionTrait, DatabaseBackend, DatabaseConnection, Statement, TransactionTrait, Value};
use tokio::process::Child;
use valuemap_tests::{Embed, Engine, Scratch, Server, answer_all, submission_id, valuemap, valuemap_command};

use community::Sizes;

const USUAL: u64 = 1_000_000;
const PAGE: &str = "https://forum.example.com";
/// How long answers are submitted while nothing is imported.
const QUIET: Duration = Duration::from_secs(15);
/// Answers are submitted one after the other with so much between, by each of so many.
const BETWEEN: Duration = Duration::from_millis(20);
const MEMBERS: usize = 4;

fn main() -> anyhow::Result<()> {
    let asked = std::env::args().find_map(|argument| argument.parse().ok());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        for engine in [Engine::Sqlite, Engine::Postgres] {
            run(engine, Sizes::of(asked.unwrap_or(USUAL))).await?;
        }
        Ok(())
    })
}

async fn run(engine: Engine, sizes: Sizes) -> anyhow::Result<()> {
    let scratch = Scratch::new(engine).await?;
    ensure!(valuemap(&scratch, &["organisation", "Acme"]).await?.status.success());
    let server = Server::start(&scratch, &[]).await?;
    let (_, site) = server.api(&scratch).await?.create_community("Makers", PAGE).await?;
    community::import(&scratch, "Makers", sizes, &["activity-types", "activities", "accounts", "members"]).await?;
    community::write_file(&scratch, "touchpoints", sizes)?;
    println!("\n| {engine:?}, {} touchpoints | |", sizes.touchpoints);
    println!("|---|---:|");

    let embed = server.embed(PAGE);
    let mut quiet = submissions(&embed, &site, async || tokio::time::sleep(QUIET).await).await?;
    show("submissions, p99 while nothing is imported", percentile(&mut quiet, 0.99));
    let arguments = ["import", "touchpoints", "touchpoints.csv", "--community", "Makers", "--load"];
    let mut importer = valuemap_command(&scratch, &arguments)?.stdout(Stdio::null()).spawn()?;
    let started = Instant::now();
    let mut most = 0;
    let mut busy = submissions(&embed, &site, async || most = watched(&mut importer).await.unwrap_or_default()).await?;
    let took = started.elapsed();
    ensure!(importer.wait().await?.success(), "the import failed");
    show("submissions, p99 while they are imported", percentile(&mut busy, 0.99));
    show("submissions, the longest", percentile(&mut busy, 1.0));
    server.stop().await?;
    let inserted = prepared_insert(&scratch).await?;
    println!("| import: checked, stored and published | {:.1} s |", took.as_secs_f64());
    println!("| import: memory at most | {most} MB |");
    println!("| prepared insert of the same rows | {:.1} s |", inserted.as_secs_f64());
    println!("| import, in prepared inserts | {:.1} |", took.as_secs_f64() / inserted.as_secs_f64());
    Ok(())
}

/// The most memory that a process holds until it ends.
async fn watched(process: &mut Child) -> anyhow::Result<u64> {
    let id = process.id().context("it has ended already")?;
    let mut most = 0;
    while process.try_wait()?.is_none() {
        most = memory::most_memory(id).unwrap_or(most);
        tokio::time::sleep(BETWEEN).await;
    }
    Ok(most)
}

/// How long each submission took that was made while something else went on.
async fn submissions(embed: &Embed, site: &str, meanwhile: impl AsyncFnOnce()) -> anyhow::Result<Vec<Duration>> {
    let version = embed.survey(site).await?["version"].clone();
    let is_over = std::cell::Cell::new(false);
    let member = async || {
        let mut times = Vec::new();
        while !is_over.get() {
            let started = Instant::now();
            let reply = embed.submit(site, &version, &submission_id(), answer_all(4)).await?;
            ensure!(reply.data()?["submitResponse"]["__typename"] == "Receipt", "a submission was refused");
            times.push(started.elapsed());
            tokio::time::sleep(BETWEEN).await;
        }
        anyhow::Ok(times)
    };
    let members = futures_util::future::try_join_all((0..MEMBERS).map(|_| member()));
    let watch = async {
        meanwhile().await;
        is_over.set(true);
        Ok(())
    };
    let (times, ()) = tokio::try_join!(members, watch)?;
    Ok(times.concat())
}

/// Inserts the rows that are stored into a table like theirs, in one transaction.
async fn prepared_insert(scratch: &Scratch) -> anyhow::Result<Duration> {
    let db = scratch.connect().await?;
    let backend = db.get_database_backend();
    for statement in like_touchpoints(&db).await? {
        db.execute_unprepared(&statement).await?;
    }
    let rows = rows_of(&db).await?;
    let places: Vec<String> = (1..=COLUMNS).map(|place| format!("${place}")).collect();
    let insert = format!("INSERT INTO yardstick VALUES ({})", places.join(", "));
    let started = Instant::now();
    let transaction = db.begin().await?;
    for row in rows {
        transaction.execute_raw(Statement::from_sql_and_values(backend, &insert, row)).await?;
    }
    transaction.commit().await?;
    let took = started.elapsed();
    db.close().await?;
    Ok(took)
}

const COLUMNS: usize = 12;

async fn like_touchpoints(db: &DatabaseConnection) -> anyhow::Result<Vec<String>> {
    if db.get_database_backend() == DatabaseBackend::Postgres {
        return Ok(vec!["CREATE TABLE yardstick (LIKE touchpoint INCLUDING ALL)".to_owned()]);
    }
    let made = "SELECT sql FROM sqlite_master WHERE tbl_name = 'touchpoint' AND sql IS NOT NULL ORDER BY type DESC";
    let rows = db.query_all_raw(Statement::from_string(DatabaseBackend::Sqlite, made)).await?;
    let texts = rows.iter().map(|row| row.try_get_by_index::<String>(0));
    texts.map(|text| Ok(text?.replace("touchpoint", "yardstick"))).collect()
}

/// In the order in which the file has them.
async fn rows_of(db: &DatabaseConnection) -> anyhow::Result<Vec<Vec<Value>>> {
    let all = "SELECT * FROM touchpoint ORDER BY length(external_key), external_key";
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), all)).await?;
    let values = |row: &sea_orm::QueryResult| -> Result<Vec<Value>, sea_orm::DbErr> {
        let uuid = |index| row.try_get_by_index::<Option<uuid::Uuid>>(index).map(Value::from);
        let text = |index| row.try_get_by_index::<Option<String>>(index).map(Value::from);
        let time = |index| row.try_get_by_index::<sea_orm::prelude::DateTimeUtc>(index).map(Value::from);
        Ok(vec![
            uuid(0)?,
            uuid(1)?,
            text(2)?,
            text(3)?,
            text(4)?,
            uuid(5)?,
            time(6)?,
            uuid(7)?,
            uuid(8)?,
            time(9)?,
            text(10)?,
            text(11)?,
        ])
    };
    Ok(rows.iter().map(values).collect::<Result<_, _>>()?)
}

fn percentile(times: &mut [Duration], share: f64) -> Duration {
    times.sort_unstable();
    times[((times.len() - 1) as f64 * share) as usize]
}

fn show(what: &str, time: Duration) {
    println!("| {what} | {:.1} ms |", time.as_secs_f64() * 1_000.0);
}
