//! The live layers on the dashboard, in Chromium: each figure on screen is held against the API's own answer.

use serde_json::{Value, json};
use thirtyfour::prelude::*;
use valuemap_tests::Browser;

use crate::browser::{DESKTOP, Demo, PHONE, find};

const RIGHT: &str = "\u{e014}";

const MAP: &str = "query($id: ID!, $weighting: Weighting! = MODEL) {
  valueMap(community: $id, weighting: $weighting) {
    layers { layer elements { element reading {
      __typename
      ... on Score { value change { difference interval { low high } } movers { points } }
      ... on Worth { amount { likely } evidence }
    } } }
    links { from to effect { likely } }
  }
}";

impl Demo {
    async fn map(&self, weighting: &str) -> Value {
        let variables = json!({ "id": self.community, "weighting": weighting });
        self.api.ask(MAP, variables).await.unwrap()["valueMap"].take()
    }

    async fn sign_in(&mut self) {
        let link = self.server.sign_in_link().await.unwrap();
        self.browser.page.goto(&link).await.unwrap();
        query(&self.browser, "[data-element]").await;
    }
}

/// The elements that have this kind of reading, with it.
fn readings<'a>(map: &'a Value, layer: &str, kind: &str) -> Vec<(&'a str, &'a Value)> {
    let layers = map["layers"].as_array().unwrap();
    let elements = layers.iter().find(|found| found["layer"] == layer).unwrap()["elements"].as_array().unwrap();
    elements
        .iter()
        .filter(|element| element["reading"]["__typename"] == kind)
        .map(|element| (element["element"].as_str().unwrap(), &element["reading"]))
        .collect()
}

/// A score as the page writes it down for us.
fn written(score: &Value) -> String {
    score["value"].as_f64().unwrap().to_string()
}

pub async fn query(browser: &Browser, css: &str) -> WebElement {
    browser.page.query(By::Css(css)).desc(css).first().await.unwrap()
}

async fn count(browser: &Browser, css: &str) -> usize {
    browser.page.find_all(By::Css(css)).await.unwrap().len()
}

/// Waits until an attribute has a value.
pub async fn comes_to(browser: &Browser, css: &str, attribute: &str, expected: &str) {
    let wanted = format!("{css}[{attribute}='{expected}']");
    browser.page.query(By::Css(&wanted)).desc(&wanted).first().await.unwrap();
}

async fn open(browser: &Browser, element: &str) -> WebElement {
    let button = query(browser, &format!("[data-element={element}] .card-button")).await;
    button.scroll_into_view().await.unwrap();
    browser.page.action_chain().move_to_element_center(&button).click().perform().await.unwrap();
    query(browser, "dialog[open]").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn internal_cards_say_what_moved_them() {
    let mut demo = Demo::new(DESKTOP).await;
    let map = demo.map("MODEL").await;
    demo.sign_in().await;
    let scores = readings(&map, "INTERNAL", "Score");
    assert!(!scores.is_empty(), "{map}");
    for (element, score) in scores {
        let card = format!("[data-element={element}]");
        comes_to(&demo.browser, &format!("{card} .number"), "data-value", &written(score)).await;
        let change = &score["change"];
        let end = |end: &str| change["interval"][end].as_f64();
        let is_clear = match (end("low"), end("high")) {
            (Some(low), Some(high)) => low > 0.0 || high < 0.0,
            _ => change["difference"].as_f64().is_some_and(|difference| difference != 0.0),
        };
        let movers = if is_clear { score["movers"].as_array().unwrap().len().min(3) } else { 0 };
        assert_eq!(count(&demo.browser, &format!("{card} .movers li")).await, movers, "{element}");
    }
    demo.browser.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_amount_leads_to_the_rows_behind_it() {
    let mut demo = Demo::new(DESKTOP).await;
    let map = demo.map("MODEL").await;
    let explain = "query($id: ID!, $figure: FigureInput!) {
      explain(community: $id, figure: $figure) { rows(first: 1) { totalCount } }
    }";
    let mut found = Vec::new();
    for (element, worth) in readings(&map, "FINANCIAL", "Worth") {
        let variables = json!({ "id": demo.community, "figure": { "element": element } });
        let data = demo.api.ask(explain, variables).await.unwrap();
        let total = data["explain"]["rows"]["totalCount"].as_u64().unwrap() as usize;
        found.push((total, element, worth["amount"]["likely"].as_str().unwrap()));
    }
    let (total, element, likely) = *found.iter().max().expect("the sample community has amounts");
    demo.sign_in().await;
    comes_to(&demo.browser, &format!("[data-element={element}] .number"), "data-amount", likely).await;

    let dialog = open(&demo.browser, element).await;
    let mut shown = 0;
    loop {
        dialog.query(By::Css(format!("[data-row]:nth-child({})", shown + 1))).first().await.unwrap();
        let rows = count(&demo.browser, "dialog[open] [data-row]").await;
        assert!(rows > shown && rows <= total);
        shown = rows;
        let more = By::XPath(".//button[normalize-space()='Show more']");
        match dialog.find(more).await {
            Ok(button) if shown < 60 => button.click().await.unwrap(),
            _ => break,
        }
    }
    assert!(shown == total || shown >= 60, "{shown} of {total}");
    demo.browser.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_what_if_slider_moves_projected_money_as_the_api_would() {
    let mut demo = Demo::new(DESKTOP).await;
    let map = demo.map("MODEL").await;
    let scores = readings(&map, "INTERNAL", "Score");
    let amounts = readings(&map, "FINANCIAL", "Worth");
    let has = |readings: &[(&str, &Value)], element: &Value| readings.iter().any(|(name, _)| element == name);
    let links = map["links"].as_array().unwrap();
    let pays = |link: &&Value| {
        has(&scores, &link["from"]) && has(&amounts, &link["to"]) && link["effect"]["likely"].as_f64() > Some(0.0)
    };
    let link = links.iter().find(pays).expect("something pays in the sample community");
    let (from, to) = (link["from"].as_str().unwrap(), link["to"].as_str().unwrap());
    let what_if = "query($id: ID!, $shifts: [ShiftInput!]!) {
      whatIf(community: $id, shifts: $shifts) { amounts { element after { likely } } }
    }";
    let shifts = json!([{ "key": from, "points": 3 }]);
    let data = demo.api.ask(what_if, json!({ "id": demo.community, "shifts": shifts })).await.unwrap();
    let projected = data["whatIf"]["amounts"].as_array().unwrap();
    let after = projected.iter().find(|amount| amount["element"] == to).unwrap()["after"]["likely"].as_str().unwrap();

    demo.sign_in().await;
    query(&demo.browser, "[data-element]").await;
    let button = By::XPath("//button[normalize-space()='What if…']");
    demo.browser.page.query(button).first().await.unwrap().click().await.unwrap();
    let slider = query(&demo.browser, &format!("[data-shift={from}] input")).await;
    slider.send_keys(RIGHT.repeat(3)).await.unwrap();
    comes_to(&demo.browser, &format!("[data-element={to}] .projected"), "data-projected-amount", after).await;
    assert!(demo.browser.page.current_url().await.unwrap().query().unwrap().contains("what-if="));

    // Others see the same by the link, and leaving takes it away.
    demo.browser.page.refresh().await.unwrap();
    comes_to(&demo.browser, &format!("[data-element={to}] .projected"), "data-projected-amount", after).await;
    let button = By::XPath("//button[normalize-space()='Leave what-if']");
    demo.browser.page.query(button).first().await.unwrap().click().await.unwrap();
    demo.browser.page.query(By::Css(".projected")).not_exists().await.unwrap();
    demo.browser.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_links_of_the_card_in_focus_stand_out() {
    let mut demo = Demo::new(DESKTOP).await;
    let map = demo.map("MODEL").await;
    let links = map["links"].as_array().unwrap();
    let (element, _) = *readings(&map, "INTERNAL", "Score").first().unwrap();
    let of_element = links.iter().filter(|link| link["from"] == element || link["to"] == element).count();
    demo.sign_in().await;
    query(&demo.browser, ".links [data-from]").await;
    assert_eq!(count(&demo.browser, ".links [data-from]").await, links.len());
    query(&demo.browser, &format!("[data-element={element}] .card-button")).await.focus().await.unwrap();
    query(&demo.browser, &format!("[data-element={element}].card-followed")).await;
    assert_eq!(count(&demo.browser, ".links .link-on").await, of_element);
    assert_eq!(count(&demo.browser, ".links .link-off").await, links.len() - of_element);
    demo.browser.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_phone_links_are_a_list() {
    let mut demo = Demo::new(PHONE).await;
    let map = demo.map("MODEL").await;
    let (element, _) = *readings(&map, "INTERNAL", "Score").first().unwrap();
    demo.sign_in().await;
    assert_eq!(count(&demo.browser, ".links").await, 0);
    let dialog = open(&demo.browser, element).await;
    for link in map["links"].as_array().unwrap() {
        let other = match (&link["from"], &link["to"]) {
            (from, to) if to == element => from,
            (from, to) if from == element => to,
            _ => continue,
        };
        find(&dialog, &format!("[data-linked={}]", other.as_str().unwrap())).await;
    }
    let width = "return document.scrollingElement.scrollWidth <= innerWidth";
    assert!(demo.browser.page.execute(width, vec![]).await.unwrap().convert::<bool>().unwrap());
    demo.browser.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_weighting_gives_other_scores() {
    let mut demo = Demo::new(DESKTOP).await;
    let (model, equal) = (demo.map("MODEL").await, demo.map("EQUAL").await);
    let value = |(element, score): (&str, &Value)| (element.to_owned(), written(score));
    let other: Vec<(String, String)> = readings(&equal, "INTERNAL", "Score").into_iter().map(value).collect();
    let before: Vec<(String, String)> = readings(&model, "INTERNAL", "Score").into_iter().map(value).collect();
    assert_ne!(before, other, "the weights of the sample community's model make no difference");
    demo.sign_in().await;
    let pick = "const select = [...document.querySelectorAll('select')].find((s) => s.querySelector('[value=EQUAL]'));\
                select.value = 'EQUAL'; select.dispatchEvent(new Event('change', { bubbles: true }));";
    query(&demo.browser, "option[value=EQUAL]").await;
    demo.browser.page.execute(pick, vec![]).await.unwrap();
    for (element, value) in other {
        comes_to(&demo.browser, &format!("[data-element={element}] .number"), "data-value", &value).await;
    }
    assert!(demo.browser.page.current_url().await.unwrap().query().unwrap().contains("weighting=EQUAL"));
    demo.browser.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_community_keeps_the_weighting_and_nothing_else() {
    let mut demo = Demo::new(DESKTOP).await;
    let (makers, _) = demo.api.create_community("Makers", "https://makers.example.com").await.unwrap();
    demo.sign_in().await;
    let address = format!("{}/?what-if=EDUCATION:3&weighting=EQUAL&community={}", demo.server.address, demo.community);
    demo.browser.page.goto(address).await.unwrap();
    query(&demo.browser, ".projected").await;
    let pick = format!(
        "const select = document.querySelector('.masthead select'); select.value = '{makers}'; \
         select.dispatchEvent(new Event('change', {{ bubbles: true }}));"
    );
    demo.browser.page.execute(pick, vec![]).await.unwrap();
    let heading = By::XPath("//h1[contains(., 'Makers')]");
    demo.browser.page.query(heading).first().await.unwrap();
    demo.browser.page.query(By::Css(".what-if")).not_exists().await.unwrap();
    query(&demo.browser, "option[value=EQUAL]:checked").await;
    let address = demo.browser.page.current_url().await.unwrap();
    assert_eq!(address.query(), Some(&*format!("community={makers}&weighting=EQUAL")));
    assert_eq!(demo.browser.page.title().await.unwrap(), "Makers · Valuemap");
    demo.browser.close().await.unwrap();
}
