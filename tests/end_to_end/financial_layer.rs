//! Money from what is recorded: cases that were spared, what they are held against, refunds.

use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use valuemap_tests::{Engine, valuemap};

use crate::value_map::{change, close, input, map, observe, reading, sell};
use crate::{World, on_both_databases};

on_both_databases!(
    deflection_is_calibrated_by_the_survey,
    avoided_cases_are_held_against_the_first_quarter_that_has_both_figures,
    a_quarter_that_tracking_covers_in_part_is_scaled_or_passed_over,
    refunds_lower_what_was_sold_and_old_customers_are_not_won,
);

const HELP_COLUMNS: &str = "who,when,found_answer,would_have_asked,asked_anyway\n";

pub(crate) async fn publish_survey(world: &World, name: &str, questions: Vec<Value>) {
    let create = "mutation($c: ID!, $name: String!) { createSurvey(input: {community: $c, name: $name}) { ... on Survey { id } } }";
    let created = world.api.ask(create, json!({ "c": world.community, "name": name })).await.unwrap();
    let survey = created["createSurvey"]["id"].clone();
    let save = "mutation($input: SaveSurveyDraftInput!) { saveSurveyDraft(input: $input) { __typename } }";
    let draft = json!({ "survey": survey, "title": name, "questions": questions });
    world.api.ask(save, json!({ "input": draft })).await.unwrap();
    let publish = "mutation($s: ID!) { publishSurvey(input: {survey: $s}) { __typename } }";
    world.api.ask(publish, json!({ "s": survey })).await.unwrap();
}

/// Publishes a survey of the three questions that calibrate deflection, and imports answers to them.
async fn import_help_answers(world: &World, csv: String) {
    let questions: Vec<Value> = ["found_answer", "would_have_asked", "asked_anyway"]
        .iter()
        .map(|key| {
            let choices = json!([{ "key": "yes", "label": "Yes" }, { "key": "no", "label": "No" }]);
            json!({ "key": key, "prompt": key, "required": true, "kind": { "singleChoice": { "choices": choices } } })
        })
        .collect();
    std::fs::write(world.scratch.folder().join("help.csv"), csv).unwrap();
    publish_survey(world, "Help", questions).await;
    let maps = [
        "who=respondent",
        "when=date",
        "found_answer=question:found_answer",
        "would_have_asked=question:would_have_asked",
        "asked_anyway=question:asked_anyway",
    ];
    let mut arguments =
        vec!["import", "responses", "help.csv", "--community", &world.community, "--survey", "Help", "--load"];
    for map in &maps {
        arguments.extend(["--map", map]);
    }
    let output = valuemap(&world.scratch, &arguments).await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

/// Twenty on each of these days, who found the answer, would have asked and needed nothing further.
async fn answer_help_questions(world: &World, days: &[&str]) {
    let row = |index: usize, day: &str| format!("{day}-{index},{day},yes,yes,no\n");
    let rows = days.iter().flat_map(|day| (0..20).map(move |index| row(index, day)));
    import_help_answers(world, std::iter::once(HELP_COLUMNS.to_owned()).chain(rows).collect()).await;
}

async fn deflection_is_calibrated_by_the_survey(engine: Engine) {
    let world = World::new(engine).await;
    let csv: String = std::iter::once(HELP_COLUMNS.to_owned())
        .chain((0..40).map(|row| {
            let yes = |share: u32| if row % 4 < share { "yes" } else { "no" };
            format!("{row},2026-02-01,{},{},{}\n", yes(2), yes(1), yes(0))
        }))
        .collect();
    import_help_answers(&world, csv).await;
    assert!(valuemap(&world.scratch, &["verify"]).await.unwrap().status.success());
    observe(&world, &[("self_help_sessions", "2026-03-31", 8_000.0)]).await;

    let containment = reading(&map(&world, json!({ "period": "2026-Q1" })).await, "COST_CONTAINMENT");
    assert_eq!(
        (&containment["__typename"], &containment["evidence"]),
        (&json!("Worth"), &json!("MEASURED")),
        "{containment}"
    );
    // All were asked all three: ten of forty said so to all of them, which is twice the product of the three shares.
    close(&json!(input(&containment, "found the answer")), 0.5);
    close(&json!(input(&containment, "would have asked support")), 0.5);
    close(&json!(input(&containment, "needed nothing further")), 1.0);
    let map_now = map(&world, json!({ "period": "2026-Q1" })).await;
    assert_eq!(reading(&map_now, "SCALABILITY")["reason"], "NO_DATA");
    let case = json!([{ "source": "desk", "key": "c1", "openedAt": "2026-02-03T10:00:00Z" }]);
    world.tell("recordCases", "RecordCasesInput", "cases", case).await;
    let map_now = map(&world, json!({ "period": "2026-Q1" })).await;
    assert_eq!(reading(&map_now, "SCALABILITY")["answers"], 40, "those who were asked");
    // 8,000 x 0.25 = 2,000 cases at about 26.
    let likely = amount(&containment, "likely");
    assert!((38_000.0..60_000.0).contains(&likely), "{likely}");
    let method = containment["explanation"]["method"].as_str().unwrap();
    assert!(method.contains("also put to members who had not said yes"), "{method}");

    // What was stored before answers were counted together is counted again.
    let connection = world.scratch.connect().await.unwrap();
    connection.execute_unprepared("DELETE FROM tally WHERE subject LIKE 'together:%'").await.unwrap();
    assert!(!valuemap(&world.scratch, &["verify"]).await.unwrap().status.success());
    assert!(valuemap(&world.scratch, &["verify", "--mend"]).await.unwrap().status.success());
    let again = reading(&map(&world, json!({ "period": "2026-Q1" })).await, "COST_CONTAINMENT");
    assert_eq!(again["amount"], containment["amount"]);
}

fn amount(worth: &Value, end: &str) -> f64 {
    worth["amount"][end].as_str().unwrap().parse().unwrap()
}

/// Ten accounts, and cases that are opened one a day from these days on, as many as are named. Everybody who is asked found
/// the answer, would have asked support and needed nothing further.
async fn serve(world: &World, since: &str, cases: &[(&str, u32)]) {
    let parties: Vec<Value> = (0..10)
        .map(|key| json!({ "kind": "ACCOUNT", "source": "crm", "key": key.to_string(), "since": since }))
        .collect();
    change(world, "recordParties", json!({ "parties": parties }), "Recorded").await;
    for (first, count) in cases {
        let (month, day) = first.rsplit_once('-').unwrap();
        let day: u32 = day.parse().unwrap();
        // In the same month, over and over.
        let days = 29 - day.min(28);
        let case = |index: u32| json!({ "source": "desk", "key": format!("{first}-{index}"), "openedAt": format!("{month}-{:02}T10:00:00Z", day + index % days) });
        let cases: Vec<Value> = (0..*count).map(case).collect();
        change(world, "recordCases", json!({ "cases": cases }), "Recorded").await;
    }
    for day in ["2025-03-31", "2025-06-30", "2025-09-30", "2025-12-31"] {
        observe(world, &[("self_help_sessions", day, 1_000.0)]).await;
    }
    answer_help_questions(world, &["2025-02-01", "2025-05-01", "2025-08-01", "2025-11-01"]).await;
}

async fn a_quarter_that_tracking_covers_in_part_is_scaled_or_passed_over(engine: Engine) {
    let containment =
        async |world: &World, period: &str| reading(&map(world, json!({ "period": period })).await, "COST_CONTAINMENT");
    // From 25 March on: the first quarter that is covered is the second.
    let late = World::new(engine).await;
    let cases = [("2025-03-25", 4), ("2025-04-01", 28), ("2025-05-01", 28), ("2025-06-01", 28), ("2025-07-01", 28)];
    serve(&late, "2019-01-01", &cases).await;
    let first = containment(&late, "2025-Q1").await;
    assert!(first["message"].as_str().unwrap().contains("compared with 2025-Q2, which came later"), "{first}");
    close(&json!(input(&containment(&late, "2025-Q3").await, "cases avoided")), 56.0);

    // The model may name a quarter. One that is hardly covered is refused, with the reason.
    let models = "query($id: ID!) { scoringModels(community: $id) { version document } }";
    let mut model = late.api.ask(models, json!({ "id": late.community })).await.unwrap()["scoringModels"][0].clone();
    model["document"]["financial"]["baselinePeriod"] = json!("2025-Q1");
    let save = "mutation($input: SaveScoringModelInput!) { saveScoringModel(input: $input) { __typename } }";
    let named = json!({ "community": late.community, "document": model["document"], "basedOn": model["version"] });
    let saved = late.api.ask(save, json!({ "input": named })).await.unwrap();
    assert_eq!(saved["saveScoringModel"]["__typename"], "ScoringModel", "{saved}");
    let refused = containment(&late, "2025-Q3").await;
    assert!(refused["message"].as_str().unwrap().contains("tracked for less than half of it"), "{refused}");

    // From 1 May on. The first case says only that tracking began: the 60 cases of the 60 days after it stand for 91.
    let in_part = World::new(engine).await;
    serve(&in_part, "2019-01-01", &[("2025-05-01", 28), ("2025-06-01", 33), ("2025-07-01", 30)]).await;
    let scaled = containment(&in_part, "2025-Q3").await;
    close(&json!(input(&scaled, "cases avoided")), 91.0 - 30.0);
    close(&json!(input(&scaled, "days of 2025-Q2 that are tracked")), 60.0);
}

async fn avoided_cases_are_held_against_the_first_quarter_that_has_both_figures(engine: Engine) {
    let world = World::new(engine).await;
    // 50 cases in February 2025, accounts since 10 April, and 200, 100 and 60 cases in the quarters after.
    let cases = [
        ("2025-02-01", 50),
        ("2025-04-01", 70),
        ("2025-05-01", 70),
        ("2025-06-01", 60),
        ("2025-07-01", 50),
        ("2025-09-01", 50),
        ("2025-10-01", 30),
        ("2025-12-01", 30),
    ];
    serve(&world, "2025-04-10", &cases).await;
    let containment = async |period: &str| reading(&map(&world, json!({ "period": period })).await, "COST_CONTAINMENT");
    let before = containment("2025-Q1").await;
    let itself = containment("2025-Q2").await;
    assert_eq!((&before["reason"], &itself["reason"]), (&json!("NO_DATA"), &json!("NO_DATA")), "{before} {itself}");
    assert!(before["message"].as_str().unwrap().contains("compared with 2025-Q2, which came later"), "{before}");
    assert!(itself["message"].as_str().unwrap().starts_with("This is the quarter that"), "{itself}");
    // 200 - 100 = 100 cases, then 200 - 60 = 140, at about 26.4: with the error of both counts.
    let (third, fourth) = (containment("2025-Q3").await, containment("2025-Q4").await);
    for (worth, expected) in [(&third, 100.0), (&fourth, 140.0)] {
        close(&json!(input(worth, "cases avoided")), expected);
        let likely = amount(worth, "likely");
        assert!((likely / (expected * 26.4) - 1.0).abs() < 0.05, "{likely}");
    }
    assert_eq!(itself["change"], Value::Null);
    let movers = fourth["movers"].as_array().unwrap();
    let names: Vec<&str> = movers.iter().map(|mover| mover["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"Held down to the support cases that were avoided"), "{names:?}");
    let formula = fourth["explanation"]["formula"].as_str().unwrap();
    assert!(formula.starts_with("min(cases deflected, cases avoided)"), "{formula}");
}

async fn refunds_lower_what_was_sold_and_old_customers_are_not_won(engine: Engine) {
    let world = World::new(engine).await;
    sell(&world).await;
    let account = |key: &str| json!({ "kind": "ACCOUNT", "source": "crm", "key": key });
    let customer = |key: &str, since: &str| json!({ "kind": "ACCOUNT", "source": "crm", "key": key, "since": since });
    let parties = [customer("old", "2019-03-01"), customer("new", "2026-02-20")];
    change(&world, "recordParties", json!({ "parties": parties }), "Recorded").await;
    let member = json!({ "kind": "MEMBER", "source": "crm", "key": "n" });
    let links = json!([{ "from": member, "to": account("new"), "method": "IMPORT" }]);
    change(&world, "linkIdentities", json!({ "links": links }), "Recorded").await;
    let outcome = |key: &str, kind: &str, account: Value, at: &str, amount: &str, currency: &str| {
        json!({ "source": "crm", "key": key, "kind": kind, "party": account, "at": at,
                "money": { "amount": amount, "currency": currency } })
    };
    let outcomes = [
        outcome("5", "PURCHASE", account("old"), "2026-02-03T10:00:00Z", "800", "EUR"),
        outcome("6", "PURCHASE", account("new"), "2026-03-03T10:00:00Z", "600", "EUR"),
        outcome("7", "PURCHASE", account("new"), "2026-03-10T10:00:00Z", "-100.50", "EUR"),
        outcome("8", "UPGRADE", account("A"), "2026-02-10T10:00:00Z", "-4000", "EUR"),
    ];
    change(&world, "recordOutcomes", json!({ "outcomes": outcomes }), "Recorded").await;
    let map_now = map(&world, json!({ "period": "2026-Q1" })).await;
    for (element, count, amount, credited) in [
        ("UPGRADES", 2.0, 13_000.0, 6_000.0),
        ("ACQUISITION", 2.0, 999.5, 0.0),
        ("REPEAT_PURCHASES", 2.0, 2_800.0, 2_000.0),
    ] {
        let worth = reading(&map_now, element);
        close(&json!(input(&worth, "outcomes in the quarter")), count);
        close(&json!(input(&worth, "amount of all outcomes")), amount);
        close(&json!(input(&worth, "amount credited")), credited);
    }
    let query = "mutation($input: RecordOutcomesInput!) { recordOutcomes(input: $input) {
        ... on InvalidInput { problems { path message } } } }";
    let coins = outcome("9", "PURCHASE", account("new"), "2026-03-10T10:00:00Z", "100.5", "JPY");
    let refused = json!({ "input": { "community": world.community, "outcomes": [coins] } });
    let refused = world.api.ask(query, refused).await.unwrap()["recordOutcomes"]["problems"][0].clone();
    assert_eq!(refused["path"], "outcomes.0.money", "{refused}");
    assert!(refused["message"].as_str().unwrap().contains("JPY has 0 decimals"), "{refused}");
}
