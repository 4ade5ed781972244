//! Pages that forbid things. Where the survey is forbidden too, an event says so and something else stands in for it.

use anyhow::ensure;
use serde_json::Value;

use super::Findings;
use super::partner::Partner;

async fn runs_under(partner: &Partner, page: &str) -> anyhow::Result<()> {
    let bare = partner.bare(page).await?;
    partner.open(page).await?;
    partner.until_event("ready").await?;
    partner.is_unharmed_and_untouched(&bare).await?;
    partner.take_part().await?;
    partner.nobody_complains().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_documented_policies_let_the_survey_run() {
    let partner = Partner::new().await.unwrap();
    let mut findings = Findings::default();
    for page in ["csp.html", "trusted-types.html", "integrity.html", "isolated.html"] {
        findings.note(page, runs_under(&partner, page).await);
    }
    assert_eq!(partner.run("return crossOriginIsolated").await.unwrap(), true);
    partner.browser.close().await.unwrap();
}

/// The script's digest in the server's list is the one that the browser computes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_file_is_in_the_list_of_digests() {
    let partner = Partner::new().await.unwrap();
    partner.open("integrity.html?load=eager").await.unwrap();
    partner.until_event("ready").await.unwrap();
    partner.take_part().await.unwrap();
    let used = "return performance.getEntriesByType('resource').map((e) => new URL(e.name).pathname)\
                .filter((path) => path.startsWith('/embed/v1/')).map((path) => path.slice('/embed/v1/'.length))";
    let used = partner.run(used).await.unwrap();
    let list = reqwest::get(format!("{}/embed/v1/manifest.json", partner.server.address)).await.unwrap();
    let list = list.text().await.unwrap();
    for file in used.as_array().unwrap().iter().filter_map(Value::as_str) {
        assert!(list.contains(file), "{file} is used and not in the list: {list}");
    }
    partner.browser.close().await.unwrap();
}

/// Without 'wasm-unsafe-eval' a frame stands in for the widget, whenever the code would have come.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_webassembly_is_forbidden_a_frame_stands_in() {
    let partner = Partner::new().await.unwrap();
    let mut findings = Findings::default();
    for load in ["eager", "interaction"] {
        let outcome = async {
            let page = "csp-without-wasm.html";
            let bare = partner.bare(page).await?;
            partner.open(&format!("{page}?load={load}")).await?;
            partner.until_error("WASM_BLOCKED").await?;
            warned(&partner, "WASM_BLOCKED").await?;
            partner.take_part_in_the_frame().await?;
            partner.is_unharmed(&bare).await
        };
        findings.note(load, outcome.await);
    }
    partner.browser.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_frames_are_forbidden_too_the_partners_link_leads_to_a_form() {
    let partner = Partner::new().await.unwrap();
    partner.open("csp-without-frames.html?load=eager").await.unwrap();
    partner.until_error("WASM_BLOCKED").await.unwrap();
    partner.until_error("FRAME_BLOCKED").await.unwrap();
    partner.take_part_in_the_form().await.unwrap();
    partner.browser.close().await.unwrap();
}

/// The console names the code, as a warning.
pub async fn warned(partner: &Partner, code: &str) -> anyhow::Result<()> {
    let console = partner.console().await?;
    // The log has `<` in another notation.
    let is_ours = |text: &String| text.contains("valuemap-survey>: ") && text.contains(&format!("({code})"));
    let found = console.iter().find(|(_, text)| is_ours(text));
    ensure!(found.is_some_and(|(level, _)| level == "WARNING"), "no warning of {code}: {console:?}");
    Ok(())
}
