//! Who may see and change what.

use serde_json::json;
use valuemap_tests::{Api, Engine, Reply, Scratch, Server, valuemap};

use crate::{World, on_both_databases};

on_both_databases!(
    nothing_is_answered_without_a_valid_token,
    a_token_that_may_only_read_changes_nothing,
    another_organisation_is_not_there,
    the_printed_link_signs_a_browser_in,
    names_and_origins_are_checked,
);

async fn nothing_is_answered_without_a_valid_token(engine: Engine) {
    let world = World::new(engine).await;
    for token in ["", "vm_0000", "nonsense"] {
        let reply = Api::new(&world.server.address, token).send("{ __typename }", json!({})).await.unwrap();
        assert_eq!((reply.status, reply.code()), (401, "UNAUTHENTICATED"));
    }
}

async fn a_token_that_may_only_read_changes_nothing(engine: Engine) {
    let world = World::new(engine).await;
    let output = valuemap(&world.scratch, &["token", "create", "--name", "reader"]).await.unwrap();
    let reader = Api::new(&world.server.address, String::from_utf8(output.stdout).unwrap().trim());
    let create = "mutation { createCommunity(input: {name: \"New\"}) { __typename } }";
    let reply = reader.send(create, json!({})).await.unwrap();
    assert_eq!((reply.status, reply.code()), (403, "FORBIDDEN"));
    let data = reader.ask("{ communities { nodes { name } } viewer { name canWrite } }", json!({})).await.unwrap();
    assert_eq!(data["communities"]["nodes"], json!([{ "name": "Makers" }]));
    assert_eq!(data["viewer"], json!({ "name": "reader", "canWrite": false }));
}

async fn another_organisation_is_not_there(engine: Engine) {
    let world = World::new(engine).await;
    assert!(valuemap(&world.scratch, &["organisation", "Other"]).await.unwrap().status.success());
    let arguments = ["token", "create", "--name", "other", "--organisation", "Other", "--write"];
    let output = valuemap(&world.scratch, &arguments).await.unwrap();
    let other = Api::new(&world.server.address, String::from_utf8(output.stdout).unwrap().trim());
    let query =
        "query($id: ID!) { community(id: $id) { name } valueMap(community: $id) { responses } node(id: $id) { id } }";
    let theirs = other.ask(query, json!({ "id": world.community })).await.unwrap();
    assert_eq!(theirs, json!({ "community": null, "valueMap": null, "node": null }));
    let ours = world.api.ask(query, json!({ "id": world.community })).await.unwrap();
    assert_eq!(ours["community"]["name"], "Makers");
    assert_eq!(ours["node"]["id"], world.community);
    let create =
        "mutation($community: ID!) { createSurvey(input: {community: $community, name: \"Theirs\"}) { __typename } }";
    let refused = other.ask(create, json!({ "community": world.community })).await.unwrap();
    assert_eq!(refused["createSurvey"]["__typename"], "NotFound");
}

async fn the_printed_link_signs_a_browser_in(engine: Engine) {
    let scratch = Scratch::new(engine).await.unwrap();
    let mut server = Server::start(&scratch, &["--seed-when-empty"]).await.unwrap();
    let link = server.sign_in_link().await.unwrap();
    assert!(link.starts_with(&format!("{}/sign-in?token=vm_", server.address)), "{link}");
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let response = http.get(&link).send().await.unwrap();
    assert_eq!((response.status().as_u16(), response.headers()["location"].to_str().unwrap()), (303, "/"));
    let cookie = response.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    let session = cookie.split(';').next().unwrap();

    let ask = async |headers: &[(&str, &str)]| {
        let request = http.post(format!("{}/graphql", server.address)).header("cookie", session);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        Reply::read(request.json(&json!({ "query": "{ viewer { name } }" })).send().await.unwrap()).await.unwrap()
    };
    let own = [("origin", server.address.as_str())];
    assert_eq!(ask(&own).await.status, 200);
    assert_eq!(ask(&[("sec-fetch-site", "same-origin")]).await.status, 200);
    let other_scheme = server.address.replace("http:", "https:");
    let other_port = format!("{}0", server.address);
    for foreign in [other_scheme.as_str(), other_port.as_str(), "https://evil.example.com", "null"] {
        let refused = ask(&[("origin", foreign), ("sec-fetch-site", "same-origin")]).await;
        assert_eq!((refused.status, refused.code()), (403, "FORBIDDEN"), "{foreign}");
    }
    assert_eq!((ask(&[]).await.status, ask(&[("sec-fetch-site", "same-site")]).await.status), (403, 403));
    let read = http.get(format!("{}/graphql?query=%7B__typename%7D", server.address)).header("cookie", session);
    let read = Reply::read(read.header("origin", &server.address).send().await.unwrap()).await.unwrap();
    assert_eq!((read.status, read.code()), (403, "FORBIDDEN"));
    let sign_out = http.post(format!("{}/sign-out", server.address)).header("cookie", session);
    assert_eq!(sign_out.try_clone().unwrap().send().await.unwrap().status(), 403);
    assert_eq!(ask(&own).await.status, 200);
    assert_eq!(sign_out.header("origin", &server.address).send().await.unwrap().status(), 204);
    assert_eq!(ask(&own).await.code(), "UNAUTHENTICATED");
    let forged = http.get(format!("{}/sign-in?token=vm_1234", server.address)).send().await.unwrap();
    assert_eq!(forged.status(), 401);
    let incomplete = http.get(format!("{}/sign-in", server.address)).send().await.unwrap();
    assert_eq!(incomplete.status(), 401);
    assert!(incomplete.text().await.unwrap().contains("Copy the whole link"));
}

async fn names_and_origins_are_checked(engine: Engine) {
    let world = World::new(engine).await;
    let create = "mutation($name: String!) { createCommunity(input: {name: $name}) { __typename } }";
    let taken = world.api.ask(create, json!({ "name": " Makers " })).await.unwrap();
    assert_eq!(taken["createCommunity"]["__typename"], "NameTaken");
    let empty = world.api.send(create, json!({ "name": "  " })).await.unwrap();
    assert_eq!(empty.code(), "BAD_USER_INPUT");
    let error = world.api.create_community("Second", "forum.example.com").await.unwrap_err().to_string();
    assert!(error.contains("write it like https://forum.example.com"), "{error}");
}
