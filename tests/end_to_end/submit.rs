//! From a member's answer to the row, exactly once.

use serde_json::{Value, json};
use valuemap_tests::{Engine, answer_all, submission_id, valuemap};

use crate::{World, on_both_databases};

on_both_databases!(
    the_same_submission_is_one_row_and_one_receipt,
    ten_at_once_are_one_row,
    other_answers_under_a_used_id_are_refused,
    all_problems_are_reported_and_nothing_is_stored,
    a_published_version_never_changes_and_stays_answerable,
);

/// How many responses the database holds, by the export that users have.
async fn exported(world: &World) -> Vec<Value> {
    let output = valuemap(&world.scratch, &["export", "--community", &world.community]).await.unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

async fn the_same_submission_is_one_row_and_one_receipt(engine: Engine) {
    let world = World::new(engine).await;
    let version = world.embed.survey(&world.site).await.unwrap()["version"].clone();
    let id = submission_id();
    let mut receipts = Vec::new();
    for _ in 0..3 {
        let reply = world.embed.submit(&world.site, &version, &id, answer_all(4)).await.unwrap();
        receipts.push(reply.data().unwrap()["submitResponse"].clone());
    }
    assert_eq!(receipts[0]["__typename"], "Receipt");
    assert_eq!(receipts[0]["id"], id);
    assert!(receipts.iter().all(|receipt| *receipt == receipts[0]), "{receipts:?}");
    assert_eq!(exported(&world).await.len(), 1);
}

async fn ten_at_once_are_one_row(engine: Engine) {
    let world = World::new(engine).await;
    let version = world.embed.survey(&world.site).await.unwrap()["version"].clone();
    let id = submission_id();
    let submit = || {
        let (embed, site, version, id) = (world.embed.clone(), world.site.clone(), version.clone(), id.clone());
        tokio::spawn(async move { embed.submit(&site, &version, &id, answer_all(4)).await })
    };
    let attempts: Vec<_> = (0..10).map(|_| submit()).collect();
    let mut receipts = Vec::new();
    for attempt in attempts {
        receipts.push(attempt.await.unwrap().unwrap().data().unwrap()["submitResponse"].clone());
    }
    assert!(receipts.iter().all(|receipt| *receipt == receipts[0] && receipt["__typename"] == "Receipt"));
    assert_eq!(exported(&world).await.len(), 1);
    assert!(valuemap(&world.scratch, &["verify"]).await.unwrap().status.success());
}

async fn other_answers_under_a_used_id_are_refused(engine: Engine) {
    let world = World::new(engine).await;
    let version = world.embed.survey(&world.site).await.unwrap()["version"].clone();
    let id = submission_id();
    for (point, expected) in [(4, "Receipt"), (5, "SubmissionIdReused"), (4, "Receipt")] {
        let reply = world.embed.submit(&world.site, &version, &id, answer_all(point)).await.unwrap();
        assert_eq!(reply.data().unwrap()["submitResponse"]["__typename"], expected);
    }
    let rows = exported(&world).await;
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["answers"]["product_knowledge"], 4);
}

async fn all_problems_are_reported_and_nothing_is_stored(engine: Engine) {
    let world = World::new(engine).await;
    let version = world.embed.survey(&world.site).await.unwrap()["version"].clone();
    let answers = json!([
        { "question": "product_knowledge", "number": 6 },
        { "question": "wealth", "number": 1 },
        { "question": "more_useful", "text": "x".repeat(2_001) },
        { "question": "recommendation", "text": "very" },
    ]);
    let reply = world.embed.submit(&world.site, &version, "not an id", answers).await.unwrap();
    let result = &reply.data().unwrap()["submitResponse"];
    assert_eq!(result["__typename"], "InvalidSubmission");
    let paths: Vec<&str> =
        result["problems"].as_array().unwrap().iter().map(|problem| problem["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["id", "answers.0.number", "answers.1.question", "answers.2.text", "answers.3"]);

    let nul = json!([{ "question": "more_useful", "text": "a\u{0}b" }]);
    let reply = world.embed.submit(&world.site, &version, &submission_id(), nul).await.unwrap();
    assert_eq!(reply.data().unwrap()["submitResponse"]["problems"][0]["path"], "answers.0.text");

    let unknown_version = json!(submission_id());
    let reply = world.embed.submit(&world.site, &unknown_version, &submission_id(), answer_all(3)).await.unwrap();
    assert_eq!(reply.data().unwrap()["submitResponse"]["problems"][0]["path"], "version");
    assert_eq!(exported(&world).await.len(), 0);
}

async fn a_published_version_never_changes_and_stays_answerable(engine: Engine) {
    let world = World::new(engine).await;
    let first = world.embed.survey(&world.site).await.unwrap();
    let surveys = "query($id: ID!) { community(id: $id) { surveys { id versions { id number publishedAt title } } } }";
    let data = world.api.ask(surveys, json!({ "id": world.community })).await.unwrap();
    let survey = data["community"]["surveys"][0]["id"].clone();

    let save =
        "mutation($survey: ID!, $required: Boolean!) { saveSurveyDraft(input: {survey: $survey, title: \"Second\",
        questions: [{key: \"knows\", prompt: \"I learn.\", required: $required,
                     kind: {agreement: {points: 7, benefit: PRODUCT_KNOWLEDGE}}}]}) {
        __typename ... on SurveyVersion { number publishedAt } ... on InvalidSurvey { problems { path } } } }";
    let draft = world.api.ask(save, json!({ "survey": survey, "required": false })).await.unwrap();
    assert_eq!(draft["saveSurveyDraft"]["number"], 2);
    assert_eq!(draft["saveSurveyDraft"]["publishedAt"], Value::Null);
    // Members still see the first version, and a draft that is saved again replaces the draft and nothing else.
    assert_eq!(world.embed.survey(&world.site).await.unwrap(), first);
    let again = world.api.ask(save, json!({ "survey": survey, "required": true })).await.unwrap();
    assert_eq!(again["saveSurveyDraft"]["number"], 2);

    let publish = "mutation($survey: ID!) { publishSurvey(input: {survey: $survey}) { __typename } }";
    let published = world.api.ask(publish, json!({ "survey": survey })).await.unwrap();
    assert_eq!(published["publishSurvey"]["__typename"], "SurveyVersion");
    let nothing_left = world.api.ask(publish, json!({ "survey": survey })).await.unwrap();
    assert_eq!(nothing_left["publishSurvey"]["__typename"], "NoDraft");

    let second = world.embed.survey(&world.site).await.unwrap();
    assert_eq!((&second["title"], &second["questions"][0]["points"]), (&json!("Second"), &json!(7)));
    let missing = world.embed.submit(&world.site, &second["version"], &submission_id(), json!([])).await.unwrap();
    let problem = &missing.data().unwrap()["submitResponse"]["problems"][0];
    assert!(problem["message"].as_str().unwrap().contains("`knows` has to be answered"), "{problem}");
    // A page that was opened before the second version came out.
    let late = world.embed.submit(&world.site, &first["version"], &submission_id(), answer_all(2)).await.unwrap();
    assert_eq!(late.data().unwrap()["submitResponse"]["__typename"], "Receipt");
    let data = world.api.ask(surveys, json!({ "id": world.community })).await.unwrap();
    assert_eq!(data["community"]["surveys"][0]["versions"][1]["title"], first["title"]);
}
