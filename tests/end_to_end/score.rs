//! What is answered shows in the scores, and no more than may show.

use serde_json::json;
use valuemap_tests::{Engine, answer_all, submission_id};

use crate::{World, on_both_databases};

on_both_databases!(
    answers_become_a_score_from_the_fifth_on,
    a_quarter_has_what_was_answered_in_it,
    members_see_results_of_days_that_are_over_only,
);

async fn answers_become_a_score_from_the_fifth_on(engine: Engine) {
    let world = World::new(engine).await;
    let element = "PEER_BEST_PRACTICES";
    let reading = world.api.reading(&world.community, element).await.unwrap();
    assert_eq!((&reading["__typename"], &reading["reason"]), (&json!("NoScore"), &json!("NO_ANSWERS")));

    let version = world.embed.survey(&world.site).await.unwrap()["version"].clone();
    for (submitted, point) in [5, 4, 4, 3, 4, 1].into_iter().enumerate() {
        let reading = world.api.reading(&world.community, element).await.unwrap();
        if (1..5).contains(&submitted) {
            assert_eq!((&reading["reason"], &reading["needed"]), (&json!("TOO_FEW_ANSWERS"), &json!(5)));
        }
        let reply = world.embed.submit(&world.site, &version, &submission_id(), answer_all(point)).await.unwrap();
        assert_eq!(reply.data().unwrap()["submitResponse"]["__typename"], "Receipt");
        if submitted == 4 {
            let reading = world.api.reading(&world.community, element).await.unwrap();
            assert_eq!((&reading["value"], &reading["answers"]), (&json!(75.0), &json!(5)));
        }
    }
    let reading = world.api.reading(&world.community, element).await.unwrap();
    // 100 (x - 1) / 4 over 5, 4, 4, 3, 4, 1.
    assert_eq!(reading["value"], json!(62.5));
    assert_eq!((&reading["answers"], &reading["coverage"]), (&json!(6), &json!(1.0)));
    let interval = (reading["interval"]["low"].as_f64().unwrap(), reading["interval"]["high"].as_f64().unwrap());
    assert!(interval.0 > 0.0 && interval.0 < 62.5 && interval.1 > 62.5 && interval.1 < 100.0, "{interval:?}");
    assert_eq!(reading["explanation"]["modelVersion"], "support-community-1");
}

async fn a_quarter_has_what_was_answered_in_it(engine: Engine) {
    let world = World::new(engine).await;
    let version = world.embed.survey(&world.site).await.unwrap()["version"].clone();
    for _ in 0..5 {
        world.embed.submit(&world.site, &version, &submission_id(), answer_all(5)).await.unwrap().data().unwrap();
    }
    let query = "query($id: ID!, $period: Quarter) { community(id: $id) { periods }
        valueMap(community: $id, period: $period) { period responses } }";
    let data = world.api.ask(query, json!({ "id": world.community })).await.unwrap();
    assert_eq!(data["valueMap"]["responses"], 5);
    assert_eq!(data["community"]["periods"], json!([data["valueMap"]["period"]]));
    let data = world.api.ask(query, json!({ "id": world.community, "period": "2020-Q1" })).await.unwrap();
    assert_eq!(data["valueMap"]["responses"], 0);
    let reply = world.api.send(query, json!({ "id": world.community, "period": "2020-Q5" })).await.unwrap();
    assert_eq!(reply.code(), "BAD_USER_INPUT");
    assert!(reply.body.to_string().contains("write it like 2026-Q4"), "{}", reply.body);
}

async fn members_see_results_of_days_that_are_over_only(engine: Engine) {
    let world = World::new(engine).await;
    let version = world.embed.survey(&world.site).await.unwrap()["version"].clone();
    let mut last = None;
    for _ in 0..6 {
        let reply = world.embed.submit(&world.site, &version, &submission_id(), answer_all(5)).await.unwrap();
        last = Some(reply.data().unwrap()["submitResponse"]["results"].clone());
    }
    // Six answered, but all of them today: who asks twice must not learn what came between.
    let results = last.unwrap();
    let benefits = results["benefits"].as_array().unwrap();
    assert_eq!(benefits.len(), 5);
    assert!(benefits.iter().all(|benefit| benefit["value"].is_null() && benefit["answers"] == 0), "{results}");
}
