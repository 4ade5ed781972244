//! Pages as they come, and the survey that they show.

use reqwest::header::{HeaderMap, HeaderValue};
use serde_json::{Value, json};
use valuemap_tests::{Engine, valuemap};

use crate::World;

/// A prompt, a title and a label that would do harm if they were taken for more.
pub const MARKUP: &str = "<script>alert('1')</script> \"&\"";

const CHOICES: &str = "[{key: \"a\", label: $markup}, {key: \"b\", label: \"B\"}, {key: \"c\", label: \"C\"}]";

/// A page as it came.
pub struct Page {
    pub status: u16,
    pub headers: HeaderMap,
    pub html: String,
}

impl Page {
    pub async fn read(request: reqwest::RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Self { status, headers, html: response.text().await.unwrap() }
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// What stands between these two, the first time.
    fn between(&self, start: &str, end: &str) -> &str {
        let (_, rest) = self.html.split_once(start).unwrap_or_else(|| panic!("no {start} in {}", self.html));
        rest.split_once(end).unwrap().0
    }

    pub fn hidden(&self, name: &str) -> (String, String) {
        (name.to_owned(), self.between(&format!("name=\"{name}\" value=\""), "\"").to_owned())
    }

    #[track_caller]
    pub fn has(&self, part: &str) {
        assert!(self.html.contains(part), "no {part} in {}", self.html);
    }

    #[track_caller]
    pub fn has_not(&self, part: &str) {
        assert!(!self.html.contains(part), "{part} in {}", self.html);
    }
}

/// A world whose site shows a survey with a question of every kind.
pub struct Survey {
    pub world: World,
    pub path: String,
}

impl Survey {
    pub async fn new(engine: Engine) -> Self {
        let world = World::new(engine).await;
        let surveys = "query($id: ID!) { community(id: $id) { surveys { id } } }";
        let data = world.api.ask(surveys, json!({ "id": world.community })).await.unwrap();
        let survey = &data["community"]["surveys"][0]["id"];
        let save = format!(
            "mutation($survey: ID!, $markup: String!) {{ saveSurveyDraft(input: {{survey: $survey, title: $markup, questions: [
                {{key: \"knows\", prompt: \"I learn.\", required: true,
                  kind: {{agreement: {{points: 5, benefit: PRODUCT_KNOWLEDGE}}}}}},
                {{key: \"again\", prompt: $markup, required: false, kind: {{recommendation: {{scale: ZERO_TO_TEN}}}}}},
                {{key: \"tell\", prompt: \"Tell us.\", required: true,
                  askIf: {{question: \"again\", test: {{atMost: 6}}}}, kind: {{text: {{maxLength: 40, lines: ONE}}}}}},
                {{key: \"role\", prompt: \"You?\", required: false, kind: {{singleChoice: {{choices: {CHOICES}}}}}}},
                {{key: \"teach\", prompt: \"What?\", required: true,
                  askIf: {{question: \"role\", test: {{anyOf: [\"b\", \"c\"]}}}},
                  kind: {{multipleChoice: {{choices: {CHOICES}, shuffled: true}}}}}},
                {{key: \"places\", prompt: \"Where?\", required: true, kind: {{multipleChoice: {{choices: {CHOICES}}}}}}},
                {{key: \"why\", prompt: \"Why?\", required: false, kind: {{text: {{maxLength: 40}}}}}}
            ]}}) {{ __typename ... on InvalidSurvey {{ problems {{ path message }} }} }} }}"
        );
        let saved = world.api.ask(&save, json!({ "survey": survey, "markup": MARKUP })).await.unwrap();
        assert_eq!(saved["saveSurveyDraft"]["__typename"], "SurveyVersion", "{saved}");
        let publish = "mutation($survey: ID!) { publishSurvey(input: {survey: $survey}) { __typename } }";
        world.api.ask(publish, json!({ "survey": survey })).await.unwrap();
        let path = format!("/embed/form/{}", world.site);
        Self { world, path }
    }

    pub fn url(&self) -> String {
        format!("{}{}?lang=en", self.world.server.address, self.path)
    }

    pub async fn form(&self) -> Page {
        Page::read(reqwest::Client::new().get(self.url())).await
    }

    /// Sends these fields with the hidden ones of a form, as the page of that form would.
    pub async fn send(&self, form: &Page, fields: &[(&str, &str)]) -> Page {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs([form.hidden("submission-id"), form.hidden("survey-version")]).extend_pairs(fields);
        self.send_body(&body.finish(), &[]).await
    }

    /// Sends a body with these headers in place of the usual ones.
    pub async fn send_body(&self, body: &str, headers: &[(&'static str, &str)]) -> Page {
        let mut all = HeaderMap::new();
        let usual = [("origin", &*self.world.server.address), ("content-type", "application/x-www-form-urlencoded")];
        for (name, value) in usual.iter().chain(headers) {
            all.insert(*name, HeaderValue::from_str(value).unwrap());
        }
        Page::read(reqwest::Client::new().post(self.url()).headers(all).body(body.to_owned())).await
    }

    pub async fn stored(&self) -> Vec<Value> {
        let output = valuemap(&self.world.scratch, &["export", "--community", &self.world.community]).await.unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}
