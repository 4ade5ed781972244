//! Surveys that ask after certain answers only, shuffle choices and speak several languages; and their way to the page.

use serde_json::{Value, json};
use valuemap_tests::{Embed, Engine, Reply, submission_id, valuemap};

use crate::{PAGE, World, on_both_databases};

on_both_databases!(
    a_page_reads_the_survey_and_may_keep_it,
    questions_are_asked_after_certain_answers_only,
    the_order_in_which_choices_were_shown_is_kept,
    a_survey_speaks_the_language_that_is_asked_for,
);

fn problem_paths(reply: &Reply) -> Vec<(String, String)> {
    let outcome = &reply.data().unwrap()["submitResponse"];
    let problems = outcome["problems"].as_array().unwrap_or_else(|| panic!("{outcome}"));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    problems.iter().map(|problem| (text(&problem["path"]), text(&problem["message"]))).collect()
}

fn header<'a>(reply: &'a Reply, name: &str) -> &'a str {
    reply.headers.get(name).map_or("", |value| value.to_str().unwrap())
}

async fn a_page_reads_the_survey_and_may_keep_it(engine: Engine) {
    let world = World::new(engine).await;
    let shown = world.embed.survey(&world.site).await.unwrap();
    let site = format!("/embed/surveys/{}", world.site);

    let start = world.embed.get(&site).await.unwrap();
    assert_eq!((start.status, header(&start, "cache-control")), (200, "public, max-age=60"));
    let survey = &start.data().unwrap()["survey"];
    assert_eq!(survey["version"], shown["version"]);
    assert_eq!((&survey["language"], &survey["total"]), (&json!("en"), &json!(7)));
    assert_eq!(survey["first"], shown["questions"][0]);
    assert_eq!(survey["first"]["kind"], "AGREEMENT");

    let version = format!("{site}/{}", shown["version"].as_str().unwrap());
    let whole = world.embed.get(&version).await.unwrap();
    assert_eq!(header(&whole, "cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(whole.data().unwrap()["survey"], json!({ "questions": shown["questions"] }));

    for reply in [&start, &whole] {
        assert_eq!(header(reply, "vary"), "Origin, Sec-Fetch-Site");
        assert_eq!(header(reply, "access-control-allow-origin"), PAGE);
        assert!(!reply.headers.contains_key("access-control-allow-credentials"));
    }

    let refused = async |embed: &Embed, path: &str, status: u16, code: &str| {
        let reply = embed.get(path).await.unwrap();
        assert_eq!((reply.status, reply.code()), (status, code), "{path}");
        assert_eq!((header(&reply, "cache-control"), header(&reply, "vary")), ("no-store", "Origin, Sec-Fetch-Site"));
        assert!(reply.headers.contains_key("access-control-allow-origin"), "a page may read why");
    };
    for path in [&site, &version] {
        refused(&world.server.embed("https://other.example.com"), path, 403, "ORIGIN_NOT_ALLOWED").await;
        refused(&world.server.embed("null"), path, 403, "ORIGIN_NOT_ALLOWED").await;
    }
    refused(&world.embed, "/embed/surveys/pk_unknown?language=de", 404, "SITE_NOT_FOUND").await;
    refused(&world.embed, &format!("{site}/{}", submission_id()), 404, "SURVEY_NOT_PUBLISHED").await;
    refused(&world.embed, &format!("{site}/latest"), 400, "BAD_USER_INPUT").await;
    let unpublished = site_without_a_published_version(&world).await;
    refused(&world.embed, &format!("/embed/surveys/{unpublished}"), 404, "SURVEY_NOT_PUBLISHED").await;
    let others = format!("/embed/surveys/{unpublished}/{}", shown["version"].as_str().unwrap());
    refused(&world.embed, &others, 404, "SURVEY_NOT_PUBLISHED").await;
}

async fn site_without_a_published_version(world: &World) -> String {
    let create = "mutation($community: ID!) { createSurvey(input: {community: $community, name: \"Draft\"}) {
        ... on Survey { id } } }";
    let data = world.api.ask(create, json!({ "community": world.community })).await.unwrap();
    let site = "mutation($survey: ID!, $origin: String!) {
        createSite(input: {survey: $survey, name: \"New\", origins: [$origin]}) { ... on Site { key } } }";
    let variables = json!({ "survey": data["createSurvey"]["id"], "origin": PAGE });
    let data = world.api.ask(site, variables).await.unwrap();
    data["createSite"]["key"].as_str().unwrap().to_owned()
}

/// Browsers name no origin when a page reads from its own server, and no other client can say so for them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_of_this_server_reads_without_an_origin() {
    let world = World::new(Engine::Sqlite).await;
    let url = format!("{}/embed/surveys/{}", world.server.address, world.site);
    let status = async |headers: &[(&str, &str)]| {
        let mut request = reqwest::Client::new().get(&url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(status(&[("sec-fetch-site", "same-origin")]).await, 200);
    assert_eq!(status(&[("origin", &world.server.address)]).await, 200);
    assert_eq!(status(&[]).await, 403);
    for other in ["same-site", "cross-site", "none"] {
        assert_eq!(status(&[("sec-fetch-site", other)]).await, 403, "{other}");
    }
    assert_eq!(status(&[("sec-fetch-site", "same-origin"), ("origin", "null")]).await, 403);
}

/// Makes this the survey of the world's site; returns what members see of it.
async fn publish(world: &World, language: &str, questions: Value, translations: Value) -> Value {
    let surveys = "query($id: ID!) { community(id: $id) { surveys { id } } }";
    let data = world.api.ask(surveys, json!({ "id": world.community })).await.unwrap();
    let survey = &data["community"]["surveys"][0]["id"];
    let save = "mutation($input: SaveSurveyDraftInput!) { saveSurveyDraft(input: $input) {
        __typename ... on InvalidSurvey { problems { path code message } } } }";
    let input = json!({ "survey": survey, "title": "About you", "language": language, "questions": questions,
        "translations": translations });
    let saved = world.api.ask(save, json!({ "input": input })).await.unwrap();
    assert_eq!(saved["saveSurveyDraft"]["__typename"], "SurveyVersion", "{saved}");
    let publish = "mutation($survey: ID!) { publishSurvey(input: {survey: $survey}) { __typename } }";
    world.api.ask(publish, json!({ "survey": survey })).await.unwrap();
    world.embed.survey(&world.site).await.unwrap()
}

fn role(shuffled: bool) -> Value {
    let choices = json!([{ "key": "admin", "label": "Administrator" }, { "key": "user", "label": "User" },
        { "key": "other", "label": "Something else" }]);
    let kind = json!({ "singleChoice": { "choices": choices, "shuffled": shuffled } });
    json!({ "key": "role", "prompt": "What do you do?", "kind": kind })
}

fn which(required: bool) -> Value {
    json!({ "key": "which", "prompt": "What is it?", "required": required, "kind": { "text": { "maxLength": 80, "lines": "ONE" } },
        "askIf": { "question": "role", "test": { "anyOf": ["other"] } } })
}

async fn questions_are_asked_after_certain_answers_only(engine: Engine) {
    let world = World::new(engine).await;
    let recommend = json!({ "key": "nps", "prompt": "Would you recommend us?",
        "kind": { "recommendation": { "scale": "ZERO_TO_TEN" } } });
    let why = json!({ "key": "why", "prompt": "What is missing?", "kind": { "text": {} },
        "askIf": { "question": "nps", "test": { "atMost": 6 } } });
    let survey = publish(&world, "en", json!([role(false), which(true), recommend, why]), json!([])).await;
    assert_eq!(survey["total"], 2);
    let asked = json!({ "question": "role", "atLeast": null, "atMost": null, "anyOf": ["other"] });
    assert_eq!((&survey["questions"][1]["askIf"], &survey["questions"][1]["lines"]), (&asked, &json!("ONE")));
    assert_eq!(
        (&survey["questions"][3]["askIf"]["atMost"], &survey["questions"][3]["lines"]),
        (&json!(6), &json!("SEVERAL"))
    );
    assert_eq!(survey["questions"][0]["askIf"], Value::Null);

    let submit = async |answers: Value| {
        world.embed.submit(&world.site, &survey["version"], &submission_id(), answers).await.unwrap()
    };
    for accepted in [
        json!([{ "question": "role", "choices": ["user"] }]),
        json!([{ "question": "which", "text": "Teacher" }, { "question": "role", "choices": ["other"] }]),
        json!([{ "question": "nps", "number": 6 }, { "question": "why", "text": "Time" }]),
        json!([{ "question": "nps", "number": 7 }, { "question": "why", "text": " " }]),
    ] {
        let reply = submit(accepted.clone()).await;
        assert_eq!(reply.data().unwrap()["submitResponse"]["__typename"], "Receipt", "{accepted} {}", reply.body);
    }
    let missing = problem_paths(&submit(json!([{ "question": "role", "choices": ["other"] }])).await);
    assert_eq!(missing, [("answers".to_owned(), "`which` has to be answered".to_owned())]);
    let reply = submit(json!([{ "question": "which", "text": "Teacher" }, { "question": "role", "choices": ["user"] },
        { "question": "why", "text": "Time" }]))
    .await;
    let not_asked =
        |path: &str, key: &str| (path.to_owned(), format!("`{key}` is not asked after these answers; leave it out"));
    assert_eq!(problem_paths(&reply), [not_asked("answers.0", "which"), not_asked("answers.2", "why")]);
    assert!(valuemap(&world.scratch, &["verify"]).await.unwrap().status.success());
}

async fn the_order_in_which_choices_were_shown_is_kept(engine: Engine) {
    let world = World::new(engine).await;
    let survey = publish(&world, "en", json!([role(true), which(false)]), json!([])).await;
    assert_eq!(
        (&survey["questions"][0]["shuffled"], &survey["questions"][1]["shuffled"]),
        (&json!(true), &json!(false))
    );
    let submit = async |id: &str, order: Value| {
        let answers = json!([{ "question": "role", "choices": ["user"], "order": order }]);
        let reply = world.embed.submit(&world.site, &survey["version"], id, answers).await.unwrap();
        reply.data().unwrap()["submitResponse"].clone()
    };
    let [with, without] = [submission_id(), submission_id()];
    let first = submit(&with, json!(["user", "other", "admin"])).await;
    assert_eq!(first["__typename"], "Receipt", "{first}");
    assert_eq!(submit(&with, json!(["user", "other", "admin"])).await["receivedAt"], first["receivedAt"]);
    assert_eq!(submit(&with, json!(["user", "admin", "other"])).await["__typename"], "SubmissionIdReused");
    assert_eq!(submit(&without, Value::Null).await["__typename"], "Receipt");

    let refused = async |order: Value| submit(&submission_id(), order).await["problems"][0]["path"].clone();
    for order in [json!([]), json!(["user", "admin"]), json!(["user", "user", "admin"]), json!(["a", "b", "c"])] {
        assert_eq!(refused(order.clone()).await, "answers.0.order", "{order}");
    }
    let answers = json!([{ "question": "role", "choices": ["other"] },
        { "question": "which", "text": "Teacher", "order": ["a"] }]);
    let reply = world.embed.submit(&world.site, &survey["version"], &submission_id(), answers).await.unwrap();
    assert_eq!(problem_paths(&reply)[0].0, "answers.1.order");

    let output = valuemap(&world.scratch, &["export", "--community", &world.community]).await.unwrap();
    let exported = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<Value> = exported.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let orders = |id: &str| lines.iter().find(|line| line["id"] == id).unwrap()["orders"].clone();
    assert_eq!(orders(&with), json!({ "role": ["user", "other", "admin"] }));
    assert_eq!(orders(&without), json!({}));
    assert!(valuemap(&world.scratch, &["verify"]).await.unwrap().status.success());
}

async fn a_survey_speaks_the_language_that_is_asked_for(engine: Engine) {
    let world = World::new(engine).await;
    let japanese = world.embed.survey_in(&world.site, Some("ja")).await.unwrap();
    assert_eq!(japanese["language"], "ja");
    assert_eq!(japanese["questions"][3]["prompt"], "ここでは、自分の知識や経験が認められています。");
    for language in ["en", "de", "fr", "es", "ja", "ar"] {
        assert_eq!(world.embed.survey_in(&world.site, Some(language)).await.unwrap()["language"], language);
    }

    let german = json!({ "language": "de", "title": "Über Sie", "questions": [{ "key": "role", "prompt": "Was tun Sie?",
        "choices": [{ "key": "other", "label": "Etwas anderes" }, { "key": "user", "label": "Anwendung" },
            { "key": "admin", "label": "Verwaltung" }] }] });
    let own = publish(&world, "en-gb", json!([role(false)]), json!([german])).await;
    assert_eq!((&own["language"], &own["title"]), (&json!("en-gb"), &json!("About you")));
    let austrian = world.embed.survey_in(&world.site, Some("de-AT")).await.unwrap();
    assert_eq!((&austrian["language"], &austrian["title"]), (&json!("de"), &json!("Über Sie")));
    assert_eq!((&austrian["first"]["prompt"], &austrian["version"]), (&json!("Was tun Sie?"), &own["version"]));
    let admin = json!({ "key": "admin", "label": "Verwaltung" });
    assert_eq!(austrian["questions"][0]["choices"][0], admin);
    assert_eq!(world.embed.survey_in(&world.site, Some("fr")).await.unwrap(), own);
    let fetched = world.embed.get(&format!("/embed/surveys/{}?language=de-AT", world.site)).await.unwrap();
    assert_eq!(fetched.data().unwrap()["survey"]["first"], austrian["first"]);

    let versions = "query($id: ID!) { community(id: $id) { surveys { versions { language translations {
        language title questions { key prompt choices { key label } } } } } } }";
    let data = world.api.ask(versions, json!({ "id": world.community })).await.unwrap();
    let versions = &data["community"]["surveys"][0]["versions"];
    assert_eq!((&versions[0]["language"], &versions[0]["translations"]), (&json!("en-gb"), &json!([german])));
    assert_eq!(versions[1]["translations"].as_array().unwrap().len(), 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_definition_that_breaks_rules_is_refused_with_all_of_them() {
    let world = World::new(Engine::Sqlite).await;
    let surveys = "query($id: ID!) { community(id: $id) { surveys { id } } }";
    let data = world.api.ask(surveys, json!({ "id": world.community })).await.unwrap();
    let later = json!({ "key": "early", "prompt": "Early", "kind": { "text": {} },
        "askIf": { "question": "role", "test": { "atLeast": 3 } } });
    let scale = json!({ "key": "scale", "prompt": "Scale", "kind": { "agreement": {} },
        "askIf": { "question": "role", "test": { "atLeast": 3 } } });
    let over = json!({ "key": "over", "prompt": "Over", "kind": { "text": {} },
        "askIf": { "question": "scale", "test": { "atMost": 6 } } });
    let first = json!({ "key": "first", "prompt": "First", "kind": { "text": {} } });
    let input = json!({ "survey": data["community"]["surveys"][0]["id"], "title": "Broken", "language": "English",
        "questions": [first, later, role(false), scale, over],
        "translations": [{ "language": "de", "title": "Kaputt", "questions": [] }] });
    let save = "mutation($input: SaveSurveyDraftInput!) { saveSurveyDraft(input: $input) {
        ... on InvalidSurvey { problems { path code } } } }";
    let saved = world.api.ask(save, json!({ "input": input })).await.unwrap();
    let problem = |path: &str, code: &str| json!({ "path": path, "code": code });
    let mut expected = vec![
        problem("questions.1.askIf.question", "MALFORMED"),
        problem("questions.3.askIf.atLeast", "MALFORMED"),
        problem("questions.4.askIf.atMost", "OUT_OF_RANGE"),
        problem("language", "MALFORMED"),
    ];
    expected.extend((0..5).map(|_| problem("translations.0.questions", "MISSING")));
    assert_eq!(saved["saveSurveyDraft"]["problems"], json!(expected));
}
