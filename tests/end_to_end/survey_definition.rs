//! Surveys that ask after certain answers only, shuffle choices and speak several languages; and their way to the page.

use serde_json::json;
use valuemap_tests::{Embed, Engine, Reply, submission_id};

use crate::{PAGE, World, on_both_databases};

on_both_databases!(a_page_reads_the_survey_and_may_keep_it);

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
