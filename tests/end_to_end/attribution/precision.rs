//! How sure credits are, and what was kept before it was said.

use serde_json::{Value, json};
use valuemap_tests::Engine;

use super::small_world;
use crate::{World, on_both_databases};

on_both_databases!(every_credit_says_how_sure_it_is, shapley_is_not_of_single_activities);

fn credits(run: &Value) -> Vec<Value> {
    let sources = run["sources"]["nodes"].as_array().unwrap().iter();
    sources.flat_map(|source| source["credits"].as_array().unwrap().clone()).collect()
}

/// Forty members upgrade after the webinar; every fourth came to the meetup first.
async fn forty_upgrades(engine: Engine) -> World {
    let world = small_world(engine).await;
    let member = |number: usize| json!({ "kind": "MEMBER", "source": "forum", "key": format!("kim{number}") });
    let touch = |number: usize, activity: &str, at: &str| {
        json!({ "source": "zoom", "key": format!("{number} {activity}"), "party": member(number), "at": at,
            "activity": { "source": "plan", "key": activity }, "role": "ATTENDED" })
    };
    let mut touches: Vec<Value> = (0..40).map(|number| touch(number, "w1", "2026-07-10T10:00:00Z")).collect();
    touches.extend((0..40).step_by(4).map(|number| touch(number, "m1", "2026-07-05T10:00:00Z")));
    world.tell("recordTouchpoints", "RecordTouchpointsInput", "touchpoints", json!(touches)).await;
    let outcome = |number: usize| {
        json!({ "source": "crm", "key": number.to_string(), "kind": "UPGRADE", "party": member(number),
            "at": "2026-08-20T10:00:00Z", "money": { "amount": "10", "currency": "EUR" } })
    };
    let outcomes: Vec<Value> = (0..40).map(outcome).collect();
    world.tell("recordOutcomes", "RecordOutcomesInput", "outcomes", json!(outcomes)).await;
    world
}

async fn every_credit_says_how_sure_it_is(engine: Engine) {
    let world = forty_upgrades(engine).await;
    let run = world.attribute(json!({ "from": "2026-Q3", "until": "2026-Q3" })).await;
    let found = credits(&run);
    assert_eq!(found.len(), 2 * 9);
    for credit in &found {
        let outcomes = credit["outcomes"].as_f64().unwrap();
        if outcomes == 0.0 {
            assert!(credit["imprecise"].as_str().unwrap().starts_with("nothing is credited"), "{credit}");
            continue;
        }
        let precision = &credit["precision"];
        let [low, high] = ["low", "high"].map(|end| precision["outcomes"][end].as_f64().unwrap());
        // Forty outcomes of as many members vary by about the root of forty, and ten by that of ten.
        assert!(low < outcomes && outcomes < high && high - low > 2.0 * outcomes.sqrt(), "{credit}");
        let [least, most] = ["low", "high"].map(|end| precision["value"][end]["amount"].as_str().unwrap());
        let number = |text: &str| text.parse::<f64>().unwrap();
        assert!((number(least) - 10.0 * low).abs() < 1e-3 && (number(most) - 10.0 * high).abs() < 1e-3, "{credit}");
        assert_eq!((&precision["rankStability"], &credit["imprecise"]), (&json!(1.0), &Value::Null), "{credit}");
    }
    // One outcome says nothing about how much outcomes vary.
    for credit in credits(&world.attribute(json!({})).await) {
        assert_eq!(credit["precision"], Value::Null);
        assert!(credit["imprecise"].as_str().unwrap().contains("fewer than two of 64 groups"), "{credit}");
    }
}

async fn shapley_is_not_of_single_activities(engine: Engine) {
    let world = forty_upgrades(engine).await;
    let input = json!({ "from": "2026-Q3", "until": "2026-Q3", "source": "ACTIVITY" });
    let models = world.attribute(input).await["models"].clone();
    let failed: Vec<&Value> = models.as_array().unwrap().iter().filter(|column| !column["failure"].is_null()).collect();
    assert_eq!(failed.len(), 1, "{models}");
    assert_eq!(failed[0]["model"], "SHAPLEY");
    assert!(failed[0]["failure"].as_str().unwrap().contains("not single activities"), "{models}");
    let query = "query($id: ID!) { activityReturns(community: $id, from: \"2026-Q3\", until: \"2026-Q3\", by: ACTIVITY,
        options: { model: SHAPLEY }) { ... on InvalidAttribution { problems { path message } } } }";
    let refused = world.api.ask(query, json!({ "id": world.community })).await.unwrap()["activityReturns"].clone();
    assert_eq!(refused["problems"][0]["path"], "options.model");
}
