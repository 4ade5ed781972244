use std::time::{Duration, Instant};

use anyhow::Context;
use serde_json::{Value, json};
use uuid::Uuid;
use valuemap_shared::survey::documents;

use crate::PATIENCE;

/// An answer of the server.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
}

impl Reply {
    pub async fn read(response: reqwest::Response) -> anyhow::Result<Self> {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await?;
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Ok(Self { status, headers, body })
    }

    /// The code of the first error.
    pub fn code(&self) -> &str {
        self.body["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
    }

    /// The data, where nothing failed.
    pub fn data(&self) -> anyhow::Result<&Value> {
        let data = self.body.get("data").filter(|_| self.body.get("errors").is_none());
        data.with_context(|| format!("the request failed: {} {}", self.status, self.body))
    }
}

/// What a client of the current draft accepts.
const CURRENT: &str = "application/graphql-response+json";

/// An internal app.
#[derive(Clone, Debug)]
pub struct Api {
    http: reqwest::Client,
    address: String,
    token: String,
}

impl Api {
    pub fn new(address: &str, token: &str) -> Self {
        Self { http: reqwest::Client::new(), address: address.to_owned(), token: token.to_owned() }
    }

    pub fn token(&self) -> &str {
        &self.token
    }

    /// Sends it, and again while what it asks for is being computed: a slow machine may take longer for a map than
    /// the server lets a client wait at a time.
    pub async fn send(&self, query: &str, variables: Value) -> anyhow::Result<Reply> {
        let body = json!({ "query": query, "variables": variables });
        let asked = Instant::now();
        loop {
            let reply = self.send_once(&body).await?;
            let again = reply.headers.get("retry-after").and_then(|seconds| seconds.to_str().ok()?.parse().ok());
            match again {
                Some(seconds) if reply.code() == "BEING_COMPUTED" && asked.elapsed() < PATIENCE => {
                    tokio::time::sleep(Duration::from_secs(seconds)).await;
                }
                _ => return Ok(reply),
            }
        }
    }

    async fn send_once(&self, body: &Value) -> anyhow::Result<Reply> {
        let request = self.http.post(format!("{}/graphql", self.address)).bearer_auth(&self.token);
        Reply::read(request.header("accept", CURRENT).json(body).send().await?).await
    }

    /// Sends what has to succeed, and returns its data.
    pub async fn ask(&self, query: &str, variables: Value) -> anyhow::Result<Value> {
        Ok(self.send(query, variables).await?.data()?.clone())
    }

    /// Uploads a file; the answer's body is JSON, too.
    pub async fn upload(&self, community: &str, name: &str, bytes: impl Into<Vec<u8>>) -> anyhow::Result<Reply> {
        let address = format!("{}/uploads?community={community}&name={name}", self.address);
        let sent = self.http.post(address).bearer_auth(&self.token).header("content-type", "application/octet-stream");
        Reply::read(sent.body(bytes.into()).send().await?).await
    }

    /// Creates a community with the standard survey and a site of this origin; returns the community's id and the
    /// site's key.
    pub async fn create_community(&self, name: &str, origin: &str) -> anyhow::Result<(String, String)> {
        let query = "mutation($name: String!) { createCommunity(input: {name: $name}) {
            ... on Community { id surveys { id } } } }";
        let data = self.ask(query, json!({ "name": name })).await?;
        let community = &data["createCommunity"];
        let query = "mutation($survey: ID!, $origin: String!) {
            createSite(input: {survey: $survey, name: \"Forum\", origins: [$origin]}) { ... on Site { key } } }";
        let data = self.ask(query, json!({ "survey": community["surveys"][0]["id"], "origin": origin })).await?;
        let text = |value: &Value| value.as_str().map(str::to_owned).context("an id is a text");
        Ok((text(&community["id"])?, text(&data["createSite"]["key"])?))
    }

    /// The reading of one element of the map.
    pub async fn reading(&self, community: &str, element: &str) -> anyhow::Result<Value> {
        let query = "query($community: ID!) { valueMap(community: $community) { layers { elements { element reading {
            __typename
            ... on Score { value answers coverage interval { low high level } explanation { modelVersion } }
            ... on NoScore { reason message needed } } } } } }";
        let data = self.ask(query, json!({ "community": community })).await?;
        let layers = data["valueMap"]["layers"].as_array().context("there are layers")?;
        let mut elements = layers.iter().filter_map(|layer| layer["elements"].as_array()).flatten();
        let found = elements.find(|reading| reading["element"] == element).context("the element is on the map")?;
        Ok(found["reading"].clone())
    }
}

/// The widget on a page.
#[derive(Clone, Debug)]
pub struct Embed {
    http: reqwest::Client,
    address: String,
    origin: String,
    forwarded_for: Option<String>,
}

impl Embed {
    pub fn new(address: &str, origin: &str) -> Self {
        let (address, origin) = (address.to_owned(), origin.to_owned());
        Self { http: reqwest::Client::new(), address, origin, forwarded_for: None }
    }

    /// The same behind a proxy that says that the browser has this address.
    pub fn forwarded_for(&self, address: &str) -> Self {
        Self { forwarded_for: Some(address.to_owned()), ..self.clone() }
    }

    pub async fn send(&self, query: &str, variables: Value) -> anyhow::Result<Reply> {
        let request = self.http.post(format!("{}/embed/graphql", self.address));
        let mut request = request.header("origin", &self.origin).header("accept", CURRENT);
        if let Some(address) = &self.forwarded_for {
            request = request.header("x-forwarded-for", address);
        }
        Reply::read(request.json(&json!({ "query": query, "variables": variables })).send().await?).await
    }

    /// The survey that the site shows.
    pub async fn survey(&self, site: &str) -> anyhow::Result<Value> {
        self.survey_in(site, None).await
    }

    /// The survey that the site shows, in a language.
    pub async fn survey_in(&self, site: &str, language: Option<&str>) -> anyhow::Result<Value> {
        let start = self.send(documents::START, json!({ "site": site, "language": language })).await?;
        let mut survey = start.data()?["survey"].clone();
        let variables = json!({ "site": site, "version": survey["version"], "language": language });
        let rest = self.send(documents::SURVEY, variables).await?;
        survey["questions"] = rest.data()?["survey"]["questions"].clone();
        Ok(survey)
    }

    /// Reads by GET, as a page of another origin does.
    pub async fn get(&self, path: &str) -> anyhow::Result<Reply> {
        let request = self.http.get(format!("{}{path}", self.address)).header("origin", &self.origin);
        Reply::read(request.send().await?).await
    }

    pub async fn submit(&self, site: &str, version: &Value, id: &str, answers: Value) -> anyhow::Result<Reply> {
        let input = json!({ "site": site, "version": version, "id": id, "answers": answers });
        self.send(documents::SUBMIT, json!({ "input": input })).await
    }

    /// The same in the name of a member whom a token identifies.
    pub async fn submit_as(
        &self,
        identity: &str,
        (site, version): (&str, &Value),
        id: &str,
        answers: Value,
    ) -> anyhow::Result<Reply> {
        let input = json!({ "site": site, "version": version, "id": id, "answers": answers, "identity": identity });
        self.send(documents::SUBMIT, json!({ "input": input })).await
    }
}

pub fn submission_id() -> String {
    Uuid::now_v7().to_string()
}

/// The same point for all five benefits of the standard survey.
pub fn answer_all(point: u8) -> Value {
    let benefits = valuemap_shared::survey::Benefit::ALL;
    benefits.iter().map(|benefit| json!({ "question": benefit.as_str(), "number": point })).collect()
}
