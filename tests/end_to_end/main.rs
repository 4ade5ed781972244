//! The whole product, as its users meet it: the real binary, SQLite and PostgreSQL, a real browser.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod access;
mod attribution;
mod browser;
mod browser_safety;
mod command_line;
mod conformance;
mod dashboard;
mod faults;
mod financial_layer;
mod first_day;
mod follow_ups;
mod form;
mod gate;
mod health;
mod hostile;
mod hosts;
mod identity;
mod import;
mod import_batches;
mod jobs;
mod kept_credits;
mod kept_days;
mod limits;
mod methods;
mod one_person;
mod over_time;
mod protocol;
mod recomputed;
mod records;
mod rights;
mod score;
mod sites_page;
mod submit;
mod survey_definition;
mod tracking;
mod two_servers;
mod uploads;
mod value_map;
mod vendor_files;
mod vendor_records;
mod vendor_surveys;
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

use serde_json::{Value, json};
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
        let scratch = Self::scratch(engine).await;
        let server = Server::start(&scratch, &[]).await.unwrap();
        Self::with(scratch, server).await
    }

    /// The same with rate limits as everybody has them, but for what the environment says.
    async fn limited(engine: Engine, environment: &[(&str, &str)]) -> Self {
        let scratch = Self::scratch(engine).await;
        let server = Server::start_with(&scratch, &[], environment).await.unwrap();
        Self::with(scratch, server).await
    }

    /// The same on a database that the test has made.
    async fn on(scratch: Scratch) -> Self {
        let scratch = Self::with_organisation(scratch).await;
        let server = Server::start(&scratch, &[]).await.unwrap();
        Self::with(scratch, server).await
    }

    async fn scratch(engine: Engine) -> Scratch {
        Self::with_organisation(Scratch::new(engine).await.unwrap()).await
    }

    async fn with_organisation(scratch: Scratch) -> Scratch {
        assert!(valuemap(&scratch, &["organisation", "Acme"]).await.unwrap().status.success());
        scratch
    }

    async fn with(scratch: Scratch, server: Server) -> Self {
        let api = server.api(&scratch).await.unwrap();
        let (community, site) = api.create_community("Makers", PAGE).await.unwrap();
        let embed = server.embed(PAGE);
        Self { scratch, server, api, embed, community, site }
    }

    /// Records these entries by one of the mutations that take a list.
    async fn tell(&self, mutation: &str, input: &str, list: &str, entries: Value) {
        let query = format!(
            "mutation($input: {input}!) {{ {mutation}(input: $input) {{ __typename
            ... on InvalidInput {{ problems {{ path message }} }} }} }}"
        );
        let input = json!({ "community": self.community, list: entries });
        let recorded = self.api.ask(&query, json!({ "input": input })).await.unwrap();
        assert_eq!(recorded[mutation]["__typename"], "Recorded", "{recorded}");
    }
}
