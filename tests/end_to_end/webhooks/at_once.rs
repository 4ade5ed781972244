use sea_orm::ConnectionTrait;
use sea_orm::DatabaseConnection;
use valuemap_tests::{Engine, PATIENCE, Reply, Server};

use super::{FORUM, Hook, contributions, inbox, ok, post, texts};
use crate::World;

pub async fn the_same_event_many_times_at_once_is_applied_once(engine: Engine) {
    let world = World::new(engine).await;
    let hook = Hook::new(&world, "DISCOURSE").await;
    let database = world.scratch.connect().await.unwrap();
    // The later rounds come on connections that are open already, and so really at once.
    for round in 0..5 {
        let send = |number: u32| {
            let hook = hook.clone();
            tokio::spawn(async move { hook.discourse("post_created", number, &post(round, 1, 77, 1)).await })
        };
        let mut answers = Vec::new();
        for task in (0..10).map(send).collect::<Vec<_>>() {
            answers.push(task.await.unwrap());
        }
        answers.sort();
        assert_eq!(answers[0], ok("applied"));
        assert!(answers[1..].iter().all(|answer| *answer == ok("repeated")), "{answers:?}");
    }
    assert_eq!(inbox(&database).await, ["post_created applied 1"; 5]);
    assert_eq!(contributions(&database).await.len(), 5);
}

pub async fn many_events_at_once_are_all_applied(engine: Engine) {
    let world = World::new(engine).await;
    let hook = Hook::new(&world, "DISCOURSE").await;
    // Of two posts, each in many versions: they meet the same rows from all sides.
    let send = |number: u32| {
        let hook = hook.clone();
        let body = post(number % 2, 2, number, number);
        tokio::spawn(async move { hook.discourse("post_edited", number, &body).await })
    };
    for task in (2..42).map(send).collect::<Vec<_>>() {
        let (status, reported) = task.await.unwrap();
        assert!(status == 200 && (reported == "applied" || reported == "ignored"), "{status} {reported}");
    }
    let database = world.scratch.connect().await.unwrap();
    assert_eq!(contributions(&database).await, ["post:0 reply 40", "post:1 reply 41"]);
}

pub async fn what_a_crash_left_pending_is_applied_by_a_job(engine: Engine) {
    let world = World::new(engine).await;
    let hook = Hook::new(&world, "DISCOURSE").await;
    assert_eq!(hook.discourse("post_created", 1, &post(123, 1, 77, 1)).await, ok("applied"));
    let database = world.scratch.connect().await.unwrap();
    // As a server leaves it that is killed after the first commit.
    let crash = async || {
        for statement in [
            "UPDATE inbox_event SET status = 'pending', attempts = 0, applied_at = NULL",
            "DELETE FROM inbox_subject",
            "DELETE FROM contribution",
            "DELETE FROM party",
        ] {
            database.execute_unprepared(statement).await.unwrap();
        }
    };
    crash().await;
    // A sender who got no answer sends it again.
    assert_eq!(hook.discourse("post_created", 2, &post(123, 1, 77, 1)).await, ok("applied"));
    assert_eq!(contributions(&database).await, ["post:123 question 77"]);
    crash().await;
    world.server.kill().await.unwrap();
    put_back_its_job(&database, engine).await;
    let _server = Server::start(&world.scratch, &[]).await.unwrap();
    let started = std::time::Instant::now();
    while inbox(&database).await != ["post_created applied 1"] {
        assert!(started.elapsed() < PATIENCE, "{:?}", inbox(&database).await);
    }
    assert_eq!(contributions(&database).await, ["post:123 question 77"]);
    let left = texts(&database, "SELECT kind FROM job").await;
    assert!(left.is_empty(), "what an event was applied by goes with it: {left:?}");
}

/// The job that was stored with the event, and went with its application.
async fn put_back_its_job(database: &DatabaseConnection, engine: Engine) {
    let event = match engine {
        Engine::Postgres => "json_build_object('apply_event', json_build_object('event', id))",
        Engine::Sqlite => "json_object('apply_event', json_object('event', hex(id)))",
    };
    let job = format!(
        "INSERT INTO job (id, community_id, kind, payload, asked_by, state, attempts, due_at, is_cancelled, part, \
         steps_done, steps, created_at) SELECT id, community_id, 'apply_event', {event}, 'webhook', 'waiting', 0, \
         received_at, false, '', 0, 0, received_at FROM inbox_event"
    );
    database.execute_unprepared(&job).await.unwrap();
}

pub async fn a_database_that_is_busy_has_the_sender_try_again(engine: Engine) {
    let world = World::new(engine).await;
    let hook = Hook::new(&world, "DISCOURSE").await;
    let database = world.scratch.connect().await.unwrap();
    let lock = match engine {
        Engine::Sqlite => "BEGIN IMMEDIATE",
        Engine::Postgres => "BEGIN; LOCK TABLE inbox_event IN ACCESS EXCLUSIVE MODE",
    };
    database.execute_unprepared(lock).await.unwrap();
    let body = post(123, 1, 77, 1).to_string();
    let request = hook
        .http
        .post(&hook.address)
        .header("content-type", "application/json")
        .header("x-discourse-instance", FORUM)
        .header("x-discourse-event", "post_created")
        .header("x-discourse-event-type", "post")
        .header("x-discourse-event-signature", hook.discourse_signature(&body));
    let reply = Reply::read(request.body(body).send().await.unwrap()).await.unwrap();
    assert_eq!((reply.status, reply.headers["retry-after"].to_str().unwrap()), (503, "5"));
    database.execute_unprepared("ROLLBACK").await.unwrap();
    assert_eq!(hook.discourse("post_created", 2, &post(123, 1, 77, 1)).await, ok("applied"));
}
