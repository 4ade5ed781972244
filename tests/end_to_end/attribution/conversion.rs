//! From lead to sale, in a world whose rates can be worked out by hand.

use serde_json::{Value, json};
use valuemap_tests::{Engine, valuemap};

use crate::{World, on_both_databases};

on_both_databases!(
    the_touched_stand_beside_the_others,
    what_is_one_account_is_followed_as_one,
    nothing_tracked_is_no_zero,
    a_date_may_be_that_of_the_lead,
    small_groups_are_not_told,
    conversions_are_printed,
);

const CONVERSION: &str = "query($id: ID!, $options: ConversionOptions!) {
    conversion(community: $id, from: \"2026-Q1\", until: \"2026-Q1\", options: $options) { __typename
        ... on InvalidAttribution { problems { path code } }
        ... on Conversion { from until unit lookbackDays ofNobody ofAccounts
            steps { from to summary all { ...Group } touched { ...Group } untouched { ...Group }
                difference { ... on NoScore { reason } ... on ShareDifference { value interval { low high } verdict } } } } } }
    fragment Group on ConversionGroup { entered reading { ... on NoScore { reason message }
        ... on ConversionRate { reached share interval { low high } medianDaysOfReached
            time { ... on NoScore { reason } ... on MedianTime { days low high } } } } }";

impl World {
    async fn conversion(&self, options: Value) -> Value {
        let variables = json!({ "id": self.community, "options": options });
        self.api.ask(CONVERSION, variables).await.unwrap()["conversion"].clone()
    }

    async fn webinar(&self) {
        let types = json!([{ "key": "webinar", "name": "Webinars", "modality": "ONLINE", "goal": "REVENUE" }]);
        self.tell("saveActivityTypes", "SaveActivityTypesInput", "types", types).await;
        let activities = json!([{ "source": "plan", "key": "w1", "activityType": "webinar", "name": "Tips",
            "startsOn": "2026-01-02" }]);
        self.tell("saveActivities", "SaveActivitiesInput", "activities", activities).await;
    }

    async fn touched(&self, who: &[String], at: &str, role: &str) {
        let touch = |who: &String| {
            json!({ "source": "zoom", "key": format!("{who} {at}"), "role": role, "at": at,
                "activity": { "source": "plan", "key": "w1" }, "party": member(who) })
        };
        let touches = who.iter().map(touch).collect();
        self.tell("recordTouchpoints", "RecordTouchpointsInput", "touchpoints", touches).await;
    }

    /// Each of these reached a stage.
    async fn reached(&self, kind: &str, parties: impl IntoIterator<Item = Value>, at: &str) {
        let outcome = |(index, party): (usize, Value)| {
            let key = format!("{kind} {at} {index} {}", party["key"]);
            let mut outcome = json!({ "source": "crm", "key": key, "kind": kind, "at": at, "party": party });
            if ["PURCHASE", "UPGRADE", "RENEWAL"].contains(&kind) {
                outcome["money"] = json!({ "amount": "100", "currency": "EUR" });
            }
            outcome
        };
        let outcomes = parties.into_iter().enumerate().map(outcome).collect();
        self.tell("recordOutcomes", "RecordOutcomesInput", "outcomes", outcomes).await;
    }
}

fn member(key: &str) -> Value {
    json!({ "kind": "MEMBER", "source": "forum", "key": key })
}

fn account(key: &str) -> Value {
    json!({ "kind": "ACCOUNT", "source": "crm", "key": key })
}

fn names(prefix: &str, count: usize) -> Vec<String> {
    (0..count).map(|index| format!("{prefix}{index}")).collect()
}

fn members(names: &[String]) -> Vec<Value> {
    names.iter().map(|name| member(name)).collect()
}

fn step<'a>(found: &'a Value, from: &str, to: &str) -> &'a Value {
    let steps = found["steps"].as_array().unwrap();
    steps.iter().find(|step| step["from"] == from && step["to"] == to).unwrap_or_else(|| panic!("{found}"))
}

/// Of ten that came to the webinar eight became an opportunity after ten days, and six a sale after twenty more; of ten
/// that did not, two and one. Who was merely sent the invitation was not touched.
async fn funnel(world: &World) {
    world.webinar().await;
    let (touched, others) = (names("t", 10), names("o", 10));
    world.touched(&touched, "2026-01-02T15:00:00Z", "ATTENDED").await;
    world.touched(&others, "2026-01-02T15:00:00Z", "REACHED").await;
    let some = |touched_count: usize, others_count: usize| {
        members(&touched[..touched_count]).into_iter().chain(members(&others[..others_count]))
    };
    world.reached("LEAD", some(10, 10), "2026-01-05T09:00:00Z").await;
    world.reached("OPPORTUNITY", some(8, 2), "2026-01-15T09:00:00Z").await;
    world.reached("PURCHASE", some(6, 1), "2026-02-04T09:00:00Z").await;
    // A renewal is no sale, and neither is a lead of nobody anybody's.
    world.reached("RENEWAL", some(10, 10), "2026-02-05T09:00:00Z").await;
    world.reached("LEAD", [Value::Null], "2026-01-05T09:00:00Z").await;
}

async fn the_touched_stand_beside_the_others(engine: Engine) {
    let world = World::new(engine).await;
    funnel(&world).await;
    let found = world.conversion(json!({})).await;
    assert_eq!(json!([found["unit"], found["lookbackDays"], found["ofNobody"]]), json!(["ACCOUNT", 90, 1]));
    let counts = |from: &str, to: &str| {
        let step = step(&found, from, to);
        ["all", "touched", "untouched"].map(|name| {
            let group = &step[name];
            json!([group["entered"], group["reading"]["reached"], group["reading"]["medianDaysOfReached"]])
        })
    };
    let expected = [json!([20, 10, 10.0]), json!([10, 8, 10.0]), json!([10, 2, 10.0])];
    assert_eq!(counts("LEAD", "OPPORTUNITY"), expected);
    assert_eq!(counts("LEAD", "SALE"), [json!([20, 7, 30.0]), json!([10, 6, 30.0]), json!([10, 1, 30.0])]);
    let lead_to_sale = step(&found, "LEAD", "SALE");
    // Wilson and Newcombe by statsmodels 0.15.0: 6 of 10 and 1 of 10.
    let touched = &lead_to_sale["touched"]["reading"];
    let [low, high] = ["low", "high"].map(|end| touched["interval"][end].as_f64().unwrap());
    assert!((low - 0.312_674).abs() < 1e-6 && (high - 0.831_820).abs() < 1e-6, "{touched}");
    assert_eq!(touched["time"]["days"], 30.0);
    assert_eq!(lead_to_sale["untouched"]["reading"]["time"]["reason"], "NO_DATA", "fewer than half got there");
    let difference = &lead_to_sale["difference"];
    let [low, high] = ["low", "high"].map(|end| difference["interval"][end].as_f64().unwrap());
    assert!((low - 0.081_594).abs() < 1e-6 && (high - 0.745_936).abs() < 1e-6, "{difference}");
    assert_eq!(difference["verdict"], "TOGETHER");
    let summary = lead_to_sale["summary"].as_str().unwrap();
    assert!(
        summary.starts_with("7 of 20 leads have become a sale so far (35%), half of these within 30 days."),
        "{summary}"
    );
    assert!(summary.contains("went together") && !summary.contains("caused"), "{summary}");
    // The webinar is too long ago.
    let found = world.conversion(json!({ "lookbackDays": 2 })).await;
    assert_eq!(step(&found, "LEAD", "SALE")["touched"]["entered"], 0);
    let refused = world.conversion(json!({ "lookbackDays": 0 })).await;
    assert_eq!(refused["problems"], json!([{ "path": "lookbackDays", "code": "OUT_OF_RANGE" }]));
}

async fn what_is_one_account_is_followed_as_one(engine: Engine) {
    let world = World::new(engine).await;
    world.webinar().await;
    let (people, colleagues) = (names("p", 6), names("c", 6));
    let links = |list: &[String], valid_from: Option<&str>| -> Vec<Value> {
        let link = |(who, index): (&String, usize)| {
            json!({ "from": member(who), "to": account(&index.to_string()), "method": "IMPORT", "confidence": 1.0,
                    "validFrom": valid_from })
        };
        list.iter().zip(0..).map(link).collect()
    };
    // Where the leads work became known only when they were contacts.
    let links = [links(&people, Some("2026-01-10")), links(&colleagues, None)].concat();
    world.tell("linkIdentities", "LinkIdentitiesInput", "links", json!(links)).await;
    // One person met the community, a colleague became the lead, and the account bought.
    world.touched(&colleagues, "2026-01-02T15:00:00Z", "ATTENDED").await;
    world.reached("LEAD", members(&people), "2026-01-05T09:00:00Z").await;
    world.reached("LEAD", members(&colleagues), "2026-01-06T09:00:00Z").await;
    world.reached("UPGRADE", (0..6).map(|index| account(&index.to_string())), "2026-01-25T09:00:00Z").await;
    let found = world.conversion(json!({})).await;
    let group = &step(&found, "LEAD", "SALE")["touched"];
    assert_eq!(json!([group["entered"], group["reading"]["reached"]]), json!([6, 6]), "{found}");
    let found = world.conversion(json!({ "unit": "MEMBER" })).await;
    let [touched, untouched] =
        ["touched", "untouched"].map(|name| step(&found, "LEAD", "SALE")[name]["entered"].clone());
    assert_eq!((touched, untouched), (json!(6), json!(6)), "each member by themselves");
    // The sales are the accounts': of members' own nothing is recorded, which is not that none bought.
    assert_eq!(step(&found, "LEAD", "SALE")["all"]["reading"]["reason"], "NOT_CONNECTED");
    world.reached("LEAD", [account("5")], "2026-02-10T09:00:00Z").await;
    let of_accounts = async |unit: &str| world.conversion(json!({ "unit": unit })).await["ofAccounts"].clone();
    assert_eq!([of_accounts("MEMBER").await, of_accounts("ACCOUNT").await], [1, 0]);
}

async fn nothing_tracked_is_no_zero(engine: Engine) {
    let world = World::new(engine).await;
    let reasons = async || {
        let found = world.conversion(json!({})).await;
        let reason = |step: &Value| {
            json!([
                step["all"]["reading"]["reason"],
                step["touched"]["reading"]["reason"],
                step["difference"]["reason"]
            ])
        };
        found["steps"].as_array().unwrap().iter().map(reason).collect::<Vec<_>>()
    };
    let untracked = json!(["NOT_CONNECTED", "NOT_CONNECTED", "NOT_CONNECTED"]);
    assert_eq!(reasons().await, vec![untracked.clone(); 3]);
    // What sales say of their past has no failures in it.
    let sale = json!([{ "source": "crm", "key": "s", "kind": "PURCHASE", "at": "2026-02-01T00:00:00Z", "party": member("a"),
        "leadAt": "2026-01-10T00:00:00Z", "opportunityAt": "2026-01-20T00:00:00Z" }]);
    world.tell("recordOutcomes", "RecordOutcomesInput", "outcomes", sale).await;
    assert_eq!(reasons().await, vec![untracked.clone(); 3]);
    world.reached("LEAD", [member("late")], "2026-04-05T09:00:00Z").await;
    let none = json!(["NO_DATA", "NO_DATA", "NO_DATA"]);
    assert_eq!(reasons().await, [untracked.clone(), untracked, none]);
}

async fn a_date_may_be_that_of_the_lead(engine: Engine) {
    let world = World::new(engine).await;
    let people = members(&names("p", 6));
    world.reached("LEAD", people.clone(), "2026-01-05T14:00:00Z").await;
    world.reached("PURCHASE", people, "2026-01-05T00:00:00Z").await;
    let found = world.conversion(json!({})).await;
    let rate = &step(&found, "LEAD", "SALE")["all"]["reading"];
    assert_eq!(json!([rate["reached"], rate["time"]["days"]]), json!([6, 0.0]));
}

async fn small_groups_are_not_told(engine: Engine) {
    let world = World::new(engine).await;
    world.webinar().await;
    let (touched, others) = (names("t", 4), names("o", 30));
    world.touched(&touched, "2026-01-02T15:00:00Z", "ATTENDED").await;
    world.reached("LEAD", members(&touched).into_iter().chain(members(&others)), "2026-01-05T09:00:00Z").await;
    world.reached("PURCHASE", members(&others[..12]), "2026-02-05T09:00:00Z").await;
    let found = world.conversion(json!({})).await;
    let step = step(&found, "LEAD", "SALE");
    assert_eq!(json!([step["all"]["entered"], step["all"]["reading"]["reached"]]), json!([34, 12]));
    for name in ["touched", "untouched"] {
        assert_eq!(step[name]["reading"]["reason"], "TOO_FEW_ENTRIES", "{name}");
    }
    assert_eq!(step["difference"]["reason"], "TOO_FEW_ENTRIES");
}

async fn conversions_are_printed(engine: Engine) {
    let world = World::new(engine).await;
    funnel(&world).await;
    let arguments = ["conversion", "--community", "Makers", "--from", "2026-Q1", "--until", "2026-Q1"];
    let output = valuemap(&world.scratch, &arguments).await.unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    for expected in [
        "1 leads and opportunities of nobody are left out",
        "From lead to sale\n7 of 20 leads have become a sale so far (35%)",
        "touched    6 of 10, 60.0% (31.3 to 83.2); half of all within 30 days",
        "untouched  1 of 10, 10.0%",
    ] {
        assert!(printed.contains(expected), "{expected}: {printed}");
    }
    let output = valuemap(&world.scratch, &[&arguments[..], &["--lookback-days", "0"]].concat()).await.unwrap();
    assert!(!output.status.success());
}
