//! A file is seen as a whole or not at all, whoever writes while it is loaded and wherever it breaks off.

use std::fmt::Write as _;
use std::process::Stdio;

use sea_orm::ConnectionTrait as _;
use serde_json::json;
use valuemap_tests::{Engine, Server, valuemap_command};

use crate::kept_days::{Dice, keep_all, step, verify, world_with_activities};
use crate::records::texts;
use crate::value_map::map;
use crate::{World, on_both_databases};

on_both_databases!(a_file_is_seen_as_a_whole_or_not_at_all, a_server_removes_what_an_import_left_behind);

/// Who was at the webinar by the file of a round: somewhat more members each time, and all of them on another day than
/// before. Some are members whom others record, too.
fn file(round: usize) -> (String, usize) {
    let members = 900 + 300 * round;
    let mut rows = "activity,activity source,member,member source,at,role\n".to_owned();
    for member in 0..members {
        writeln!(rows, "w,plan,{member},forum,{}T09:00:00Z,attended", day(round)).unwrap();
    }
    (rows, members)
}

fn day(round: usize) -> String {
    format!("2026-01-{:02}", 10 + round)
}

/// How many rows of files there are of each day, as everybody sees them.
async fn seen(world: &World) -> Vec<String> {
    let by_day = "SELECT day || ': ' || CAST(COUNT(*) AS TEXT) FROM
        (SELECT substr(CAST(at AS TEXT), 1, 10) AS day FROM published_touchpoint WHERE batch_id IS NOT NULL) days
        GROUP BY day";
    texts(world, by_day).await
}

/// How many rows are stored that nobody sees yet.
async fn unseen(world: &World) -> usize {
    let waiting = "SELECT CAST((SELECT COUNT(*) FROM touchpoint WHERE batch_id IN (SELECT batch_id FROM open_batch))
        + (SELECT COUNT(*) FROM staged_touchpoint) AS TEXT)";
    texts(world, waiting).await[0].parse().unwrap()
}

/// As if the importer had not been heard of for long.
async fn forget_importer(world: &World) {
    let connection = world.scratch.connect().await.unwrap();
    let long_ago = "UPDATE open_batch SET alive_at = '2026-01-01 00:00:00 +00:00'";
    connection.execute_unprepared(long_ago).await.unwrap();
}

/// Loads a file, unless it is killed when so many rows are stored. Says whether it was loaded.
async fn load(world: &World, content: &str, killed_at: Option<usize>) -> bool {
    std::fs::write(world.scratch.folder().join("met.csv"), content).unwrap();
    let arguments = ["import", "touchpoints", "met.csv", "--community", &world.community, "--load"];
    let mut importer = valuemap_command(&world.scratch, &arguments).unwrap();
    let mut importer = importer.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while let Some(at) = killed_at
        && importer.try_wait().unwrap().is_none()
    {
        if unseen(world).await >= at {
            importer.kill().await.unwrap();
            break;
        }
    }
    importer.wait().await.unwrap().success()
}

async fn a_file_is_seen_as_a_whole_or_not_at_all(engine: Engine) {
    let world = world_with_activities(engine).await;
    let mut dice = Dice::new(20_261_201);
    let mut expected: Vec<String> = Vec::new();
    let mut unfinished = 0;
    for round in 0..6 {
        let (content, members) = file(round);
        let killed_at = (round % 2 == 1).then(|| 1 + dice.below(members));
        let mut loading = std::pin::pin!(load(&world, &content, killed_at));
        let is_loaded = loop {
            tokio::select! {
                is_loaded = &mut loading => break is_loaded,
                () = step(&world, &mut dice) => {}
            }
        };
        if is_loaded {
            expected = vec![format!("{}: {members}", day(round))];
        } else {
            unfinished += 1;
            forget_importer(&world).await;
        }
        assert_eq!(seen(&world).await, expected, "round {round}");
        keep_all(&world).await;
        let (fine, said) = verify(&world, &[]).await;
        assert!(fine && !said.contains(" 0 days"), "round {round}: {said}");
    }
    assert!(unfinished > 0, "no importer was killed in time");
    assert!(load(&world, &file(6).0, None).await);
    assert_eq!((unseen(&world).await, seen(&world).await.len()), (0, 1));
}

async fn a_server_removes_what_an_import_left_behind(engine: Engine) {
    let world = world_with_activities(engine).await;
    assert!(!load(&world, &file(0).0, Some(1)).await);
    let member = json!([{ "key": "t", "activity": { "source": "plan", "key": "w" }, "at": "2026-02-01T10:00:00Z",
        "party": { "kind": "MEMBER", "source": "forum", "key": "1" }, "role": "ATTENDED" }]);
    world.tell("recordTouchpoints", "RecordTouchpointsInput", "touchpoints", member).await;
    assert!(unseen(&world).await > 0);
    forget_importer(&world).await;
    world.server.stop().await.unwrap();
    let server = Server::start(&world.scratch, &[]).await.unwrap();
    let api = server.api(&world.scratch).await.unwrap();
    let world = World { server, api, ..world };
    while texts(&world, "SELECT CAST(COUNT(*) AS TEXT) FROM open_batch").await != ["0"] {}
    assert_eq!(texts(&world, "SELECT external_key FROM touchpoint").await, ["t"]);
    assert_eq!(texts(&world, "SELECT external_key FROM party").await, ["1"]);
    map(&world, json!({ "period": "2026-Q1" })).await;
}
