//! What is tracked: recorded over the API, read back, and refused where it breaks rules.

use serde_json::{Value, json};
use valuemap_tests::{Api, Engine, valuemap};

use crate::{World, on_both_databases};

on_both_databases!(
    what_is_recorded_is_read_back,
    what_is_sent_again_is_known_and_what_differs_is_changed,
    lists_are_read_page_by_page,
    each_node_gets_its_own_page,
    costs_add_up_in_the_currency_of_the_community,
    every_problem_is_named_by_its_path_and_nothing_is_stored,
    what_is_not_there_cannot_be_referred_to,
    values_of_the_wrong_kind_are_refused,
    another_organisation_and_a_reader_record_nothing,
    the_currency_stays_once_money_is_stored,
    outcome_weights_are_versions,
);

/// The union that every recording mutation answers with.
const RESULT: &str = "{ __typename
    ... on Recorded { new changed known records { path source key id } }
    ... on InvalidInput { problems { path code message } }
    ... on NotFound { message } }";

/// The mutation, its input type and its list.
const PARTIES: [&str; 3] = ["recordParties", "RecordPartiesInput", "parties"];
const LINKS: [&str; 3] = ["linkIdentities", "LinkIdentitiesInput", "links"];
const TYPES: [&str; 3] = ["saveActivityTypes", "SaveActivityTypesInput", "types"];
const ACTIVITIES: [&str; 3] = ["saveActivities", "SaveActivitiesInput", "activities"];
const COSTS: [&str; 3] = ["recordCosts", "RecordCostsInput", "costs"];
const TOUCHPOINTS: [&str; 3] = ["recordTouchpoints", "RecordTouchpointsInput", "touchpoints"];
const OUTCOMES: [&str; 3] = ["recordOutcomes", "RecordOutcomesInput", "outcomes"];
const CASES: [&str; 3] = ["recordCases", "RecordCasesInput", "cases"];
const CONTRIBUTIONS: [&str; 3] = ["recordContributions", "RecordContributionsInput", "contributions"];
const OBSERVATIONS: [&str; 3] = ["recordObservations", "RecordObservationsInput", "observations"];

impl World {
    async fn record(&self, [mutation, input, list]: [&str; 3], entries: Value) -> Value {
        let query = format!("mutation($input: {input}!) {{ {mutation}(input: $input) {RESULT} }}");
        let input = json!({ "community": self.community, list: entries });
        self.api.ask(&query, json!({ "input": input })).await.unwrap()[mutation].clone()
    }

    /// Records what has to be accepted; returns how much of it was new, changed and known.
    async fn recorded(&self, what: [&str; 3], entries: Value) -> [u64; 3] {
        let result = self.record(what, entries).await;
        assert_eq!(result["__typename"], "Recorded", "{result}");
        ["new", "changed", "known"].map(|count| result[count].as_u64().unwrap())
    }

    /// The paths and codes of all that is wrong with some entries.
    async fn refused(&self, what: [&str; 3], entries: Value) -> Vec<String> {
        let result = self.record(what, entries).await;
        assert_eq!(result["__typename"], "InvalidInput", "{result}");
        let problem =
            |problem: &Value| format!("{} {}", problem["path"].as_str().unwrap(), problem["code"].as_str().unwrap());
        result["problems"].as_array().unwrap().iter().map(problem).collect()
    }

    /// Fields of the community.
    async fn read(&self, fields: &str) -> Value {
        let query = format!("query($id: ID!) {{ community(id: $id) {{ {fields} }} }}");
        self.api.ask(&query, json!({ "id": self.community })).await.unwrap()["community"].clone()
    }

    /// A type, an activity `w1` of it with a cost line, and a member who attended.
    async fn with_a_webinar(engine: Engine) -> Self {
        let world = Self::new(engine).await;
        assert_eq!(world.recorded(TYPES, json!([webinars()])).await, [1, 0, 0]);
        assert_eq!(world.recorded(ACTIVITIES, json!([webinar("w1", "2026-03-10")])).await, [2, 0, 0]);
        assert_eq!(
            world.recorded(TOUCHPOINTS, json!([attended("t1", "w1", "ada", "2026-03-10T15:00:00Z")])).await,
            [1, 0, 0]
        );
        world
    }
}

fn webinars() -> Value {
    json!({ "key": "webinar", "name": "Webinars", "modality": "ONLINE", "goal": "REVENUE" })
}

fn webinar(key: &str, day: &str) -> Value {
    json!({ "source": "plan", "key": key, "activityType": "webinar", "name": format!("Webinar {key}"), "startsOn": day,
        "channels": ["newsletter"],
        "costs": [{ "key": format!("{key}-host"), "kind": "STAFF", "currency": "EUR", "hours": "8", "rate": "75.5" }] })
}

fn member(key: &str) -> Value {
    json!({ "kind": "MEMBER", "source": "forum", "key": key })
}

fn account(key: &str) -> Value {
    json!({ "kind": "ACCOUNT", "source": "crm", "key": key })
}

fn attended(key: &str, activity: &str, who: &str, at: &str) -> Value {
    json!({ "source": "zoom", "key": key, "activity": { "source": "plan", "key": activity }, "party": member(who),
        "at": at, "role": "ATTENDED", "channel": "newsletter" })
}

async fn what_is_recorded_is_read_back(engine: Engine) {
    let world = World::with_a_webinar(engine).await;
    let parties = json!([
        { "kind": "MEMBER", "source": "forum", "key": "ada", "name": "Ada", "since": "2024-02-29" },
        { "kind": "ACCOUNT", "source": "crm", "key": "42", "name": "Initech", "since": "2025-01-01" },
    ]);
    let result = world.record(PARTIES, parties).await;
    let ada = result["records"][0]["id"].clone();
    assert_eq!(result["records"][0]["path"], "parties.0");
    let link = json!([{ "from": member("ada"), "to": account("42"), "method": "EMAIL_MATCH", "confidence": 0.9,
        "validFrom": "2025-01-01" }]);
    assert_eq!(world.recorded(LINKS, link).await, [1, 0, 0]);
    let outcomes = json!([
        { "source": "crm", "key": "deal", "kind": "UPGRADE", "party": account("42"), "at": "2026-04-01T10:00:00+02:00",
          "money": { "amount": "1234.50", "currency": "EUR" }, "leadAt": "2026-03-12T00:00:00Z" },
        { "kind": "REVIEW", "party": member("ada"), "at": "2026-04-02T00:00:00Z", "title": "Five stars" },
    ]);
    let result = world.record(OUTCOMES, outcomes).await;
    assert_eq!(result["records"][1]["source"], "api", "who names no source has recorded it over the API");
    assert!(result["records"][1]["key"].as_str().unwrap().len() == 36, "a key is made and returned: {result}");
    let running = json!([{ "kind": "PLATFORM", "day": "2026-03-01", "currency": "EUR", "amount": "300" }]);
    assert_eq!(world.recorded(COSTS, running).await, [1, 0, 0]);
    let case = json!([{ "source": "zendesk", "key": "9", "party": account("42"), "openedAt": "2026-03-01T08:00:00Z",
        "solvedAt": "2026-03-02T08:00:00Z" }]);
    assert_eq!(world.recorded(CASES, case).await, [1, 0, 0]);
    let contribution = json!([{ "source": "forum", "key": "p1", "kind": "SOLUTION", "thread": "77",
        "party": member("ada"), "at": "2026-03-03T08:00:00Z" }]);
    assert_eq!(world.recorded(CONTRIBUTIONS, contribution).await, [1, 0, 0]);
    let observed = json!([{ "measure": "response_hours", "day": "2026-03-31", "value": 4.5,
        "interval": { "low": 4, "high": 5 } }]);
    assert_eq!(world.recorded(OBSERVATIONS, observed).await, [1, 0, 0]);

    let read = world.read("activityTypes { key goal modality }
        activities(first: 3) { nodes { id key name startsOn endsOn modality goal channels type { name } participants reached
            costs { key kind day hours rate cost { amount currency } }
            touchpoints(first: 3) { nodes { role channel at party { key name kind
                links(first: 3) { nodes { method confidence validFrom validUntil to { name outcomes { nodes { kind } } } } } } } } } }
        outcomes { nodes { kind at leadAt withdrawn title money { amount currency } party { name } } }
        costs { nodes { kind activity { key } cost { amount } } }
        supportCases { nodes { key openedAt solvedAt party { key } } }
        contributions { nodes { kind thread withdrawn party { name } } }
        parties { nodes { kind key since isStaff } }");
    let read = read.await;
    assert_eq!(read["activityTypes"], json!([{ "key": "webinar", "goal": "REVENUE", "modality": "ONLINE" }]));
    let webinar = &read["activities"]["nodes"][0];
    assert_eq!(
        webinar["costs"],
        json!([{ "key": "w1-host", "kind": "STAFF", "day": "2026-03-10", "hours": "8",
        "rate": "75.5", "cost": { "amount": "604", "currency": "EUR" } }])
    );
    assert_eq!([&webinar["modality"], &webinar["goal"], &webinar["type"]["name"]], ["ONLINE", "REVENUE", "Webinars"]);
    assert_eq!((&webinar["participants"], &webinar["reached"]), (&json!(1), &json!(1)));
    let touch = &webinar["touchpoints"]["nodes"][0];
    assert_eq!([&touch["role"], &touch["party"]["name"]], ["ATTENDED", "Ada"]);
    assert_eq!(
        touch["party"]["links"]["nodes"],
        json!([{ "method": "EMAIL_MATCH", "confidence": 0.9,
        "validFrom": "2025-01-01", "validUntil": null,
        "to": { "name": "Initech", "outcomes": { "nodes": [{ "kind": "UPGRADE" }] } } }])
    );
    let outcomes = &read["outcomes"]["nodes"];
    assert_eq!(outcomes[0]["title"], "Five stars", "the latest comes first");
    assert_eq!(outcomes[1]["money"], json!({ "amount": "1234.5", "currency": "EUR" }));
    assert_eq!(outcomes[1]["at"], "2026-04-01T08:00:00+00:00", "times are in UTC");
    assert_eq!(
        read["costs"]["nodes"],
        json!([
        { "kind": "STAFF", "activity": { "key": "w1" }, "cost": { "amount": "604" } },
        { "kind": "PLATFORM", "activity": null, "cost": { "amount": "300" } } ])
    );
    assert_eq!(read["supportCases"]["nodes"][0]["party"]["key"], "42");
    assert_eq!(read["contributions"]["nodes"][0]["party"]["name"], "Ada");
    assert_eq!(read["parties"]["nodes"].as_array().unwrap().len(), 2);

    let query = "query($id: ID!) { node(id: $id) { id ... on Party { name since } ... on Activity { name } } }";
    let node = world.api.ask(query, json!({ "id": ada })).await.unwrap();
    assert_eq!(node["node"], json!({ "id": ada, "name": "Ada", "since": "2024-02-29" }));
    let node = world.api.ask(query, json!({ "id": webinar["id"] })).await.unwrap();
    assert_eq!(node["node"]["name"], "Webinar w1");
    let query = "query($id: ID!, $activity: ID!) { community(id: $id) { activity(id: $activity) { name } } }";
    let found = world.api.ask(query, json!({ "id": world.community, "activity": webinar["id"] })).await.unwrap();
    assert_eq!(found["community"]["activity"]["name"], "Webinar w1");
}

async fn what_is_sent_again_is_known_and_what_differs_is_changed(engine: Engine) {
    let world = World::with_a_webinar(engine).await;
    assert_eq!(world.recorded(TYPES, json!([webinars()])).await, [0, 0, 1]);
    assert_eq!(world.recorded(ACTIVITIES, json!([webinar("w1", "2026-03-10")])).await, [0, 0, 2]);
    assert_eq!(world.recorded(ACTIVITIES, json!([webinar("w1", "2026-03-11")])).await, [0, 2, 0]);
    let touch = attended("t1", "w1", "ada", "2026-03-10T15:00:00Z");
    assert_eq!(world.recorded(TOUCHPOINTS, json!([touch, touch])).await, [0, 0, 2]);
    let mut spoke = touch.clone();
    spoke["role"] = json!("SPOKE");
    assert_eq!(world.refused(TOUCHPOINTS, json!([touch, spoke])).await, ["touchpoints.1 DUPLICATE"]);
    assert_eq!(world.recorded(TOUCHPOINTS, json!([spoke])).await, [0, 1, 0]);
    let ada = json!([{ "kind": "MEMBER", "source": "forum", "key": "ada", "name": "Ada" }]);
    assert_eq!(world.recorded(PARTIES, ada.clone()).await, [1, 0, 0], "who was only mentioned is introduced");
    assert_eq!(world.recorded(PARTIES, ada).await, [0, 0, 1]);
    let read =
        world.read("activities { nodes { startsOn touchpoints { nodes { role } } } } parties { nodes { name } }");
    assert_eq!(
        read.await,
        json!({
        "activities": { "nodes": [{ "startsOn": "2026-03-11", "touchpoints": { "nodes": [{ "role": "SPOKE" }] } }] },
        "parties": { "nodes": [{ "name": "Ada" }] } })
    );
}

async fn lists_are_read_page_by_page(engine: Engine) {
    let world = World::new(engine).await;
    let outcome = |number: i32| {
        // Two of each time: the id decides between them.
        json!({ "source": "crm", "key": number.to_string(), "kind": "LEAD",
            "at": format!("2026-01-{:02}T09:00:00.5Z", number / 2 + 1) })
    };
    let outcomes: Vec<Value> = (0..25).map(outcome).collect();
    assert_eq!(world.recorded(OUTCOMES, json!(outcomes)).await, [25, 0, 0]);
    let mut seen = Vec::new();
    let mut after = Value::Null;
    loop {
        let query = "query($id: ID!, $after: String) { community(id: $id) {
            outcomes(first: 7, after: $after) { nodes { key at } pageInfo { hasNextPage hasPreviousPage endCursor } } } }";
        let data = world.api.ask(query, json!({ "id": world.community, "after": after })).await.unwrap();
        let page = &data["community"]["outcomes"];
        assert_eq!(page["pageInfo"]["hasPreviousPage"], !after.is_null());
        seen.extend(
            page["nodes"]
                .as_array()
                .unwrap()
                .iter()
                .map(|node| node["at"].as_str().unwrap().to_owned() + node["key"].as_str().unwrap()),
        );
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
        // What arrives in the meantime moves nobody: it is earlier in the list.
        let newer = json!([{ "kind": "LEAD", "at": format!("2026-02-{:02}T00:00:00Z", seen.len()) }]);
        assert_eq!(world.recorded(OUTCOMES, newer).await, [1, 0, 0]);
    }
    assert_eq!(seen.len(), 25);
    assert!(seen.windows(2).all(|pair| pair[0][..20] >= pair[1][..20]), "{seen:?}");
    let mut keys = seen.clone();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 25, "no row twice");

    for (arguments, complaint) in [
        ("first: 101", "first"),
        ("first: 0", "first"),
        ("first: -1", "first"),
        ("after: \"x\"", "after"),
        ("after: \"+99999-01-01T00:00:00Z_00000000-0000-0000-0000-000000000000\"", "after"),
    ] {
        let query =
            format!("query($id: ID!) {{ community(id: $id) {{ outcomes({arguments}) {{ nodes {{ key }} }} }} }}");
        let reply = world.api.send(&query, json!({ "id": world.community })).await.unwrap();
        assert_eq!(reply.code(), "BAD_USER_INPUT", "{arguments}");
        assert!(reply.body["errors"][0]["message"].as_str().unwrap().starts_with(complaint), "{}", reply.body);
    }
    let query = "query($id: ID!) { community(id: $id) { activities(first: 100) { nodes { touchpoints(first: 100) {
        nodes { id } } } } } }";
    let reply = world.api.send(query, json!({ "id": world.community })).await.unwrap();
    assert_eq!(reply.code(), "MAX_COMPLEXITY_LIMIT");
}

async fn each_node_gets_its_own_page(engine: Engine) {
    let world = World::with_a_webinar(engine).await;
    assert_eq!(world.recorded(ACTIVITIES, json!([webinar("w2", "2026-05-10")])).await, [2, 0, 0]);
    let user_groups =
        json!([{ "key": "user_group", "name": "User groups", "modality": "HYBRID", "goal": "RETENTION" }]);
    assert_eq!(world.recorded(TYPES, user_groups).await, [1, 0, 0]);
    let meeting = json!([{ "source": "plan", "key": "u1", "activityType": "user_group", "name": "Vienna",
        "startsOn": "2026-04-01", "endsOn": "2026-04-03", "modality": "IN_PERSON" }]);
    assert_eq!(world.recorded(ACTIVITIES, meeting).await, [1, 0, 0]);
    let mut touches: Vec<Value> = (0..5)
        .flat_map(|number| {
            let at = format!("2026-05-10T1{number}:00:00Z");
            let who = format!("m{}", number % 4);
            [attended(&format!("w1-{number}"), "w1", &who, &at), attended(&format!("w2-{number}"), "w2", &who, &at)]
        })
        .collect();
    for touch in &mut touches[..4] {
        touch["role"] = json!("REACHED");
    }
    assert_eq!(world.recorded(TOUCHPOINTS, json!(touches)).await, [10, 0, 0]);
    let read = world.read(
        "activities { nodes { key participants reached
        touchpoints(first: 2) { nodes { key } pageInfo { hasNextPage } } } }",
    );
    let keys = |of: &str| {
        json!({ "nodes": [{ "key": format!("{of}-4") }, { "key": format!("{of}-3") }],
        "pageInfo": { "hasNextPage": true } })
    };
    let none = json!({ "nodes": [], "pageInfo": { "hasNextPage": false } });
    assert_eq!(
        read.await["activities"]["nodes"],
        json!([
            // m0 was reached and then attended, m1 was reached only, m2 and m3 attended.
            { "key": "w2", "participants": 3, "reached": 4, "touchpoints": keys("w2") },
            { "key": "u1", "participants": 0, "reached": 0, "touchpoints": none },
            { "key": "w1", "participants": 4, "reached": 5, "touchpoints": keys("w1") },
        ])
    );
    let filtered = async |arguments: &str| {
        let read = world.read(&format!("activities({arguments}) {{ nodes {{ key modality }} }}")).await;
        let nodes = read["activities"]["nodes"].as_array().unwrap().clone();
        nodes.iter().map(|node| node["key"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(filtered("type: \"webinar\"").await, ["w2", "w1"]);
    assert_eq!(filtered("from: \"2026-04-02\"").await, ["w2", "u1"]);
    assert_eq!(filtered("from: \"2026-04-03\", until: \"2026-04-30\"").await, ["u1"]);
    assert!(filtered("type: \"webinar\", from: \"2026-05-11\"").await.is_empty());
    let links = json!([{ "from": member("m0"), "to": account("42"), "method": "MANUAL" },
        { "from": member("m1"), "to": account("42"), "method": "MANUAL" }]);
    assert_eq!(world.recorded(LINKS, links).await, [2, 0, 0]);
    let read = world.read("parties { nodes { key links { nodes { from { key } to { key } } } } }").await;
    for party in read["parties"]["nodes"].as_array().unwrap() {
        let links = party["links"]["nodes"].as_array().unwrap().len();
        let expected = match party["key"].as_str().unwrap() {
            "42" => 2,
            "m0" | "m1" => 1,
            _ => 0,
        };
        assert_eq!(links, expected, "a link belongs to both of its parties: {party}");
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
