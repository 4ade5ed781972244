//! How well members are served and kept: measures that are counted from what is tracked, in a model that asks for them.

use std::time::Instant;

use sea_orm::prelude::DateTimeUtc;
use serde_json::{Value, json};
use valuemap_shared::calendar::Quarter;
use valuemap_tests::{Engine, PATIENCE, seconds_since_1970, valuemap};

use crate::financial_layer::publish_survey;
use crate::value_map::{close, map, reading};
use crate::{World, on_both_databases};

on_both_databases!(
    questions_are_answered_in_a_time_that_can_be_shown,
    answers_may_come_from_few,
    newcomers_come_again_or_not,
    customers_are_active_or_not,
    a_template_is_a_scoring_model_to_start_from,
    members_say_where_they_heard_of_it,
);

/// Measures of knowledge, each with its key, its source, and baseline and target.
async fn measure(world: &World, measures: &[(&str, &str, f64, f64)]) {
    let mut document = newest_model(world).await["document"].clone();
    for (key, source, baseline, target) in measures {
        let direction = if target > baseline { "HIGHER_IS_BETTER" } else { "LOWER_IS_BETTER" };
        document["measures"].as_array_mut().unwrap().push(json!({
            "key": key, "name": key, "element": "KNOWLEDGE", "unit": "unit", "direction": direction,
            "baseline": baseline, "target": target, "weight": 1.0, "source": source }));
    }
    save(world, document).await;
}

async fn save(world: &World, document: Value) {
    let query = "mutation($input: SaveScoringModelInput!) { saveScoringModel(input: $input) { __typename
        ... on InvalidScoringModel { problems { path message } } } }";
    let based_on = newest_model(world).await["version"].clone();
    let input = json!({ "community": world.community, "document": document, "basedOn": based_on });
    let saved = world.api.ask(query, json!({ "input": input })).await.unwrap();
    assert_eq!(saved["saveScoringModel"]["__typename"], "ScoringModel", "{saved}");
}

async fn newest_model(world: &World) -> Value {
    let query = "query($id: ID!) { scoringModels(community: $id) { version document } }";
    let models = world.api.ask(query, json!({ "id": world.community })).await.unwrap();
    models["scoringModels"][0].clone()
}

/// The part of the score that a measure is, with its value or the reason why it has none.
async fn part(world: &World, period: &str, key: &str) -> Value {
    let score = reading(&map(world, json!({ "period": period })).await, "KNOWLEDGE");
    let parts = score["parts"].as_array().unwrap_or_else(|| panic!("{score}"));
    parts.iter().find(|part| part["key"] == key).unwrap().clone()
}

fn near(value: &Value, expected: f64, allowed: f64) {
    let value = value.as_f64().unwrap();
    assert!((value - expected).abs() <= allowed, "{value} is not about {expected}");
}

/// The inputs of an explanation and how many rows there are behind it.
async fn explained(world: &World, period: &str, key: &str) -> (Value, Value) {
    let query = "query($id: ID!, $period: Quarter!, $figure: FigureInput!) {
        explain(community: $id, period: $period, figure: $figure) {
            explanation { method inputs { name value } } rows(first: 1) { totalCount } } }";
    let variables = json!({ "id": world.community, "period": period, "figure": { "measure": key } });
    let explained = world.api.ask(query, variables).await.unwrap()["explain"].clone();
    (explained["explanation"].clone(), explained["rows"]["totalCount"].clone())
}

fn input(explanation: &Value, name: &str) -> f64 {
    let inputs = explanation["inputs"].as_array().unwrap();
    let found = inputs.iter().find(|input| input["name"] == name);
    found.unwrap_or_else(|| panic!("{name} in {explanation}"))["value"].as_f64().unwrap()
}

/// A contribution to the forum.
fn wrote(kind: &str, thread: Option<&str>, member: &str, at: &str) -> Value {
    let key = format!("{kind}-{member}-{at}-{}", thread.unwrap_or_default());
    json!({ "source": "forum", "key": key, "kind": kind, "thread": thread, "at": format!("{at}:00Z"),
        "party": { "kind": "MEMBER", "source": "forum", "key": member } })
}

async fn tell(world: &World, contributions: Vec<Value>) {
    let [mutation, input, list] = ["recordContributions", "RecordContributionsInput", "contributions"];
    world.tell(mutation, input, list, json!(contributions)).await;
}

async fn questions_are_answered_in_a_time_that_can_be_shown(engine: Engine) {
    let world = World::new(engine).await;
    let measures = [
        ("first_answer", "TIME_TO_FIRST_ANSWER", 48.0, 1.0),
        ("solution", "TIME_TO_SOLUTION", 96.0, 2.0),
        ("unanswered", "UNANSWERED_SHARE", 0.5, 0.0),
        ("first_posts", "FIRST_POST_ANSWERED_RATE", 0.4, 0.9),
    ];
    measure(&world, &measures).await;
    // Nobody answers anything: whether that is so or not tracked cannot be told.
    let questions = (1..=8)
        .map(|thread| wrote("QUESTION", Some(&thread.to_string()), &format!("asker-{thread}"), "2026-01-05T10:00"));
    tell(&world, questions.collect()).await;
    let nothing = reading(&map(&world, json!({ "period": "2026-Q1" })).await, "KNOWLEDGE");
    let accepted = |score: &Value| {
        score["parts"].as_array().unwrap().iter().map(|part| part["message"].clone()).collect::<Vec<_>>()
    };
    assert!(
        accepted(&nothing).contains(&json!("no answer is on record: import replies with their thread")),
        "{nothing}"
    );

    let mut contributions = vec![
        // Tracking began more than 90 days before.
        wrote("REPLY", Some("0"), "old", "2025-06-01T10:00"),
        wrote("QUESTION", Some("9"), "old", "2026-01-05T10:00"),
        wrote("QUESTION", None, "old", "2026-01-05T10:00"),
        wrote("QUESTION", Some("10"), "staff", "2026-01-05T10:00"),
        // Their own answers are none, whatever they are called: asker 7 is `seven`, too.
        wrote("REPLY", Some("7"), "seven", "2026-01-05T11:00"),
        wrote("REPLY", Some("8"), "asker-8", "2026-01-05T11:00"),
    ];
    for (thread, hour) in [(1, 11), (2, 11), (3, 11), (4, 11), (5, 13), (6, 13), (9, 11)] {
        contributions.push(wrote("REPLY", Some(&thread.to_string()), "helper", &format!("2026-01-05T{hour}:00")));
    }
    for thread in 1..=5 {
        contributions.push(wrote("SOLUTION", Some(&thread.to_string()), "helper", "2026-01-05T12:00"));
    }
    tell(&world, contributions).await;
    let party = |key: &str| json!({ "kind": "MEMBER", "source": "forum", "key": key });
    // The forum does not know that she is staff; whoever keeps the list of staff does.
    let of = |source: &str, key: &str| json!({ "kind": "MEMBER", "source": source, "key": key });
    let mut staff = of("payroll", "7");
    staff["isStaff"] = json!(true);
    world.tell("recordParties", "RecordPartiesInput", "parties", json!([staff])).await;
    let link = json!({ "from": of("forum", "staff"), "to": of("payroll", "7"), "method": "MANUAL" });
    world.tell("linkIdentities", "LinkIdentitiesInput", "links", json!([link])).await;
    let link = json!({ "from": party("asker-7"), "to": party("seven"), "method": "MANUAL", "confidence": 1.0 });
    world.tell("linkIdentities", "LinkIdentitiesInput", "links", json!([link])).await;

    let figure = async |key: &str| part(&world, "2026-Q1", key).await;
    // Of nine, five came after an hour and two after three; two are open.
    let first_answer = figure("first_answer").await;
    near(&first_answer["value"], 1.0, 0.02);
    let (explanation, rows) = explained(&world, "2026-Q1", "first_answer").await;
    assert_eq!(input(&explanation, "questions by members"), 10.0);
    assert_eq!(input(&explanation, "of these, without a thread and left out"), 1.0);
    assert_eq!((input(&explanation, "came"), input(&explanation, "still open")), (7.0, 2.0));
    assert!(explanation["method"].as_str().unwrap().contains("Kaplan-Meier"), "{explanation}");
    // 8 + 6 + 7 + 5, without the one of 2025.
    assert_eq!(rows, json!(25));
    near(&figure("solution").await["value"], 2.0, 0.04);
    close(&figure("unanswered").await["value"], 2.0 / 9.0);
    close(&figure("first_posts").await["value"], 0.75);
    close(&figure("first_posts").await["score"], 70.0);
    let (explanation, _) = explained(&world, "2026-Q1", "first_posts").await;
    assert_eq!(input(&explanation, "first posts that are old enough"), 8.0);

    let query = "query($id: ID!, $by: Step!) {
        series(community: $id, figure: { measure: \"unanswered\" }, from: \"2025-Q4\", to: \"2026-Q1\", by: $by) {
            points { period reading { ... on SeriesFigure { value } ... on NoScore { reason message } } } } }";
    let points = async |by: &str| {
        let series = world.api.ask(query, json!({ "id": world.community, "by": by })).await.unwrap();
        series["series"]["points"].as_array().unwrap().iter().map(|point| point["reading"].clone()).collect::<Vec<_>>()
    };
    let quarters = points("QUARTER").await;
    assert_eq!(quarters[0]["reason"], "NO_DATA", "{quarters:?}");
    close(&quarters[1]["value"], 2.0 / 9.0);
    let months = points("MONTH").await;
    close(&months[3]["value"], 2.0 / 9.0);
    assert_eq!(months[4]["message"], "no member asked a question");
}

async fn answers_may_come_from_few(engine: Engine) {
    let world = World::new(engine).await;
    let measures = [("busiest", "BUSIEST_ANSWERER_SHARE", 1.0, 0.4), ("half", "ANSWERERS_OF_HALF", 0.0, 10.0)];
    measure(&world, &measures).await;
    // What is replied to was asked a quarter before.
    let mut contributions: Vec<Value> =
        (0..20).map(|thread| wrote("QUESTION", Some(&format!("{thread}")), "asker", "2025-12-30T10:00")).collect();
    for number in 0..20 {
        let thread = format!("{number}");
        let reply = |member: &str| wrote("REPLY", Some(&thread), member, "2026-01-02T10:00");
        contributions.extend([reply("busy"), reply(&format!("member-{number}")), reply("asker"), reply("staff")]);
    }
    // It was a reply before it was accepted, and is none more.
    contributions.push(wrote("SOLUTION", Some("1"), "busy", "2026-01-02T10:00"));
    tell(&world, contributions).await;
    let staff = json!({ "kind": "MEMBER", "source": "forum", "key": "staff", "isStaff": true });
    world.tell("recordParties", "RecordPartiesInput", "parties", json!([staff])).await;
    // Of 40 replies, one member wrote 20 and nine others one each.
    close(&part(&world, "2026-Q1", "busiest").await["value"], 29.0 / 40.0);
    close(&part(&world, "2026-Q1", "half").await["value"], 1.0);
    let (explanation, rows) = explained(&world, "2026-Q1", "busiest").await;
    assert_eq!((input(&explanation, "answers by members"), input(&explanation, "members who answered")), (40.0, 21.0));
    assert_eq!(rows, json!(80), "with those of staff and of who asked");
}

async fn newcomers_come_again_or_not(engine: Engine) {
    let world = World::new(engine).await;
    let measures = [("one", "RETENTION_MONTH_ONE", 0.0, 1.0), ("three", "RETENTION_MONTH_THREE", 0.0, 1.0)];
    measure(&world, &measures).await;
    let member =
        |key: &str, since: Option<&str>| json!({ "kind": "MEMBER", "source": "forum", "key": key, "since": since });
    let mut parties: Vec<Value> = (1..=8).map(|number| member(&format!("{number}"), Some("2026-02-10"))).collect();
    parties.extend([member("nobody knows", None), member("8b", None), member("much later", Some("2026-05-03"))]);
    world.tell("recordParties", "RecordPartiesInput", "parties", json!(parties)).await;
    let of = |key: &str| json!({ "kind": "MEMBER", "source": "forum", "key": key });
    let link = json!({ "from": of("8b"), "to": of("8"), "method": "MANUAL", "confidence": 1.0 });
    world.tell("linkIdentities", "LinkIdentitiesInput", "links", json!([link])).await;
    let liked = |member: &str, at: &str| wrote("LIKE", Some("1"), member, at);
    tell(
        &world,
        vec![
            liked("old", "2025-12-01T10:00"),
            // Days 30 and 59 after joining, and the days beside them.
            liked("1", "2026-03-12T00:00"),
            liked("2", "2026-04-10T23:59"),
            liked("3", "2026-03-11T23:59"),
            liked("4", "2026-04-11T00:00"),
            liked("8b", "2026-03-20T10:00"),
            liked("nobody knows", "2026-03-20T10:00"),
        ],
    )
    .await;
    close(&part(&world, "2026-Q2", "one").await["value"], 3.0 / 8.0);
    let (explanation, rows) = explained(&world, "2026-Q2", "one").await;
    let method = explanation["method"].as_str().unwrap();
    assert!(method.ends_with("those who joined from 2026-02-01 to 2026-05-02."), "{method}");
    // `old`, `nobody knows` and `8b`, who is one with a member who has one.
    assert_eq!(input(&explanation, "members without a day of joining, left out"), 2.0);
    assert_eq!(rows, json!(8));
    let three = part(&world, "2026-Q2", "three").await;
    close(&three["value"], 0.0);
    let too_early = part_message(&world, "2026-Q1", "one").await;
    assert!(too_early.contains("import members with the day on which they joined"), "{too_early}");
}

/// Why a measure has no figure, wherever it is said.
async fn part_message(world: &World, period: &str, key: &str) -> String {
    let query = "query($id: ID!, $period: Quarter!, $figure: FigureInput!) {
        series(community: $id, figure: $figure, from: $period, to: $period, by: MONTH) {
            points { reading { ... on NoScore { message } } } } }";
    let variables = json!({ "id": world.community, "period": period, "figure": { "measure": key } });
    let series = world.api.ask(query, variables).await.unwrap();
    series["series"]["points"][0]["reading"]["message"].as_str().unwrap().to_owned()
}

async fn customers_are_active_or_not(engine: Engine) {
    let today = DateTimeUtc::from_timestamp(seconds_since_1970() as i64, 0).unwrap().date_naive();
    let period = Quarter::containing(today);
    let before = period.previous();
    let world = World::new(engine).await;
    measure(&world, &[("customers", "ACTIVE_CUSTOMER_SHARE", 0.0, 1.0)]).await;
    let account = |key: &str| json!({ "kind": "ACCOUNT", "source": "crm", "key": key });
    let member = |key: &str| json!({ "kind": "MEMBER", "source": "forum", "key": key });
    let mut parties: Vec<Value> = ["A", "A again", "B", "C", "D", "E", "F", "G", "H"]
        .iter()
        .map(|key| json!({ "kind": "ACCOUNT", "source": "crm", "key": key, "since": "2024-01-01" }))
        .collect();
    parties.push(account("prospect"));
    parties.push(
        json!({ "kind": "ACCOUNT", "source": "crm", "key": "lost", "since": "2024-01-01", "until": "2024-05-01" }),
    );
    world.tell("recordParties", "RecordPartiesInput", "parties", json!(parties)).await;
    let first = format!("{}T10:00", before.first_day());
    let wrote_then = |name: &str, at: &str| wrote("LIKE", Some("1"), name, at);
    tell(&world, vec![wrote_then("ada", &first)]).await;
    let reason = part_message(&world, &before.to_string(), "customers").await;
    assert!(reason.contains("import members with the account that they work at"), "{reason}");

    let link = |from: Value, to: Value| json!({ "from": from, "to": to, "method": "IMPORT", "confidence": 1.0 });
    let mut links = vec![link(account("A"), account("A again")), link(member("ada"), account("A again"))];
    for (name, of) in [("bob", "B"), ("cyd", "C"), ("dan", "D"), ("eve", "E"), ("pro", "prospect"), ("los", "lost")] {
        links.push(link(member(name), account(of)));
    }
    world.tell("linkIdentities", "LinkIdentitiesInput", "links", json!(links)).await;
    let last = format!("{}T10:00", before.last_day());
    let now = format!("{}T00:00", period.first_day());
    let then = [("bob", &first), ("ada", &last), ("cyd", &last), ("dan", &last), ("pro", &first), ("los", &first)];
    let mut contributions: Vec<Value> = then.iter().map(|(name, at)| wrote_then(name, at)).collect();
    contributions.push(wrote_then("eve", &now));
    tell(&world, contributions).await;
    // Of eight customers, as the two that are linked are one: A, B, C and D.
    close(&part(&world, &before.to_string(), "customers").await["value"], 0.5);
    let (explanation, rows) = explained(&world, &before.to_string(), "customers").await;
    assert_eq!((input(&explanation, "customers"), input(&explanation, "of these, active")), (8.0, 4.0));
    assert_eq!(input(&explanation, "of these, with a known member"), 5.0);
    assert_eq!(rows, json!(9));
    // One so far, where as many days of the quarter before had two of its four.
    let days = period.days_until(today);
    if f64::from(days) / f64::from(period.days()) > 0.1 && days < before.days() {
        close(&part(&world, &period.to_string(), "customers").await["value"], 2.0 / 8.0);
    }
}

async fn a_template_is_a_scoring_model_to_start_from(engine: Engine) {
    let world = World::new(engine).await;
    let run = async |arguments: &[&str]| {
        let output = valuemap(&world.scratch, arguments).await.unwrap();
        let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
        (output.status.success(), said)
    };
    let (_, listed) = run(&["model", "template"]).await;
    let templates = world.api.ask("{ scoringModelTemplates { name about document } }", json!({})).await.unwrap();
    let templates = templates["scoringModelTemplates"].as_array().unwrap();
    assert_eq!((templates.len(), listed.lines().count()), (5, 5), "{listed}");
    for template in templates {
        let name = template["name"].as_str().unwrap();
        assert!(listed.contains(name) && listed.contains(template["about"].as_str().unwrap()), "{listed}");
        let file = format!("{name}.json");
        let (fine, said) = run(&["model", "template", name, "--output", &file]).await;
        assert!(fine, "{said}");
        let written = std::fs::read_to_string(world.scratch.folder().join(&file)).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), template["document"]);
        let (fine, said) = run(&["model", "import", &file, "--community", &world.community]).await;
        assert!(fine && said.contains("saved as"), "{said}");
    }
    let (fine, said) = run(&["model", "template", "games"]).await;
    assert!(!fine && said.contains("no template `games`; there are support, product-led"), "{said}");
    // Another process saved them, which the server sees a little later.
    let started = Instant::now();
    while map(&world, json!({})).await["modelVersion"] != "first-months-6" {
        assert!(started.elapsed() < PATIENCE, "the server does not see it");
    }
}

async fn members_say_where_they_heard_of_it(engine: Engine) {
    let world = World::new(engine).await;
    let choices = json!([{ "key": "community", "label": "The community" }, { "key": "search", "label": "A search" }]);
    let kind = json!({ "singleChoice": { "choices": choices } });
    let question = json!({ "key": "heard_of_us", "prompt": "How did you hear of us?", "required": true, "kind": kind });
    publish_survey(&world, "Welcome", vec![question]).await;
    let answer = |index: u32| format!("{index},2026-02-01,{}\n", if index < 6 { "community" } else { "search" });
    let csv: String = std::iter::once("who,when,heard\n".to_owned()).chain((0..20).map(answer)).collect();
    std::fs::write(world.scratch.folder().join("heard.csv"), csv).unwrap();
    let mut arguments = vec!["import", "responses", "heard.csv", "--community", &world.community];
    arguments.extend(["--survey", "Welcome", "--load", "--map", "who=respondent", "--map", "when=date"]);
    arguments.extend(["--map", "heard=question:heard_of_us"]);
    let output = valuemap(&world.scratch, &arguments).await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));

    let mut document = newest_model(&world).await["document"].clone();
    document["measures"].as_array_mut().unwrap().push(json!({
        "key": "heard_of_us", "name": "Heard of us in the community", "element": "KNOWLEDGE", "unit": "share",
        "direction": "HIGHER_IS_BETTER", "baseline": 0.0, "target": 0.6, "weight": 1.0, "source": "CHOICE_SHARE",
        "choice": { "question": "heard_of_us", "choice": "community" } }));
    save(&world, document).await;
    let heard = part(&world, "2026-Q1", "heard_of_us").await;
    close(&heard["value"], 0.3);
    close(&heard["score"], 50.0);
    let query = "query($id: ID!) { explain(community: $id, period: \"2026-Q1\", figure: { measure: \"heard_of_us\" }) {
        notListed { answers } rows { totalCount } } }";
    let explained = world.api.ask(query, json!({ "id": world.community })).await.unwrap()["explain"].clone();
    assert_eq!((&explained["notListed"]["answers"], &explained["rows"]["totalCount"]), (&json!(20), &json!(0)));
}
