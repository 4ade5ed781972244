//! How many answers from one address count, how many are held, and when it is too much.

use serde_json::json;
use valuemap_tests::{Engine, PATIENCE, Server, Signer, answer_all, seconds_since_1970, submission_id, valuemap};

use super::{Limited, tight};
use crate::on_both_databases;

on_both_databases!(
    a_crowd_on_one_address_is_counted_to_the_last,
    a_flood_is_held_and_moves_no_figure,
    an_answer_that_is_sent_again_keeps_its_receipt_and_its_standing,
    signed_members_are_never_held,
    far_too_many_are_refused_for_a_while,
    the_plain_form_counts_too,
    an_unknown_proxy_is_not_believed,
    answers_that_come_faster_than_ever_are_noticed,
    the_database_holds_no_address,
);

async fn a_crowd_on_one_address_is_counted_to_the_last(engine: Engine) {
    let limited = Limited::new(engine).await;
    limited.crowd("192.0.2.1", 60, 4).await;
    assert_eq!(limited.figures().await, (60, json!(75.0)));
    // Every one of them has their own address within the network that the provider gave to the Wi-Fi.
    for half in ["2001:db8:0:1200::1", "2001:db8:0:12ff::2"] {
        limited.crowd(half, if half.ends_with('1') { 60 } else { 59 }, 4).await;
    }
    assert_eq!(limited.figures().await, (179, json!(75.0)));
    assert_eq!(limited.set_aside().await, []);
}

async fn a_flood_is_held_and_moves_no_figure(engine: Engine) {
    let limited = Limited::with(engine, &tight("120")).await;
    for member in 1..=20 {
        limited.crowd(&format!("198.51.100.{member}"), 1, 5).await;
    }
    assert_eq!(limited.figures().await, (20, json!(100.0)));
    limited.crowd("192.0.2.1", 200, 1).await;

    let held = limited.set_aside().await;
    let [(standing, address, answers)] = held.as_slice() else { panic!("{held:?}") };
    assert_eq!((standing.as_str(), address.len()), ("HELD", 16));
    // One or two of them for the minutes that the flood took.
    assert!((76..=80).contains(answers), "{answers}");
    let (counted, _) = limited.figures().await;
    assert_eq!(counted + answers, 220);
    limited.verify().await;

    let query = "query($id: ID!) { community(id: $id) { sites { notices { kind answers message } }
        setAsideAnswers(first: 2, standing: HELD) {
            nodes { id standing addressHash site { key } receivedAt } pageInfo { hasNextPage } } } }";
    let data = limited.world.api.ask(query, json!({ "id": limited.world.community })).await.unwrap();
    let notices = data["community"]["sites"][0]["notices"].as_array().unwrap();
    let notice = notices.iter().find(|notice| notice["kind"] == "ANSWERS_HELD").unwrap();
    assert_eq!(notice["answers"], *answers);
    let list = &data["community"]["setAsideAnswers"];
    assert_eq!(list["pageInfo"]["hasNextPage"], true);
    let newest = &list["nodes"][0];
    assert_eq!((&newest["addressHash"], &newest["site"]["key"]), (&json!(address), &json!(limited.world.site)));

    let exported = valuemap(&limited.world.scratch, &["export", "--community", "Makers"]).await.unwrap().stdout;
    let exported = String::from_utf8(exported).unwrap();
    assert_eq!(exported.matches("\"standing\":\"held\"").count() as u64, *answers);
    assert_eq!(exported.matches("\"standing\":\"counted\"").count() as u64, counted);
}

async fn an_answer_that_is_sent_again_keeps_its_receipt_and_its_standing(engine: Engine) {
    let limited = Limited::with(engine, &tight("2")).await;
    let ids = [submission_id(), submission_id(), submission_id()];
    let mut receipts = Vec::new();
    for _ in 0..3 {
        for id in &ids {
            let reply = limited.submit(&limited.world.embed, id, 4).await;
            receipts.push(reply.data().unwrap()["submitResponse"]["receivedAt"].clone());
        }
    }
    assert_eq!(receipts[..3], receipts[3..6]);
    assert_eq!(receipts[..3], receipts[6..]);
    assert_eq!(limited.figures().await.0, 2);
    let held = limited.set_aside().await;
    assert_eq!((held.len(), held[0].2), (1, 1));

    // Released, and sent again by a member who never saw the receipt.
    assert_eq!(limited.decide("releaseAnswers", limited.all()).await, 1);
    let reply = limited.submit(&limited.world.embed, &ids[2], 4).await;
    assert_eq!(reply.data().unwrap()["submitResponse"]["receivedAt"], receipts[2]);
    assert_eq!(limited.figures().await.0, 3);
    limited.verify().await;
}

async fn signed_members_are_never_held(engine: Engine) {
    let limits = [&tight("1")[..], &[("VALUEMAP_LIMITS_SUBMISSIONS_PER_MINUTE", "3")]].concat();
    let limited = Limited::with(engine, &limits).await;
    let signer = Signer::es256("key").unwrap();
    let set = "mutation($input: SetSiteIdentityInput!) { setSiteIdentity(input: $input) { __typename } }";
    let input = json!({ "site": limited.site_id, "keys": [signer.key_input().unwrap()], "required": false });
    limited.world.api.ask(set, json!({ "input": input })).await.unwrap();
    let site = (limited.world.site.as_str(), &limited.version);
    for member in 0..10 {
        let now = seconds_since_1970();
        let claims = json!({ "sub": format!("member-{member}"), "aud": site.0, "iat": now, "exp": now + 300 });
        let token = signer.sign(&claims).unwrap();
        let reply = limited.world.embed.submit_as(&token, site, &submission_id(), answer_all(4)).await.unwrap();
        assert_eq!(reply.data().unwrap()["submitResponse"]["__typename"], "Receipt");
    }
    assert_eq!(limited.figures().await.0, 10);
    assert_eq!(limited.set_aside().await, []);
}

async fn far_too_many_are_refused_for_a_while(engine: Engine) {
    let limited = Limited::new(engine).await;
    // Ten a second come back, however slow this machine is: so many at once are too many on any.
    let replies = limited.replies("192.0.2.1", 1_400, 1).await;
    let refused: Vec<_> = replies.iter().filter(|reply| reply.status != 200).collect();
    assert!(!refused.is_empty() && refused.len() <= 800, "{}", refused.len());
    for reply in &refused {
        assert_eq!((reply.status, reply.code()), (429, "RATE_LIMITED"));
        let seconds: u64 = reply.headers["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=60).contains(&seconds), "{seconds}");
        // The page may read it, or the widget would not know how long to wait.
        assert!(reply.headers["access-control-expose-headers"].to_str().unwrap().contains("retry-after"));
    }
    // Whoever else answers is not concerned.
    limited.crowd("192.0.2.2", 1, 5).await;
    let stored = valuemap(&limited.world.scratch, &["export", "--community", "Makers"]).await.unwrap().stdout;
    let stored = String::from_utf8(stored).unwrap().lines().count();
    assert_eq!(stored, replies.len() - refused.len() + 1);
    limited.verify().await;
}

async fn the_plain_form_counts_too(engine: Engine) {
    let limits = [&tight("2")[..], &[("VALUEMAP_LIMITS_SUBMISSIONS_PER_MINUTE", "4")]].concat();
    let limited = Limited::with(engine, &limits).await;
    let address = format!("{}/embed/form/{}", limited.world.server.address, limited.world.site);
    let http = reqwest::Client::new();
    let send = async || {
        let version = limited.version.as_str().unwrap();
        let body = format!("submission-id={}&survey-version={version}&peer_best_practices=4", submission_id());
        let request = http.post(&address).header("content-type", "application/x-www-form-urlencoded");
        request.body(body).send().await.unwrap()
    };
    for _ in 0..4 {
        assert_eq!(send().await.status(), 200);
    }
    let refused = send().await;
    assert_eq!(refused.status(), 429);
    assert!(refused.headers().contains_key("retry-after"));
    assert!(refused.text().await.unwrap().contains("send them again in a moment"));
    assert_eq!(limited.set_aside().await.iter().map(|(_, _, answers)| answers).sum::<u64>(), 2);
}

async fn an_unknown_proxy_is_not_believed(engine: Engine) {
    let settings = [&tight("2")[..], &[("VALUEMAP_TRUSTED_PROXIES", "203.0.113.0/24")]].concat();
    let limited = Limited::with(engine, &settings).await;
    for member in 1..=5 {
        limited.crowd(&format!("198.51.100.{member}"), 1, 4).await;
    }
    assert_eq!(limited.figures().await.0, 2);
    assert_eq!(limited.set_aside().await.len(), 1);
}

async fn answers_that_come_faster_than_ever_are_noticed(engine: Engine) {
    let limited = Limited::new(engine).await;
    let query = "query($id: ID!) { community(id: $id) { sites { notices { kind answers message } } } }";
    let notices = async || {
        let data = limited.world.api.ask(query, json!({ "id": limited.world.community })).await.unwrap();
        data["community"]["sites"][0]["notices"].as_array().unwrap().clone()
    };
    assert_eq!(notices().await.len(), 0);
    let found = async {
        // Again and again, because a minute may end between two of them.
        for network in 1..=254 {
            limited.crowd(&format!("192.0.2.{network}"), 70, 4).await;
            if let Some(notice) = notices().await.into_iter().find(|notice| notice["kind"] == "ANSWERS_SURGED") {
                return Some(notice);
            }
        }
        None
    };
    let notice = tokio::time::timeout(PATIENCE, found).await.unwrap().unwrap();
    assert!(notice["answers"].as_u64().unwrap() >= 60, "{notice}");
    assert!(notice["message"].as_str().unwrap().contains("never more than 0 before"), "{notice}");
    // It is there after a restart, and on other servers.
    let other = Server::start(&limited.world.scratch, &[]).await.unwrap();
    let api = valuemap_tests::Api::new(&other.address, limited.world.api.token());
    let data = api.ask(query, json!({ "id": limited.world.community })).await.unwrap();
    assert_eq!(data["community"]["sites"][0]["notices"][0]["kind"], "ANSWERS_SURGED");
}

async fn the_database_holds_no_address(engine: Engine) {
    use sea_orm::{ConnectionTrait, Statement};
    let limited = Limited::new(engine).await;
    limited.crowd("192.0.2.77", 1, 4).await;
    limited.crowd("192.0.2.77", 1, 4).await;
    limited.crowd("192.0.2.78", 1, 4).await;
    let database = limited.world.scratch.connect().await.unwrap();
    let statement = "SELECT address_hash FROM response ORDER BY received_at";
    let rows =
        database.query_all_raw(Statement::from_string(database.get_database_backend(), statement)).await.unwrap();
    let hashes: Vec<String> = rows.iter().map(|row| row.try_get("", "address_hash").unwrap()).collect();
    assert_eq!(hashes[0], hashes[1]);
    assert_ne!(hashes[0], hashes[2]);
    assert!(hashes.iter().all(|hash| hash.len() == 16 && hash.chars().all(|c| c.is_ascii_hexdigit())), "{hashes:?}");

    // The key of a day is forgotten with what it was good for.
    limited.world.server.kill().await.unwrap();
    database.execute_unprepared("UPDATE address_key SET day = '2026-01-01'").await.unwrap();
    let _server = Server::start(&limited.world.scratch, &[]).await.unwrap();
    let keys = "SELECT day FROM address_key";
    let gone = async {
        while !database
            .query_all_raw(Statement::from_string(database.get_database_backend(), keys))
            .await
            .unwrap()
            .is_empty()
        {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, gone).await.unwrap();
}
