//! What was decided about answers can be seen in every figure, and taken back.

use serde_json::{Value, json};
use valuemap_tests::{Api, Engine, valuemap};

use super::{Limited, tight};
use crate::{World, on_both_databases};

on_both_databases!(
    held_answers_are_released_and_discarded,
    quarantine_takes_answers_out_of_every_figure_and_back,
    five_thousand_answers_are_quarantined_while_members_answer,
    answers_are_chosen_by_their_ids,
    only_who_may_decides_and_only_about_their_own,
    the_command_line_decides_too,
);

/// Every figure that members' answers are in.
async fn map(world: &World) -> Value {
    let query = "query($id: ID!) { community(id: $id) { periods } valueMap(community: $id) { responses layers { elements { element reading {
        ... on Score { value answers coverage interval { low high } change { difference } }
        ... on NoScore { reason needed } } } } } }";
    world.api.ask(query, json!({ "id": world.community })).await.unwrap()
}

/// Like `map`, of a world in which these answers, and no others, were ever given.
async fn map_of(engine: Engine, points: &[(u8, usize)]) -> Value {
    let world = Limited::with(engine, &[("VALUEMAP_LIMITS_ANSWERS_PER_MINUTE", "0")]).await;
    for (point, members) in points {
        world.crowd("192.0.2.1", *members, *point).await;
    }
    map(&world.world).await
}

async fn held_answers_are_released_and_discarded(engine: Engine) {
    let limited = Limited::with(engine, &tight("10")).await;
    limited.crowd("198.51.100.1", 10, 5).await;
    let before = map(&limited.world).await;
    assert_eq!(before, map_of(engine, &[(5, 10)]).await);
    limited.crowd("198.51.100.1", 8, 1).await;
    // One of them may have come a moment too late to be held.
    let held = limited.set_aside().await[0].2;
    assert!(held >= 6, "{held}");
    let counted = limited.figures().await.0;

    assert_eq!(limited.decide("releaseAnswers", limited.all()).await, held);
    assert_eq!(limited.decide("releaseAnswers", limited.all()).await, 0);
    assert_eq!(limited.figures().await.0, counted + held);
    assert_eq!(map(&limited.world).await, map_of(engine, &[(5, 10), (1, 8)]).await);
    assert_eq!(limited.set_aside().await, []);
    limited.verify().await;

    limited.crowd("198.51.100.1", 5, 3).await;
    let held = limited.set_aside().await[0].2;
    assert_eq!(limited.decide("discardAnswers", limited.all()).await, held);
    assert_eq!(limited.set_aside().await[0].0, "DISCARDED");
    // What was discarded stays so, unless it is meant.
    assert_eq!(limited.decide("releaseAnswers", limited.all()).await, 0);
    limited.verify().await;
    let discarded = json!({ "matching": { "site": limited.site_id, "standing": "DISCARDED" } });
    assert_eq!(limited.decide("releaseAnswers", discarded).await, held);
    assert_eq!(map(&limited.world).await, map_of(engine, &[(5, 10), (1, 8), (3, 5)]).await);
    limited.verify().await;
}

async fn quarantine_takes_answers_out_of_every_figure_and_back(engine: Engine) {
    let limited = Limited::new(engine).await;
    let clean = map(&limited.world).await;
    for member in 1..=12 {
        limited.crowd(&format!("198.51.100.{member}"), 1, 5).await;
    }
    let honest = map(&limited.world).await;
    limited.crowd("192.0.2.1", 100, 1).await;
    let flooded = map(&limited.world).await;
    assert_ne!(flooded["valueMap"]["layers"], honest["valueMap"]["layers"]);

    // Which address it was is seen once all are set aside.
    assert_eq!(limited.decide("quarantineAnswers", limited.all()).await, 112);
    assert_eq!(map(&limited.world).await, clean);
    limited.verify().await;
    let groups = limited.set_aside().await;
    assert_eq!((groups.len(), groups[0].2), (13, 100));
    assert_eq!(limited.decide("releaseAnswers", limited.all()).await, 112);
    assert_eq!(map(&limited.world).await, flooded);

    let flood = json!({ "matching": { "site": limited.site_id, "addressHash": groups[0].1 } });
    for _ in 0..2 {
        assert_eq!(limited.decide("quarantineAnswers", flood.clone()).await, 100);
        assert_eq!(limited.decide("quarantineAnswers", flood.clone()).await, 0);
        assert_eq!(map(&limited.world).await, honest);
        assert_eq!(honest, map_of(engine, &[(5, 12)]).await);
        limited.verify().await;
        assert_eq!(limited.decide("releaseAnswers", flood.clone()).await, 100);
        assert_eq!(map(&limited.world).await, flooded);
        limited.verify().await;
    }
    let before = json!({ "matching": { "site": limited.site_id, "until": "2026-01-01T00:00:00Z" } });
    assert_eq!(limited.decide("quarantineAnswers", before).await, 0);
    let since = json!({ "matching": { "site": limited.site_id, "from": "2026-01-01T00:00:00Z" } });
    assert_eq!(limited.decide("quarantineAnswers", since).await, 112);
}

async fn five_thousand_answers_are_quarantined_while_members_answer(engine: Engine) {
    let off = [("VALUEMAP_LIMITS_ANSWERS_PER_MINUTE", "0"), ("VALUEMAP_LIMITS_SUBMISSIONS_PER_MINUTE", "0")];
    let limited = Limited::with(engine, &off).await;
    limited.crowd("192.0.2.1", 5_000, 1).await;
    assert_eq!(limited.figures().await, (5_000, json!(0.0)));
    limited.verify().await;
    let until = json!({ "matching": { "site": limited.site_id, "addressHash": hash_of_first(&limited).await } });
    let (moved, ()) =
        tokio::join!(limited.decide("quarantineAnswers", until.clone()), limited.crowd("192.0.2.2", 300, 5));
    assert_eq!(moved, 5_000);
    assert_eq!(limited.figures().await, (300, json!(100.0)));
    limited.verify().await;
    let (moved, ()) = tokio::join!(limited.decide("releaseAnswers", until), limited.crowd("192.0.2.2", 300, 5));
    assert_eq!(moved, 5_000);
    assert_eq!(limited.figures().await.0, 5_600);
    limited.verify().await;
}

async fn hash_of_first(limited: &Limited) -> String {
    use sea_orm::{ConnectionTrait, Statement};
    let database = limited.world.scratch.connect().await.unwrap();
    let statement = "SELECT address_hash FROM response LIMIT 1";
    let statement = Statement::from_string(database.get_database_backend(), statement);
    database.query_one_raw(statement).await.unwrap().unwrap().try_get("", "address_hash").unwrap()
}

async fn answers_are_chosen_by_their_ids(engine: Engine) {
    let limited = Limited::with(engine, &tight("1")).await;
    limited.crowd("192.0.2.1", 6, 4).await;
    let query = "query($id: ID!) { community(id: $id) { setAsideAnswers { nodes { id } } } }";
    let data = limited.world.api.ask(query, json!({ "id": limited.world.community })).await.unwrap();
    let nodes = data["community"]["setAsideAnswers"]["nodes"].as_array().unwrap();
    let ids: Vec<Value> = nodes.iter().map(|node| node["id"].clone()).collect();
    let counted = limited.figures().await.0;
    assert_eq!(counted + ids.len() as u64, 6);

    assert_eq!(limited.decide("releaseAnswers", json!({ "ids": ids[..2] })).await, 2);
    assert_eq!(limited.decide("releaseAnswers", json!({ "ids": ids[..3] })).await, 1);
    assert_eq!(limited.figures().await.0, counted + 3);
    assert_eq!(limited.decide("discardAnswers", json!({ "ids": ids })).await, ids.len() as u64 - 3);
    assert_eq!(limited.decide("quarantineAnswers", json!({ "ids": ids })).await, 3);
    assert_eq!(limited.figures().await.0, counted);
    assert_eq!(limited.decide("releaseAnswers", json!({ "ids": ids })).await, ids.len() as u64);
    assert_eq!(limited.figures().await.0, 6);
    limited.verify().await;
}

async fn only_who_may_decides_and_only_about_their_own(engine: Engine) {
    let limited = Limited::with(engine, &tight("1")).await;
    limited.crowd("192.0.2.1", 4, 4).await;
    let scratch = &limited.world.scratch;
    assert!(valuemap(scratch, &["organisation", "Other"]).await.unwrap().status.success());
    let token = async |arguments: &[&str]| {
        let arguments = [&["token", "create", "--name", "other"], arguments].concat();
        let output = valuemap(scratch, &arguments).await.unwrap();
        Api::new(&limited.world.server.address, String::from_utf8(output.stdout).unwrap().trim())
    };
    let other = token(&["--organisation", "Other", "--write"]).await;
    let reader = token(&["--organisation", "Acme"]).await;
    let query = "query($id: ID!) { community(id: $id) { setAsideAnswers { nodes { id } } } }";
    let data = reader.ask(query, json!({ "id": limited.world.community })).await.unwrap();
    let id = data["community"]["setAsideAnswers"]["nodes"][0]["id"].clone();
    for mutation in ["releaseAnswers", "discardAnswers", "quarantineAnswers"] {
        let query = format!("mutation($input: AnswerSelectionInput!) {{ {mutation}(input: $input) {{ __typename }} }}");
        for input in [limited.all(), json!({ "ids": [id] })] {
            let found = other.ask(&query, json!({ "input": input })).await.unwrap();
            assert_eq!(found[mutation]["__typename"], "NotFound");
            assert_eq!(reader.send(&query, json!({ "input": input })).await.unwrap().code(), "FORBIDDEN");
        }
        let wrong = [
            json!({}),
            json!({ "ids": [] }),
            json!({ "ids": [id], "matching": { "site": limited.site_id } }),
            json!({ "ids": [limited.site_id] }),
            json!({ "matching": { "site": limited.world.community } }),
            json!({ "ids": vec![id.clone(); 251] }),
        ];
        for input in wrong {
            let reply = limited.world.api.send(&query, json!({ "input": input })).await.unwrap();
            assert_eq!(reply.code(), "BAD_USER_INPUT", "{input}");
        }
    }
    let counted = json!({ "matching": { "site": limited.site_id, "standing": "COUNTED" } });
    let discard = "mutation($input: AnswerSelectionInput!) { discardAnswers(input: $input) { __typename } }";
    assert_eq!(limited.world.api.send(discard, json!({ "input": counted })).await.unwrap().code(), "BAD_USER_INPUT");
    let nul = json!({ "matching": { "site": limited.site_id, "addressHash": "a\u{0}" } });
    assert_eq!(limited.decide("releaseAnswers", nul).await, 0);
    let sites = "query($id: ID!) { community(id: $id) { name } }";
    assert_eq!(other.ask(sites, json!({ "id": limited.world.community })).await.unwrap()["community"], Value::Null);
    assert_eq!(limited.set_aside().await[0].0, "HELD");
}

async fn the_command_line_decides_too(engine: Engine) {
    let limited = Limited::with(engine, &tight("3")).await;
    limited.crowd("192.0.2.1", 9, 4).await;
    let held = limited.set_aside().await[0].clone();
    let run = async |arguments: &[&str]| {
        let output = valuemap(&limited.world.scratch, arguments).await.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let listed = run(&["answers", "held", "--community", "Makers"]).await;
    let line = format!("{}  {}  held  {} answers from 20", limited.world.site, held.1, held.2);
    assert!(listed.contains(&line), "{listed}");
    assert!(listed.contains(&format!("{} answers count in no figure.", held.2)), "{listed}");

    let site = ["--site", limited.world.site.as_str()];
    let discard = [&["answers", "discard"], &site[..], &["--address", &held.1]].concat();
    assert_eq!(run(&discard).await, format!("{} answers are discarded.\n", held.2));
    let quarantine = [&["answers", "quarantine"], &site[..], &["--from", "2026-01-01"]].concat();
    assert_eq!(run(&quarantine).await, format!("{} answers count no longer.\n", 9 - held.2));
    limited.verify().await;
    let discarded = run(&["answers", "held", "--community", "Makers", "--standing", "discarded"]).await;
    assert!(discarded.contains(&format!("{} answers count in no figure.", held.2)), "{discarded}");
    let release = [&["answers", "release"], &site[..]].concat();
    assert_eq!(run(&release).await, format!("{} answers count from now on.\n", 9 - held.2));
    limited.verify().await;

    let refused = valuemap(&limited.world.scratch, &["answers", "release", "--site", "pk_none"]).await.unwrap();
    assert!(String::from_utf8_lossy(&refused.stderr).contains("there is no site `pk_none`"));
    let refused = valuemap(&limited.world.scratch, &[&discard[..], &["--from", "noon"]].concat()).await.unwrap();
    assert!(String::from_utf8_lossy(&refused.stderr).contains("write it like 2026-11-28T10:00:00Z"));
}
