//! What members and accounts are to the organisation, and leads of partners.

use serde_json::{Value, json};
use valuemap_tests::{Engine, valuemap};

use super::{LINKS, OUTCOMES, PARTIES};
use crate::records::import;
use crate::{World, on_both_databases};

on_both_databases!(
    an_audience_is_stated_or_follows_from_dates,
    what_is_no_audience_is_refused,
    a_partner_lead_has_points,
    conversions_are_of_one_audience,
);

fn account(key: &str) -> Value {
    json!({ "kind": "ACCOUNT", "source": "crm", "key": key })
}

fn member(key: &str) -> Value {
    json!({ "kind": "MEMBER", "source": "crm", "key": key })
}

impl World {
    /// What was stated of each party by its key, and what it is on a day.
    async fn audiences(&self, on: &str) -> Value {
        let query = "query($id: ID!, $on: NaiveDate!) { community(id: $id) { parties(first: 50) { nodes {
            key audience identity(on: $on) { audience } } } } }";
        let found = self.api.ask(query, json!({ "id": self.community, "on": on })).await.unwrap();
        let nodes = found["community"]["parties"]["nodes"].as_array().unwrap().clone();
        let of = |node: &Value| {
            (node["key"].as_str().unwrap().to_owned(), json!([node["audience"], node["identity"]["audience"]]))
        };
        nodes.iter().map(of).collect::<serde_json::Map<_, _>>().into()
    }
}

async fn an_audience_is_stated_or_follows_from_dates(engine: Engine) {
    let world = World::new(engine).await;
    let accounts = "key,since,until,audience\n1,2025-01-01,2026-06-30,\n2,2026-03-01,,\n3,,,Prospective partner\n";
    let (loaded, said) = import(&world, "accounts", accounts, &["--source", "crm", "--load"]).await;
    assert!(loaded, "{said}");
    let members = "key,account,is_staff,audience\n10,1,,\n11,3,,\n12,,,\n13,,yes,\n14,1,,partner\n";
    let (loaded, said) = import(&world, "members", members, &["--source", "crm", "--load"]).await;
    assert!(loaded, "{said}");
    let expected = json!({
        "1": [null, "CURRENT_CUSTOMER"],
        "2": [null, "PROSPECTIVE_CUSTOMER"],
        "3": ["PROSPECTIVE_PARTNER", "PROSPECTIVE_PARTNER"],
        "10": [null, "CURRENT_CUSTOMER"],
        "11": [null, "PROSPECTIVE_PARTNER"],
        "12": [null, null],
        "13": [null, "EMPLOYEE"],
        "14": ["PARTNER", "PARTNER"],
    });
    assert_eq!(world.audiences("2026-02-01").await, expected);
    let later = world.audiences("2026-07-01").await;
    assert_eq!(json!([later["1"], later["2"]]), json!([[null, "PROSPECTIVE_CUSTOMER"], [null, "CURRENT_CUSTOMER"]]));
    // By the API, what is stated again is known, and what is stated otherwise is changed.
    let state = |audience: &str| json!([{ "kind": "ACCOUNT", "source": "crm", "key": "3", "audience": audience }]);
    assert_eq!(world.recorded(PARTIES, state("PROSPECTIVE_PARTNER")).await, [0, 0, 1]);
    assert_eq!(world.recorded(PARTIES, state("PARTNER")).await, [0, 1, 0]);
    assert_eq!(world.audiences("2026-02-01").await["11"], json!([null, "PARTNER"]));
}

async fn what_is_no_audience_is_refused(engine: Engine) {
    let world = World::new(engine).await;
    let (loaded, said) = import(&world, "accounts", "key,audience\n1,friend\n", &["--load"]).await;
    assert!(!loaded);
    let known = "current_customer, prospective_customer, partner, prospective_partner, employee";
    assert!(said.contains(&format!("`friend` is not an audience; write one of {known}")), "{said}");
}

async fn a_partner_lead_has_points(engine: Engine) {
    let world = World::new(engine).await;
    let csv = "key,kind,account,at\n1,partner_lead,3,2026-01-05\n";
    let (loaded, said) = import(&world, "outcomes", csv, &["--source", "crm", "--load"]).await;
    assert!(loaded, "{said}");
    let lead = |money: Value| {
        json!([{ "source": "crm", "key": "2", "kind": "PARTNER_LEAD", "party": account("3"), "at": "2026-01-06T00:00:00Z",
            "money": money }])
    };
    assert_eq!(world.recorded(OUTCOMES, lead(Value::Null)).await, [1, 0, 0]);
    let priced = lead(json!({ "amount": "5", "currency": "EUR" }));
    assert_eq!(world.refused(OUTCOMES, priced).await, ["outcomes.0.money MALFORMED"]);
    let query = "query($id: ID!) { community(id: $id) { outcomes(first: 5) { nodes { kind } }
        outcomeWeights(version: 0) { weights { kind points } } } }";
    let found = world.api.ask(query, json!({ "id": world.community })).await.unwrap()["community"].clone();
    assert_eq!(found["outcomes"]["nodes"], json!([{ "kind": "PARTNER_LEAD" }, { "kind": "PARTNER_LEAD" }]));
    let weights = found["outcomeWeights"]["weights"].as_array().unwrap();
    assert!(weights.contains(&json!({ "kind": "PARTNER_LEAD", "points": 8.0 })), "{weights:?}");
    // It can be attributed by itself, and is no lead on the way to a sale.
    let run = "mutation($input: RunAttributionInput!) { runAttribution(input: $input) { ... on AttributionRun {
        uncredited { count } } } }";
    let input =
        json!({ "community": world.community, "from": "2026-Q1", "until": "2026-Q1", "outcomes": ["PARTNER_LEAD"] });
    let found = world.api.ask(run, json!({ "input": input })).await.unwrap();
    assert_eq!(found["runAttribution"]["uncredited"]["count"], 2);
    assert_eq!(world.entered(Value::Null).await, [0, 0]);
}

impl World {
    /// How many leads there were of an audience, and how many of them became a sale.
    async fn entered(&self, audience: Value) -> [u64; 2] {
        let query = "query($id: ID!, $audience: Audience) {
            conversion(community: $id, from: \"2026-Q1\", until: \"2026-Q1\", options: { audience: $audience }) {
                ... on Conversion { audience steps { all { entered reading { ... on ConversionRate { reached } } } } } } }";
        let asked = json!({ "id": self.community, "audience": audience });
        let found = self.api.ask(query, asked).await.unwrap()["conversion"].clone();
        assert_eq!(found["audience"], audience);
        let all = &found["steps"][2]["all"];
        [all["entered"].as_u64().unwrap(), all["reading"]["reached"].as_u64().unwrap_or_default()]
    }
}

async fn conversions_are_of_one_audience(engine: Engine) {
    let world = World::new(engine).await;
    // Six customers and seven prospects were leads; five of the former bought more, and two of the latter for the first time.
    let customer =
        |key: usize| json!({ "kind": "ACCOUNT", "source": "crm", "key": key.to_string(), "since": "2025-05-01" });
    world.recorded(PARTIES, (0..6).map(customer).collect()).await;
    let became =
        |key: usize| json!({ "kind": "ACCOUNT", "source": "crm", "key": key.to_string(), "since": "2026-02-01" });
    world.recorded(PARTIES, (6..8).map(became).collect()).await;
    // The lead is a member's, who works there.
    let link = json!([{ "from": member("m"), "to": account("0"), "method": "IMPORT", "confidence": 1.0 }]);
    world.recorded(LINKS, link).await;
    let outcome = |key: String, kind: &str, party: Value, at: &str| json!({ "source": "crm", "key": key, "kind": kind, "party": party, "at": at });
    let leads = (0..13).map(|key: usize| {
        let party = if key == 0 { member("m") } else { account(&key.to_string()) };
        outcome(format!("lead {key}"), "LEAD", party, "2026-01-05T09:00:00Z")
    });
    world.recorded(OUTCOMES, leads.collect()).await;
    let sale = |key: usize| {
        let kind = if key < 6 { "UPGRADE" } else { "PURCHASE" };
        outcome(format!("sale {key}"), kind, account(&key.to_string()), "2026-02-01T09:00:00Z")
    };
    world.recorded(OUTCOMES, [0, 1, 2, 3, 4, 6, 7].map(sale).into_iter().collect()).await;
    assert_eq!(world.entered(Value::Null).await, [13, 7]);
    assert_eq!(world.entered(json!("CURRENT_CUSTOMER")).await, [6, 5]);
    assert_eq!(world.entered(json!("PROSPECTIVE_CUSTOMER")).await, [7, 2]);
    assert_eq!(world.entered(json!("PARTNER")).await, [0, 0]);
    let arguments = ["conversion", "--community", "Makers", "--from", "2026-Q1", "--until", "2026-Q1", "--audience"];
    let output = valuemap(&world.scratch, &[&arguments[..], &["current_customer"]].concat()).await.unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(printed.contains("5 of 6 leads have become a sale so far"), "{printed}");
}
