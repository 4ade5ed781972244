//! Which methods each address answers.

use reqwest::Method;
use valuemap_shared::pages::Page;
use valuemap_tests::Engine;

use crate::World;

async fn send(world: &World, method: Method, path: &str) -> reqwest::Response {
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let request = http.request(method, format!("{}{path}", world.server.address));
    request.bearer_auth(world.api.token()).send().await.unwrap()
}

/// Those of its pages, and those that they had before.
fn dashboard_paths() -> impl Iterator<Item = &'static str> {
    Page::ALL.into_iter().map(Page::path).chain(Page::MOVED.map(|(path, _)| path))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_answers_get_answers_head_with_the_same_headers() {
    let world = World::new(Engine::Sqlite).await;
    let site = &world.site;
    let paths = [
        "/demo".to_owned(),
        "/demo/none.js".to_owned(),
        "/assets/none.js".to_owned(),
        "/embed/v1/valuemap.js".to_owned(),
        "/embed/v1/none.js".to_owned(),
        "/schema.graphql".to_owned(),
        "/livez".to_owned(),
        "/readyz".to_owned(),
        "/sign-in".to_owned(),
        "/graphql?query=%7B__typename%7D".to_owned(),
        "/graphql?query=%7B".to_owned(),
        format!("/embed/surveys/{site}?language=de"),
        format!("/embed/form/{site}"),
        format!("/embed/frame/{site}"),
        "/embed/form/unknown".to_owned(),
        "/nothing".to_owned(),
    ];
    for path in dashboard_paths().map(str::to_owned).chain(paths) {
        let get = send(&world, Method::GET, &path).await;
        let head = send(&world, Method::HEAD, &path).await;
        assert_eq!(get.status(), head.status(), "{path}");
        let lasting = |response: &reqwest::Response| {
            let mut headers = response.headers().clone();
            for of_this_answer in ["date", "x-request-id"] {
                headers.remove(of_this_answer);
            }
            headers
        };
        let (expected, found) = (lasting(&get), lasting(&head));
        // A form has an id of its own each time, of the same length.
        assert_eq!(expected, found, "{path}");
        assert!(head.bytes().await.unwrap().is_empty(), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_methods_are_told_which_ones_are_answered() {
    let world = World::new(Engine::Sqlite).await;
    let reads = [
        "/demo",
        "/demo/x",
        "/assets/x",
        "/embed/v1/x",
        "/embed/surveys/x",
        "/embed/surveys/x/y",
        "/embed/frame/x",
        "/schema.graphql",
        "/sign-in",
        "/livez",
        "/readyz",
    ];
    let others = [
        ("/graphql", "GET, HEAD, POST"),
        ("/embed/graphql", "OPTIONS, POST"),
        ("/embed/form/x", "GET, HEAD, POST"),
        ("/sign-out", "POST"),
        ("/webhooks/x", "POST"),
    ];
    let reads = dashboard_paths().chain(reads).map(|path| (path, "GET, HEAD"));
    for (path, allow) in reads.chain(others) {
        for method in ["PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"] {
            let response = send(&world, method.parse().unwrap(), path).await;
            assert_eq!(response.status(), 405, "{method} {path}");
            assert_eq!(response.headers()["allow"], allow, "{method} {path}");
        }
    }
    let nothing = send(&world, Method::PUT, "/nothing").await;
    assert_eq!(
        (nothing.status().as_u16(), nothing.text().await.unwrap().as_str()),
        (404, "There is nothing at this address.\n")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_has_moved_is_still_found() {
    let world = World::new(Engine::Sqlite).await;
    for (path, page) in Page::MOVED {
        for query in ["", "?site=pk_1&accent=%230b6e4f"] {
            let response = send(&world, Method::GET, &format!("{path}{query}")).await;
            assert_eq!(response.status(), 308, "{path}");
            assert_eq!(response.headers()["location"], format!("{}{query}", page.path()), "{path}");
        }
    }
}
