//! The page that makes a partner's snippet, in Chromium: what is picked is in the snippet, and the preview sends nothing.

use serde_json::Value;
use thirtyfour::prelude::*;

use crate::browser::{DESKTOP, Demo, find};
use crate::dashboard::{comes_to, query};

impl Demo {
    async fn open_sites(&mut self) {
        let link = self.server.sign_in_link().await.unwrap();
        self.browser.page.goto(&link).await.unwrap();
        query(&self.browser, ".organisation").await;
        self.browser.page.goto(format!("{}/sites", self.server.address)).await.unwrap();
        query(&self.browser, "[data-site-key]").await;
    }

    /// Waits until the snippet holds a text.
    async fn snippet_holds(&self, text: &str) {
        let path = format!("//*[@id='form-panel']//code[contains(., '{text}')]");
        self.browser.page.query(By::XPath(path)).desc(text).first().await.unwrap();
    }

    async fn snippet(&self) -> String {
        query(&self.browser, "#form-panel code").await.text().await.unwrap()
    }

    /// Answers to any question, and responses.
    async fn counted(&self) -> (Value, Value) {
        let query = "query($id: ID!) { valueMap(community: $id) { responses recommendation { \
                     ... on Recommendation { answers value } } } }";
        let data = self.api.ask(query, serde_json::json!({ "id": self.community })).await.unwrap();
        (data["valueMap"]["responses"].clone(), data["valueMap"]["recommendation"].clone())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_picked_is_in_the_snippet() {
    let mut demo = Demo::new(DESKTOP).await;
    demo.open_sites().await;
    let address = demo.server.address.clone();
    demo.snippet_holds(&format!("src=\"{address}/embed/v1/valuemap.js\"")).await;
    let plain = demo.snippet().await;
    assert!(plain.contains("<valuemap-survey site=\"pk_sample_community\">"), "{plain}");
    assert!(plain.contains(&format!("<a href=\"{address}/embed/form/pk_sample_community\">")), "{plain}");

    query(&demo.browser, "input[name=setting-mode][value=popover]").await.click().await.unwrap();
    demo.snippet_holds("mode=\"popover\"").await;
    query(&demo.browser, "#setting-trigger-click").await.send_keys("[data-x=\"y\"]").await.unwrap();
    demo.snippet_holds("trigger-click=\"[data-x=&quot;y&quot;]\"").await;

    // A colour that is hard to read on white is warned of.
    let pick = "const input = document.getElementById('setting-accent'); input.value = '#ffe9a8'; \
                input.dispatchEvent(new Event('input', { bubbles: true }));";
    demo.browser.page.execute(pick, vec![]).await.unwrap();
    demo.snippet_holds("--valuemap-accent: #ffe9a8;").await;
    query(&demo.browser, "[data-warning=contrast]").await;
    let style = "return document.querySelector('valuemap-survey').style.getPropertyValue('--valuemap-accent')";
    let painted: String = demo.browser.page.execute(style, vec![]).await.unwrap().convert().unwrap();
    assert_eq!(painted, "#ffe9a8");

    // A link shows others the same.
    demo.browser.page.refresh().await.unwrap();
    demo.snippet_holds("--valuemap-accent: #ffe9a8;").await;
    comes_to(&demo.browser, "valuemap-survey", "mode", "popover").await;
    demo.browser.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answering_the_preview_sends_nothing() {
    let mut demo = Demo::new(DESKTOP).await;
    let before = demo.counted().await;
    demo.open_sites().await;
    let requests = "window.sent = []; const fetch = window.fetch; \
                    window.fetch = (...all) => { window.sent.push(String(all[0]?.url ?? all[0])); return fetch(...all); }";
    demo.browser.page.execute(requests, vec![]).await.unwrap();
    let widget = demo.browser.widget().await.unwrap();
    find(&widget, "[data-state=question]").await;
    for _ in 0..20 {
        let answer = "const root = document.querySelector('valuemap-survey').shadowRoot; \
                      const input = root.querySelector('[data-state=question] input'); \
                      if (input && !root.querySelector('input:checked')) input.click(); \
                      return root.querySelector('section').dataset.state;";
        let state: String = demo.browser.page.execute(answer, vec![]).await.unwrap().convert().unwrap();
        if state != "question" {
            break;
        }
        let asked = "return document.querySelector('valuemap-survey').shadowRoot.querySelector('[data-question]').dataset.question";
        let question: String = demo.browser.page.execute(asked, vec![]).await.unwrap().convert().unwrap();
        let button = widget.query(By::Css("[data-action=next], [data-action=send]")).first().await.unwrap();
        button.scroll_into_view().await.unwrap();
        button.click().await.unwrap();
        find(&widget, &format!("section:not(:has([data-question={question}]))")).await;
    }
    find(&widget, "[data-state=thanks]").await;
    let logged = By::XPath("//*[@role='log']//code[text()='valuemap:answered']");
    demo.browser.page.query(logged).first().await.unwrap();

    let sent: Vec<String> = demo.browser.page.execute("return window.sent", vec![]).await.unwrap().convert().unwrap();
    assert!(!sent.iter().any(|address| address.ends_with("/embed/graphql")), "{sent:?}");
    let kept = "return [localStorage.length, sessionStorage.length]";
    let kept: Vec<u64> = demo.browser.page.execute(kept, vec![]).await.unwrap().convert().unwrap();
    assert_eq!(kept, [0, 0]);
    assert_eq!(demo.counted().await, before);
    demo.browser.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_site_has_a_snippet_of_its_own() {
    let mut demo = Demo::new(DESKTOP).await;
    demo.open_sites().await;
    press(&demo, "New site…").await;
    query(&demo.browser, "#new-site-name").await.send_keys("Help centre").await.unwrap();
    query(&demo.browser, "#new-site-origins").await.send_keys("https://help.example.com/path").await.unwrap();
    press(&demo, "Make the site").await;
    let refused = By::XPath("//*[@role='alert'][contains(., 'https://help.example.com/path')]");
    demo.browser.page.query(refused).first().await.unwrap();
    let origins = query(&demo.browser, "#new-site-origins").await;
    origins.clear().await.unwrap();
    origins.send_keys("https://help.example.com").await.unwrap();
    press(&demo, "Make the site").await;

    let shown = By::XPath("//dd/code[text()='https://help.example.com']");
    demo.browser.page.query(shown).first().await.unwrap();
    let key = query(&demo.browser, "[data-site-key]").await.text().await.unwrap();
    assert!(key.starts_with("pk_") && key != "pk_sample_community", "{key}");
    demo.snippet_holds(&format!("site=\"{key}\"")).await;
    demo.browser.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_signing_in_the_page_says_how_to() {
    let demo = Demo::new(DESKTOP).await;
    demo.browser.page.goto(format!("{}/sites", demo.server.address)).await.unwrap();
    let hint = By::XPath("//main[h1[text()='Embed the survey']]//*[contains(., 'valuemap sign-in')]");
    demo.browser.page.query(hint).first().await.unwrap();
    assert!(demo.browser.page.find_all(By::Css("valuemap-survey")).await.unwrap().is_empty());
    demo.browser.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn links_of_the_former_address_show_the_same() {
    let mut demo = Demo::new(DESKTOP).await;
    demo.open_sites().await;
    let address = format!("{}/embed?mode=popover&accent=%230b6e4f", demo.server.address);
    demo.browser.page.goto(address).await.unwrap();
    demo.snippet_holds("mode=\"popover\"").await;
    demo.snippet_holds("--valuemap-accent: #0b6e4f;").await;
    assert_eq!(demo.browser.page.current_url().await.unwrap().path(), "/sites");
    demo.browser.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_follow_each_other_without_loading_anew() {
    let mut demo = Demo::new(DESKTOP).await;
    demo.open_sites().await;
    let script = async |script: &str| demo.browser.page.execute(script, vec![]).await.unwrap().json().clone();
    script("window.loaded = 'once'").await;
    let community = demo.community.clone();
    let parameter = |address: &url::Url, name: &str| {
        address.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    };
    let address = async || demo.browser.page.current_url().await.unwrap();

    query(&demo.browser, ".pages a[href^='/?'], .pages a[href='/']").await.click().await.unwrap();
    query(&demo.browser, "[data-element]").await;
    assert_eq!(script("return document.activeElement.localName").await, "main");
    query(&demo.browser, ".pages a[href^='/?'][aria-current=page]").await;
    // The address names the community, so that it goes along.
    assert_eq!(parameter(&address().await, "community"), Some(community.clone()));
    let pick = "const select = [...document.querySelectorAll('select')].find((s) => s.querySelector('[value=EQUAL]'));\
                select.value = 'EQUAL'; select.dispatchEvent(new Event('change', { bubbles: true }));";
    script(pick).await;
    assert_eq!(parameter(&address().await, "weighting").as_deref(), Some("EQUAL"));

    query(&demo.browser, ".pages a[href^='/sites?']").await.click().await.unwrap();
    query(&demo.browser, "input[name=setting-mode][value=modal]").await.click().await.unwrap();
    demo.snippet_holds("mode=\"modal\"").await;
    let of_sites = address().await;
    assert_eq!((of_sites.path(), parameter(&of_sites, "community")), ("/sites", Some(community)));
    assert_eq!((parameter(&of_sites, "weighting"), parameter(&of_sites, "mode").as_deref()), (None, Some("modal")));

    // Back and on again shows what was picked on each.
    demo.browser.page.back().await.unwrap();
    query(&demo.browser, "option[value=EQUAL]:checked").await;
    demo.browser.page.forward().await.unwrap();
    demo.snippet_holds("mode=\"modal\"").await;
    assert_eq!(script("return window.loaded").await, "once");
    demo.browser.close().await.unwrap();
}

async fn press(demo: &Demo, label: &str) {
    let button = By::XPath(format!("//button[normalize-space()='{label}']"));
    let button = demo.browser.page.query(button).desc(label).first().await.unwrap();
    button.scroll_into_view().await.unwrap();
    button.click().await.unwrap();
}
