//! The internal and financial layers: from what is recorded to the figures, where they come from, and what moved them.

use serde_json::{Value, json};
use valuemap_tests::{Engine, answer_all, submission_id, valuemap};

use crate::over_time::import_answers;
use crate::{World, on_both_databases};

on_both_databases!(
    measures_make_an_internal_score_with_its_coverage_and_movers,
    answers_of_members_count_in_the_elements_that_they_drive,
    money_belongs_to_one_element_and_only_what_was_met_is_credited,
    a_figure_can_be_traced_to_its_rows,
    what_if_moves_what_is_linked_and_stores_nothing,
    a_comparison_takes_the_place_of_what_was_credited,
    the_scoring_model_is_edited_by_versions,
    a_scoring_model_goes_through_a_file,
    tallies_can_be_counted_anew,
    the_sample_has_a_figure_for_every_live_element,
);

const MAP: &str = "query($id: ID!, $period: Quarter, $model: Int, $weighting: Weighting) {
    valueMap(community: $id, period: $period, model: $model, weighting: $weighting) {
        modelVersion currency elapsed
        links { from to effect { likely } strength { correlation changes verdict } }
        returns { cost costs { kind amount } levels { evidence chanceOfGain } communityReturn }
        layers { elements { element reading { __typename
            ... on Score { value coverage answers interval { low high } change { difference }
                movers { name points } parts { key kind score value share message } explanation { modelVersion } }
            ... on Worth { amount { low likely high } evidence value target count change movers { name amount }
                parts { key counted } explanation { formula method inputs { name value } } }
            ... on NoScore { reason message } } } } } }";

pub(crate) async fn map(world: &World, variables: Value) -> Value {
    let mut all = json!({ "id": world.community });
    all.as_object_mut().unwrap().extend(variables.as_object().unwrap().clone());
    world.api.ask(MAP, all).await.unwrap()["valueMap"].clone()
}

pub(crate) fn reading(map: &Value, element: &str) -> Value {
    let layers = map["layers"].as_array().unwrap().iter();
    let mut elements = layers.flat_map(|layer| layer["elements"].as_array().unwrap());
    elements.find(|reading| reading["element"] == element).unwrap()["reading"].clone()
}

pub(crate) fn close(value: &Value, expected: f64) {
    let value = value.as_f64().unwrap_or_else(|| value.as_str().unwrap().parse().unwrap());
    assert!((value - expected).abs() < 1e-6, "{value} is not {expected}");
}

/// Sends a mutation that has to succeed with this type.
pub(crate) async fn change(world: &World, mutation: &str, input: Value, expected: &str) -> Value {
    let input_type = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let query = format!(
        "mutation($input: {input_type}!) {{ {mutation}(input: $input) {{ __typename ... on InvalidInput {{ problems {{ path message }} }} }} }}"
    );
    let mut input = input;
    input["community"] = json!(world.community);
    let reply = world.api.ask(&query, json!({ "input": input })).await.unwrap()[mutation].clone();
    assert_eq!(reply["__typename"], expected, "{reply}");
    reply
}

pub(crate) async fn observe(world: &World, observations: &[(&str, &str, f64)]) {
    let observations: Vec<Value> = observations
        .iter()
        .map(|(measure, day, value)| json!({ "measure": measure, "day": day, "value": value }))
        .collect();
    change(world, "recordObservations", json!({ "observations": observations }), "Recorded").await;
}

async fn measures_make_an_internal_score_with_its_coverage_and_movers(engine: Engine) {
    let world = World::new(engine).await;
    assert_eq!(reading(&map(&world, json!({ "period": "2026-Q1" })).await, "EDUCATION")["reason"], "NO_DATA");
    // Courses from 50 to 250 (weight 1), sessions from 2,000 to 8,000 (weight 1); two benefits weigh 3 and have no data.
    observe(&world, &[("course_completions", "2025-11-30", 100.0), ("self_help_sessions", "2025-11-30", 5_000.0)])
        .await;
    observe(&world, &[("course_completions", "2026-01-31", 60.0), ("course_completions", "2026-02-28", 90.0)]).await;
    observe(&world, &[("self_help_sessions", "2026-02-28", 6_200.0)]).await;

    let map_now = map(&world, json!({ "period": "2026-Q1" })).await;
    let education = reading(&map_now, "EDUCATION");
    // (50 + 70) / 2, before it (25 + 50) / 2.
    close(&education["value"], 60.0);
    close(&education["coverage"], 0.4);
    close(&education["change"]["difference"], 22.5);
    let moved: Vec<f64> =
        education["movers"].as_array().unwrap().iter().map(|mover| mover["points"].as_f64().unwrap()).collect();
    assert_eq!(moved, [12.5, 10.0]);
    assert_eq!(education["explanation"]["modelVersion"], "support-community-1");
    assert_eq!(map_now["elapsed"], 1.0);
    let missing: Vec<&Value> =
        education["parts"].as_array().unwrap().iter().filter(|part| part["score"].is_null()).collect();
    assert_eq!(missing.len(), 2);
    assert_eq!(missing[0]["message"], "nobody answered about it");

    let geometric = map(&world, json!({ "period": "2026-Q1", "weighting": "GEOMETRIC" })).await;
    close(&reading(&geometric, "EDUCATION")["value"], (50.0_f64 * 70.0).sqrt());

    let unknown = json!({ "community": world.community, "observations": [{ "measure": "luck", "day": "2026-01-01", "value": 7 }] });
    let query = "mutation($input: RecordObservationsInput!) { recordObservations(input: $input) {
        ... on InvalidInput { problems { path message } } } }";
    let refused = world.api.ask(query, json!({ "input": unknown })).await.unwrap();
    let problem = &refused["recordObservations"]["problems"][0];
    assert_eq!(problem["path"], "observations.0.measure");
    assert!(problem["message"].as_str().unwrap().contains("has no measure `luck` that is observed"), "{problem}");
}

async fn answers_of_members_count_in_the_elements_that_they_drive(engine: Engine) {
    let world = World::new(engine).await;
    let version = world.embed.survey(&world.site).await.unwrap()["version"].clone();
    for point in [5, 4, 4, 3, 4, 4] {
        world.embed.submit(&world.site, &version, &submission_id(), answer_all(point)).await.unwrap().data().unwrap();
    }
    let map = map(&world, json!({})).await;
    let engagement = reading(&map, "ENGAGEMENT");
    // All five benefits stand at 75; nothing else has data.
    close(&engagement["value"], 75.0);
    assert_eq!(engagement["answers"], 6);
    // The two benefits were answered alike by all six, so they are one sample: t with 5 degrees of freedom.
    let expected = 2.570_581_835_636_314 * (250.0_f64 / 6.0).sqrt();
    close(&engagement["interval"]["high"], 75.0 + expected);
    let parts = engagement["parts"].as_array().unwrap();
    let indicator = parts.iter().find(|part| part["key"] == "ROADMAP_INFLUENCE").unwrap();
    assert_eq!(indicator["kind"], "INDICATOR");
    close(&indicator["share"], 0.5);
    let link = map["links"].as_array().unwrap().iter().find(|link| link["from"] == "ROADMAP_INFLUENCE").unwrap();
    assert_eq!((&link["to"], &link["strength"]), (&json!("REPEAT_PURCHASES"), &Value::Null));
}

/// A webinar in January 2026, which one member of account A attended; account B met nothing.
pub(crate) async fn sell(world: &World) {
    change(
        world,
        "saveActivityTypes",
        json!({ "types": [{ "key": "webinar", "name": "Webinar", "modality": "ONLINE", "goal": "REVENUE" }] }),
        "Recorded",
    )
    .await;
    let costs = json!([
        { "kind": "CASH", "amount": "400.50", "currency": "EUR" },
        { "kind": "STAFF", "hours": "10", "rate": "60", "currency": "EUR" },
    ]);
    let activity = json!({ "source": "plan", "key": "w1", "activityType": "webinar", "name": "Webinar", "startsOn": "2026-01-10", "costs": costs });
    change(world, "saveActivities", json!({ "activities": [activity] }), "Recorded").await;
    let party = |kind: &str, key: &str| json!({ "kind": kind, "source": "crm", "key": key });
    let link =
        json!({ "from": party("MEMBER", "m"), "to": party("ACCOUNT", "A"), "method": "IMPORT", "confidence": 0.9 });
    change(world, "linkIdentities", json!({ "links": [link] }), "Recorded").await;
    let touch = json!({ "activity": { "source": "plan", "key": "w1" }, "party": party("MEMBER", "m"), "at": "2026-01-10T10:00:00Z", "role": "ATTENDED" });
    change(world, "recordTouchpoints", json!({ "touchpoints": [touch] }), "Recorded").await;
    let outcome = |key: &str, kind: &str, account: &str, at: &str, amount: &str| {
        json!({ "source": "crm", "key": key, "kind": kind, "party": party("ACCOUNT", account), "at": at,
                "money": { "amount": amount, "currency": "EUR" } })
    };
    let outcomes = [
        outcome("1", "PURCHASE", "A", "2026-01-05T10:00:00Z", "500"),
        outcome("2", "UPGRADE", "A", "2026-02-01T10:00:00Z", "10000"),
        outcome("3", "PURCHASE", "A", "2026-03-01T10:00:00Z", "2000"),
        outcome("4", "UPGRADE", "B", "2026-02-01T10:00:00Z", "7000"),
    ];
    change(world, "recordOutcomes", json!({ "outcomes": outcomes }), "Recorded").await;
}

pub(crate) fn input(reading: &Value, name: &str) -> f64 {
    let inputs = reading["explanation"]["inputs"].as_array().unwrap();
    inputs.iter().find(|input| input["name"].as_str().unwrap().starts_with(name)).unwrap()["value"].as_f64().unwrap()
}

async fn money_belongs_to_one_element_and_only_what_was_met_is_credited(engine: Engine) {
    let world = World::new(engine).await;
    assert_eq!(reading(&map(&world, json!({ "period": "2026-Q1" })).await, "UPGRADES")["reason"], "NOT_CONNECTED");
    sell(&world).await;
    let map_now = map(&world, json!({ "period": "2026-Q1" })).await;
    // The first purchase came before the webinar; the second one is a repeat; account B met nothing.
    for (element, count, amount, credited) in [
        ("UPGRADES", 2.0, 17_000.0, 10_000.0),
        ("ACQUISITION", 1.0, 500.0, 0.0),
        ("REPEAT_PURCHASES", 1.0, 2_000.0, 2_000.0),
    ] {
        let worth = reading(&map_now, element);
        assert_eq!((worth["__typename"].as_str(), worth["evidence"].as_str()), (Some("Worth"), Some("ATTRIBUTED")));
        close(&json!(input(&worth, "outcomes in the quarter")), count);
        close(&json!(input(&worth, "amount of all outcomes")), amount);
        close(&json!(input(&worth, "amount credited")), credited);
    }
    // No data is never zero, but a quarter without a sale is a figure, and it is zero.
    assert_eq!(reading(&map_now, "ACQUISITION")["amount"]["likely"], "0");
    let likely: f64 = reading(&map_now, "UPGRADES")["amount"]["likely"].as_str().unwrap().parse().unwrap();
    // 10,000 x about 0.7 x about 0.33, and there may as well have been none of it, or twice as much.
    assert!((1_700.0..2_400.0).contains(&likely), "{likely}");
    assert_eq!(map_now["returns"]["cost"], "1000.5");
    assert_eq!(
        map_now["returns"]["costs"],
        json!([{ "kind": "CASH", "amount": "400.5" }, { "kind": "STAFF", "amount": "600" }])
    );
    assert_eq!(map_now["returns"]["levels"][0]["evidence"], json!(["ATTRIBUTED"]));
    let next = map(&world, json!({ "period": "2026-Q2" })).await;
    assert_eq!(reading(&next, "UPGRADES")["amount"]["likely"], "0");
    let change: f64 = reading(&next, "UPGRADES")["change"].as_str().unwrap().parse().unwrap();
    assert!((change + likely).abs() < 1e-9);
}

async fn a_figure_can_be_traced_to_its_rows(engine: Engine) {
    let world = World::new(engine).await;
    sell(&world).await;
    observe(&world, &[("course_completions", "2026-01-31", 60.0), ("course_completions", "2026-02-28", 90.0)]).await;
    import_answers(&world, &[("2026-02-01", "4", 7)]).await;
    let query = "query($id: ID!, $figure: FigureInput!, $after: String) {
        explain(community: $id, period: \"2026-Q1\", figure: $figure) {
            explanation { formula modelVersion inputs { name value } }
            notListed { answers reason }
            rows(first: 1, after: $after) { totalCount pageInfo { hasNextPage endCursor }
                edges { node { kind id day text value amount { amount currency } } } } } }";
    let explain = async |figure: Value, after: Value| {
        let variables = json!({ "id": world.community, "figure": figure, "after": after });
        world.api.ask(query, variables).await.unwrap()["explain"].clone()
    };
    let upgrades = explain(json!({ "element": "UPGRADES" }), Value::Null).await;
    assert_eq!(upgrades["rows"]["totalCount"], 2);
    let first = upgrades["rows"]["edges"][0]["node"].clone();
    let next = explain(json!({ "element": "UPGRADES" }), upgrades["rows"]["pageInfo"]["endCursor"].clone()).await;
    let second = next["rows"]["edges"][0]["node"].clone();
    let mut ids = [first["id"].as_str().unwrap(), second["id"].as_str().unwrap()];
    ids.sort_unstable();
    assert_eq!(ids, ["crm:2", "crm:4"]);
    assert_eq!(next["rows"]["pageInfo"]["hasNextPage"], false);
    assert!(
        first["text"].as_str().unwrap().contains("credited") || first["text"].as_str().unwrap().contains("no activity")
    );

    let courses = explain(json!({ "measure": "course_completions" }), Value::Null).await;
    assert_eq!(courses["rows"]["totalCount"], 2);
    assert_eq!(courses["rows"]["edges"][0]["node"]["value"], 60.0);
    assert_eq!(courses["notListed"], Value::Null);
    let cost = explain(json!({ "cost": true }), Value::Null).await;
    assert_eq!(cost["rows"]["totalCount"], 2);
    for figure in [json!({ "element": "PRODUCT_KNOWLEDGE" }), json!({ "recommendation": true })] {
        let of_answers = explain(figure, Value::Null).await;
        assert_eq!((&of_answers["rows"]["totalCount"], &of_answers["notListed"]["answers"]), (&json!(0), &json!(7)));
        let reason = of_answers["notListed"]["reason"].as_str().unwrap();
        assert!(reason.contains("so that nobody can be identified"), "{reason}");
    }
    let unknown =
        world.api.send(query, json!({ "id": world.community, "figure": { "measure": "luck" } })).await.unwrap();
    assert!(unknown.body.to_string().contains("has no measure `luck`"), "{}", unknown.body);
}

async fn what_if_moves_what_is_linked_and_stores_nothing(engine: Engine) {
    let world = World::new(engine).await;
    sell(&world).await;
    observe(&world, &[("course_completions", "2026-01-31", 150.0)]).await;
    let query =
        "query($id: ID!, $shifts: [ShiftInput!]!) { whatIf(community: $id, period: \"2026-Q1\", shifts: $shifts) {
        unknown scores { element before after } amounts { element before { likely } after { likely } } } }";
    let ask =
        async |shifts: Value| world.api.send(query, json!({ "id": world.community, "shifts": shifts })).await.unwrap();
    let projection = ask(json!([{ "key": "EDUCATION", "points": 10 }, { "key": "LUCK", "points": 1 }])).await;
    let projection = projection.data().unwrap()["whatIf"].clone();
    assert_eq!(projection["unknown"], json!(["LUCK"]));
    let education =
        projection["scores"].as_array().unwrap().iter().find(|score| score["element"] == "EDUCATION").unwrap();
    close(&education["before"], 50.0);
    close(&education["after"], 60.0);
    let amount = |name: &str| {
        let amounts = projection["amounts"].as_array().unwrap();
        let found = amounts.iter().find(|amount| amount["element"] == name).unwrap();
        let likely = |when: &str| found[when]["likely"].as_str().unwrap().parse::<f64>().unwrap();
        (likely("before"), likely("after"))
    };
    // The standard model expects three points of product knowledge and one of unconventional uses from ten points of
    // education, and from ten points of these 3 % and 2 % more upgrades.
    let (before, after) = amount("UPGRADES");
    assert!((after / before - 1.011).abs() < 1e-6, "{before} {after}");
    let again = ask(json!([])).await.data().unwrap()["whatIf"].clone();
    assert!(again["scores"].as_array().unwrap().iter().all(|score| score["before"] == score["after"]));
    assert_eq!(ask(json!([{ "key": "EDUCATION", "points": 1_000 }])).await.code(), "BAD_USER_INPUT");
}

async fn a_comparison_takes_the_place_of_what_was_credited(engine: Engine) {
    let world = World::new(engine).await;
    sell(&world).await;
    let group = |outcomes: u32, of: u32| json!({ "outcomes": outcomes, "of": of });
    let comparison = |treated_after: Value| {
        json!({ "name": "Advocates", "element": "UPGRADES", "from": "2026-01-01", "until": "2026-03-31", "amountPerOutcome": "1000",
                "design": { "differenceInDifferences": {
                    "treatedBefore": group(20, 200), "treatedAfter": treated_after,
                    "controlBefore": group(30, 300), "controlAfter": group(45, 300) } } })
    };
    let query = "mutation($input: SaveComparisonInput!) { saveComparison(input: $input) { __typename
        ... on Comparison { effect evidence interval { low high } accounts } ... on InvalidComparison { problems { path message } } } }";
    let save = async |mut input: Value| {
        input["community"] = json!(world.community);
        world.api.ask(query, json!({ "input": input })).await.unwrap()["saveComparison"].clone()
    };
    let refused = save(comparison(group(300, 200))).await;
    assert_eq!(refused["problems"][0]["path"], "design", "{refused}");
    let few = save(comparison(group(6, 200))).await;
    assert_eq!(few["evidence"], "ATTRIBUTED", "{few}");
    let worth = reading(&map(&world, json!({ "period": "2026-Q1" })).await, "UPGRADES");
    assert_eq!(worth["evidence"], "ATTRIBUTED", "of few, no experiment");
    assert!(
        worth["explanation"]["method"].as_str().unwrap().contains("fewer than 10 successes or failures"),
        "{worth}"
    );
    let saved = save(comparison(group(50, 200))).await;
    close(&saved["effect"], 0.1);
    assert_eq!(saved["evidence"], "EXPERIMENT");
    let worth = reading(&map(&world, json!({ "period": "2026-Q1" })).await, "UPGRADES");
    assert_eq!(worth["evidence"], "EXPERIMENT");
    let parts: Vec<(&str, bool)> = worth["parts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| (part["key"].as_str().unwrap(), part["counted"].as_bool().unwrap()))
        .collect();
    assert_eq!(parts, [("compared", true), ("replaced", false)]);
    // 20 upgrades more, 1,000 each, at a margin of about 0.7.
    let likely: f64 = worth["amount"]["likely"].as_str().unwrap().parse().unwrap();
    assert!((11_000.0..17_000.0).contains(&likely), "{likely}");
    let mut second = comparison(group(50, 200));
    second["name"] = json!("Advocates again");
    second["from"] = json!("2026-03-31");
    second["until"] = json!("2026-06-30");
    let refused = save(second).await;
    assert!(refused["problems"][0]["message"].as_str().unwrap().contains("must not be counted twice"), "{refused}");
    // One that is over by January leaves the upgrades of February to the activities.
    let mut short = comparison(group(50, 200));
    short["until"] = json!("2026-01-31");
    save(short).await;
    let both = reading(&map(&world, json!({ "period": "2026-Q1" })).await, "UPGRADES");
    assert_eq!((&both["evidence"], both["parts"].as_array().unwrap().len()), (&json!("ATTRIBUTED"), 2), "{both}");
    let untouched = reading(&map(&world, json!({ "period": "2026-Q2" })).await, "UPGRADES");
    assert_eq!(untouched["evidence"], "ATTRIBUTED");
}

async fn the_scoring_model_is_edited_by_versions(engine: Engine) {
    let world = World::new(engine).await;
    observe(&world, &[("course_completions", "2026-01-31", 150.0)]).await;
    let query = "query($id: ID!) { scoringModels(community: $id) { version label author document } }";
    let models = world.api.ask(query, json!({ "id": world.community })).await.unwrap()["scoringModels"].clone();
    assert_eq!((models[0]["version"].as_u64(), models[0]["label"].as_str()), (Some(1), Some("support-community-1")));
    let mutation = "mutation($input: SaveScoringModelInput!) { saveScoringModel(input: $input) { __typename
        ... on ScoringModel { version label } ... on InvalidScoringModel { problems { path message } }
        ... on OutdatedScoringModel { newest } } }";
    let save = async |document: &Value, based_on: u32| {
        let input = json!({ "community": world.community, "document": document, "basedOn": based_on });
        world.api.ask(mutation, json!({ "input": input })).await.unwrap()["saveScoringModel"].clone()
    };
    let standard = models[0]["document"].clone();
    let courses = |document: &mut Value, field: &str, value: Value| {
        let measures = document["measures"].as_array_mut().unwrap();
        measures.iter_mut().find(|measure| measure["key"] == "course_completions").unwrap()[field] = value;
    };
    let mut circle = standard.clone();
    circle["links"].as_array_mut().unwrap().push(json!({ "from": "UPGRADES", "to": "EDUCATION" }));
    courses(&mut circle, "target", json!(50.0));
    let refused = save(&circle, 1).await;
    let paths: Vec<&str> =
        refused["problems"].as_array().unwrap().iter().map(|problem| problem["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["measures.3.target", "links.21.to"], "{refused}");
    let mut odd = standard.clone();
    odd["measures"][0]["wieght"] = json!(1);
    let refused = save(&odd, 1).await;
    assert!(refused["problems"][0]["path"].as_str().unwrap().starts_with("measures.0"), "{refused}");

    let mut easier = standard.clone();
    courses(&mut easier, "target", json!(150.0));
    assert_eq!(save(&easier, 1).await["label"], "support-community-2");
    assert_eq!(save(&easier, 1).await["newest"], 2);
    let now = map(&world, json!({ "period": "2026-Q1" })).await;
    assert_eq!(now["modelVersion"], "support-community-2");
    close(&reading(&now, "EDUCATION")["value"], 100.0);
    let then = map(&world, json!({ "period": "2026-Q1", "model": 1 })).await;
    assert_eq!(then["modelVersion"], "support-community-1");
    close(&reading(&then, "EDUCATION")["value"], 50.0);
    let reply = world.api.send(MAP, json!({ "id": world.community, "model": 9 })).await.unwrap();
    assert_eq!(reply.code(), "BAD_USER_INPUT");
}

async fn a_scoring_model_goes_through_a_file(engine: Engine) {
    let world = World::new(engine).await;
    let run = async |arguments: &[&str]| {
        let mut all = arguments.to_vec();
        all.extend(["--community", world.community.as_str()]);
        let output = valuemap(&world.scratch, &all).await.unwrap();
        let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
        (output.status.success(), said)
    };
    assert!(run(&["model", "export", "--output", "model.json"]).await.0);
    let path = world.scratch.folder().join("model.json");
    let written = std::fs::read_to_string(&path).unwrap();
    let (fine, said) = run(&["model", "import", "model.json", "--note", "as it was"]).await;
    assert!(fine && said.contains("the same as support-community-1"), "{said}");
    std::fs::write(&path, written.replace("\"low\": \"15\"", "\"low\": \"16\"")).unwrap();
    let (fine, said) = run(&["model", "import", "model.json"]).await;
    assert!(fine && said.contains("saved as support-community-2"), "{said}");
    std::fs::write(&path, written.replace("\"low\": \"15\"", "\"low\": \"-15\"")).unwrap();
    let (fine, said) = run(&["model", "import", "model.json"]).await;
    assert!(!fine && said.contains("financial.costPerCase.low: -15 is negative"), "{said}");
    std::fs::write(&path, "{").unwrap();
    let (fine, said) = run(&["model", "import", "model.json"]).await;
    assert!(!fine && said.contains("is not JSON"), "{said}");
    let (_, listed) = run(&["model", "list"]).await;
    assert_eq!(listed.lines().count(), 2, "{listed}");
}

async fn tallies_can_be_counted_anew(engine: Engine) {
    let world = World::new(engine).await;
    let version = world.embed.survey(&world.site).await.unwrap()["version"].clone();
    for point in [5, 4, 4, 3, 4] {
        world.embed.submit(&world.site, &version, &submission_id(), answer_all(point)).await.unwrap().data().unwrap();
    }
    let connection = world.scratch.connect().await.unwrap();
    sea_orm::ConnectionTrait::execute_unprepared(&connection, "DELETE FROM co_moment").await.unwrap();
    sea_orm::ConnectionTrait::execute_unprepared(&connection, "UPDATE tally SET count = count + 1").await.unwrap();
    assert!(!valuemap(&world.scratch, &["verify"]).await.unwrap().status.success());
    assert!(valuemap(&world.scratch, &["verify", "--mend"]).await.unwrap().status.success());
    assert!(valuemap(&world.scratch, &["verify"]).await.unwrap().status.success());
}

async fn the_sample_has_a_figure_for_every_live_element(engine: Engine) {
    let scratch = valuemap_tests::Scratch::new(engine).await.unwrap();
    assert!(valuemap(&scratch, &["seed"]).await.unwrap().status.success());
    assert!(valuemap(&scratch, &["verify"]).await.unwrap().status.success());
    let server = valuemap_tests::Server::start(&scratch, &[]).await.unwrap();
    let api = server.api(&scratch).await.unwrap();
    let communities = api.ask("{ communities { nodes { id periods } } }", json!({})).await.unwrap();
    let community = &communities["communities"]["nodes"][0];
    assert_eq!(community["periods"].as_array().unwrap().len(), 8);
    let variables = json!({ "id": community["id"], "period": community["periods"][1] });
    let map = api.ask(MAP, variables).await.unwrap()["valueMap"].clone();
    for layer in &map["layers"].as_array().unwrap()[1..] {
        for element in layer["elements"].as_array().unwrap() {
            assert_ne!(element["reading"]["__typename"], "NoScore", "{element}");
        }
    }
    let levels = map["returns"]["levels"].as_array().unwrap();
    assert_eq!(levels.len(), 3);
    let chances = levels.iter().map(|level| level["chanceOfGain"].as_f64().unwrap());
    assert!(chances.clone().all(|chance| 0.0 < chance && chance < 1.0), "{levels:?}");
}
