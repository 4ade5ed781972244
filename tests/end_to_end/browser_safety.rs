//! The security headers of answers, and how long a sign-in link and its session are valid.

use reqwest::header::HeaderMap;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;
use valuemap_tests::{Engine, Scratch, Server, valuemap};

use crate::{World, on_both_databases};

on_both_databases!(a_sign_in_link_works_once_and_for_a_quarter_of_an_hour);

fn client() -> reqwest::Client {
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

async fn a_sign_in_link_works_once_and_for_a_quarter_of_an_hour(engine: Engine) {
    let scratch = Scratch::new(engine).await.unwrap();
    assert!(valuemap(&scratch, &["organisation", "Acme"]).await.unwrap().status.success());
    let server = Server::start(&scratch, &[]).await.unwrap();
    let link = async || {
        let output = valuemap(&scratch, &["sign-in", "--server", &server.address]).await.unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    let used = link().await;
    assert_eq!(client().head(&used).send().await.unwrap().status(), 303);
    assert_eq!(client().get(&used).send().await.unwrap().status(), 303);
    let again = client().get(&used).send().await.unwrap();
    assert_eq!((again.status().as_u16(), again.headers().get("set-cookie")), (401, None));
    assert!(again.text().await.unwrap().contains("works once and for 15 minutes"));

    let at_once = link().await;
    let (one, other) = tokio::join!(client().get(&at_once).send(), client().get(&at_once).send());
    let mut statuses = [one.unwrap().status().as_u16(), other.unwrap().status().as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 401]);

    let late = link().await;
    let database = scratch.connect().await.unwrap();
    let backend = database.get_database_backend();
    let lifetime = match engine {
        Engine::Sqlite => {
            "SELECT CAST(round((julianday(expires_at) - julianday(created_at)) * 1440) AS INTEGER) AS minutes"
        }
        Engine::Postgres => "SELECT round(extract(epoch FROM expires_at - created_at) / 60)::bigint AS minutes",
    };
    let query = format!("{lifetime} FROM api_token WHERE kind = 'sign_in'");
    let rows = database.query_all_raw(Statement::from_string(backend, query)).await.unwrap();
    let minutes: Vec<i64> = rows.iter().map(|row| row.try_get("", "minutes").unwrap()).collect();
    // The server printed one, too.
    assert_eq!(minutes, [15, 15]);
    let expire = "UPDATE api_token SET expires_at = created_at WHERE kind = 'sign_in'";
    database.execute_unprepared(expire).await.unwrap();
    assert_eq!(client().get(&late).send().await.unwrap().status(), 401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_tls_a_session_is_bound_to_it() {
    let mut world = World::new(Engine::Sqlite).await;
    let link = world.server.sign_in_link().await.unwrap();
    let host = "valuemap.example.com";
    let response = client().get(&link).header("x-forwarded-proto", "https").header("host", host).send().await.unwrap();
    assert_eq!(response.headers()["strict-transport-security"], "max-age=31536000");
    let cookie = response.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.starts_with("__Host-valuemap_session=vm_"), "{cookie}");
    assert!(cookie.contains("Secure") && cookie.contains("Path=/") && !cookie.contains("Domain"), "{cookie}");
    let session = cookie.split(';').next().unwrap();
    let ask = async |scheme: &str, cookie: &str| {
        let request = client().post(format!("{}/graphql", world.server.address)).header("cookie", cookie);
        let request = request.header("x-forwarded-proto", scheme).header("host", host);
        let request = request.header("origin", format!("{scheme}://{host}"));
        request.json(&json!({ "query": "{ viewer { name } }" })).send().await.unwrap().status().as_u16()
    };
    assert_eq!(ask("https", session).await, 200);
    assert_eq!(ask("http", session).await, 401);
    assert_eq!(ask("https", session.trim_start_matches("__Host-")).await, 401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_says_what_browsers_may_do_with_it() {
    let world = World::new(Engine::Sqlite).await;
    let headers = async |path: &str| -> HeaderMap {
        client().get(format!("{}{path}", world.server.address)).send().await.unwrap().headers().clone()
    };
    let form = format!("/embed/form/{}", world.site);
    for path in [
        "/",
        "/graphql",
        "/embed/graphql",
        "/schema.graphql",
        "/livez",
        "/sign-in",
        "/nothing",
        &form,
        "/embed/v1/valuemap.js",
    ] {
        let headers = headers(path).await;
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert!(!headers.contains_key("strict-transport-security"), "{path}");
    }
    for page in ["/", "/demo", &form] {
        let headers = headers(page).await;
        assert_eq!(headers["cross-origin-opener-policy"], "same-origin", "{page}");
        assert!(headers["permissions-policy"].to_str().unwrap().contains("geolocation=()"), "{page}");
    }
}
