//! A partner's site with the survey on it, a network in between that can fail, and a browser to look at it all.

use std::future::Future;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use sea_orm::{ConnectionTrait, QueryResult, Statement};
use serde_json::{Value, json};
use valuemap_tests::{Api, Blanks, Browser, Engine, FaultProxy, HostSite, PATIENCE, Scratch, Server, valuemap};

use crate::browser::DESKTOP;

const RECORDER: &str = include_str!("scripts/recorder.js");
const STORED: &str = include_str!("scripts/stored.js");
const VIEW: &str = include_str!("scripts/view.js");

pub struct Partner {
    scratch: Scratch,
    pub server: Server,
    pub api: Api,
    pub community: String,
    survey: Value,
    pub site: String,
    pub proxy: FaultProxy,
    pub pages: HostSite,
    pub browser: Browser,
}

impl Partner {
    /// With the survey that a new community starts with.
    pub async fn new() -> anyhow::Result<Self> {
        Self::of(None, &[]).await
    }

    /// With a survey of these questions.
    pub async fn with_survey(questions: Value) -> anyhow::Result<Self> {
        Self::of(Some(questions), &[]).await
    }

    /// With the standard survey in the sample community, which has results to show.
    pub async fn of_the_sample() -> anyhow::Result<Self> {
        Self::of(None, &["--seed-when-empty"]).await
    }

    async fn of(questions: Option<Value>, arguments: &[&str]) -> anyhow::Result<Self> {
        let scratch = Scratch::new(Engine::Sqlite).await?;
        if arguments.is_empty() {
            valuemap(&scratch, &["organisation", "Acme"]).await?;
        }
        let server = Server::start(&scratch, arguments).await?;
        let api = server.api(&scratch).await?;
        let pages = HostSite::start(Path::new(env!("CARGO_MANIFEST_DIR")).join("end_to_end/hosts/pages")).await?;
        if arguments.is_empty() {
            api.create_community("Makers", &pages.origin).await?;
        }
        let query = "{ communities { nodes { id surveys { id } } } }";
        let mut found = api.ask(query, json!({})).await?["communities"]["nodes"][0].take();
        let survey = found["surveys"][0]["id"].take();
        if let Some(questions) = questions {
            publish(&api, &survey, questions).await?;
        }
        let site = create_site(&api, &survey, &pages.origin).await?;
        let other_site = create_site(&api, &survey, &pages.origin).await?;
        let proxy = FaultProxy::start(&server.address).await?;
        let integrity = integrity_of_the_script(&server.address).await?;
        pages.fill(Blanks { server: proxy.address.clone(), site: site.clone(), other_site, integrity })?;
        let browser = Browser::start(DESKTOP.0, DESKTOP.1).await?;
        let community = found["id"].as_str().context("a community has an id")?.to_owned();
        let partner = Self { scratch, server, api, community, survey, site, proxy, pages, browser };
        partner.before_every_page(RECORDER).await?;
        Ok(partner)
    }

    /// The key of a site that only pages of another origin may show.
    pub async fn site_of_another_page(&self) -> anyhow::Result<String> {
        create_site(&self.api, &self.survey, "https://forum.example.com").await
    }

    /// The key of a site whose survey was never published.
    pub async fn site_without_a_survey(&self) -> anyhow::Result<String> {
        let query = "mutation($community: ID!) { createSurvey(input: {community: $community, name: \"Later\"}) {
            ... on Survey { id } } }";
        let data = self.api.ask(query, json!({ "community": self.community })).await?;
        create_site(&self.api, &data["createSurvey"]["id"], &self.pages.origin).await
    }

    /// Has a script run before every page's own. What is returned takes it back.
    pub async fn before_every_page(&self, script: &str) -> anyhow::Result<Value> {
        self.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })).await
    }

    pub async fn no_longer_before_every_page(&self, added: Value) -> anyhow::Result<()> {
        self.devtools("Page.removeScriptToEvaluateOnNewDocument", added).await?;
        Ok(())
    }

    pub async fn devtools(&self, command: &str, parameters: Value) -> anyhow::Result<Value> {
        Ok(self.browser.page.cdp().send_raw(command, parameters).await?)
    }

    /// Opens a page as a visitor who was never there before.
    pub async fn open(&self, page: &str) -> anyhow::Result<()> {
        self.go_to("about:blank").await?;
        let everything = json!({ "origin": self.pages.origin, "storageTypes": "all" });
        self.devtools("Storage.clearDataForOrigin", everything).await?;
        self.browser.page.browser_log().await?;
        self.proxy.forget();
        self.visit(page).await
    }

    /// Opens a page as a visitor who comes again.
    pub async fn visit(&self, page: &str) -> anyhow::Result<()> {
        self.go_to(&format!("{}/{page}", self.pages.origin)).await
    }

    pub async fn go_to(&self, address: &str) -> anyhow::Result<()> {
        Ok(self.browser.page.goto(address).await?)
    }

    /// Runs a script and returns what it returns, or what it promises.
    pub async fn run(&self, script: &str) -> anyhow::Result<Value> {
        Ok(self.browser.page.execute(script, vec![]).await?.json().clone())
    }

    /// Waits until a script returns something that counts as true, and returns that.
    pub async fn until(&self, what: &str, script: &str) -> anyhow::Result<Value> {
        self.eventually(what, async || {
            let found = self.run(script).await?;
            Ok(Some(found).filter(|found| !matches!(found, Value::Null | Value::Bool(false))))
        })
        .await
    }

    /// Waits until something is there. What fails meanwhile may be about to change.
    pub async fn eventually<T, F: Future<Output = anyhow::Result<Option<T>>>>(
        &self,
        what: &str,
        look: impl Fn() -> F,
    ) -> anyhow::Result<T> {
        let start = Instant::now();
        loop {
            let outcome = look().await;
            if let Ok(Some(found)) = outcome {
                return Ok(found);
            }
            if start.elapsed() > PATIENCE {
                let failure = outcome.err().map(|error| format!(" ({error})")).unwrap_or_default();
                bail!("waited in vain until {what}{failure}; {}", self.state().await);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// What somebody wants to know whose test waits in vain.
    async fn state(&self) -> String {
        let view = self.view().await.unwrap_or_default();
        let events = self.events().await.unwrap_or_default();
        let console = self.browser.page.browser_log().await.unwrap_or_default();
        let console: Vec<String> = console.into_iter().map(|entry| entry.message).collect();
        format!("the survey shows {view}, its events are {}, the console says {console:?}", Value::from(events))
    }

    /// What the survey shows now, or null.
    pub async fn view(&self) -> anyhow::Result<Value> {
        self.run(VIEW).await
    }

    pub async fn until_state(&self, state: &str) -> anyhow::Result<Value> {
        self.eventually(&format!("the survey is in the state `{state}`"), async || {
            Ok(Some(self.view().await?).filter(|view| view["state"] == state))
        })
        .await
    }

    /// The widget's events so far, with name, detail and site.
    pub async fn events(&self) -> anyhow::Result<Vec<Value>> {
        let events = self.run("return window.recorded?.events ?? []").await?;
        events.as_array().cloned().context("events are a list")
    }

    pub async fn until_event(&self, name: &str) -> anyhow::Result<Value> {
        self.until(
            &format!("there is valuemap:{name}"),
            &format!("return recorded.events.find((e) => e.name === '{name}')"),
        )
        .await
    }

    /// Waits for the event `valuemap:error` with this code.
    pub async fn until_error(&self, code: &str) -> anyhow::Result<Value> {
        let script = format!("return recorded.events.find((e) => e.name === 'error' && e.detail.code === '{code}')");
        self.until(&format!("there is an error {code}"), &script).await
    }

    /// What the console says since this was asked last: level and text.
    pub async fn console(&self) -> anyhow::Result<Vec<(String, String)>> {
        let log = self.browser.page.browser_log().await?;
        Ok(log.into_iter().map(|entry| (entry.level, entry.message)).collect())
    }

    /// The names of what the page's origin keeps in the browser, by kind of storage.
    pub async fn stored(&self) -> anyhow::Result<Value> {
        self.run(STORED).await
    }

    /// How many responses the community has, by the API.
    pub async fn rows(&self) -> anyhow::Result<u64> {
        let query = "query($id: ID!) { valueMap(community: $id) { responses } }";
        let data = self.api.ask(query, json!({ "id": self.community })).await?;
        data["valueMap"]["responses"].as_u64().context("responses are counted")
    }

    /// What is stored of each question, of however many responses.
    pub async fn stored_answers(&self) -> anyhow::Result<Value> {
        let database = self.scratch.connect().await?;
        let query = Statement::from_string(
            database.get_database_backend(),
            "SELECT question, value FROM answer ORDER BY question",
        );
        let rows = database.query_all_raw(query).await?;
        let answer =
            |row: &QueryResult| Ok((row.try_get::<String>("", "question")?, row.try_get::<Value>("", "value")?));
        rows.iter().map(answer).collect()
    }

    /// Publishes another version of the survey, which browsers find at once.
    pub async fn publish(&self, questions: Value) -> anyhow::Result<()> {
        publish(&self.api, &self.survey, questions).await?;
        self.devtools("Network.clearBrowserCache", json!({})).await?;
        Ok(())
    }

    /// Waits for this many responses, and fails if there are more.
    pub async fn until_rows(&self, expected: u64) -> anyhow::Result<()> {
        let rows = self
            .eventually(&format!("there are {expected} responses"), async || {
                Ok(Some(self.rows().await?).filter(|rows| *rows >= expected))
            })
            .await?;
        anyhow::ensure!(rows == expected, "{rows} responses are stored, not {expected}");
        Ok(())
    }
}

async fn publish(api: &Api, survey: &Value, questions: Value) -> anyhow::Result<()> {
    let save = "mutation($survey: ID!, $questions: [QuestionInput!]!) {
        saveSurveyDraft(input: {survey: $survey, title: \"How is it here?\", questions: $questions}) {
            __typename ... on InvalidSurvey { problems { path message } } } }";
    let saved = api.ask(save, json!({ "survey": survey, "questions": questions })).await?;
    anyhow::ensure!(saved["saveSurveyDraft"]["__typename"] == "SurveyVersion", "{saved}");
    let publish = "mutation($survey: ID!) { publishSurvey(input: {survey: $survey}) { __typename } }";
    api.ask(publish, json!({ "survey": survey })).await?;
    Ok(())
}

async fn create_site(api: &Api, survey: &Value, origin: &str) -> anyhow::Result<String> {
    let query = "mutation($survey: ID!, $origin: String!) {
        createSite(input: {survey: $survey, name: \"Blog\", origins: [$origin]}) { ... on Site { key } } }";
    let data = api.ask(query, json!({ "survey": survey, "origin": origin })).await?;
    data["createSite"]["key"].as_str().map(str::to_owned).context("a site has a key")
}

/// As the server's own list of digests says. A server without one leaves it to the test to find that out.
async fn integrity_of_the_script(server: &str) -> anyhow::Result<String> {
    let list = reqwest::get(format!("{server}/embed/v1/manifest.json")).await?;
    let list: Value = serde_json::from_str(&list.text().await?).unwrap_or_default();
    let mut files = list["files"].as_array().into_iter().flatten();
    let script = files.find(|file| file["name"] == "valuemap.js");
    Ok(script.and_then(|script| script["integrity"].as_str()).unwrap_or("sha384-missing").to_owned())
}
