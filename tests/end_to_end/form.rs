//! The survey without any script: the plain form, and the page for an iframe.

use reqwest::header::{HeaderMap, HeaderValue};
use serde_json::{Value, json};
use thirtyfour::prelude::*;
use valuemap_tests::{Browser, Engine, submission_id, valuemap};

use crate::{PAGE, World, on_both_databases};

on_both_databases!(
    the_form_asks_every_question_and_stores_an_answer_once,
    a_wrong_form_comes_back_with_what_was_typed,
    what_somebody_wrote_is_never_markup,
    sites_and_surveys_that_cannot_be_shown_get_a_calm_page,
);

const MARKUP: &str = "<script>alert('1')</script> \"&\"";

/// A page as it came.
struct Page {
    status: u16,
    headers: HeaderMap,
    html: String,
}

impl Page {
    async fn read(request: reqwest::RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Self { status, headers, html: response.text().await.unwrap() }
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// What stands between these two, the first time.
    fn between(&self, start: &str, end: &str) -> &str {
        let (_, rest) = self.html.split_once(start).unwrap_or_else(|| panic!("no {start} in {}", self.html));
        rest.split_once(end).unwrap().0
    }

    fn hidden(&self, name: &str) -> (String, String) {
        (name.to_owned(), self.between(&format!("name=\"{name}\" value=\""), "\"").to_owned())
    }

    #[track_caller]
    fn has(&self, part: &str) {
        assert!(self.html.contains(part), "no {part} in {}", self.html);
    }

    #[track_caller]
    fn has_not(&self, part: &str) {
        assert!(!self.html.contains(part), "{part} in {}", self.html);
    }
}

/// A world whose site shows a survey with a question of every kind.
struct Survey {
    world: World,
    path: String,
}

impl Survey {
    async fn new(engine: Engine) -> Self {
        let world = World::new(engine).await;
        let surveys = "query($id: ID!) { community(id: $id) { surveys { id } } }";
        let data = world.api.ask(surveys, json!({ "id": world.community })).await.unwrap();
        let survey = &data["community"]["surveys"][0]["id"];
        let save = format!(
            "mutation($survey: ID!, $markup: String!) {{ saveSurveyDraft(input: {{survey: $survey, title: $markup, questions: [
                {{key: \"knows\", prompt: \"I learn.\", required: true,
                  kind: {{agreement: {{points: 5, benefit: PRODUCT_KNOWLEDGE}}}}}},
                {{key: \"again\", prompt: $markup, required: false, kind: {{recommendation: {{scale: ZERO_TO_TEN}}}}}},
                {{key: \"role\", prompt: \"You?\", required: false, kind: {{singleChoice: {{choices: {CHOICES}}}}}}},
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

    fn url(&self) -> String {
        format!("{}{}?lang=en", self.world.server.address, self.path)
    }

    async fn form(&self) -> Page {
        Page::read(reqwest::Client::new().get(self.url())).await
    }

    /// Sends these fields with the hidden ones of a form, as the page of that form would.
    async fn send(&self, form: &Page, fields: &[(&str, &str)]) -> Page {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs([form.hidden("submission-id"), form.hidden("survey-version")]).extend_pairs(fields);
        self.send_body(&body.finish(), &[]).await
    }

    /// Sends a body with these headers in place of the usual ones.
    async fn send_body(&self, body: &str, headers: &[(&'static str, &str)]) -> Page {
        let mut all = HeaderMap::new();
        let usual = [("origin", &*self.world.server.address), ("content-type", "application/x-www-form-urlencoded")];
        for (name, value) in usual.iter().chain(headers) {
            all.insert(*name, HeaderValue::from_str(value).unwrap());
        }
        Page::read(reqwest::Client::new().post(self.url()).headers(all).body(body.to_owned())).await
    }

    async fn stored(&self) -> Vec<Value> {
        let output = valuemap(&self.world.scratch, &["export", "--community", &self.world.community]).await.unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

const CHOICES: &str = "[{key: \"a\", label: $markup}, {key: \"b\", label: \"B\"}]";

/// Everything that the survey asks, as a browser sends it: an empty field, too, and two characters at a line's end.
const ALL_FIELDS: [(&str, &str); 6] =
    [("knows", "4"), ("again", ""), ("role", "a"), ("places", "b"), ("places", "a"), ("why", "One\r\n\u{fc}ber two")];

async fn the_form_asks_every_question_and_stores_an_answer_once(engine: Engine) {
    let survey = Survey::new(engine).await;
    let form = survey.form().await;
    assert_eq!((form.status, form.header("content-type")), (200, "text/html; charset=utf-8"));
    for control in [
        "type=\"radio\" name=\"knows\" value=\"5\" required",
        "type=\"radio\" name=\"again\" value=\"10\"",
        "type=\"radio\" name=\"role\" value=\"b\"",
        "type=\"checkbox\" name=\"places\" value=\"b\"",
        "name=\"why\" rows=\"4\" maxlength=\"40\"",
    ] {
        form.has(control);
    }
    form.has_not("value=\"6\" required");

    let first = survey.send(&form, &ALL_FIELDS).await;
    assert_eq!(first.status, 200, "{}", first.html);
    first.has("Your answers have arrived.");
    first.has("Not enough answers yet");
    assert_eq!(first.html.matches("<th scope=\"row\">").count(), 5);
    // Sent again by a reload or an impatient finger.
    let second = survey.send(&form, &ALL_FIELDS).await;
    assert_eq!((second.status, &second.html), (200, &first.html));

    let stored = survey.stored().await;
    assert_eq!(stored.len(), 1, "{stored:?}");
    assert_eq!(stored[0]["id"], form.hidden("submission-id").1);
    let expected = json!({ "knows": 4, "places": ["a", "b"], "role": ["a"], "why": "One\n\u{fc}ber two" });
    assert_eq!(stored[0]["answers"], expected);
    let reading = survey.world.api.reading(&survey.world.community, "PRODUCT_KNOWLEDGE").await.unwrap();
    assert_eq!((&reading["reason"], &reading["needed"]), (&json!("TOO_FEW_ANSWERS"), &json!(5)), "{reading}");

    // Back, something else, and sent under the same id.
    let other = survey.send(&form, &[("knows", "1"), ("places", "a")]).await;
    assert_eq!(other.status, 409);
    other.has("An earlier version of your answers has already arrived");
    assert_eq!(survey.stored().await, stored);
}

async fn a_wrong_form_comes_back_with_what_was_typed(engine: Engine) {
    let survey = Survey::new(engine).await;
    let form = survey.form().await;
    let long = format!("{} \u{fc}", "x".repeat(40));
    let again = survey.send(&form, &[("knows", "9"), ("again", "3"), ("role", "a"), ("why", &long)]).await;
    assert_eq!(again.status, 422);
    again.has("Your answers have not been sent yet.");
    again.has("id=\"knows-problem\">This answer could not be read.");
    again.has("id=\"places-problem\">Please answer this question");
    again.has("id=\"why-problem\">Please shorten this answer to 40 characters.");
    again.has_not("again-problem");
    again.has("value=\"3\" checked");
    again.has("name=\"role\" value=\"a\" checked");
    again.has(&long);
    assert_eq!(again.hidden("submission-id"), form.hidden("submission-id"));

    let nul = survey.send(&form, &[("knows", "4"), ("places", "a"), ("why", "a\0b")]).await;
    assert_eq!(nul.status, 422);
    nul.has("why-problem");
    nul.has(">\nab</textarea>");

    let nothing = survey.send_body("", &[]).await;
    assert_eq!(nothing.status, 422);
    let unknown = format!("submission-id={}&survey-version={}&knows=4&places=a", submission_id(), submission_id());
    let unknown = survey.send_body(&unknown, &[]).await;
    assert_eq!(unknown.status, 422);
    unknown.has("name=\"knows\" value=\"4\" required checked");
    assert_eq!(survey.stored().await.len(), 0);

    // Put right, it is taken.
    let right = survey.send(&again, &[("knows", "4"), ("again", "3"), ("places", "a")]).await;
    assert_eq!(right.status, 200);
    assert_eq!(survey.stored().await.len(), 1);
}

async fn what_somebody_wrote_is_never_markup(engine: Engine) {
    let survey = Survey::new(engine).await;
    let form = survey.form().await;
    let typed = "</textarea><script>\"'&";
    for page in [&form, &survey.send(&form, &[("why", typed), ("knows", "\"><script>")]).await] {
        page.has_not("<script");
        page.has("&lt;script&gt;alert('1')&lt;/script&gt; &quot;&amp;&quot;");
    }
    let again = survey.send(&form, &[("why", typed)]).await;
    again.has(">\n&lt;/textarea&gt;&lt;script&gt;&quot;'&amp;</textarea>");
    let thanks = survey.send(&form, &ALL_FIELDS).await;
    thanks.has_not("<script");
    let site = format!("{}/embed/form/{}", survey.world.server.address, "%22%3E%3Cscript%3E");
    Page::read(reqwest::Client::new().get(site)).await.has_not("<script>");
}

async fn sites_and_surveys_that_cannot_be_shown_get_a_calm_page(engine: Engine) {
    let world = World::new(engine).await;
    let get = async |path: &str| Page::read(reqwest::Client::new().get(world.server.address.clone() + path)).await;
    for path in ["/embed/form/pk_none?lang=de", "/embed/frame/pk_none?lang=de", "/embed/form/pk_%00?lang=de"] {
        let page = get(path).await;
        assert_eq!(page.status, 404);
        page.has("Unter dieser Adresse gibt es keine Umfrage.");
        assert!(page.header("content-security-policy").ends_with("frame-ancestors 'none'"));
    }
    let create = "mutation($community: ID!) { createSurvey(input: {community: $community, name: \"Draft\"}) {
        ... on Survey { id } } }";
    let data = world.api.ask(create, json!({ "community": world.community })).await.unwrap();
    let site = "mutation($survey: ID!, $origin: String!) {
        createSite(input: {survey: $survey, name: \"New\", origins: [$origin]}) { ... on Site { key } } }";
    let variables = json!({ "survey": data["createSurvey"]["id"], "origin": PAGE });
    let data = world.api.ask(site, variables).await.unwrap();
    let unpublished = get(&format!("/embed/form/{}", data["createSite"]["key"].as_str().unwrap())).await;
    assert_eq!(unpublished.status, 404);
    unpublished.has("This survey is not taking answers at the moment.");
    assert!(unpublished.header("content-security-policy").ends_with(&format!("frame-ancestors 'self' {PAGE}")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_is_taken_from_our_pages_and_the_sites_and_as_a_form_only() {
    let survey = Survey::new(Engine::Sqlite).await;
    let form = survey.form().await;
    let (id, version) = (form.hidden("submission-id").1, form.hidden("survey-version").1);
    let good = format!("submission-id={id}&survey-version={version}&knows=4&places=a");
    let check = async |headers: &[(&'static str, &str)], body: &str, status: u16, code: &str| {
        let page = survey.send_body(body, headers).await;
        assert_eq!(page.status, status, "{headers:?}");
        page.has(&format!("data-code=\"{code}\""));
    };
    check(&[("origin", "https://other.example.com")], &good, 403, "ORIGIN_NOT_ALLOWED").await;
    check(&[("origin", "null")], &good, 403, "ORIGIN_NOT_ALLOWED").await;
    check(&[("content-type", "text/plain")], &good, 415, "UNSUPPORTED_MEDIA_TYPE").await;
    check(&[("content-type", "multipart/form-data; boundary=x")], &good, 415, "UNSUPPORTED_MEDIA_TYPE").await;
    check(&[("content-encoding", "gzip")], &good, 415, "UNSUPPORTED_MEDIA_TYPE").await;
    let large = format!("{good}&why={}", "x".repeat(65 * 1024));
    check(&[], &large, 413, "PAYLOAD_TOO_LARGE").await;
    assert_eq!(survey.stored().await.len(), 0);
    assert_eq!(survey.send_body(&good, &[("origin", PAGE)]).await.status, 200);
    let put = reqwest::Client::new().put(survey.url()).body(good).send().await.unwrap();
    assert_eq!(put.status(), 405);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_pages_may_be_in_an_iframe_of_the_site_and_load_nothing_of_others() {
    let survey = Survey::new(Engine::Sqlite).await;
    let frame = survey.url().replace("/form/", "/frame/") + "&consent=granted&accent=%3Cscript%3E";
    let frame = Page::read(reqwest::Client::new().get(frame)).await;
    let form = survey.form().await;
    let common = format!("style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self' {PAGE}");
    let scripts = "script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; ";
    assert_eq!(form.header("content-security-policy"), format!("default-src 'none'; {common}"));
    assert_eq!(frame.header("content-security-policy"), format!("default-src 'none'; {scripts}{common}"));
    for page in [&form, &frame] {
        assert_eq!(page.header("cross-origin-resource-policy"), "cross-origin");
        assert_eq!(page.header("cross-origin-embedder-policy"), "require-corp");
        assert_eq!(page.header("referrer-policy"), "same-origin");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.header("x-frame-options"), "");
    }
    frame.has(&format!("<valuemap-survey site=\"{}\" lang=\"en\" consent=\"granted\"><form", survey.world.site));
    for file in ["frame.js", "valuemap.js", "form.css"] {
        let path = format!("/embed/v1/{file}");
        frame.has(&path);
        let file = Page::read(reqwest::Client::new().get(survey.world.server.address.clone() + path.as_str())).await;
        assert_eq!((file.status, file.header("cache-control")), (200, "public, max-age=300"));
        assert_eq!(file.header("cross-origin-resource-policy"), "cross-origin");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_form_speaks_the_language_that_is_asked_for() {
    let survey = Survey::new(Engine::Sqlite).await;
    let get = async |query: &str, accepted: &str| {
        let url = survey.url().replace("?lang=en", query);
        Page::read(reqwest::Client::new().get(url).header("accept-language", accepted)).await
    };
    get("?lang=ar", "de").await.has("<html lang=\"ar\" dir=\"rtl\"");
    get("", "tlh, de-AT;q=0.8, en;q=0.5").await.has("<html lang=\"de\" dir=\"ltr\"");
    let japanese = get("?lang=ja-JP", "").await;
    japanese.has("送信</button>");
    japanese.has(&format!("action=\"{}?lang=ja\"", survey.path));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_without_script_fills_in_the_form() {
    let survey = Survey::new(Engine::Sqlite).await;
    let browser = Browser::without_scripts(390, 844).await.unwrap();
    let frame = survey.url().replace("/form/", "/frame/");
    browser.page.goto(&frame).await.unwrap();
    let find = async |css: &str| browser.page.query(By::Css(css.to_owned())).first().await.unwrap();
    let click = async |css: &str| {
        let element = find(css).await;
        element.scroll_into_view().await.unwrap();
        browser.page.action_chain().move_to_element_center(&element).click().perform().await.unwrap();
    };
    click("label:has([name=knows][value='5'])").await;
    click("[name=why]").await;
    browser.page.action_chain().send_keys("Typed").perform().await.unwrap();
    click("button").await;
    // The browser has no way to say that one of the boxes is needed: the server has.
    find("[data-question=places] .problem").await;
    assert_eq!(find("[name=why]").await.prop("value").await.unwrap().unwrap(), "Typed");
    click("label:has([name=places][value=b])").await;
    click("button").await;
    find("[data-state=thanks] table").await;
    browser.page.refresh().await.unwrap();
    find("[data-state=thanks] table").await;
    let stored = survey.stored().await;
    assert_eq!(stored.len(), 1);
    assert_eq!(stored[0]["answers"], json!({ "knows": 5, "places": ["b"], "why": "Typed" }));
    browser.close().await.unwrap();
}
