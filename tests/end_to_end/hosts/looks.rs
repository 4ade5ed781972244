//! Pages with styles of their own: theirs stay as they are, and the survey works all the same.

use anyhow::ensure;
use serde_json::json;

use super::Findings;
use super::partner::Partner;

/// The survey's text in CSS pixels, and how much of the survey one can see.
const SIZES: &str = "
  const host = document.querySelector('valuemap-survey');
  const text = host.shadowRoot.querySelector('[part~=prompt]');
  const box = host.getBoundingClientRect();
  return { text: parseFloat(getComputedStyle(text).fontSize), width: box.width, height: box.height,
           direction: getComputedStyle(text).direction };";

async fn stands(partner: &Partner, page: &str, direction: &str) -> anyhow::Result<()> {
    let bare = partner.bare(page).await?;
    partner.open(page).await?;
    partner.until_event("ready").await?;
    partner.is_unharmed_and_untouched(&bare).await?;
    partner.nothing_is_stored().await?;
    let sizes = partner.run(SIZES).await?;
    let at_least = |name: &str, least: f64| {
        ensure!(sizes[name].as_f64().is_some_and(|size| size >= least), "{name} is less than {least}: {sizes}");
        Ok(())
    };
    at_least("text", 14.0)?;
    at_least("width", 300.0)?;
    at_least("height", 150.0)?;
    ensure!(sizes["direction"] == direction, "{sizes}");
    partner.take_part().await?;
    partner.is_unharmed(&bare).await?;
    partner.nobody_complains().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_a_pages_styles_are_both_sides_stay_whole() {
    let partner = Partner::new().await.unwrap();
    let mut findings = Findings::default();
    for page in ["plain", "bootstrap", "tailwind", "rem", "dark", "poor-contrast"] {
        findings.note(page, stands(&partner, &format!("{page}.html"), "ltr").await);
    }
    findings.note("rtl", stands(&partner, "rtl.html", "rtl").await);
    partner.browser.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_room_kept_for_it_nothing_moves() {
    let partner = Partner::new().await.unwrap();
    for load in ["interaction", "eager"] {
        partner.open(&format!("reserved.html?load={load}")).await.unwrap();
        partner.until_event("ready").await.unwrap();
        // Shifts are reported with the frame after the one that they happen in.
        let frames =
            "return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))";
        partner.run(frames).await.unwrap();
        let moved = partner.run("return [recorded.shift, recorded.shifts]").await.unwrap();
        assert_eq!(moved, json!([0, []]), "load={load}");
    }
    partner.browser.close().await.unwrap();
}
