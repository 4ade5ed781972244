//! Somebody else holds what is written to.

use std::time::Duration;

use sea_orm::ConnectionTrait;
use valuemap_tests::Engine;

use super::traffic::{Traffic, recovers};
use crate::{World, on_both_databases};

on_both_databases!(a_lock_that_is_held_for_a_second_is_waited_for, a_lock_that_is_held_for_long_refuses_honestly);

/// Takes what every writer needs, for a while.
async fn hold(world: &World, time: Duration) {
    let lock = match world.scratch.engine {
        Engine::Sqlite => "BEGIN IMMEDIATE",
        Engine::Postgres => "BEGIN; LOCK TABLE response, party, community IN EXCLUSIVE MODE",
    };
    let connection = world.scratch.connect().await.unwrap();
    connection.execute_unprepared("SELECT 1").await.unwrap();
    // Other writers may be faster than this one for a while, or hold one table and want the next.
    while connection.execute_unprepared(lock).await.is_err() {
        connection.execute_unprepared("ROLLBACK").await.ok();
    }
    tokio::time::sleep(time).await;
    connection.execute_unprepared("ROLLBACK").await.unwrap();
}

async fn a_lock_that_is_held_for_a_second_is_waited_for(engine: Engine) {
    let world = World::new(engine).await;
    let traffic = Traffic::start(&world, false).await;
    traffic.until_acknowledged(50).await;
    hold(&world, Duration::from_secs(1)).await;
    recovers(&world, &traffic).await;
    let statuses = traffic.statuses();
    assert_eq!(statuses.keys().collect::<Vec<_>>(), [&200], "{statuses:?}");
    traffic.settle(&world).await;
}

async fn a_lock_that_is_held_for_long_refuses_honestly(engine: Engine) {
    let world = World::new(engine).await;
    let traffic = Traffic::start(&world, false).await;
    traffic.until_acknowledged(50).await;
    hold(&world, Duration::from_secs(6)).await;
    recovers(&world, &traffic).await;
    let statuses = traffic.statuses();
    assert!(statuses.contains_key(&503), "{statuses:?}");
    assert!(statuses.keys().all(|status| [200, 503, 504].contains(status)), "{statuses:?}");
    traffic.settle(&world).await;
}
