//! No server, no script: the page is whole, and who wants to answer can.

use serde_json::json;

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

/// The script is in the browser's cache, and the server has gone since, with all words that could be said about it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_survey_that_cannot_be_fetched_leaves_no_gap() {
    let partner = Partner::new().await.unwrap();
    let bare = partner.bare("plain.html").await.unwrap();
    partner.open("plain.html").await.unwrap();
    partner.until_event("ready").await.unwrap();
    partner.proxy.go_down();
    partner.open("plain.html?load=eager&site=pk_not_asked_for_before").await.unwrap();
    let error = partner.until_event("error").await.unwrap();
    let code = error["detail"]["code"].as_str().unwrap().to_owned();
    assert!(["NOT_LOADED", "UNREACHABLE"].contains(&&*code), "the code is {code}");
    warned(&partner, &code).await.unwrap();
    partner.until_loaded().await.unwrap();
    partner.is_unharmed_and_untouched(&bare).await.unwrap();
    assert_eq!(partner.run(ROOM).await.unwrap(), json!({ "height": 0, "text": "" }));
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
