//! What counts as a journey: what was met, in which role, before which outcome.

use serde_json::{Value, json};
use valuemap_tests::Engine;

use super::{credit, small_world, totals};
use crate::{World, on_both_databases};

on_both_databases!(
    what_led_to_an_earlier_outcome_was_not_in_vain,
    dates_without_a_time_favour_no_name,
    who_was_merely_reached_was_not_met,
    the_map_and_attributions_credit_the_same,
);

fn member(key: &str) -> Value {
    json!({ "kind": "MEMBER", "source": "forum", "key": key })
}

impl World {
    async fn met(&self, who: &str, activity: &str, at: &str, role: &str) {
        let touch = json!([{ "source": "zoom", "key": format!("{who} {activity} {at}"), "party": member(who), "at": at,
            "activity": { "source": "plan", "key": activity }, "role": role }]);
        self.tell("recordTouchpoints", "RecordTouchpointsInput", "touchpoints", touch).await;
    }

    async fn bought(&self, who: &str, kind: &str, at: &str, amount: &str) {
        let outcome = json!([{ "source": "crm", "key": format!("{who} {at}"), "kind": kind, "party": member(who), "at": at,
            "money": { "amount": amount, "currency": "EUR" } }]);
        self.tell("recordOutcomes", "RecordOutcomesInput", "outcomes", outcome).await;
    }

    /// What the value map says of upgrades in the third quarter: how many are credited, their amount, how many a
    /// comparison counts instead, and theirs.
    async fn counted(&self) -> [f64; 4] {
        let query = "query($id: ID!) { explain(community: $id, period: \"2026-Q3\", figure: { element: UPGRADES }) {
            explanation { inputs { name value } } } }";
        let found = self.api.ask(query, json!({ "id": self.community })).await.unwrap();
        let inputs = found["explain"]["explanation"]["inputs"].as_array().unwrap().clone();
        let value = |name: &str| {
            let input = inputs.iter().find(|input| input["name"].as_str().unwrap().starts_with(name));
            input.map_or(0.0, |input| input["value"].as_f64().unwrap())
        };
        ["of these credited", "amount credited", "outcomes credited, too", "their amount"].map(value)
    }
}

async fn what_led_to_an_earlier_outcome_was_not_in_vain(engine: Engine) {
    let world = small_world(engine).await;
    let run = async || world.attribute(json!({ "from": "2026-Q1", "until": "2026-Q1", "models": ["LINEAR"] })).await;
    // Ada's account, Cy and Eve were met in March.
    assert_eq!(totals(&run().await), json!([[0, "0"], [0, "0"], 3]));
    world.met("fay", "w1", "2025-11-15T10:00:00Z", "ATTENDED").await;
    let met = run().await;
    assert_eq!(met["nullJourneys"], 4);
    world.bought("fay", "PURCHASE", "2025-12-15T10:00:00Z", "100").await;
    let bought = run().await;
    assert_eq!(bought["nullJourneys"], 3, "it led to the purchase of the year before");
    assert_ne!(bought["dataHash"], met["dataHash"]);
    world.met("fay", "w1", "2026-02-01T10:00:00Z", "ATTENDED").await;
    assert_eq!(run().await["nullJourneys"], 4, "and what was met since led to nothing");
}

async fn dates_without_a_time_favour_no_name(engine: Engine) {
    let world = small_world(engine).await;
    // Dan was at the meetup after he bought; that favours neither of the two when the webinar was at the same time.
    world.met("dan", "w1", "2026-05-10T18:00:00Z", "ATTENDED").await;
    for number in 0..10 {
        let who = format!("gil{number}");
        world.met(&who, "w1", "2026-08-03T00:00:00Z", "ATTENDED").await;
        world.met(&who, "m1", "2026-08-03T00:00:00Z", "ATTENDED").await;
        world.bought(&who, "UPGRADE", "2026-08-20T00:00:00Z", "10").await;
    }
    let quarter = json!({ "from": "2026-Q3", "until": "2026-Q3" });
    let run = world.attribute(quarter.clone()).await;
    for model in
        ["FIRST_TOUCH", "LAST_TOUCH", "LINEAR", "TIME_DECAY", "U_SHAPED", "W_SHAPED", "MARKOV_REMOVAL", "SHAPLEY"]
    {
        for source in ["webinar", "meetup"] {
            let (outcomes, value) = credit(&run, source, model);
            assert!((outcomes - 5.0).abs() < 1e-9, "{model}, {source}: {outcomes}");
            assert_eq!(value, "50", "{model}, {source}");
        }
    }
    // What was met at three in the afternoon of the day of a purchase came before it.
    world.met("hal", "w1", "2026-09-03T15:00:00Z", "ATTENDED").await;
    world.bought("hal", "UPGRADE", "2026-09-03T00:00:00Z", "7").await;
    world.met("ida", "w1", "2026-09-03T15:00:00Z", "ATTENDED").await;
    world.bought("ida", "UPGRADE", "2026-09-03T14:00:00Z", "9").await;
    assert_eq!(totals(&world.attribute(quarter).await), json!([[11, "107"], [1, "9"], 1]));
    assert_eq!(world.counted().await, [11.0, 107.0, 0.0, 0.0]);
}

async fn who_was_merely_reached_was_not_met(engine: Engine) {
    let world = small_world(engine).await;
    let quarter = json!({ "from": "2026-Q3", "until": "2026-Q3" });
    world.met("jo", "w1", "2026-08-03T10:00:00Z", "REACHED").await;
    world.bought("jo", "UPGRADE", "2026-08-20T10:00:00Z", "50").await;
    let run = world.attribute(quarter.clone()).await;
    assert_eq!(totals(&run), json!([[0, "0"], [1, "50"], 1]), "Dan met a meetup in vain");
    assert_eq!(world.counted().await, [0.0; 4]);
    // A registration counts a quarter of an attendance.
    world.met("jo", "w1", "2026-08-03T11:00:00Z", "REGISTERED").await;
    world.met("jo", "m1", "2026-08-03T12:00:00Z", "ATTENDED").await;
    let run = world.attribute(quarter).await;
    assert_eq!(totals(&run), json!([[1, "50"], [0, "0"], 1]));
    for (model, webinar) in [("FIRST_TOUCH", 1.0), ("LINEAR", 0.2), ("U_SHAPED", 0.2), ("SHAPLEY_NONNEGATIVE", 0.5)] {
        let (outcomes, _) = credit(&run, "webinar", model);
        assert!((outcomes - webinar).abs() < 1e-9, "{model}: {outcomes}");
    }
    assert_eq!(world.counted().await, [1.0, 50.0, 0.0, 0.0]);
}

async fn the_map_and_attributions_credit_the_same(engine: Engine) {
    let world = small_world(engine).await;
    // Every second one had been met, and those of August are in the time of a comparison.
    for day in 1..=28 {
        let who = format!("lee{day}");
        if day % 2 == 0 {
            world.met(&who, "w1", "2026-07-20T10:00:00Z", "ATTENDED").await;
        }
        let month = if day % 4 < 2 { "08" } else { "09" };
        world.bought(&who, "UPGRADE", &format!("2026-{month}-{day:02}T10:00:00Z"), &day.to_string()).await;
    }
    let group = |outcomes: u32, of: u32| json!({ "outcomes": outcomes, "of": of });
    let comparison = json!({ "community": world.community, "name": "Webinar", "element": "UPGRADES", "from": "2026-08-01",
        "until": "2026-08-31", "amountPerOutcome": "100", "design": { "differenceInDifferences": {
            "treatedBefore": group(20, 200), "treatedAfter": group(50, 200),
            "controlBefore": group(30, 300), "controlAfter": group(45, 300) } } });
    let save = "mutation($input: SaveComparisonInput!) { saveComparison(input: $input) { __typename } }";
    let saved = world.api.ask(save, json!({ "input": comparison })).await.unwrap();
    assert_eq!(saved["saveComparison"]["__typename"], "Comparison");

    // Credited: 2, 4, .. 28, of which 4, 8, .. 28 were in August.
    let run = world.attribute(json!({ "from": "2026-Q3", "until": "2026-Q3", "outcomes": ["UPGRADE"] })).await;
    assert_eq!(totals(&run), json!([[14, "210"], [14, "196"], 1]));
    assert_eq!(run["replaced"], json!({ "count": 7, "value": { "amount": "112" } }));
    let query = "query($id: ID!) { activityReturns(community: $id, from: \"2026-Q3\", until: \"2026-Q3\") {
        ... on ActivityReturns { credited { count value { amount } } replaced { count value { amount } } } } }";
    let returns = world.api.ask(query, json!({ "id": world.community })).await.unwrap()["activityReturns"].clone();
    assert_eq!(returns["credited"], json!({ "count": 14, "value": { "amount": "210" } }));
    assert_eq!(returns["replaced"], run["replaced"]);
    // The map counts 7 worth 98 as credited, and names the others.
    assert_eq!(world.counted().await, [7.0, 98.0, 7.0, 112.0]);
}
