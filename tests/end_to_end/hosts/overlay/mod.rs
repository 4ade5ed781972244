//! Surveys that come over the page: when, for whom, how often, and what becomes of the page's focus and scroll.

mod restraint;
mod triggers;

use anyhow::ensure;
use serde_json::{Value, json};
use thirtyfour::prelude::*;

use super::Findings;
use super::keys::agreement;
use super::partner::Partner;

const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";

/// A button of the page's own.
const BUTTON: &str = "[data-own] button";

/// How the survey is there: over the page, as the only thing that can be used, in place, or not at all.
const PRESENCE: &str = "
  const root = document.querySelector('valuemap-survey').shadowRoot;
  const dialog = root.querySelector('dialog');
  if (dialog) return dialog.matches(':modal') ? 'modal' : dialog.matches(':popover-open') ? 'popover' : null;
  return root.querySelector('[data-state]') ? 'inline' : null;";

/// What has the focus: an element of the page, or something in the survey.
const FOCUS: &str = "
  const at = document.activeElement;
  return at.shadowRoot ? `survey ${at.shadowRoot.activeElement?.localName}` : at.id || at.localName;";

impl Partner {
    async fn presence(&self) -> anyhow::Result<Value> {
        self.run(PRESENCE).await
    }

    async fn until_presence(&self, expected: Value) -> anyhow::Result<()> {
        self.eventually(&format!("the survey is there as {expected}"), async || {
            Ok((self.presence().await? == expected).then_some(()))
        })
        .await
    }

    /// Waits until the survey was shown so many times, and returns what was said of the last time.
    async fn until_shown(&self, times: usize) -> anyhow::Result<Value> {
        let script = format!(
            "const shown = recorded.events.filter((e) => e.name === 'shown' && e.site === '{}');
             return shown.length >= {times} && shown.at(-1).detail",
            self.site
        );
        self.until(&format!("the survey was shown {times} times"), &script).await
    }

    /// Fires the event that both surveys of `overlay.html` wait for, and waits for the second to come.
    async fn need_help(&self) -> anyhow::Result<()> {
        let control = "dispatchEvent(new Event('help'));
            return document.querySelector('[data-control]').shadowRoot.querySelector('[data-state]') !== null";
        self.until("the other survey came", control).await?;
        let locks =
            format!("return navigator.locks.request('valuemap:shown:{}', {{ ifAvailable: true }}, () => 1)", self.site);
        self.run(&locks).await.map(drop)
    }

    async fn comes_for_help(&self, page: &str) -> anyhow::Result<()> {
        self.visit(page).await?;
        self.need_help().await?;
        self.until_presence(json!("popover")).await
    }

    async fn does_not_come_for_help(&self, page: &str) -> anyhow::Result<()> {
        self.visit(page).await?;
        self.need_help().await?;
        let presence = self.presence().await?;
        ensure!(presence.is_null(), "the survey came as {presence}");
        Ok(())
    }

    async fn click_in_the_page(&self, css: &str) -> anyhow::Result<()> {
        Ok(self.browser.page.find(By::Css(css)).await?.click().await?)
    }

    async fn focus(&self) -> anyhow::Result<Value> {
        self.run(FOCUS).await
    }
}

/// Opens the survey by a click in the page, which takes the focus there.
async fn open_by_click(partner: &Partner, mode: &str) -> anyhow::Result<()> {
    let query = format!("plain.html?mode={mode}&trigger-click=%5Bdata-own%5D button");
    partner.open(&query).await?;
    partner.until_loaded().await?;
    partner
        .eventually("the survey waits for clicks", async || {
            Ok(listeners(partner).await?.contains(&"document click".to_owned()).then_some(()))
        })
        .await?;
    partner.click_in_the_page(BUTTON).await?;
    ensure!(partner.until_shown(1).await? == json!({ "mode": mode, "trigger": "click" }));
    ensure!(partner.focus().await? == "survey dialog", "the focus is on {}", partner.focus().await?);
    Ok(())
}

/// From a click of the member on, by keyboard: focus goes in, and back when the survey is closed; answers stay.
async fn is_opened_by_the_member(partner: &Partner, mode: &str) -> anyhow::Result<()> {
    open_by_click(partner, mode).await?;
    let first = partner.view().await?;
    partner.answer(&first).await?;

    partner.press(ESCAPE).await?;
    partner.until_presence(Value::Null).await?;
    ensure!(partner.focus().await? == "button", "the focus is on {}", partner.focus().await?);
    let closed = partner.until_event("closed").await?;
    ensure!(closed["detail"] == json!({ "reason": "member" }), "closed with {closed}");

    partner.click_in_the_page(BUTTON).await?;
    partner.until_presence(json!(mode)).await?;
    let chosen = "return document.querySelector('valuemap-survey').shadowRoot.querySelectorAll(':checked').length";
    ensure!(partner.run(chosen).await? == 1, "the answer is gone");
    partner.click("[data-action=next]").await?;
    let second = partner.until_other_question(&first).await?;
    partner.click("[part=close]").await?;
    partner.until_presence(Value::Null).await?;
    partner.click_in_the_page(BUTTON).await?;
    partner.until_presence(json!(mode)).await?;
    ensure!(partner.view().await? == second, "another question than before");

    partner.take_part().await?;
    partner.click("[part=close]").await?;
    partner.until_presence(Value::Null).await?;
    ensure!(partner.focus().await? == "button", "the focus is on {}", partner.focus().await?);
    partner.nobody_complains().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_who_opens_the_survey_is_taken_there_and_back() {
    let partner = Partner::new().await.unwrap();
    let mut findings = Findings::default();
    for mode in ["popover", "modal"] {
        findings.note(mode, is_opened_by_the_member(&partner, mode).await);
    }
    partner.browser.close().await.unwrap();
}

/// The focus is on the frame of the survey that a member opened, before it is on anything in it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_survey_that_a_member_opened_takes_keys_at_once() {
    let partner = Partner::with_survey(json!([agreement("first"), agreement("second")])).await.unwrap();
    let mut findings = Findings::default();
    for mode in ["popover", "modal"] {
        let outcome = async {
            open_by_click(&partner, mode).await?;
            partner.press(ENTER).await?;
            partner.until_it_says("Nothing is chosen yet.", "“Skip”").await?;
            partner.press("4").await?;
            partner.until_chosen(json!(["4"])).await?;
            partner.press(ENTER).await?;
            partner.until_asked("second").await
        };
        findings.note(mode, outcome.await);
    }
    partner.browser.close().await.unwrap();
}

/// The listeners of the page's global objects, by kind.
async fn listeners(partner: &Partner) -> anyhow::Result<Vec<String>> {
    let mut found = Vec::new();
    for object in ["document", "window", "navigation"] {
        let evaluated = partner.devtools("Runtime.evaluate", json!({ "expression": object })).await?;
        let id = json!({ "objectId": evaluated["result"]["objectId"] });
        let listeners = partner.devtools("DOMDebugger.getEventListeners", id).await?;
        let kinds = listeners["listeners"].as_array().into_iter().flatten().filter_map(|one| one["type"].as_str());
        found.extend(kinds.map(|kind| format!("{object} {kind}")));
    }
    found.sort();
    Ok(found)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_survey_that_is_removed_listens_no_more() {
    let partner = Partner::new().await.unwrap();
    partner.open("spa.html").await.unwrap();
    let add = "
      document.querySelector('#view').innerHTML = arguments[0];
      const survey = document.querySelector('valuemap-survey');
      const shown = new Promise((done) => survey.addEventListener('valuemap:shown', done));
      survey.open();
      return shown.then(() => 1);";
    let visit = async |attributes: &str| {
        let survey = format!("<valuemap-survey site={} {attributes}></valuemap-survey>", partner.site);
        partner.browser.page.execute(add, vec![json!(survey)]).await.unwrap();
        let during = listeners(&partner).await.unwrap();
        partner.run("document.querySelector('valuemap-survey').remove()").await.unwrap();
        during
    };
    visit("mode=popover").await;
    let before = listeners(&partner).await.unwrap();
    for mode in ["popover", "modal", "inline"] {
        let during = visit(&format!(
            "mode={mode} trigger-delay=900 trigger-scroll=200 trigger-exit trigger-event=help trigger-click=b trigger-url=*"
        ))
        .await;
        assert!(during.len() >= before.len() + 6, "{before:?}, then {during:?}");
        assert_eq!(listeners(&partner).await.unwrap(), before);
    }
    let locks = partner.run("return navigator.locks.query().then(({ held }) => held.length)").await.unwrap();
    assert_eq!(locks, json!(0));
    partner.browser.close().await.unwrap();
}
