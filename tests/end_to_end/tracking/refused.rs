//! What breaks a rule is named, and nothing of its input is stored.

use serde_json::{Value, json};
use valuemap_tests::{Api, Engine, valuemap};

use super::{
    ACTIVITIES, CASES, COSTS, LINKS, OBSERVATIONS, OUTCOMES, PARTIES, TOUCHPOINTS, account, attended, member, webinar,
};
use crate::{World, on_both_databases};

on_both_databases!(
    every_problem_is_named_by_its_path_and_nothing_is_stored,
    what_is_not_there_cannot_be_referred_to,
    values_of_the_wrong_kind_are_refused,
    another_organisation_and_a_reader_record_nothing,
);

async fn every_problem_is_named_by_its_path_and_nothing_is_stored(engine: Engine) {
    let world = World::with_a_webinar(engine).await;
    let cost =
        |hours: &str| json!({ "kind": "STAFF", "day": "2026-03-10", "currency": "EUR", "hours": hours, "rate": "75" });
    let neither = json!({ "kind": "CASH", "day": "2026-03-10", "currency": "EUR" });
    let both =
        json!({ "kind": "CASH", "day": "2026-03-10", "currency": "EUR", "amount": "1", "hours": "1", "rate": "1" });
    let large = json!({ "kind": "CASH", "day": "2026-03-10", "currency": "EUR", "amount": "9000000000001" });
    assert_eq!(
        world.refused(COSTS, json!([cost("8"), cost("-8"), neither, both, large])).await,
        [
            "costs.1.hours OUT_OF_RANGE",
            "costs.1.amount OUT_OF_RANGE",
            "costs.2.amount MALFORMED",
            "costs.3.amount MALFORMED",
            "costs.4.amount OUT_OF_RANGE",
        ]
    );

    let at = "2026-04-01T10:00:00Z";
    let euros = json!({ "amount": "900", "currency": "EUR" });
    let outcomes = json!([
        { "kind": "PURCHASE", "at": at, "money": euros },
        { "kind": "LEAD", "at": at, "money": euros },
        { "kind": "UPGRADE", "at": at, "money": euros, "leadAt": "2026-04-01T10:00:01Z" },
        { "kind": "REVIEW", "at": at, "title": "x".repeat(201) },
        { "kind": "REVIEW", "at": at, "key": "a\u{0}b", "source": "" },
        { "kind": "REVIEW", "at": "9999-01-01T00:00:00Z" },
        { "kind": "PURCHASE", "at": at, "money": { "amount": "0.00001", "currency": "EUR" } },
    ]);
    assert_eq!(
        world.refused(OUTCOMES, outcomes).await,
        [
            "outcomes.1.money MALFORMED",
            "outcomes.2.leadAt OUT_OF_RANGE",
            "outcomes.3.title SIZE",
            "outcomes.4.source MISSING",
            "outcomes.4.key MALFORMED",
            "outcomes.5.at OUT_OF_RANGE",
            "outcomes.6.money OUT_OF_RANGE",
        ]
    );

    let link = |from: Value, to: Value, confidence: f64| json!({ "from": from, "to": to, "method": "MANUAL", "confidence": confidence });
    let links = json!([
        link(member("ada"), account("42"), 1.0),
        link(member("ada"), member("ada"), 1.5),
        link(account("42"), member("ada"), 1.0),
        link(member("\u{7}"), account("42"), 1.0),
    ]);
    assert_eq!(
        world.refused(LINKS, links).await,
        [
            "links.1.to DUPLICATE",
            "links.1.confidence OUT_OF_RANGE",
            "links.2.to MALFORMED",
            "links.3.from.key MALFORMED",
        ]
    );

    let parties = json!([{ "kind": "MEMBER", "key": "", "name": "a\nb", "since": "2026-01-02", "until": "2026-01-01" },
        { "kind": "ACCOUNT", "isStaff": true }]);
    assert_eq!(
        world.refused(PARTIES, parties).await,
        [
            "parties.0.key MISSING",
            "parties.0.name MALFORMED",
            "parties.0.until OUT_OF_RANGE",
            "parties.1.isStaff MALFORMED",
        ]
    );
    let case = json!([{ "openedAt": at, "solvedAt": "2026-03-31T00:00:00Z" }]);
    assert_eq!(world.refused(CASES, case).await, ["cases.0.solvedAt OUT_OF_RANGE"]);
    let observed = json!([{ "measure": "", "day": "2026-01-01", "value": 9, "interval": { "low": 1, "high": 2 } }]);
    assert_eq!(
        world.refused(OBSERVATIONS, observed).await,
        ["observations.0.measure MISSING", "observations.0.interval OUT_OF_RANGE"]
    );
    let mut nameless = webinar("w9", "2026-03-10");
    nameless["name"] = json!(" ");
    nameless["endsOn"] = json!("2026-03-09");
    nameless["costs"][0]["hours"] = json!("-1");
    assert_eq!(
        world.refused(ACTIVITIES, json!([webinar("w8", "2026-03-10"), nameless])).await,
        [
            "activities.1.name MISSING",
            "activities.1.endsOn OUT_OF_RANGE",
            "activities.1.costs.0.hours OUT_OF_RANGE",
            "activities.1.costs.0.amount OUT_OF_RANGE",
        ]
    );

    let read = world.read(
        "activities { nodes { key } } outcomes { nodes { key } } costs { nodes { key } }
        parties { nodes { key } } supportCases { nodes { key } }",
    );
    assert_eq!(
        read.await,
        json!({ "activities": { "nodes": [{ "key": "w1" }] }, "outcomes": { "nodes": [] },
        "costs": { "nodes": [{ "key": "w1-host" }] }, "parties": { "nodes": [{ "key": "ada" }] },
        "supportCases": { "nodes": [] } })
    );
}

async fn what_is_not_there_cannot_be_referred_to(engine: Engine) {
    let world = World::with_a_webinar(engine).await;
    let touches = json!([
        attended("t2", "w1", "bob", "2026-03-10T15:00:00Z"),
        attended("t3", "w7", "eve", "2026-03-10T15:00:00Z"),
    ]);
    let result = world.record(TOUCHPOINTS, touches).await;
    assert_eq!(
        result["problems"],
        json!([{ "path": "touchpoints.1.activity", "code": "UNKNOWN",
        "message": "there is no activity `w7` of plan; add it first" }])
    );
    let mut unknown = webinar("w2", "2026-03-10");
    unknown["activityType"] = json!("conference");
    assert_eq!(world.refused(ACTIVITIES, json!([unknown])).await, ["activities.0.activityType UNKNOWN"]);
    let read = world.read("touchpoints { nodes { key } } parties { nodes { key } } activities { nodes { key } }").await;
    assert_eq!(
        read,
        json!({ "touchpoints": { "nodes": [{ "key": "t1" }] }, "parties": { "nodes": [{ "key": "ada" }] },
        "activities": { "nodes": [{ "key": "w1" }] } }),
        "bob, who was good, is not stored without eve"
    );
}

async fn values_of_the_wrong_kind_are_refused(engine: Engine) {
    let world = World::with_a_webinar(engine).await;
    let check = async |what: [&str; 3], entries: Value, part: &str| {
        let [mutation, input, list] = what;
        let query = format!("mutation($input: {input}!) {{ {mutation}(input: $input) {{ __typename }} }}");
        let input = json!({ "community": world.community, list: entries });
        let reply = world.api.send(&query, json!({ "input": input })).await.unwrap();
        assert_eq!((reply.status, reply.code()), (400, "BAD_USER_INPUT"), "{}", reply.body);
        let message = reply.body["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains(part), "{message}");
    };
    let cost = |currency: &str, amount: Value| json!([{ "kind": "CASH", "day": "2026-03-10", "currency": currency, "amount": amount }]);
    check(COSTS, cost("XYZ", json!("1")), "`XYZ` is not an ISO 4217 currency").await;
    check(COSTS, cost("EUR", json!(0.1)), "write it as a text").await;
    check(COSTS, cost("EUR", json!("1,000.00")), "`1,000.00` is not a decimal").await;
    let lead = json!({ "kind": "LEAD", "at": "2026-04-01T10:00:00Z" });
    check(OUTCOMES, json!(vec![lead; 251]), "250").await;
    check(OUTCOMES, json!([{ "kind": "LEAD", "at": "yesterday" }]), "").await;
    assert_eq!(world.read("outcomes { nodes { key } }").await["outcomes"]["nodes"], json!([]));
}

async fn another_organisation_and_a_reader_record_nothing(engine: Engine) {
    let world = World::with_a_webinar(engine).await;
    let token = async |arguments: &[&str]| {
        let output = valuemap(&world.scratch, arguments).await.unwrap();
        Api::new(&world.server.address, String::from_utf8(output.stdout).unwrap().trim())
    };
    assert!(valuemap(&world.scratch, &["organisation", "Other"]).await.unwrap().status.success());
    let other = token(&["token", "create", "--name", "other", "--organisation", "Other", "--write"]).await;
    let reader = token(&["token", "create", "--name", "reader", "--organisation", "Acme"]).await;
    let id = json!({ "id": world.community });
    for mutation in [
        "recordParties(input: {community: $id, parties: [{kind: MEMBER}]}) { __typename }",
        "saveActivityTypes(input: {community: $id, types: []}) { __typename }",
        "setExchangeRate(input: {community: $id, currency: \"USD\", validFrom: \"2026-01-01\", rate: \"1\"}) { __typename }",
        "setOutcomeWeights(input: {community: $id, weights: [{kind: LEAD, points: 1}]}) { __typename }",
        "setReportingCurrency(input: {community: $id, currency: \"USD\"}) { __typename }",
    ] {
        let query = format!("mutation($id: ID!) {{ result: {mutation} }}");
        assert_eq!(other.ask(&query, id.clone()).await.unwrap()["result"]["__typename"], "NotFound", "{mutation}");
        assert_eq!(reader.send(&query, id.clone()).await.unwrap().code(), "FORBIDDEN", "{mutation}");
    }
    let read =
        world.read("parties { nodes { key } } exchangeRates { nodes { rate } } outcomeWeights { version }").await;
    assert_eq!(
        read,
        json!({ "parties": { "nodes": [{ "key": "ada" }] }, "exchangeRates": { "nodes": [] },
        "outcomeWeights": { "version": 0 } })
    );
    let activity = world.read("activities { nodes { id } }").await["activities"]["nodes"][0]["id"].clone();
    let query = "query($id: ID!) { node(id: $id) { id } }";
    assert_eq!(other.ask(query, json!({ "id": activity })).await.unwrap()["node"], Value::Null);
    assert_eq!(reader.ask(query, json!({ "id": activity })).await.unwrap()["node"]["id"], activity);
    // An activity of one community is not to be had through another.
    let (second, _) = world.api.create_community("Second", "https://second.example.com").await.unwrap();
    let query = "query($id: ID!, $activity: ID!) { community(id: $id) { activity(id: $activity) { name } } }";
    let found = world.api.ask(query, json!({ "id": second, "activity": activity })).await.unwrap();
    assert_eq!(found["community"]["activity"], Value::Null);
}
