//! Credits of outcomes to activities: a small world whose credits can be worked out by hand.

use serde_json::{Value, json};
use valuemap_tests::{Api, Engine, valuemap};

use crate::{World, on_both_databases};

mod conversion;
mod journeys;
mod precision;
mod returns;

on_both_databases!(
    every_model_credits_what_it_should,
    links_decide_whose_touches_count,
    the_window_ends_on_the_day,
    the_same_data_gives_the_same_run_until_it_changes,
    runs_are_listed_newest_first,
    what_cannot_be_attributed_is_refused,
    another_organisation_is_not_there,
    the_command_line_prints_and_keeps,
);

/// Webinar w1 was on 10 March, meetup m1 on 10 April. Of account 42, Ada came to the first and Bob to the second, and
/// on 20 April it upgraded. Cy came to the webinar and did nothing. Dan bought before he came to a meetup. Eve renewed
/// exactly 90 days after the webinar.
async fn small_world(engine: Engine) -> World {
    let world = World::new(engine).await;
    let member = |key: &str| json!({ "kind": "MEMBER", "source": "forum", "key": key });
    let account = json!({ "kind": "ACCOUNT", "source": "crm", "key": "42" });
    let types = json!([
        { "key": "webinar", "name": "Webinars", "modality": "ONLINE", "goal": "REVENUE" },
        { "key": "meetup", "name": "Meetups", "modality": "IN_PERSON", "goal": "GOODWILL" },
    ]);
    world.tell("saveActivityTypes", "SaveActivityTypesInput", "types", types).await;
    let activities = json!([
        { "source": "plan", "key": "w1", "activityType": "webinar", "name": "Tips", "startsOn": "2026-03-10",
          "costs": [{ "kind": "STAFF", "currency": "EUR", "hours": "8", "rate": "75.5" }] },
        { "source": "plan", "key": "m1", "activityType": "meetup", "name": "Berlin", "startsOn": "2026-04-10",
          "costs": [{ "kind": "CASH", "currency": "EUR", "amount": "400" }] },
    ]);
    world.tell("saveActivities", "SaveActivitiesInput", "activities", activities).await;
    let running = json!([{ "kind": "PLATFORM", "day": "2026-04-01", "currency": "EUR", "amount": "300" }]);
    world.tell("recordCosts", "RecordCostsInput", "costs", running).await;
    let link = |who: &str| json!({ "from": member(who), "to": account, "method": "EMAIL_MATCH", "confidence": 0.9 });
    world.tell("linkIdentities", "LinkIdentitiesInput", "links", json!([link("ada"), link("bob")])).await;
    let touch = |who: &str, activity: &str, at: &str, channel: Option<&str>| {
        json!({ "source": "zoom", "key": format!("{who}-{activity}"), "activity": { "source": "plan", "key": activity },
            "party": member(who), "at": at, "role": "ATTENDED", "channel": channel })
    };
    let touches = json!([
        touch("ada", "w1", "2026-03-10T15:00:00Z", Some("newsletter")),
        touch("cy", "w1", "2026-03-10T15:00:00Z", Some("newsletter")),
        touch("eve", "w1", "2026-03-10T15:00:00Z", None),
        touch("bob", "m1", "2026-04-10T18:00:00Z", Some("forum")),
        touch("dan", "m1", "2026-05-10T18:00:00Z", Some("forum")),
    ]);
    world.tell("recordTouchpoints", "RecordTouchpointsInput", "touchpoints", touches).await;
    let outcome = |key: &str, kind: &str, party: &Value, at: &str, amount: &str| {
        json!({ "source": "crm", "key": key, "kind": kind, "party": party, "at": at,
            "money": { "amount": amount, "currency": "EUR" }, "withdrawn": key == "withdrawn" })
    };
    let mut upgrade = outcome("upgrade", "UPGRADE", &account, "2026-04-20T12:00:00Z", "1000");
    upgrade["leadAt"] = json!("2026-03-12T00:00:00Z");
    let outcomes = json!([
        upgrade,
        outcome("withdrawn", "UPGRADE", &account, "2026-05-05T12:00:00Z", "9999"),
        outcome("early", "PURCHASE", &member("dan"), "2026-05-01T12:00:00Z", "300"),
        outcome("edge", "RENEWAL", &member("eve"), "2026-06-08T15:00:00Z", "50"),
    ]);
    world.tell("recordOutcomes", "RecordOutcomesInput", "outcomes", outcomes).await;
    world
}

const RUN: &str = "mutation($input: RunAttributionInput!) { runAttribution(input: $input) { __typename
    ... on NotFound { message }
    ... on InvalidAttribution { problems { path code message } }
    ... on AttributionRun { id dataHash isStale author nullJourneys
        parameters { from until by source lookbackDays halfLifeDays minimumConfidence outcomes
            roleWeights { role weight } }
        credited { count value { amount currency } } uncredited { count value { amount } }
        replaced { count value { amount } }
        models { model failure }
        sources(first: 10) { nodes { source { id key name } touches convertingJourneys rankFlips
            outcomes { min max } value { min max } credits { model outcomes rank value { amount } imprecise
                precision { outcomes { low high } value { low { amount } high { amount } } rankStability } } } } } } }";

impl World {
    /// Attributes the second quarter, with these parameters beside.
    async fn attribute(&self, parameters: Value) -> Value {
        let mut input = json!({ "community": self.community, "from": "2026-Q2", "until": "2026-Q2" });
        input.as_object_mut().unwrap().extend(parameters.as_object().unwrap().clone());
        self.api.ask(RUN, json!({ "input": input })).await.unwrap()["runAttribution"].clone()
    }

    async fn other_organisation(&self) -> Api {
        assert!(valuemap(&self.scratch, &["organisation", "Other"]).await.unwrap().status.success());
        let arguments = ["token", "create", "--name", "other", "--organisation", "Other", "--write"];
        let output = valuemap(&self.scratch, &arguments).await.unwrap();
        Api::new(&self.server.address, String::from_utf8(output.stdout).unwrap().trim())
    }
}

/// What a model credits to a source, as outcomes and money.
fn credit(run: &Value, source: &str, model: &str) -> (f64, String) {
    let sources = run["sources"]["nodes"].as_array().unwrap();
    let found = sources.iter().find(|row| row["source"]["key"] == source).unwrap();
    let credit = found["credits"].as_array().unwrap().iter().find(|credit| credit["model"] == model).unwrap();
    (credit["outcomes"].as_f64().unwrap(), credit["value"]["amount"].as_str().unwrap().to_owned())
}

/// How many outcomes were credited and how many not, and what they were worth.
fn totals(run: &Value) -> Value {
    let total = |name: &str| json!([run[name]["count"], run[name]["value"]["amount"]]);
    json!([total("credited"), total("uncredited"), run["nullJourneys"]])
}

async fn every_model_credits_what_it_should(engine: Engine) {
    let world = small_world(engine).await;
    let run = world.attribute(json!({})).await;
    assert_eq!(totals(&run), json!([[1, "1000"], [2, "350"], 1]), "{run}");
    let parameters = json!({ "from": "2026-Q2", "until": "2026-Q2", "by": "ACCOUNT", "source": "ACTIVITY_TYPE",
        "lookbackDays": 90, "halfLifeDays": 7.0, "minimumConfidence": 0.8,
        "outcomes": ["PURCHASE", "UPGRADE", "RENEWAL"],
        "roleWeights": [{ "role": "REACHED", "weight": 0.0 }, { "role": "REGISTERED", "weight": 0.25 },
            { "role": "ATTENDED", "weight": 1.0 }, { "role": "CONTRIBUTED", "weight": 1.0 },
            { "role": "SPOKE", "weight": 1.0 }, { "role": "ORGANISED", "weight": 1.0 }] });
    assert_eq!(run["parameters"], parameters);
    // Ada's touch was 31.125 days before Bob's, and led to the lead.
    let decayed = (-31.125_f64 / 7.0).exp2();
    let webinar = [
        ("FIRST_TOUCH", 1.0, "1000"),
        ("LAST_TOUCH", 0.0, "0"),
        ("LINEAR", 0.5, "500"),
        ("TIME_DECAY", decayed / (1.0 + decayed), "43.8546"),
        ("U_SHAPED", 0.5, "500"),
        ("W_SHAPED", 6.0 / 7.0, "857.1429"),
        // Without either of the two nobody converts; Cy, who converted by neither, changes nothing about that.
        ("MARKOV_REMOVAL", 0.5, "500"),
        ("SHAPLEY", 0.5, "500"),
        ("SHAPLEY_NONNEGATIVE", 0.5, "500"),
    ];
    for (model, outcomes, value) in webinar {
        let (of_webinar, value_of_webinar) = credit(&run, "webinar", model);
        let (of_meetup, value_of_meetup) = credit(&run, "meetup", model);
        assert!((of_webinar - outcomes).abs() < 1e-9, "{model}: {of_webinar}");
        assert!((of_webinar + of_meetup - 1.0).abs() < 1e-9, "{model}: {of_webinar} and {of_meetup}");
        assert_eq!(value_of_webinar, value, "{model}");
        let number = |text: &str| text.parse::<f64>().unwrap();
        assert!((number(&value_of_webinar) + number(&value_of_meetup) - 1_000.0).abs() < 1e-9, "{model}");
    }
    let first = &run["sources"]["nodes"][0];
    assert_eq!(first["outcomes"], json!({ "min": 0.0, "max": 1.0 }));
    assert_eq!((&first["rankFlips"], &first["value"]), (&json!(true), &json!({ "min": "0", "max": "1000" })));
    // Of the webinar: Ada's and Cy's touches. Eve's is too old, and Dan's meetup came after his purchase.
    let touches = |key: &str| {
        let mut rows = run["sources"]["nodes"].as_array().unwrap().iter();
        rows.find(|row| row["source"]["key"] == key).unwrap()["touches"].clone()
    };
    assert_eq!([touches("webinar"), touches("meetup")], [2, 1]);

    let channels = world.attribute(json!({ "source": "CHANNEL", "models": ["FIRST_TOUCH"] })).await;
    assert_eq!(credit(&channels, "newsletter", "FIRST_TOUCH"), (1.0, "1000".to_owned()));
    assert_eq!(credit(&channels, "forum", "FIRST_TOUCH"), (0.0, "0".to_owned()));
    for (source, key) in [("MODALITY", "in_person"), ("GOAL", "goodwill"), ("ACTIVITY", "m1")] {
        let run = world.attribute(json!({ "source": source, "models": ["LAST_TOUCH"] })).await;
        assert_eq!(credit(&run, key, "LAST_TOUCH"), (1.0, "1000".to_owned()), "{source}");
    }
}

async fn links_decide_whose_touches_count(engine: Engine) {
    let world = small_world(engine).await;
    // The account itself was never met; Ada, Bob and Cy are journeys without an outcome of theirs.
    let nothing = json!([[0, "0"], [3, "1350"], 3]);
    assert_eq!(totals(&world.attribute(json!({ "by": "MEMBER", "models": ["LINEAR"] })).await), nothing);
    let unsure = world.attribute(json!({ "minimumConfidence": 0.95, "models": ["LINEAR"] })).await;
    assert_eq!(totals(&unsure), nothing);
    let sure = world.attribute(json!({ "minimumConfidence": 0.9, "models": ["LINEAR"] })).await;
    assert_eq!(totals(&sure), json!([[1, "1000"], [2, "350"], 1]));
}

async fn the_window_ends_on_the_day(engine: Engine) {
    let world = small_world(engine).await;
    let run = world.attribute(json!({ "lookbackDays": 91, "models": ["LAST_TOUCH"] })).await;
    assert_eq!(totals(&run), json!([[2, "1050"], [1, "300"], 1]));
    assert_eq!(credit(&run, "webinar", "LAST_TOUCH"), (1.0, "50".to_owned()));
    let run = world.attribute(json!({ "lookbackDays": 30, "models": ["FIRST_TOUCH"] })).await;
    assert_eq!(credit(&run, "meetup", "FIRST_TOUCH"), (1.0, "1000".to_owned()));
}

async fn the_same_data_gives_the_same_run_until_it_changes(engine: Engine) {
    let world = small_world(engine).await;
    let without_id = |mut run: Value| {
        run.as_object_mut().unwrap().remove("id");
        run
    };
    let first = world.attribute(json!({})).await;
    assert_eq!((&first["isStale"], &first["author"]), (&json!(false), &json!("test")));
    assert_eq!(first["dataHash"].as_str().unwrap().len(), 64);
    assert_eq!(without_id(world.attribute(json!({})).await), without_id(first.clone()));
    let by_channel = world.attribute(json!({ "source": "CHANNEL" })).await;
    assert_ne!(by_channel["dataHash"], first["dataHash"]);

    let touch = json!([{ "source": "zoom", "key": "new", "activity": { "source": "plan", "key": "m1" },
        "party": { "kind": "MEMBER", "source": "forum", "key": "cy" }, "at": "2026-06-30T23:59:59Z", "role": "ATTENDED" }]);
    world.tell("recordTouchpoints", "RecordTouchpointsInput", "touchpoints", touch).await;
    let query = "query($id: ID!) { attributionRun(id: $id) { isStale dataHash } node(id: $id) { id } }";
    let read = world.api.ask(query, json!({ "id": first["id"] })).await.unwrap();
    assert_eq!(read["attributionRun"], json!({ "isStale": true, "dataHash": first["dataHash"] }));
    assert_eq!(read["node"]["id"], first["id"]);
    assert_ne!(world.attribute(json!({})).await["dataHash"], first["dataHash"]);
}

async fn runs_are_listed_newest_first(engine: Engine) {
    let world = small_world(engine).await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.insert(0, world.attribute(json!({ "models": ["LINEAR"] })).await["id"].clone());
    }
    let query = "query($id: ID!, $after: String) { attributionRuns(community: $id, first: 2, after: $after) {
        pageInfo { hasNextPage endCursor } nodes { id credited { count } sources(first: 1) { nodes { source { key } } } } } }";
    let page = world.api.ask(query, json!({ "id": world.community })).await.unwrap()["attributionRuns"].clone();
    assert_eq!([&page["nodes"][0]["id"], &page["nodes"][1]["id"]], [&ids[0], &ids[1]]);
    assert_eq!(page["pageInfo"]["hasNextPage"], true);
    let variables = json!({ "id": world.community, "after": page["pageInfo"]["endCursor"] });
    let page = world.api.ask(query, variables).await.unwrap()["attributionRuns"].clone();
    assert_eq!((&page["nodes"][0]["id"], &page["pageInfo"]["hasNextPage"]), (&ids[2], &json!(false)));
}

async fn what_cannot_be_attributed_is_refused(engine: Engine) {
    let world = small_world(engine).await;
    let refused = world.attribute(json!({ "until": "2026-Q1", "lookbackDays": 0, "models": [] })).await;
    let paths: Vec<&str> =
        refused["problems"].as_array().unwrap().iter().map(|problem| problem["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["until", "lookbackDays", "models"]);
    let input = json!({ "community": world.community, "from": "2026-Q2", "until": "2026-Q2", "models": ["BEST"] });
    let reply = world.api.send(RUN, json!({ "input": input })).await.unwrap();
    assert_eq!((reply.status, reply.code()), (400, "BAD_USER_INPUT"), "{reply:?}");
    let reader = valuemap(&world.scratch, &["token", "create", "--name", "reader"]).await.unwrap();
    let reader = Api::new(&world.server.address, String::from_utf8(reader.stdout).unwrap().trim());
    let input = json!({ "community": world.community, "from": "2026-Q2", "until": "2026-Q2" });
    assert_eq!(reader.send(RUN, json!({ "input": input })).await.unwrap().code(), "FORBIDDEN");
}

async fn another_organisation_is_not_there(engine: Engine) {
    let world = small_world(engine).await;
    let run = world.attribute(json!({ "models": ["LINEAR"] })).await;
    let other = world.other_organisation().await;
    let input = json!({ "community": world.community, "from": "2026-Q2", "until": "2026-Q2" });
    assert_eq!(other.ask(RUN, json!({ "input": input })).await.unwrap()["runAttribution"]["__typename"], "NotFound");
    let query = "query($id: ID!, $community: ID!) { attributionRun(id: $id) { id } node(id: $id) { id }
        attributionRuns(community: $community) { nodes { id } }
        activityReturns(community: $community, from: \"2026-Q2\", until: \"2026-Q2\") { __typename }
        conversion(community: $community, from: \"2026-Q2\", until: \"2026-Q2\") { __typename }
        breakEven(community: $community, input: { costs: [], expectedParticipants: 1, outcomeKind: UPGRADE }) {
            __typename } }";
    let theirs = other.ask(query, json!({ "id": run["id"], "community": world.community })).await.unwrap();
    let nothing = json!({ "attributionRun": null, "node": null, "attributionRuns": null,
        "activityReturns": { "__typename": "NotFound" }, "conversion": { "__typename": "NotFound" }, "breakEven": { "__typename": "NotFound" } });
    assert_eq!(theirs, nothing);
}

async fn the_command_line_prints_and_keeps(engine: Engine) {
    let world = small_world(engine).await;
    let span = ["attribute", "--community", "Makers", "--from", "2026-Q2", "--until", "2026-Q2"];
    let arguments = [&span[..], &["--model", "linear", "--model", "last_touch", "--source", "activity"]].concat();
    let output = valuemap(&world.scratch, &arguments).await.unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(printed.contains("1 outcomes credited, worth 1000 EUR"), "{printed}");
    assert!(printed.contains("0.50 / 500"), "{printed}");
    let kept = printed.lines().find_map(|line| line.strip_prefix("Kept as ")).unwrap().trim_end_matches('.');
    let query = "query($id: ID!) { attributionRun(id: $id) { author dataHash isStale } }";
    let read = world.api.ask(query, json!({ "id": kept })).await.unwrap();
    assert_eq!(read["attributionRun"]["author"], "valuemap attribute");
    assert!(printed.contains(read["attributionRun"]["dataHash"].as_str().unwrap()));
    let output = valuemap(&world.scratch, &[&span[..], &["--no-store"]].concat()).await.unwrap();
    assert!(!String::from_utf8(output.stdout).unwrap().contains("Kept as"));
    let output = valuemap(&world.scratch, &[&span[..], &["--model", "best"]].concat()).await.unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("the models are first_touch"), "{said}");
}
