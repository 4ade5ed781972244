//! A member answers the survey on the demo page in Chromium, and the score shows in the API and on the dashboard.

use serde_json::Value;
use thirtyfour::prelude::*;
use valuemap_tests::{Api, Browser, Engine, Scratch, Server};

pub const DESKTOP: (u32, u32) = (1280, 900);
pub const PHONE: (u32, u32) = (390, 844);

// Keys as WebDriver writes them.
const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";
const RIGHT: &str = "\u{e014}";

/// The questions of the standard survey that have points, in its order.
const SCALES: [&str; 6] = [
    "product_knowledge",
    "unconventional_uses",
    "peer_best_practices",
    "recognised_expertise",
    "roadmap_influence",
    "recommendation",
];

/// A server with the sample community, whose widget stands on `/demo`.
pub struct Demo {
    _scratch: Scratch,
    pub server: Server,
    pub api: Api,
    pub community: String,
    pub browser: Browser,
}

impl Demo {
    pub async fn new((width, height): (u32, u32)) -> Self {
        let scratch = Scratch::new(Engine::Sqlite).await.unwrap();
        let server = Server::start(&scratch, &["--seed-when-empty"]).await.unwrap();
        let api = server.api(&scratch).await.unwrap();
        let data = api.ask("{ communities { nodes { id } } }", Value::Null).await.unwrap();
        let community = data["communities"]["nodes"][0]["id"].as_str().unwrap().to_owned();
        let browser = Browser::start(width, height).await.unwrap();
        Self { _scratch: scratch, server, api, community, browser }
    }

    /// How often a benefit was answered, and its index, by the API.
    async fn score(&self, element: &str) -> (u64, f64) {
        let reading = self.api.reading(&self.community, element).await.unwrap();
        (reading["answers"].as_u64().unwrap(), reading["value"].as_f64().unwrap())
    }

    async fn open_demo(&self) -> WebElement {
        self.browser.page.goto(format!("{}/demo", self.server.address)).await.unwrap();
        self.browser.widget().await.unwrap()
    }
}

pub async fn find(root: &WebElement, css: &str) -> WebElement {
    root.query(By::Css(css)).desc(css).first().await.unwrap()
}

async fn click(browser: &Browser, element: &WebElement) {
    element.scroll_into_view().await.unwrap();
    browser.page.action_chain().move_to_element_center(element).click().perform().await.unwrap();
}

/// The index that the dashboard shows for an element, and the number of answers, as it shows them now.
async fn shown(browser: &Browser, element: &str) -> (u64, f64) {
    let card = browser.page.query(By::Css(format!("[data-element={element}]"))).first().await.unwrap();
    let number = async |attribute: &str| {
        let holder = card.query(By::Css(format!("[{attribute}]"))).first().await.unwrap();
        holder.attr(attribute).await.unwrap().unwrap()
    };
    (number("data-answers").await.parse().unwrap(), number("data-value").await.parse().unwrap())
}

async fn severe_log_entries(browser: &Browser) -> Vec<String> {
    let log = browser.page.browser_log().await.unwrap();
    log.into_iter().map(|entry| format!("{entry:?}")).filter(|entry| entry.to_lowercase().contains("severe")).collect()
}

async fn answer_with_the_mouse(demo: &Demo) {
    let widget = demo.open_demo().await;
    for (index, question) in SCALES.into_iter().enumerate() {
        let point = if question == "recommendation" { "10" } else { "5" };
        let label = format!("[data-question={question}] label:has(input[value='{point}'])");
        click(&demo.browser, &find(&widget, &label).await).await;
        click(&demo.browser, &find(&widget, "[data-action=next]").await).await;
        if index == 1 {
            // Back, to see that the answer is still there, and on again.
            find(&widget, "[data-question=peer_best_practices]").await;
            click(&demo.browser, &find(&widget, "[data-action=back]").await).await;
            let kept = find(&widget, "[data-question=unconventional_uses] input[value='5']").await;
            assert!(kept.is_selected().await.unwrap());
            click(&demo.browser, &find(&widget, "[data-action=next]").await).await;
        }
    }
    let text = find(&widget, "[data-question=more_useful] textarea").await;
    click(&demo.browser, &text).await;
    demo.browser.page.action_chain().send_keys("More examples, \u{fc}ber alles.").perform().await.unwrap();
    click(&demo.browser, &find(&widget, "[data-action=send]").await).await;
    let thanks = find(&widget, "[data-state=thanks]").await;
    assert_eq!(thanks.query(By::Css("table tbody tr")).all_from_selector_required().await.unwrap().len(), 5);
}

/// Goes from the top of the page into the survey with the tabulator, and through it without touching the mouse.
async fn answer_with_the_keyboard(demo: &Demo) {
    let widget = demo.open_demo().await;
    find(&widget, "[data-question=product_knowledge]").await;
    let press = async |keys: &str| {
        demo.browser.page.action_chain().send_keys(keys).perform().await.unwrap();
    };
    let is_inside = "return document.activeElement?.localName === 'valuemap-survey'";
    for presses in 0.. {
        assert!(presses < 100, "the tabulator never came to the survey");
        press(TAB).await;
        if demo.browser.page.execute(is_inside, vec![]).await.unwrap().convert::<bool>().unwrap() {
            break;
        }
    }
    for (index, question) in SCALES.into_iter().enumerate() {
        find(&widget, &format!("[data-question={question}]")).await;
        if index > 0 {
            to_control(demo, "radio").await;
        }
        press(" ").await;
        let points = if question == "recommendation" { 10 } else { 5 };
        for _ in 1..points {
            press(RIGHT).await;
        }
        press(ENTER).await;
    }
    find(&widget, "[data-question=more_useful]").await;
    to_control(demo, "textarea").await;
    press("Typed").await;
    press(TAB).await;
    to_control(demo, "submit").await;
    press(ENTER).await;
    find(&widget, "[data-state=thanks]").await;
}

/// Presses the tabulator until focus inside of the survey is on a control of this type.
async fn to_control(demo: &Demo, kind: &str) {
    let focused = "return document.activeElement?.shadowRoot?.activeElement?.type ?? ''";
    for _ in 0..8 {
        let found: String = demo.browser.page.execute(focused, vec![]).await.unwrap().convert().unwrap();
        if found == kind {
            return;
        }
        demo.browser.page.action_chain().send_keys(TAB).perform().await.unwrap();
    }
    panic!("the tabulator does not lead to a {kind}");
}

/// One member more in every benefit, each with the highest point: the index moves by as much, everywhere.
async fn check_score(demo: &mut Demo, before: (u64, f64)) {
    let after = demo.score("ROADMAP_INFLUENCE").await;
    assert_eq!(after.0, before.0 + 1);
    let expected = (before.1 * before.0 as f64 + 100.0) / after.0 as f64;
    assert!((after.1 - expected).abs() < 1e-9, "{after:?} is not {expected}");

    let link = demo.server.sign_in_link().await.unwrap();
    demo.browser.page.goto(&link).await.unwrap();
    assert_eq!(shown(&demo.browser, "ROADMAP_INFLUENCE").await, after);
    assert_eq!(severe_log_entries(&demo.browser).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_answers_with_the_mouse_and_the_score_moves() {
    let mut demo = Demo::new(DESKTOP).await;
    let before = demo.score("ROADMAP_INFLUENCE").await;
    answer_with_the_mouse(&demo).await;
    check_score(&mut demo, before).await;
    demo.browser.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_answers_with_the_keyboard_and_the_score_moves() {
    let mut demo = Demo::new(PHONE).await;
    let before = demo.score("ROADMAP_INFLUENCE").await;
    answer_with_the_keyboard(&demo).await;
    check_score(&mut demo, before).await;
    demo.browser.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_signing_in_the_dashboard_says_how_to() {
    let demo = Demo::new(DESKTOP).await;
    demo.browser.page.goto(&demo.server.address).await.unwrap();
    let page = demo.browser.page.query(By::Css("main")).first().await.unwrap();
    let hint = page.query(By::XPath(".//*[contains(., 'valuemap serve')]")).first().await;
    assert!(hint.is_ok(), "{}", page.text().await.unwrap());
    demo.browser.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_keeps_its_focus_scroll_cookies_and_storage() {
    let demo = Demo::new(DESKTOP).await;
    let widget = demo.open_demo().await;
    find(&widget, "[data-state=question]").await;
    let state = "return [document.activeElement === document.body, scrollY, document.cookie, localStorage.length, \
                 sessionStorage.length, document.scrollingElement.scrollWidth <= innerWidth]";
    let found: Value = demo.browser.page.execute(state, vec![]).await.unwrap().convert().unwrap();
    assert_eq!(found, serde_json::json!([true, 0, "", 0, 0, true]));
    let others = "return performance.getEntriesByType('resource').map((entry) => new URL(entry.name).origin)\
                  .filter((origin) => origin !== location.origin)";
    let others: Vec<String> = demo.browser.page.execute(others, vec![]).await.unwrap().convert().unwrap();
    assert_eq!(others, Vec::<String>::new());
    demo.browser.close().await.unwrap();
}
