//! Returns by activity, and what an activity would take to pay for itself.

use serde_json::{Value, json};
use valuemap_tests::Engine;

use super::small_world;
use crate::{World, on_both_databases};

on_both_databases!(returns_add_up, channels_share_costs_to_the_cent, an_activity_is_weighed_before_it_is_booked,);

const RETURNS: &str = "query($id: ID!, $by: CreditSource!, $until: Quarter!) {
    activityReturns(community: $id, from: \"2026-Q1\", until: $until, by: $by) { __typename
        ... on InvalidAttribution { problems { path code } }
        ... on ActivityReturns { credited { count value { amount } } runningCosts { amount } parameters { models }
            groups(first: 10) { nodes { source { key } rank touches participants outcomes
                creditedValue { amount } value { p10 { amount } p50 { amount } p90 { amount } }
                fullyLoadedCost { amount } costPerOutcome { amount } weightedOutcomeIndex efficiency
                returnOnInvestment { p10 p50 p90 } chanceOfGain message } }
            goals { goal types mostSuccessful { source { key } } leastSuccessful { source { key } } } } } }";

impl World {
    async fn returns(&self, by: &str) -> Value {
        let variables = json!({ "id": self.community, "by": by, "until": "2026-Q2" });
        self.api.ask(RETURNS, variables).await.unwrap()["activityReturns"].clone()
    }

    async fn break_even(&self, input: Value) -> Value {
        let query = "query($id: ID!, $input: BreakEvenInput!) { breakEven(community: $id, input: $input) { __typename
            ... on InvalidAttribution { problems { path code message } }
            ... on BreakEven { summary fullyLoadedCost { amount } pastOutcomes { count mean { amount } }
                valuePerOutcome { low { amount } likely { amount } high { amount } }
                outcomes { low likely high } shareOfParticipants { likely }
                pastConversion { participants converted days low high } } } }";
        let data = self.api.ask(query, json!({ "id": self.community, "input": input })).await.unwrap();
        data["breakEven"].clone()
    }
}

/// The sum of an amount over the groups, in ten-thousandths.
fn sum(returns: &Value, field: &str) -> i64 {
    let amount =
        |group: &Value| (group[field]["amount"].as_str().unwrap().parse::<f64>().unwrap() * 1e4).round() as i64;
    returns["groups"]["nodes"].as_array().unwrap().iter().map(amount).sum()
}

async fn returns_add_up(engine: Engine) {
    let world = small_world(engine).await;
    let returns = world.returns("ACTIVITY_TYPE").await;
    assert_eq!(returns["parameters"]["models"], json!(["LINEAR"]), "as in the scoring model");
    assert_eq!(returns["credited"], json!({ "count": 1, "value": { "amount": "1000" } }));
    assert_eq!(returns["runningCosts"]["amount"], "300");
    let groups = &returns["groups"]["nodes"];
    let figures = |group: &Value| {
        let names = ["rank", "touches", "participants", "outcomes", "weightedOutcomeIndex"];
        let amounts = ["creditedValue", "fullyLoadedCost", "costPerOutcome"];
        let plain = names.iter().map(|name| group[*name].clone());
        plain.chain(amounts.iter().map(|name| group[*name]["amount"].clone())).collect::<Value>()
    };
    // Both brought in 500 x 0.7 x 0.3 = 105; the meetup cost less. An upgrade has 15 points.
    assert_eq!(groups[0]["source"]["key"], "meetup");
    // Of the 91 days on which the meetup can pay, 82 have passed; the webinar's 91 are over.
    assert_eq!(figures(&groups[0]), json!([1, 2, 2, 0.5, 7.5, "500", "360.4396", "720.8792"]));
    assert_eq!(figures(&groups[1]), json!([2, 3, 3, 0.5, 7.5, "500", "604", "1208"]));
    assert!((groups[0]["efficiency"].as_f64().unwrap() - 7.5 / 360.4396).abs() < 1e-9);
    let shares = &groups[0]["returnOnInvestment"];
    let [p10, p50, p90] = ["p10", "p50", "p90"].map(|name| shares[name].as_f64().unwrap());
    // One outcome, of which half is credited: there may as well have been none (P = 0.37), or two.
    assert!(p10 == -1.0 && -0.9 < p50 && p50 < -0.6 && -0.4 < p90 && p90 < 0.0, "{shares}");
    let chance = groups[0]["chanceOfGain"].as_f64().unwrap();
    assert!(0.0 < chance && chance < 0.2, "{chance}");
    assert_eq!(groups[0]["message"], Value::Null);
    assert_eq!(world.returns("ACTIVITY_TYPE").await, returns, "the same seed gives the same figures");
    let goals = json!([
        { "goal": "REVENUE", "types": 1, "mostSuccessful": { "source": { "key": "webinar" } }, "leastSuccessful": null },
        { "goal": "GOODWILL", "types": 1, "mostSuccessful": { "source": { "key": "meetup" } }, "leastSuccessful": null },
    ]);
    assert_eq!(returns["goals"], goals);
    for by in ["ACTIVITY", "ACTIVITY_TYPE", "MODALITY", "GOAL", "CHANNEL"] {
        let returns = world.returns(by).await;
        assert_eq!((sum(&returns, "creditedValue"), sum(&returns, "fullyLoadedCost")), (10_000_000, 9_644_396), "{by}");
    }
    let variables = json!({ "id": world.community, "by": "GOAL", "until": "2025-Q4" });
    let refused = world.api.ask(RETURNS, variables).await.unwrap()["activityReturns"].clone();
    assert_eq!(refused["problems"], json!([{ "path": "until", "code": "OUT_OF_RANGE" }]));
}

async fn channels_share_costs_to_the_cent(engine: Engine) {
    let world = small_world(engine).await;
    // Nobody met it, so its cost belongs to no channel.
    let unmet = json!([{ "source": "plan", "key": "w2", "activityType": "webinar", "name": "Empty room",
        "startsOn": "2026-06-01", "costs": [{ "kind": "CASH", "currency": "EUR", "amount": "0.01" }] }]);
    world.tell("saveActivities", "SaveActivitiesInput", "activities", unmet).await;
    let returns = world.returns("CHANNEL").await;
    let cost = |key: &str| {
        let mut groups = returns["groups"]["nodes"].as_array().unwrap().iter();
        groups.find(|group| group["source"]["key"] == key).unwrap()["fullyLoadedCost"]["amount"].clone()
    };
    // 604 by two touches from the newsletter and one from nowhere.
    assert_eq!([cost("newsletter"), cost(""), cost("forum")], ["402.6667", "201.3366", "360.4396"]);
}

async fn an_activity_is_weighed_before_it_is_booked(engine: Engine) {
    let world = small_world(engine).await;
    let costs = json!([{ "currency": "EUR", "amount": "1200" }, { "currency": "EUR", "hours": "4", "rate": "75" }]);
    let plan =
        json!({ "costs": costs, "expectedParticipants": 80, "outcomeKind": "UPGRADE", "activityType": "webinar" });
    let found = world.break_even(plan.clone()).await;
    assert_eq!(found["fullyLoadedCost"]["amount"], "1500");
    assert_eq!(found["pastOutcomes"], json!({ "count": 1, "mean": { "amount": "1000" } }), "a withdrawn one is none");
    // 1000 x 0.7 x P10, P50 and P90 of a triangle from 0.1 over 0.3 to 0.6, nearly.
    let value = |end: &str| found["valuePerOutcome"][end]["amount"].as_str().unwrap().parse::<f64>().unwrap();
    for (end, expected) in [("low", 140.0), ("likely", 229.0), ("high", 335.0)] {
        assert!((value(end) / expected - 1.0).abs() < 0.03, "{end}: {}", value(end));
    }
    assert_eq!(found["outcomes"], json!({ "low": 5, "likely": 7, "high": 11 }));
    assert_eq!(found["shareOfParticipants"]["likely"], 0.0875);
    assert_eq!(
        found["summary"],
        "7 of 80 would have to bring an outcome (upgrade); of 3 who took part in Webinars before, 1 did within 90 days \
         (33.3 %)."
    );
    let problems = |found: &Value| {
        let problem = |problem: &Value| format!("{} {}", problem["path"], problem["code"]).replace('"', "");
        found["problems"].as_array().unwrap().iter().map(problem).collect::<Vec<_>>()
    };
    let leads = json!({ "costs": costs, "expectedParticipants": 80, "outcomeKind": "LEAD" });
    assert_eq!(problems(&world.break_even(leads.clone()).await), ["valuePerOutcome MISSING"]);
    let mut valued = leads;
    valued["valuePerOutcome"] = json!("100");
    let found = world.break_even(valued).await;
    // 1,500 / (100 x 0.33).
    assert_eq!((&found["outcomes"]["likely"], &found["pastConversion"]), (&json!(46), &Value::Null));
    let bad = json!({ "costs": [{ "currency": "USD", "amount": "1" }, { "currency": "EUR", "amount": "-1" }],
        "expectedParticipants": 0, "outcomeKind": "UPGRADE", "activityType": "gala" });
    let expected = [
        "expectedParticipants OUT_OF_RANGE",
        "costs.0.currency UNKNOWN",
        "costs.1.amount OUT_OF_RANGE",
        "activityType UNKNOWN",
    ];
    assert_eq!(problems(&world.break_even(bad).await), expected);
}
