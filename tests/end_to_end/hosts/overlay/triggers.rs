//! What has a survey come.

use anyhow::ensure;
use serde_json::{Value, json};

use super::super::Findings;
use super::super::partner::Partner;
use super::{BUTTON, PRESENCE};

/// Opens a page, has something happen there, and sees the survey come for this reason and the page as it was.
async fn comes(partner: &Partner, query: &str, happens: &str, expected: [&str; 2]) -> anyhow::Result<()> {
    let bare = partner.bare("plain.html").await?;
    partner.open(&format!("plain.html?{query}")).await?;
    partner.until_loaded().await?;
    if !happens.is_empty() {
        // Until the attributes are read, nobody listens.
        let shown = "recorded.events.some((event) => event.name === 'shown')";
        partner.until("the survey came", &format!("if ({shown}) return true; {happens}")).await?;
    }
    let [mode, trigger] = expected;
    let detail = partner.until_shown(1).await?;
    ensure!(detail == json!({ "mode": mode, "trigger": trigger }), "shown with {detail}");
    // What the member did not ask for is never modal.
    let presence = partner.presence().await?;
    ensure!(presence == if mode == "inline" { "inline" } else { "popover" }, "there as {presence}");
    if happens.contains("scrollTo") {
        partner.is_unharmed(&bare).await?;
        ensure!(partner.focus().await? == "search", "the focus moved");
    } else {
        partner.is_unharmed_and_untouched(&bare).await?;
    }
    partner.nothing_is_stored().await?;
    partner.nobody_complains().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_trigger_has_the_survey_come_and_leaves_focus_and_scroll_alone() {
    let partner = Partner::new().await.unwrap();
    let mut findings = Findings::default();
    let exit = "document.body.dispatchEvent(
        new PointerEvent('pointerout', { pointerType: 'mouse', bubbles: true, clientY: -1 }))";
    for (query, happens, expected) in [
        ("mode=popover&trigger-delay=0.2", "", ["popover", "delay"]),
        ("mode=modal&trigger-delay=0.2", "", ["modal", "delay"]),
        ("trigger-delay=0.2", "", ["inline", "delay"]),
        ("mode=popover&trigger-scroll=100", "scrollTo(0, 1e6)", ["popover", "scroll"]),
        ("mode=popover&trigger-scroll=0", "", ["popover", "scroll"]),
        ("mode=popover&trigger-exit", exit, ["popover", "exit"]),
        ("mode=popover&trigger-event=helped", "dispatchEvent(new Event('helped'))", ["popover", "event"]),
        ("mode=modal&trigger-event=helped", "document.dispatchEvent(new Event('helped'))", ["modal", "event"]),
        ("mode=popover&trigger-url=*/plain.html?*", "", ["popover", "url"]),
        ("mode=popover&trigger-url=/p*.html&trigger-delay=0.2&trigger-scroll=100", "", ["popover", "delay"]),
        ("mode=popover", "document.querySelector('valuemap-survey').open()", ["popover", "page"]),
    ] {
        findings.note(query, comes(&partner, query, happens, expected).await);
    }
    partner.browser.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_counts_when_the_page_changes_it_too() {
    let partner = Partner::new().await.unwrap();
    let thanks = "overlay.html?mode=popover&trigger-url=/thanks*";
    let go = "history.pushState(null, '', '/thanks/1?order=2')";
    partner.open(&format!("{thanks}&trigger-event=help")).await.unwrap();
    partner.need_help().await.unwrap();
    assert_eq!(partner.presence().await.unwrap(), Value::Null);
    partner.run(go).await.unwrap();
    partner.until("it comes", &format!("dispatchEvent(new Event('help')); {PRESENCE}")).await.unwrap();
    assert_eq!(partner.until_shown(1).await.unwrap()["trigger"], "event");

    // Also where nothing tells of a change, as in browsers before 2026.
    for script in ["", "delete window.navigation"] {
        partner.before_every_page(script).await.unwrap();
        partner.open(thanks).await.unwrap();
        partner.need_help().await.unwrap();
        assert_eq!(partner.presence().await.unwrap(), Value::Null);
        partner.run(&format!("document.querySelector('{BUTTON}').onclick = () => {go}")).await.unwrap();
        partner.click_in_the_page(BUTTON).await.unwrap();
        assert_eq!(partner.until_shown(1).await.unwrap()["trigger"], "url");
    }
    partner.browser.close().await.unwrap();
}

/// An attribute that means nothing has no survey come, and the page can still open it.
async fn does_nothing(partner: &Partner, attribute: &str) -> anyhow::Result<()> {
    partner.open(&format!("overlay.html?mode=popover&{attribute}")).await?;
    partner.need_help().await?;
    partner.click_in_the_page(BUTTON).await?;
    partner.run("document.querySelector('valuemap-survey').open()").await?;
    let detail = partner.until_shown(1).await?;
    ensure!(detail["trigger"] == "page", "shown with {detail}");
    partner.nobody_complains().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attributes_that_mean_nothing_do_nothing() {
    let partner = Partner::new().await.unwrap();
    let mut findings = Findings::default();
    for attribute in [
        "trigger-delay=soon",
        "trigger-delay=-1",
        "trigger-delay=1e99",
        "trigger-delay=Infinity",
        "trigger-scroll=half",
        "trigger-scroll=-1",
        "trigger-click=%5B%5B",
        "trigger-event=",
        "trigger-url=(%5B%5C",
    ] {
        findings.note(attribute, does_nothing(&partner, attribute).await);
    }
    partner.open("overlay.html?bare").await.unwrap();
    let page = "overlay.html?mode=popover&trigger-event=help&sample=half&cool-down=never&consent=granted";
    findings.note("no numbers", partner.comes_for_help(page).await);
    partner.browser.close().await.unwrap();
}
