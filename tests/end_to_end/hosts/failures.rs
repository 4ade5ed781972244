//! No server, no script: the page is whole, and who wants to answer can.

use anyhow::ensure;
use serde_json::json;

use super::Findings;
use super::partner::Partner;
use super::policies::warned;

/// The height of the element, and whether any of the survey is visible.
const ROOM: &str = "
  const host = document.querySelector('valuemap-survey');
  return { height: host.getBoundingClientRect().height, text: (host.shadowRoot?.textContent ?? '').trim() };";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_server_members_see_the_page_as_it_is() {
    let partner = Partner::new().await.unwrap();
    let bare = partner.bare("plain.html").await.unwrap();
    partner.proxy.go_down();
    partner.open("plain.html").await.unwrap();
    partner.until_loaded().await.unwrap();
    partner.is_unharmed_and_untouched(&bare).await.unwrap();
    partner.browser.close().await.unwrap();
}

/// The script is in the browser's cache, and the server has gone since.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_survey_that_cannot_be_fetched_is_hidden_or_explained() {
    let partner = Partner::new().await.unwrap();
    let mut findings = Findings::default();
    let bare = partner.bare("plain.html").await.unwrap();
    for on_failure in ["hide", "message"] {
        let outcome = async {
            partner.open("plain.html").await?;
            partner.until_event("ready").await?;
            partner.proxy.go_down();
            partner
                .open(&format!("plain.html?on-failure={on_failure}&load=eager&site=pk_not_asked_for_before"))
                .await?;
            let error = partner.until_event("error").await;
            partner.proxy.come_back();
            let code = error?["detail"]["code"].as_str().unwrap_or_default().to_owned();
            ensure!(["NOT_LOADED", "UNREACHABLE"].contains(&&*code), "the code is {code}");
            warned(&partner, &code).await?;
            partner.is_unharmed_and_untouched(&bare).await?;
            let room = partner.run(ROOM).await?;
            match on_failure {
                "hide" => ensure!(room == json!({ "height": 0, "text": "" }), "members see {room}"),
                _ => ensure!(room["text"].as_str().is_some_and(|text| text.len() > 10), "members see {room}"),
            }
            Ok(())
        };
        findings.note(on_failure, outcome.await);
    }
    partner.browser.close().await.unwrap();
}

/// A server that takes requests and never answers does not hold up the page.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_hangs_does_not_hold_up_the_page() {
    let partner = Partner::new().await.unwrap();
    let bare = partner.bare("plain.html").await.unwrap();
    partner.open("plain.html").await.unwrap();
    partner.until_event("ready").await.unwrap();
    partner.proxy.hang();
    partner.open("plain.html?load=eager&site=pk_not_asked_for_before").await.unwrap();
    partner.until_loaded().await.unwrap();
    partner.is_unharmed_and_untouched(&bare).await.unwrap();
    partner.proxy.come_back();
    partner.until_error("SITE_NOT_FOUND").await.unwrap();
    partner.browser.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_javascript_the_partners_link_leads_to_a_form() {
    let partner = Partner::new().await.unwrap();
    partner.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await.unwrap();
    partner.visit("plain.html").await.unwrap();
    partner.take_part_in_the_form().await.unwrap();
    partner.browser.close().await.unwrap();
}
