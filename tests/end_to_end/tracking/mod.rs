//! What is tracked: recorded over the API and read back.

use serde_json::{Value, json};
use valuemap_tests::Engine;

use crate::{World, on_both_databases};

mod audiences;
mod money;
mod refused;

on_both_databases!(
    what_is_recorded_is_read_back,
    what_is_sent_again_is_known_and_what_differs_is_changed,
    what_is_sent_many_times_at_once_is_stored_once,
    lists_are_read_page_by_page,
    each_node_gets_its_own_page,
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
    let observed = json!([{ "measure": "course_completions", "day": "2026-03-31", "value": 4.5,
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

async fn what_is_sent_many_times_at_once_is_stored_once(engine: Engine) {
    let world = World::with_a_webinar(engine).await;
    let touches = json!([
        attended("t2", "w1", "bob", "2026-03-10T15:00:00Z"),
        attended("t3", "w1", "eve", "2026-03-10T15:00:00Z"),
    ]);
    let query = "mutation($input: RecordTouchpointsInput!) { recordTouchpoints(input: $input) {
        ... on Recorded { new changed known } } }";
    let send = || {
        let (api, input) = (world.api.clone(), json!({ "community": world.community, "touchpoints": touches }));
        tokio::spawn(async move { api.ask(query, json!({ "input": input })).await })
    };
    let attempts: Vec<_> = (0..8).map(|_| send()).collect();
    let mut new = 0;
    for attempt in attempts {
        new += attempt.await.unwrap().unwrap()["recordTouchpoints"]["new"].as_u64().unwrap();
    }
    assert_eq!(new, 2);
    let read = world.read("touchpoints { nodes { key } }").await;
    assert_eq!(read["touchpoints"]["nodes"].as_array().unwrap().len(), 3);
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
