//! Figures over time: a quarter that is running, and how a figure went by quarter and by month.

use sea_orm::prelude::DateTimeUtc;
use serde_json::{Value, json};
use valuemap_shared::calendar::Quarter;
use valuemap_tests::{Engine, seconds_since_1970, valuemap};

use crate::value_map::{close, map, observe, reading, sell};
use crate::{World, on_both_databases};

on_both_databases!(
    a_running_quarter_is_held_against_as_many_days,
    a_figure_goes_by_quarter_as_the_maps_have_it,
    a_figure_goes_by_month,
    a_series_has_bounds,
);

/// Answers to the standard survey on days: so many members chose this point, and recommend with twice as much.
pub(crate) async fn import_answers(world: &World, answers: &[(&str, &str, u32)]) {
    let mut csv = "who,when,knows,recommends\n".to_owned();
    for (day, point, members) in answers {
        let recommends = 2 * point.parse::<u32>().unwrap();
        for member in 0..*members {
            csv += &format!("{day}-{point}-{member},{day},{point},{recommends}\n");
        }
    }
    std::fs::write(world.scratch.folder().join("answers.csv"), csv).unwrap();
    let query = "query($id: ID!) { community(id: $id) { surveys { name } } }";
    let community = world.api.ask(query, json!({ "id": world.community })).await.unwrap()["community"].clone();
    let survey = community["surveys"][0]["name"].as_str().unwrap();
    let mut arguments =
        vec!["import", "responses", "answers.csv", "--community", &world.community, "--survey", survey, "--load"];
    for map in ["who=respondent", "when=date", "knows=question:product_knowledge", "recommends=question:recommendation"]
    {
        arguments.extend(["--map", map]);
    }
    let output = valuemap(&world.scratch, &arguments).await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

async fn a_running_quarter_is_held_against_as_many_days(engine: Engine) {
    let today = DateTimeUtc::from_timestamp(seconds_since_1970() as i64, 0).unwrap().date_naive();
    let period = Quarter::containing(today);
    let (days, before) = (period.days_until(today), period.previous());
    let world = World::new(engine).await;
    let first_day_of = |quarter: Quarter| quarter.first_day().to_string();
    let last_day_before = before.last_day().to_string();

    // As many days of the quarter before had 8 of its 10 members, and this one has 6 so far.
    let mut contributions = Vec::new();
    for (day, members) in [(&first_day_of(before), 8), (&last_day_before, 10), (&first_day_of(period), 6)] {
        for member in 0..members {
            let party = json!({ "kind": "MEMBER", "source": "forum", "key": format!("m{member}") });
            contributions
                .push(json!({ "source": "forum", "key": format!("{day}-{member}"), "kind": "QUESTION", "thread": "1",
                "party": party, "at": format!("{day}T00:00:00Z") }));
        }
    }
    world.tell("recordContributions", "RecordContributionsInput", "contributions", json!(contributions)).await;
    let is_whole = days >= before.days();
    let active = |map: &Value| {
        let score = reading(map, "ENGAGEMENT");
        let part = |part: &&Value| part["key"] == "active_members";
        score["parts"].as_array().and_then(|parts| parts.iter().find(part).cloned()).unwrap_or(score["message"].clone())
    };
    let running = map(&world, json!({ "period": period.to_string() })).await;
    if f64::from(days) / f64::from(period.days()) < 0.1 {
        assert!(active(&running).to_string().contains("hardly begun") || active(&running).is_string(), "{running}");
    } else {
        let expected = if is_whole { 6.0 } else { 7.5 };
        assert!(active(&running)["value"].is_number(), "{}", active(&running));
        close(&active(&running)["value"], expected);
    }
    close(&active(&map(&world, json!({ "period": before.to_string() })).await)["value"], 10.0);

    // The answers of the other days of the quarter before are enough to be shown by themselves, or they are not.
    import_answers(&world, &[(&first_day_of(before), "5", 6), (&first_day_of(period), "3", 6)]).await;
    // Another process imports, which the server sees a little later.
    let change_once = async |answers: u64| {
        let known = async || reading(&map(&world, json!({ "period": before.to_string() })).await, "PRODUCT_KNOWLEDGE");
        while known().await["answers"] != answers {}
        let map = map(&world, json!({ "period": period.to_string() })).await;
        reading(&map, "PRODUCT_KNOWLEDGE")["change"]["difference"].clone()
    };
    close(&change_once(6).await, -50.0);
    import_answers(&world, &[(&last_day_before, "1", 4)]).await;
    let few_others = change_once(10).await;
    import_answers(&world, &[(&last_day_before, "2", 2)]).await;
    let enough_others = change_once(12).await;
    if is_whole {
        close(&few_others, 50.0 - 60.0);
        close(&enough_others, 50.0 - 650.0 / 12.0);
    } else {
        assert_eq!(few_others, Value::Null);
        close(&enough_others, -50.0);
    }
}

const SERIES: &str = "query($id: ID!, $figure: FigureInput!, $from: Quarter!, $to: Quarter!, $by: Step!) {
    series(community: $id, figure: $figure, from: $from, to: $to, by: $by) { unit
        points { period firstDay lastDay elapsed reading { __typename
            ... on SeriesFigure { value interval { low high } answers coverage }
            ... on SeriesAmount { amount { low likely high } score }
            ... on NoScore { reason message needed } } }
        activities(first: 5) { nodes { name startsOn } } } }";

async fn series(world: &World, figure: Value, (from, to): (&str, &str), by: &str) -> Value {
    let variables = json!({ "id": world.community, "figure": figure, "from": from, "to": to, "by": by });
    world.api.ask(SERIES, variables).await.unwrap()["series"].clone()
}

fn readings(series: &Value) -> Vec<&Value> {
    series["points"].as_array().unwrap().iter().map(|point| &point["reading"]).collect()
}

/// The value of each point, or the reason why it has none.
fn values(series: &Value) -> Vec<Value> {
    let value = |reading: &&Value| match &reading["__typename"] {
        typename if typename == "NoScore" => reading["reason"].clone(),
        typename if typename == "SeriesAmount" => reading["amount"]["likely"].clone(),
        _ => reading["value"].clone(),
    };
    readings(series).iter().map(value).collect()
}

async fn world_with_a_story(engine: Engine) -> World {
    let world = World::new(engine).await;
    let answers = [
        ("2025-10-05", "4", 6),
        ("2025-11-05", "2", 3),
        ("2026-01-05", "5", 6),
        ("2026-02-05", "3", 6),
        ("2026-03-05", "1", 6),
    ];
    import_answers(&world, &answers).await;
    sell(&world).await;
    observe(&world, &[("course_completions", "2026-01-31", 60.0), ("course_completions", "2026-02-28", 90.0)]).await;
    world
}

async fn a_figure_goes_by_quarter_as_the_maps_have_it(engine: Engine) {
    let world = world_with_a_story(engine).await;
    let year = ("2025-Q3", "2026-Q1");
    let knows = series(&world, json!({ "element": "PRODUCT_KNOWLEDGE" }), year, "QUARTER").await;
    let periods: Vec<&Value> = knows["points"].as_array().unwrap().iter().map(|point| &point["period"]).collect();
    assert_eq!(periods, ["2025-Q3", "2025-Q4", "2026-Q1"]);
    assert_eq!(knows["points"][2]["lastDay"], "2026-03-31");
    assert_eq!(values(&knows)[0], "NO_ANSWERS");
    close(&values(&knows)[1], (6.0 * 75.0 + 3.0 * 25.0) / 9.0);
    let map_now = map(&world, json!({ "period": "2026-Q1" })).await;
    for element in ["PRODUCT_KNOWLEDGE", "EDUCATION", "SCALABILITY"] {
        let found = series(&world, json!({ "element": element }), year, "QUARTER").await;
        let of_map = reading(&map_now, element);
        for field in ["value", "answers", "interval", "message"] {
            assert_eq!(readings(&found)[2][field], of_map[field], "{element} {field}");
        }
    }
    assert_eq!(readings(&knows)[2]["answers"], 18);
    let upgrades = series(&world, json!({ "element": "UPGRADES" }), year, "QUARTER").await;
    assert_eq!(readings(&upgrades)[2]["amount"], reading(&map_now, "UPGRADES")["amount"]);
    assert_eq!(values(&upgrades)[0], "NOT_CONNECTED");
    let courses = series(&world, json!({ "measure": "course_completions" }), year, "QUARTER").await;
    assert_eq!((&courses["unit"], &values(&courses)[2]), (&json!("courses"), &json!(150.0)));
    assert_eq!(readings(&courses)[1]["reason"], "NO_DATA");
    let cost = series(&world, json!({ "cost": true }), year, "QUARTER").await;
    assert_eq!(values(&cost), ["NO_DATA", "NO_DATA", "1000.5"]);
    assert_eq!(cost["activities"]["nodes"], json!([{ "name": "Webinar", "startsOn": "2026-01-10" }]));
    let earlier = series(&world, json!({ "cost": true }), ("2025-Q3", "2025-Q4"), "QUARTER").await;
    assert_eq!(earlier["activities"]["nodes"], json!([]));
}

async fn a_figure_goes_by_month(engine: Engine) {
    let world = world_with_a_story(engine).await;
    let half = ("2025-Q4", "2026-Q1");
    let by_month = async |figure: Value| series(&world, figure, half, "MONTH").await;
    let knows = by_month(json!({ "element": "PRODUCT_KNOWLEDGE" })).await;
    // November has three answers: with October they would follow from the quarter.
    let hidden = "TOO_FEW_ANSWERS";
    assert_eq!(values(&knows), json!([hidden, hidden, hidden, 100.0, 50.0, 0.0]).as_array().unwrap().as_slice());
    assert_eq!((&knows["points"][4]["period"], &readings(&knows)[4]["answers"]), (&json!("2026-02"), &json!(6)));
    let recommends = by_month(json!({ "recommendation": true })).await;
    assert_eq!(values(&recommends)[3..], [json!(100.0), json!(-100.0), json!(-100.0)]);
    let courses = by_month(json!({ "measure": "course_completions" })).await;
    assert_eq!(values(&courses)[2..], [json!("NO_DATA"), json!(60.0), json!(90.0), json!("NO_DATA")]);
    let cost = by_month(json!({ "cost": true })).await;
    let none = "NO_DATA";
    assert_eq!(values(&cost), [none, none, none, "1000.5", none, none]);
    // The element as a whole quarter at the month's pace would have it: 60 courses in 31 of 90 days are 174 of the 250 that
    // 100 points take, 50 being none. What members know counts twice as much, and is hidden in the quarter before.
    let education = by_month(json!({ "element": "EDUCATION" })).await;
    assert_eq!(values(&education)[..3], [hidden, hidden, hidden]);
    close(&values(&education)[3], (2.0 * 100.0 + (60.0 * 90.0 / 31.0 - 50.0) / 2.0) / 3.0);
    close(&values(&education)[4], (2.0 * 50.0 + 100.0) / 3.0);
    assert_eq!(values(&education)[5], 0.0);
    let coverage: Vec<&Value> = readings(&education)[3..].iter().map(|reading| &reading["coverage"]).collect();
    assert_eq!(coverage, [0.6, 0.6, 0.4]);
    let upgrades = by_month(json!({ "element": "UPGRADES" })).await;
    let of_quarter = series(&world, json!({ "element": "UPGRADES" }), ("2026-Q1", "2026-Q1"), "QUARTER").await;
    let none = json!("NOT_CONNECTED");
    // All upgrades of the quarter were in February.
    let february = values(&of_quarter)[0].clone();
    assert_eq!(values(&upgrades), [none.clone(), none.clone(), none, json!("0"), february, json!("0")]);
    assert_eq!(readings(&upgrades)[4]["score"], Value::Null);
    let deflection = by_month(json!({ "measure": "deflection" })).await;
    assert_eq!(readings(&deflection)[3]["message"], "no support cases are tracked for this period");
    // A member who comes again in a month counts once in it, and once more in the next.
    let wrote = |key: &str, member: &str, at: &str| {
        json!({ "source": "forum", "key": key, "kind": "LIKE", "thread": key, "at": at,
            "party": { "kind": "MEMBER", "source": "forum", "key": member } })
    };
    let contributions = json!([
        wrote("1", "ada", "2025-10-01T00:00:00Z"),
        wrote("2", "ada", "2025-10-31T23:59:59Z"),
        wrote("3", "ada", "2025-11-01T00:00:00Z"),
        wrote("4", "bob", "2025-11-30T12:00:00Z"),
    ]);
    world.tell("recordContributions", "RecordContributionsInput", "contributions", contributions).await;
    let active = by_month(json!({ "measure": "active_members" })).await;
    assert_eq!(values(&active)[..3], [json!(1.0), json!(2.0), json!("NO_DATA")]);
    let of_quarter = series(&world, json!({ "measure": "active_members" }), half, "QUARTER").await;
    assert_eq!(values(&of_quarter)[0], 2.0);
}

async fn a_series_has_bounds(engine: Engine) {
    let world = World::new(engine).await;
    let refused = async |figure: Value, from: &str, to: &str, by: &str| {
        let variables = json!({ "id": world.community, "figure": figure, "from": from, "to": to, "by": by });
        let reply = world.api.send(SERIES, variables).await.unwrap();
        assert_eq!(reply.code(), "BAD_USER_INPUT", "{}", reply.body);
        reply.body["errors"][0]["message"].as_str().unwrap().to_owned()
    };
    let cost = || json!({ "cost": true });
    assert_eq!(refused(cost(), "2026-Q1", "2025-Q4", "QUARTER").await, "to: 2025-Q4 is before 2026-Q1");
    assert!(
        refused(cost(), "2020-Q1", "2026-Q1", "QUARTER")
            .await
            .contains("there are 25 periods, and a series has at most 24")
    );
    assert!(refused(cost(), "2024-Q1", "2026-Q1", "MONTH").await.contains("there are 27 periods"));
    let unknown = refused(json!({ "measure": "luck" }), "2026-Q1", "2026-Q1", "QUARTER").await;
    assert!(unknown.contains("has no measure `luck`; it has"), "{unknown}");
    let longest = series(&world, cost(), ("2020-Q2", "2026-Q1"), "QUARTER").await;
    assert_eq!(longest["points"].as_array().unwrap().len(), 24);
    let months = series(&world, cost(), ("2024-Q2", "2026-Q1"), "MONTH").await;
    assert_eq!(months["points"].as_array().unwrap().len(), 24);
    let to_come = series(&world, json!({ "measure": "active_members" }), ("2099-Q1", "2099-Q1"), "MONTH").await;
    assert_eq!(readings(&to_come)[0]["message"], "The month has not begun.");
    let to_come = map(&world, json!({ "period": "2099-Q1" })).await;
    assert_eq!(reading(&to_come, "UPGRADES")["message"], "The quarter has not begun.");
    let nowhere = json!({ "id": "com_00000000000070008000000000000000", "figure": cost(), "from": "2026-Q1", "to": "2026-Q1", "by": "QUARTER" });
    assert_eq!(world.api.ask(SERIES, nowhere).await.unwrap()["series"], Value::Null);
}
