//! Whatever happens between Send and the receipt, the community has the answers once.

use std::time::{Duration, Instant};

use anyhow::ensure;
use serde_json::{Value, json};
use valuemap_tests::{Fault, Kind, gaps};

use super::Findings;
use super::partner::Partner;

/// Answers everything and sends it, through a network that fails on demand.
async fn send_through(partner: &Partner, page: &str, faults: &[Fault]) -> anyhow::Result<()> {
    partner.open(page).await?;
    partner.answer_everything().await?;
    partner.proxy.fail_submissions(faults.iter().copied());
    partner.send().await
}

/// Answers everything and sends it while the server is away.
async fn send_while_away(partner: &Partner, page: &str) -> anyhow::Result<()> {
    partner.open(page).await?;
    partner.answer_everything().await?;
    partner.proxy.go_down();
    partner.send().await
}

/// Network conditions for the browser to emulate.
fn network_conditions(online: bool) -> Value {
    json!({ "offline": !online, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 })
}

/// When submissions were sent.
fn sent(partner: &Partner) -> Vec<Instant> {
    partner.proxy.seen(Kind::Submission)
}

/// What is kept for later by the name that is documented for it, or null.
const OUTBOX: &str = "const kept = Object.entries(localStorage).filter(([key]) => key.startsWith('valuemap:outbox'));\
                      return kept.length ? kept : null";

/// Waits until nothing is kept for later.
async fn until_nothing_is_kept(partner: &Partner) -> anyhow::Result<()> {
    partner
        .eventually("nothing is kept for later", async || Ok(partner.run(OUTBOX).await?.is_null().then_some(())))
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_whose_receipt_is_lost_is_stored_once() {
    let partner = Partner::new().await.unwrap();
    send_through(&partner, "plain.html", &[Fault::CommitThenDrop; 2]).await.unwrap();
    partner.until_state("thanks").await.unwrap();
    partner.until_rows(1).await.unwrap();
    assert!(sent(&partner).len() >= 3);
    let submitted = "return recorded.events.filter((event) => event.name === 'submitted').length";
    assert_eq!(partner.run(submitted).await.unwrap(), json!(1));
    until_nothing_is_kept(&partner).await.unwrap();
    partner.browser.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_busy_server_is_given_the_time_that_it_asks_for() {
    let partner = Partner::new().await.unwrap();
    let faults = [Fault::Unavailable { retry_after: 2 }, Fault::RateLimited { retry_after: 2 }];
    for (before, fault) in (0..).zip(faults) {
        send_through(&partner, "plain.html", &[fault]).await.unwrap();
        partner.until_state("thanks").await.unwrap();
        partner.until_rows(before + 1).await.unwrap();
        let gaps = gaps(&sent(&partner));
        // A browser's timers may fire a few milliseconds early.
        assert!(gaps.len() == 1 && gaps[0] >= Duration::from_millis(1_990), "{fault:?}: {gaps:?}");
    }
    partner.browser.close().await.unwrap();
}

/// First the browser knows that it is offline, then it does not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_given_without_a_network_arrives_with_it() {
    let partner = Partner::new().await.unwrap();
    let mut findings = Findings::default();
    let outcome = async {
        partner.open("plain.html").await?;
        partner.answer_everything().await?;
        partner.devtools("Network.emulateNetworkConditions", network_conditions(false)).await?;
        partner.send().await?;
        let left = partner.until_not_sending().await;
        partner.devtools("Network.emulateNetworkConditions", network_conditions(true)).await?;
        left?;
        partner.until_state("thanks").await?;
        partner.until_rows(1).await
    };
    findings.note("the browser is offline", outcome.await);
    let before = partner.rows().await.unwrap();
    let outcome = async {
        partner.open("plain.html").await?;
        partner.answer_everything().await?;
        partner.proxy.go_down();
        partner.send().await?;
        let left = partner.until_not_sending().await;
        partner.proxy.come_back();
        let state = left?;
        if state == "waiting" {
            partner.click("[data-action=retry]").await?;
        }
        partner.until_state("thanks").await?;
        partner.until_rows(before + 1).await
    };
    findings.note("the server is away", outcome.await);
    partner.browser.close().await.unwrap();
}

/// The member sends while the server is away, and reloads; the next page sends what was kept, and nobody does anything.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_unsent_survives_a_reload() {
    let partner = Partner::new().await.unwrap();
    send_while_away(&partner, "plain.html").await.unwrap();
    partner.until("it is kept for later", OUTBOX).await.unwrap();
    partner.until_not_sending().await.unwrap();
    partner.go_to("about:blank").await.unwrap();
    partner.proxy.come_back();
    partner.visit("plain.html").await.unwrap();
    partner.until_rows(1).await.unwrap();
    until_nothing_is_kept(&partner).await.unwrap();
    partner.browser.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_tabs_one_sends_what_is_unsent() {
    let partner = Partner::new().await.unwrap();
    send_while_away(&partner, "plain.html").await.unwrap();
    partner.until("it is kept for later", OUTBOX).await.unwrap();
    // A page tries once more when it is left: that has to end in the browser, or it may come late and count as a tab's.
    partner.devtools("Network.emulateNetworkConditions", network_conditions(false)).await.unwrap();
    partner.until_not_sending().await.unwrap();
    let kept = partner.run(OUTBOX).await.unwrap();
    partner.go_to("about:blank").await.unwrap();
    partner.devtools("Network.emulateNetworkConditions", network_conditions(true)).await.unwrap();
    partner.proxy.come_back();
    partner.proxy.forget();
    partner.proxy.hold_submissions();
    partner.visit("plain.html?bare").await.unwrap();
    let two_tabs = "for (const [key, value] of arguments[0]) localStorage.setItem(key, value);\
                    open('/plain.html'); location.href = '/plain.html'";
    partner.browser.page.execute(two_tabs, vec![kept]).await.unwrap();
    for tab in partner.browser.page.windows().await.unwrap() {
        partner.browser.page.switch_to_window(tab).await.unwrap();
        partner.until_state("question").await.unwrap();
    }
    partner.eventually("it is sent", async || Ok((!sent(&partner).is_empty()).then_some(()))).await.unwrap();
    partner.proxy.come_back();
    partner.until_rows(1).await.unwrap();
    until_nothing_is_kept(&partner).await.unwrap();
    // On a slow machine the tab that sends may try again meanwhile, which takes its time.
    let gaps = gaps(&sent(&partner));
    assert!(gaps.iter().all(|gap| *gap > Duration::from_secs(5)), "tries were {gaps:?} apart");
    partner.browser.close().await.unwrap();
}

/// Gone with the click on Send: the request outlives the page, or the next page sends it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn leaving_the_page_at_once_loses_nothing() {
    let partner = Partner::new().await.unwrap();
    partner.open("plain.html").await.unwrap();
    partner.answer_everything().await.unwrap();
    let leave = "document.querySelector('valuemap-survey').shadowRoot.querySelector('[data-action=send]').click();\
                 location.href = 'about:blank'";
    partner.run(leave).await.unwrap();
    partner.until_rows(1).await.unwrap();
    partner.visit("plain.html").await.unwrap();
    partner.until_event("ready").await.unwrap();
    until_nothing_is_kept(&partner).await.unwrap();
    partner.until_rows(1).await.unwrap();
    partner.browser.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_storage_an_answer_arrives_once_too() {
    let partner = Partner::new().await.unwrap();
    let mut findings = Findings::default();
    let outcome = async {
        send_through(&partner, "plain.html?consent=denied", &[Fault::CommitThenDrop]).await?;
        partner.nothing_is_stored().await?;
        partner.until_state("thanks").await?;
        partner.nothing_is_stored().await?;
        partner.until_rows(1).await
    };
    findings.note("consent is denied", outcome.await);

    let before = partner.rows().await.unwrap();
    let blocked =
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('', 'SecurityError') } })";
    let added = partner.before_every_page(blocked).await.unwrap();
    let outcome = async {
        send_through(&partner, "plain.html?consent=granted", &[Fault::CommitThenDrop]).await?;
        partner.until_state("thanks").await?;
        partner.until_rows(before + 1).await?;
        let events = Value::from(partner.events().await?);
        let others = "return recorded.events.filter((e) => e.name === 'error' && e.detail.code !== 'STORAGE_BLOCKED')";
        ensure!(partner.run(others).await? == json!([]), "{events}");
        partner.until_error("STORAGE_BLOCKED").await?;
        partner.nobody_complains().await.or_else(only_of_the_network)
    };
    findings.note("storage is blocked", outcome.await);
    partner.no_longer_before_every_page(added).await.unwrap();
    partner.browser.close().await.unwrap();
}

/// The browser itself complains about answers that are lost.
fn only_of_the_network(error: anyhow::Error) -> anyhow::Result<()> {
    let text = error.to_string();
    ensure!(text.contains("net::ERR_") && !text.contains("SecurityError") && !text.contains("Uncaught"), "{text}");
    Ok(())
}

/// Trying again while the server is still away leads back to where a member can try again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trying_again_in_vain_is_no_dead_end() {
    let partner = Partner::new().await.unwrap();
    send_while_away(&partner, "plain.html").await.unwrap();
    for _ in 0..2 {
        partner.until_state("waiting").await.unwrap();
        partner.click("[data-action=retry]").await.unwrap();
    }
    partner.until_state("waiting").await.unwrap();
    partner.proxy.come_back();
    partner.until_state("thanks").await.unwrap();
    partner.until_rows(1).await.unwrap();
    partner.browser.close().await.unwrap();
}

/// The page takes the survey away while nothing may be stored and nothing arrives: the answers still do, later.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_survey_that_is_removed_while_it_sends_loses_nothing() {
    let partner = Partner::new().await.unwrap();
    send_while_away(&partner, "plain.html?consent=denied").await.unwrap();
    partner.until_state("waiting").await.unwrap();
    // One try fails when the survey is gone already.
    let tries =
        "return performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('/embed/graphql')).length";
    let before = partner.run(tries).await.unwrap().as_u64();
    partner
        .run("document.querySelector('valuemap-survey').remove(); dispatchEvent(new Event('online'))")
        .await
        .unwrap();
    let tried = async || Ok((partner.run(tries).await?.as_u64() > before).then_some(()));
    partner.eventually("it is tried once more", tried).await.unwrap();
    partner.proxy.come_back();
    partner.run("dispatchEvent(new Event('online'))").await.unwrap();
    partner.until_rows(1).await.unwrap();
    partner.browser.close().await.unwrap();
}
