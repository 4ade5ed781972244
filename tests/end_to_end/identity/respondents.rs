//! A member who answers several surveys of a community in a quarter is one respondent.

use futures_util::future::join_all;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use valuemap_tests::{Embed, Engine, Server, answer_all, submission_id, valuemap};

use super::{SET, Signed};
use crate::{PAGE, World, on_both_databases};

on_both_databases!(a_member_of_two_surveys_counts_once, answers_to_two_surveys_at_the_same_time_count_once);

/// A second survey of the community, on a site of its own that takes tokens of the same key: the site's key, its id and
/// the survey's version.
async fn second_survey(signed: &Signed) -> (String, Value, Value) {
    let ask = async |query: &str, input: Value| signed.world.api.ask(query, json!({ "input": input })).await.unwrap();
    let create = "mutation($input: CreateSurveyInput!) { createSurvey(input: $input) { ... on Survey { id } } }";
    let survey = ask(create, json!({ "community": signed.world.community, "name": "Pulse" })).await;
    let survey = survey["createSurvey"]["id"].clone();
    let agreement = |key: &str, points: u8| {
        json!({ "key": key, "prompt": key, "required": false,
            "kind": { "agreement": { "points": points, "benefit": key.to_uppercase() } } })
    };
    let recommendation = json!({ "key": "recommendation", "prompt": "?", "required": false, "kind": { "recommendation": { "scale": "ZERO_TO_TEN" } } });
    let questions = [agreement("product_knowledge", 7), agreement("roadmap_influence", 5), recommendation];
    let save = "mutation($input: SaveSurveyDraftInput!) { saveSurveyDraft(input: $input) { __typename
        ... on SurveyVersion { id } ... on InvalidSurvey { problems { path message } } } }";
    let saved = ask(save, json!({ "survey": survey, "title": "Pulse", "questions": questions })).await;
    let publish =
        "mutation($input: PublishSurveyInput!) { publishSurvey(input: $input) { ... on SurveyVersion { id } } }";
    let published = ask(publish, json!({ "survey": survey })).await;
    assert!(published["publishSurvey"]["id"].is_string(), "{saved} {published}");
    let create = "mutation($input: CreateSiteInput!) { createSite(input: $input) { ... on Site { id key } } }";
    let site = ask(create, json!({ "survey": survey, "name": "Pulse", "origins": [PAGE] })).await["createSite"].clone();
    let keys = json!([signed.ecdsa.key_input().unwrap()]);
    let set = ask(SET, json!({ "site": site["id"], "keys": keys, "required": false })).await;
    assert_eq!(set["setSiteIdentity"]["__typename"], "Site", "{set}");
    let key = site["key"].as_str().unwrap().to_owned();
    let version = signed.world.embed.survey(&key).await.unwrap()["version"].clone();
    (key, site["id"].clone(), version)
}

const FIGURES: &str = "query($id: ID!) { valueMap(community: $id) { responses
    recommendation { ... on Recommendation { value answers } }
    layers { elements { element reading { ... on Score { value answers interval { low high } } } } } } }";

async fn figures(world: &World) -> Value {
    let map = world.api.ask(FIGURES, json!({ "id": world.community })).await.unwrap()["valueMap"].clone();
    assert!(
        valuemap(&world.scratch, &["verify"]).await.unwrap().status.success(),
        "the tallies are what answers add up to"
    );
    map
}

/// Value and answers of an element.
fn score(map: &Value, element: &str) -> (f64, u64) {
    let mut elements = map["layers"].as_array().unwrap().iter().flat_map(|layer| layer["elements"].as_array().unwrap());
    let reading = &elements.find(|reading| reading["element"] == element).unwrap()["reading"];
    (reading["value"].as_f64().unwrap_or(f64::NAN), reading["answers"].as_u64().unwrap_or_default())
}

async fn a_member_of_two_surveys_counts_once(engine: Engine) {
    let signed = Signed::new(engine).await;
    let world = &signed.world;
    let (pulse, pulse_id, pulse_version) = second_survey(&signed).await;
    let answer = async |site: (&str, &Value), member: u32, answers: Value| {
        let token = signed.ecdsa.token(site.0, &format!("member-{member}")).unwrap();
        let reply = world.embed.submit_as(&token, site, &submission_id(), answers).await.unwrap();
        assert_eq!(reply.data().unwrap()["submitResponse"]["__typename"], "Receipt", "{}", reply.body);
    };
    let first = (world.site.as_str(), &signed.version);
    let second = (pulse.as_str(), &pulse_version);
    for member in 0..6 {
        // 75 of 100 on five points, and a promoter.
        let mut answers = answer_all(4);
        answers.as_array_mut().unwrap().push(json!({ "question": "recommendation", "number": 9 }));
        answer(first, member, answers).await;
    }
    let alone = figures(world).await;
    assert_eq!(score(&alone, "PRODUCT_KNOWLEDGE"), (75.0, 6));
    for member in 0..6 {
        // 0 of 100 on seven points: with the 75 it comes to 37.5. And a detractor now.
        let answers =
            json!([{ "question": "product_knowledge", "number": 1 }, { "question": "recommendation", "number": 2 }]);
        answer(second, member, answers).await;
    }
    let both = figures(world).await;
    assert_eq!(score(&both, "PRODUCT_KNOWLEDGE"), (37.5, 6));
    assert_eq!(score(&both, "PEER_BEST_PRACTICES"), (75.0, 6));
    assert_eq!(both["recommendation"], json!({ "value": -100.0, "answers": 6 }));
    assert_eq!(both["responses"], 12);
    // The covariances follow: education rests on two benefits of the same six members.
    assert_eq!(score(&both, "EDUCATION").1, 6);

    // Anonymous answers cannot be told apart, so each is somebody.
    for _ in 0..2 {
        let answers = json!([{ "question": "product_knowledge", "number": 7 }]);
        world.embed.submit(&pulse, &pulse_version, &submission_id(), answers).await.unwrap().data().unwrap();
    }
    let (value, answers) = score(&figures(world).await, "PRODUCT_KNOWLEDGE");
    assert_eq!(answers, 8);
    assert!((value - (6.0 * 37.5 + 2.0 * 100.0) / 8.0).abs() < 1e-9, "{value}");

    // Set aside and released, in either order.
    let decide = async |mutation: &str, site: &Value| {
        let query = format!(
            "mutation($input: AnswerSelectionInput!) {{ {mutation}(input: $input) {{ ... on AnswersMoved {{ moved }} }} }}"
        );
        let input = json!({ "matching": { "site": site } });
        world.api.ask(&query, json!({ "input": input })).await.unwrap()[mutation]["moved"].as_u64().unwrap()
    };
    assert_eq!(decide("quarantineAnswers", &pulse_id).await, 8);
    assert_eq!(figures(world).await, alone);
    assert_eq!(decide("quarantineAnswers", &signed.site_id).await, 6);
    assert_eq!(decide("releaseAnswers", &pulse_id).await, 8);
    let (value, answers) = score(&figures(world).await, "PRODUCT_KNOWLEDGE");
    assert_eq!((value, answers), (25.0, 8));
    assert_eq!(decide("releaseAnswers", &signed.site_id).await, 6);
    let again = figures(world).await;
    let (value, answers) = score(&again, "PRODUCT_KNOWLEDGE");
    assert_eq!(answers, 8);
    assert!((value - (6.0 * 37.5 + 2.0 * 100.0) / 8.0).abs() < 1e-9, "{value}");

    // Counted anew, it is the same.
    let connection = world.scratch.connect().await.unwrap();
    for table in ["co_moment", "tally"] {
        connection.execute_unprepared(&format!("DELETE FROM {table}")).await.unwrap();
    }
    assert!(valuemap(&world.scratch, &["verify", "--mend"]).await.unwrap().status.success());
    assert_eq!(figures(world).await, again);
}

async fn answers_to_two_surveys_at_the_same_time_count_once(engine: Engine) {
    let signed = Signed::new(engine).await;
    let world = &signed.world;
    let (pulse, _, pulse_version) = second_survey(&signed).await;
    let other = match engine {
        Engine::Sqlite => None,
        Engine::Postgres => Some(Server::start(&world.scratch, &[]).await.unwrap()),
    };
    let elsewhere = other.as_ref().map_or_else(|| world.embed.clone(), |server| server.embed(PAGE));
    let both = (0..20).flat_map(|member| {
        let of = |embed: &Embed, site: &str, version: &Value, number: u8| {
            let (embed, site, version) = (embed.clone(), site.to_owned(), version.clone());
            let token = signed.ecdsa.token(&site, &format!("member-{member}")).unwrap();
            let answers = json!([{ "question": "roadmap_influence", "number": number }]);
            async move {
                let reply = embed.submit_as(&token, (&site, &version), &submission_id(), answers).await.unwrap();
                assert_eq!(reply.data().unwrap()["submitResponse"]["__typename"], "Receipt", "{}", reply.body);
            }
        };
        [of(&world.embed, &world.site, &signed.version, 5), of(&elsewhere, &pulse, &pulse_version, 3)]
    });
    join_all(both).await;
    let seen = async || score(&figures(world).await, "ROADMAP_INFLUENCE");
    // What another server stored is seen a little later.
    while seen().await != (75.0, 20) {}
}
