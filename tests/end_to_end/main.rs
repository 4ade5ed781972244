//! The whole product, as its users meet it: the real binary, SQLite and PostgreSQL, a real browser.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod access;
mod attribution;
mod browser;
mod browser_safety;
mod command_line;
mod conformance;
mod dashboard;
mod embed_page;
mod faults;
mod follow_ups;
mod form;
mod gate;
mod hostile;
mod hosts;
mod identity;
mod import;
mod methods;
mod protocol;
mod records;
mod score;
mod submit;
mod survey_definition;
mod tracking;
mod value_map;
mod webhooks;

/// Turns `async fn name(engine: Engine)` into two tests, `name::on_sqlite` and `name::on_postgres`.
macro_rules! on_both_databases {
    ($($name:ident),* $(,)?) => {$(
        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                super::$name(valuemap_tests::Engine::Sqlite).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                super::$name(valuemap_tests::Engine::Postgres).await;
            }
        }
    )*};
}
use on_both_databases;

use valuemap_tests::{Api, Embed, Engine, Scratch, Server, valuemap};

/// The page that the tests' widget stands on.
const PAGE: &str = "https://forum.example.com";

/// A server with one organisation and one community, whose widget stands on [`PAGE`].
struct World {
    scratch: Scratch,
    server: Server,
    api: Api,
    embed: Embed,
    community: String,
    site: String,
}

impl World {
    async fn new(engine: Engine) -> Self {
        let scratch = Scratch::new(engine).await.unwrap();
        assert!(valuemap(&scratch, &["organisation", "Acme"]).await.unwrap().status.success());
        let server = Server::start(&scratch, &[]).await.unwrap();
        let api = server.api(&scratch).await.unwrap();
        let (community, site) = api.create_community("Makers", PAGE).await.unwrap();
        let embed = server.embed(PAGE);
        Self { scratch, server, api, embed, community, site }
    }
}
