//! WCAG 2.2 AA, for every type of question, in both directions, light and dark, in every mode.

mod keyboard;
mod settings;

use anyhow::ensure;
use serde_json::{Value, json};
use valuemap_tests::{Fault, setting};

use super::Findings;
use super::partner::Partner;

const AXE: &str = include_str!("../scripts/axe.js");
const STILL: &str = include_str!("../scripts/still.js");
const HURDLES: &str = include_str!("../scripts/hurdles.js");
const CONTRAST: &str = include_str!("../scripts/contrast.js");
const STEP: &str = include_str!("../scripts/step.js");

/// What is said of a missing answer, once it is.
const HINT: &str =
    "return document.querySelector('valuemap-survey').shadowRoot.querySelector('#hint')?.textContent || null";

/// What the key does.
const ENTER: &str = "document.querySelector('valuemap-survey').shadowRoot.querySelector('form').requestSubmit()";

/// One question of each type.
fn every_type() -> Value {
    let choices = json!({ "choices": [
        { "key": "docs", "label": "Documentation" },
        { "key": "events", "label": "Events that last for a whole day and have a long name" },
        { "key": "people", "label": "People" },
    ] });
    json!([
        { "key": "agree", "prompt": "The community helps me.", "required": true, "kind": { "agreement": { "points": 5 } } },
        { "key": "recommend", "prompt": "Would you recommend it?", "kind": { "recommendation": { "scale": "ZERO_TO_TEN" } } },
        { "key": "one", "prompt": "What do you use most?", "kind": { "singleChoice": choices } },
        { "key": "several", "prompt": "What do you use?", "kind": { "multipleChoice": choices } },
        { "key": "short", "prompt": "Your role, in a word?", "kind": { "text": { "maxLength": 40, "lines": "ONE" } } },
        { "key": "long", "prompt": "What would you change?", "kind": { "text": { "maxLength": 2000 } } },
    ])
}

impl Partner {
    /// What is shown now has nothing in it that keeps somebody out.
    async fn is_open_to_everybody(&self, what: &str, findings: &mut Findings) {
        findings.note(what, self.run(STILL).await);
        for (script, judge) in [(AXE, "axe-core"), (HURDLES, "hurdles"), (CONTRAST, "contrast")] {
            let outcome = async {
                if script == AXE && self.run("return typeof axe").await? == "undefined" {
                    let axe = format!("{}/axe-core/axe.min.js", setting("VALUEMAP_TEST_NODE_MODULES")?);
                    self.run(&std::fs::read_to_string(axe)?).await?;
                }
                let found = self.run(script).await?;
                ensure!(found == json!([]), "{judge}: {found}");
                Ok(())
            };
            findings.note(what, outcome.await);
        }
    }

    async fn step(&self, action: Option<&str>) -> anyhow::Result<()> {
        self.browser.page.execute(STEP, vec![json!(action)]).await?;
        Ok(())
    }

    /// Opens the survey where it does not stand in the page anyway.
    async fn open_survey(&self, mode: &str) -> anyhow::Result<()> {
        self.until("the script is there", "return Boolean(customElements.get('valuemap-survey'))").await?;
        if mode != "inline" {
            self.run("document.querySelector('valuemap-survey').open()").await?;
        }
        self.until_state("question").await?;
        Ok(())
    }

    /// Looks at every question, at what is said when an answer is missing, and at the thanks.
    async fn look_at_everything(&self, what: &str, findings: &mut Findings) -> anyhow::Result<()> {
        self.is_open_to_everybody(&format!("{what}, at first"), findings).await;
        self.step(Some("next")).await?;
        self.until("what is missing is said", HINT).await?;
        self.is_open_to_everybody(&format!("{what}, an answer is missing"), findings).await;
        loop {
            let view = self.until_state("question").await?;
            if view["question"] == "recommend" {
                self.run(ENTER).await?;
                self.until("it says that nothing is chosen", HINT).await?;
                self.is_open_to_everybody(&format!("{what}, nothing is chosen"), findings).await;
            }
            self.step(None).await?;
            self.is_open_to_everybody(&format!("{what}, {}", view["question"]), findings).await;
            let is_last = self.run("return Boolean(document.querySelector('valuemap-survey').shadowRoot.querySelector('[data-action=send]'))");
            if is_last.await? == true {
                self.step(Some("send")).await?;
                break;
            }
            self.step(Some("next")).await?;
            self.until_other_question(&view).await?;
        }
        self.until_state("thanks").await?;
        self.is_open_to_everybody(&format!("{what}, thanks"), findings).await;
        Ok(())
    }
}

async fn every_look(mode: &str) {
    let partner = Partner::with_survey(every_type()).await.unwrap();
    let mut findings = Findings::default();
    for (dir, lang) in [("ltr", "en"), ("rtl", "ar")] {
        for scheme in ["light", "dark"] {
            let what = format!("{mode} {dir} {scheme}");
            let look = format!("html.dir={dir}&html.lang={lang}&html.style=color-scheme:{scheme}");
            let outcome = async {
                partner.open(&format!("plain.html?mode={mode}&{look}")).await?;
                partner.open_survey(mode).await?;
                partner.look_at_everything(&what, &mut findings).await
            };
            let outcome = outcome.await;
            findings.note(&what, outcome);
        }
    }
    partner.browser.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_question_is_open_to_everybody_in_the_page() {
    every_look("inline").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_question_is_open_to_everybody_in_a_popover() {
    every_look("popover").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_question_is_open_to_everybody_in_a_modal() {
    every_look("modal").await;
}

/// While it is sent, when it waits for a network, when the server refuses it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_come_after_send_is_open_to_everybody() {
    let partner = Partner::new().await.unwrap();
    let mut findings = Findings::default();
    for scheme in ["light", "dark"] {
        let page = format!("plain.html?html.style=color-scheme:{scheme}");
        let outcome = async {
            partner.open(&page).await?;
            partner.answer_everything().await?;
            partner.proxy.hold_submissions();
            partner.step(Some("send")).await?;
            partner.until_state("sending").await?;
            partner.is_open_to_everybody(&format!("{scheme}, sending"), &mut findings).await;
            partner.proxy.go_down();
            let state = partner.until_not_sending().await?;
            ensure!(["waiting", "failed"].contains(&&*state), "the state is {state}");
            partner.is_open_to_everybody(&format!("{scheme}, {state}"), &mut findings).await;
            partner.proxy.come_back();
            partner.open(&page).await?;
            partner.answer_everything().await?;
            partner.proxy.fail_submissions([Fault::Refused]);
            partner.step(Some("send")).await?;
            partner.until_state("failed").await?;
            partner.is_open_to_everybody(&format!("{scheme}, failed"), &mut findings).await;
            anyhow::Ok(())
        };
        let outcome = outcome.await;
        partner.proxy.come_back();
        findings.note(scheme, outcome);
    }
    partner.browser.close().await.unwrap();
}

/// With a community's results in it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn results_are_open_to_everybody() {
    let partner = Partner::of_the_sample().await.unwrap();
    let mut findings = Findings::default();
    for look in ["html.dir=ltr", "html.dir=rtl&html.lang=ar&html.style=color-scheme:dark"] {
        let outcome = async {
            partner.open(&format!("plain.html?{look}")).await?;
            partner.answer_everything().await?;
            partner.send().await?;
            partner.until_state("thanks").await?;
            let rows = "return document.querySelector('valuemap-survey').shadowRoot.querySelectorAll('[part~=results] tbody tr').length";
            let rows = partner.run(rows).await?;
            ensure!(rows == 5, "the results have {rows} rows");
            partner.is_open_to_everybody(look, &mut findings).await;
            anyhow::Ok(())
        };
        let outcome = outcome.await;
        findings.note(look, outcome);
    }
    partner.browser.close().await.unwrap();
}

/// The form for pages that let no script in: empty, with a complaint, and the thanks.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_plain_form_is_open_to_everybody() {
    let partner = Partner::with_survey(every_type()).await.unwrap();
    let mut findings = Findings::default();
    for lang in ["en", "ar"] {
        partner.go_to(&format!("{}/embed/form/{}?lang={lang}", partner.proxy.address, partner.site)).await.unwrap();
        partner.is_open_to_everybody(&format!("{lang}, empty"), &mut findings).await;
        partner.run("document.querySelector('form').submit()").await.unwrap();
        partner.until("there is a complaint", "return Boolean(document.querySelector('[role=alert]'))").await.unwrap();
        partner.is_open_to_everybody(&format!("{lang}, an answer is missing"), &mut findings).await;
        partner.fill_in_the_form().await.unwrap();
        partner.until("there are thanks", "return !document.querySelector('form')").await.unwrap();
        partner.is_open_to_everybody(&format!("{lang}, thanks"), &mut findings).await;
    }
    partner.browser.close().await.unwrap();
}
