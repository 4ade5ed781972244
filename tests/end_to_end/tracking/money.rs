//! Currencies, exchange rates and points.

use serde_json::{Value, json};
use valuemap_tests::Engine;

use super::{ACTIVITIES, COSTS, OUTCOMES, webinar};
use crate::{World, on_both_databases};

on_both_databases!(
    costs_add_up_in_the_currency_of_the_community,
    the_currency_stays_once_money_is_stored,
    outcome_weights_are_versions,
);

impl World {
    async fn set_rate(&self, currency: &str, valid_from: &str, rate: &str) -> Value {
        let query = "mutation($input: SetExchangeRateInput!) { setExchangeRate(input: $input) { __typename
            ... on ExchangeRate { currency rate } ... on InvalidInput { problems { path message } } } }";
        let input = json!({ "community": self.community, "currency": currency, "validFrom": valid_from, "rate": rate });
        self.api.ask(query, json!({ "input": input })).await.unwrap()["setExchangeRate"].clone()
    }

    async fn set_currency(&self, currency: &str) -> Value {
        let query = "mutation($input: SetReportingCurrencyInput!) { setReportingCurrency(input: $input) { __typename
            ... on Community { currency } ... on CurrencyInUse { message } } }";
        let input = json!({ "community": self.community, "currency": currency });
        self.api.ask(query, json!({ "input": input })).await.unwrap()["setReportingCurrency"].clone()
    }
}

async fn costs_add_up_in_the_currency_of_the_community(engine: Engine) {
    let world = World::with_a_webinar(engine).await;
    let travel = |key: &str, day: &str, amount: &str, currency: &str| {
        json!({ "source": "plan", "key": key, "activity": { "source": "plan", "key": "w1" }, "kind": "TRAVEL",
            "day": day, "currency": currency, "amount": amount })
    };
    let dollars = json!([travel("a", "2026-03-10", "100.01", "USD"), travel("b", "2026-03-20", "100.01", "USD")]);
    assert_eq!(world.refused(COSTS, dollars.clone()).await, ["costs.0.currency UNKNOWN", "costs.1.currency UNKNOWN"]);

    let purchase = json!([{ "kind": "PURCHASE", "at": "2026-03-10T10:00:00Z",
        "money": { "amount": "900", "currency": "USD" } }]);
    assert_eq!(world.refused(OUTCOMES, purchase).await, ["outcomes.0.money UNKNOWN"]);

    assert_eq!(world.set_rate("USD", "2026-03-01", "0.9").await["__typename"], "ExchangeRate");
    assert_eq!(
        world.refused(COSTS, json!([travel("c", "2026-02-28", "1", "USD")])).await,
        ["costs.0.currency UNKNOWN"]
    );
    assert_eq!(world.set_rate("USD", "2026-03-15", "0.9").await["rate"], "0.9");
    assert_eq!(world.set_rate("USD", "2026-03-15", "0.80").await["rate"], "0.8");
    assert_eq!(world.recorded(COSTS, dollars).await, [2, 0, 0]);
    let read = world.read(
        "exchangeRates { nodes { currency validFrom rate } }
        activities { nodes { fullyLoadedCost { total { amount currency } byKind { kind cost { amount } } } } }",
    );
    let read = read.await;
    assert_eq!(
        read["exchangeRates"]["nodes"],
        json!([
        { "currency": "USD", "validFrom": "2026-03-15", "rate": "0.8" },
        { "currency": "USD", "validFrom": "2026-03-01", "rate": "0.9" } ])
    );
    // 100.01 x 0.9 + 100.01 x 0.8, and 8 hours at 75.50.
    assert_eq!(
        read["activities"]["nodes"][0]["fullyLoadedCost"],
        json!({
        "total": { "amount": "774.017", "currency": "EUR" },
        "byKind": [{ "kind": "TRAVEL", "cost": { "amount": "170.017" } }, { "kind": "STAFF", "cost": { "amount": "604" } }] })
    );

    let mut free = webinar("w2", "2026-06-01");
    free["costs"] = json!([]);
    assert_eq!(world.recorded(ACTIVITIES, json!([free])).await, [1, 0, 0]);
    let read = world.read("activities(first: 1) { nodes { fullyLoadedCost { total { amount } } } }").await;
    assert_eq!(
        read["activities"]["nodes"][0]["fullyLoadedCost"],
        Value::Null,
        "no cost on record is not a cost of zero"
    );

    for (currency, day, rate, path) in [
        ("EUR", "2026-01-01", "2", "currency"),
        ("USD", "2026-01-01", "0", "rate"),
        ("USD", "2026-01-01", "-1", "rate"),
        ("USD", "2026-01-01", "1000000001", "rate"),
        ("USD", "2026-01-01", "0.0000000000001", "rate"),
        ("USD", "1969-12-31", "1", "validFrom"),
    ] {
        let refused = world.set_rate(currency, day, rate).await;
        assert_eq!(refused["problems"][0]["path"], path, "{currency} {day} {rate}: {refused}");
    }
}

async fn the_currency_stays_once_money_is_stored(engine: Engine) {
    let world = World::new(engine).await;
    assert_eq!(world.set_currency("USD").await["currency"], "USD");
    let outcome = json!([{ "kind": "LEAD", "at": "2026-04-01T10:00:00Z" }]);
    assert_eq!(world.recorded(OUTCOMES, outcome).await, [1, 0, 0]);
    assert_eq!(world.set_currency("JPY").await["currency"], "JPY", "an outcome without money is worth as much in yen");
    let cost = json!([{ "kind": "CASH", "day": "2026-03-10", "currency": "JPY", "amount": "1" }]);
    assert_eq!(world.recorded(COSTS, cost).await, [1, 0, 0]);
    let refused = world.set_currency("EUR").await;
    assert_eq!(refused["__typename"], "CurrencyInUse");
    assert!(refused["message"].as_str().unwrap().contains("JPY"), "{refused}");
    assert_eq!(world.set_currency("JPY").await["__typename"], "Community", "what it is already, it may be set to");
    assert_eq!(world.read("currency").await["currency"], "JPY");

    let second = World::new(engine).await;
    assert_eq!(second.set_rate("USD", "2026-01-01", "0.9").await["__typename"], "ExchangeRate");
    assert_eq!(second.set_currency("USD").await["__typename"], "CurrencyInUse");
}

async fn outcome_weights_are_versions(engine: Engine) {
    let world = World::new(engine).await;
    let set = async |weights: Value| {
        let query = "mutation($input: SetOutcomeWeightsInput!) { setOutcomeWeights(input: $input) { __typename
            ... on OutcomeWeights { version } ... on InvalidInput { problems { path code } } } }";
        let input = json!({ "community": world.community, "weights": weights });
        world.api.ask(query, json!({ "input": input })).await.unwrap()["setOutcomeWeights"].clone()
    };
    let points = async |arguments: &str, kind: &str| {
        let read =
            world.read(&format!("outcomeWeights{arguments} {{ version createdAt weights {{ kind points }} }}")).await;
        let weights = read["outcomeWeights"]["weights"].as_array().unwrap().clone();
        let found = weights.iter().find(|weight| weight["kind"] == kind).unwrap()["points"].clone();
        (read["outcomeWeights"]["version"].as_i64().unwrap(), found.as_f64().unwrap())
    };
    assert_eq!(points("", "LEAD").await, (0, 5.0));
    assert_eq!(set(json!([{ "kind": "LEAD", "points": 7.5 }])).await["version"], 1);
    assert_eq!(set(json!([{ "kind": "TRIAL", "points": 0 }])).await["version"], 2);
    assert_eq!(points("", "LEAD").await, (2, 7.5), "what was left out stays");
    assert_eq!(points("", "TRIAL").await, (2, 0.0));
    assert_eq!(points("(version: 1)", "TRIAL").await, (1, 8.0), "a version never changes");
    let refused = set(json!([{ "kind": "LEAD", "points": -1 }, { "kind": "LEAD", "points": 1 }])).await;
    assert_eq!(
        refused["problems"],
        json!([{ "path": "weights.0.points", "code": "OUT_OF_RANGE" },
        { "path": "weights.1.kind", "code": "DUPLICATE" }])
    );
    assert_eq!(world.read("outcomeWeights(version: 3) { version }").await["outcomeWeights"], Value::Null);
}
