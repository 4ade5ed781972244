//! A PostgreSQL server that crashes, has no room, cuts the line, or is replaced by its standby.

use std::time::{Duration, Instant};

use sea_orm::ConnectionTrait;
use valuemap_tests::{Cluster, Switch};

use super::disk::SmallDisk;
use super::traffic::{Traffic, readiness, recovers};
use super::{can_play_as_root, run};
use crate::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_crashes_loses_nothing() {
    let cluster = Cluster::start("").await.unwrap();
    let world = World::on(cluster.scratch(cluster.port).unwrap()).await;
    let traffic = Traffic::start(&world, true).await;
    for _ in 0..2 {
        traffic.until_acknowledged(100).await;
        cluster.crash().await.unwrap();
        traffic.until_refused(5).await;
        // It is tested once a second: the last one may have been before the crash.
        let crashed = Instant::now();
        while readiness(&world.server).await.0 != 503 {
            assert!(crashed.elapsed() < Duration::from_secs(2), "still ready without a database");
        }
        cluster.start_again().await.unwrap();
        recovers(&world, &traffic).await;
    }
    traffic.settle(&world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_that_is_cut_after_a_commit_loses_and_doubles_nothing() {
    let cluster = Cluster::start("").await.unwrap();
    let switch = Switch::to(cluster.port).await.unwrap();
    let world = World::on(cluster.scratch(switch.port).unwrap()).await;
    let traffic = Traffic::start(&world, true).await;
    for commits in [1, 3, 20] {
        traffic.until_acknowledged(50).await;
        switch.lose_answers_of_commits(commits);
        while switch.answers_still_to_lose() > 0 {
            traffic.until_acknowledged(1).await;
        }
        recovers(&world, &traffic).await;
    }
    traffic.settle(&world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn statements_that_run_out_of_time_refuse_honestly() {
    let cluster = Cluster::start("statement_timeout = '300ms'").await.unwrap();
    let world = World::on(cluster.scratch(cluster.port).unwrap()).await;
    let traffic = Traffic::start(&world, false).await;
    traffic.until_acknowledged(50).await;
    let holder = world.scratch.connect().await.unwrap();
    let lock = "BEGIN; SET LOCAL statement_timeout = 0; LOCK TABLE response, party, community IN EXCLUSIVE MODE";
    while holder.execute_unprepared(lock).await.is_err() {
        holder.execute_unprepared("ROLLBACK").await.ok();
    }
    traffic.until_refused(10).await;
    holder.execute_unprepared("ROLLBACK").await.unwrap();
    recovers(&world, &traffic).await;
    traffic.settle(&world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_without_room_refuses_honestly() {
    if !can_play_as_root("a full disk").await {
        return;
    }
    let disk = SmallDisk::new("64m").await;
    let directory = disk.path().join("tables");
    std::fs::create_dir(&directory).unwrap();
    run("chmod", &["755", &disk.path().display().to_string()]).await;
    let cluster = Cluster::start("").await.unwrap();
    cluster.owns(&directory).unwrap();
    let create = format!("CREATE TABLESPACE small LOCATION '{}'", directory.display());
    cluster
        .execute(&[&create, "ALTER SYSTEM SET default_tablespace = 'small'", "SELECT pg_reload_conf()"])
        .await
        .unwrap();
    let world = World::on(cluster.scratch(cluster.port).unwrap()).await;
    let traffic = Traffic::start(&world, false).await;
    traffic.until_acknowledged(50).await;
    let filler = disk.fill(0);
    traffic.until_refused(30).await;
    drop(filler);
    recovers(&world, &traffic).await;
    traffic.settle(&world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_standby_that_confirmed_every_commit_takes_over_without_a_loss() {
    let leader = Cluster::start("").await.unwrap();
    let standby = Cluster::standby_of(leader.port, "").await.unwrap();
    leader.execute(&["ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()"]).await.unwrap();
    let switch = Switch::to(leader.port).await.unwrap();
    let world = World::on(leader.scratch(switch.port).unwrap()).await;
    let traffic = Traffic::start(&world, false).await;
    traffic.until_acknowledged(200).await;
    leader.crash().await.unwrap();
    switch.cut();
    traffic.until_refused(5).await;
    standby.promote().await.unwrap();
    switch.lead_to(standby.port);
    recovers(&world, &traffic).await;
    let (_, body) = readiness(&world.server).await;
    assert_eq!(body["lost"], serde_json::Value::Null, "{body}");
    traffic.settle(&world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_standby_lacks_is_reported_and_comes_back_when_it_is_sent_again() {
    let leader = Cluster::start("").await.unwrap();
    let replication = Switch::to(leader.port).await.unwrap();
    let standby = Cluster::standby_of(replication.port, "").await.unwrap();
    let switch = Switch::to(leader.port).await.unwrap();
    let world = World::on(leader.scratch(switch.port).unwrap()).await;
    let traffic = Traffic::start(&world, false).await;
    traffic.until_acknowledged(100).await;
    let lost = tokio::time::timeout(Duration::from_secs(20), leader.wait_for_standby());
    lost.await.expect("the standby follows").unwrap();
    replication.cut();
    traffic.until_acknowledged(100).await;
    leader.crash().await.unwrap();
    switch.cut();
    traffic.until_refused(5).await;
    standby.promote().await.unwrap();
    switch.lead_to(standby.port);
    recovers(&world, &traffic).await;
    let (status, body) = readiness(&world.server).await;
    assert_eq!(status, 200, "{body}");
    assert!(body["lost"]["commits"].as_u64() > Some(0), "{body}");
    assert!(body["lost"]["noticedAt"].is_string(), "{body}");
    let ledger = traffic.stop().await;
    let resent = ledger.resend_lost_answers(&world).await;
    assert!(resent > 0, "nothing was lost: the test shows nothing");
    ledger.check_answers(&world).await;
}
