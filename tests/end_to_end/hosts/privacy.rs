//! What the browser keeps and whom it asks: nothing and nobody, until the member submits or the partner says that it may.
//! The one exception is that the tab knows which overlay the member closed.

use anyhow::ensure;
use serde_json::{Value, json};
use valuemap_tests::Kind;

use super::Findings;
use super::partner::Partner;

/// The origins that were asked for something.
const ASKED: &str =
    "return [...new Set(performance.getEntriesByType('resource').map((entry) => new URL(entry.name).origin))]";

async fn asks_nobody_else(partner: &Partner) -> anyhow::Result<()> {
    let own = [json!(partner.pages.origin), json!(partner.proxy.address)];
    let asked = partner.run(ASKED).await?;
    let others: Vec<&Value> = asked.as_array().into_iter().flatten().filter(|origin| !own.contains(origin)).collect();
    ensure!(others.is_empty(), "{others:?} were asked");
    Ok(())
}

/// All that is kept is ours by name, and in local storage.
async fn keeps_only_what_is_documented(partner: &Partner) -> anyhow::Result<Value> {
    let mut stored = partner.stored().await?;
    let local = stored["local"].take();
    let documented = ["valuemap:outbox", "valuemap:seen", "valuemap:visitor"];
    ensure!(
        local.as_array().is_some_and(|keys| keys
            .iter()
            .all(|key| documented.iter().any(|name| key.as_str().is_some_and(|key| key.starts_with(name))))),
        "{local}"
    );
    stored["local"] = json!([]);
    let kinds = stored.as_object().into_iter().flatten();
    let kept: Vec<_> = kinds.filter(|(_, names)| **names != json!([])).collect();
    ensure!(kept.is_empty(), "the browser keeps {kept:?}");
    Ok(local)
}

async fn member_by_member(partner: &Partner, consent: Option<&str>) -> anyhow::Result<()> {
    let page = consent.map_or("plain.html".to_owned(), |consent| format!("plain.html?consent={consent}"));
    partner.open(&page).await?;
    partner.until_event("ready").await?;
    let keeps_nothing_yet = async || match consent {
        Some("granted") => keeps_only_what_is_documented(partner).await.map(|_| ()),
        _ => partner.nothing_is_stored().await,
    };
    keeps_nothing_yet().await?;
    partner.answer_everything().await?;
    keeps_nothing_yet().await?;
    partner.send().await?;
    partner.until_state("thanks").await?;
    match consent {
        Some("denied") => partner.nothing_is_stored().await?,
        _ => drop(keeps_only_what_is_documented(partner).await?),
    }
    asks_nobody_else(partner).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_kept_before_the_member_submits_and_nobody_else_is_asked() {
    let partner = Partner::new().await.unwrap();
    let mut findings = Findings::default();
    for consent in [None, Some("granted"), Some("denied")] {
        findings.note(&format!("consent={consent:?}"), member_by_member(&partner, consent).await);
    }
    partner.browser.close().await.unwrap();
}

/// Who passes by costs the page little, and is not known to anybody.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_visitor_who_passes_by_does_not_load_the_code() {
    let partner = Partner::new().await.unwrap();
    partner.open("plain.html").await.unwrap();
    partner.until_event("ready").await.unwrap();
    let code =
        "return performance.getEntriesByType('resource').map((e) => e.name).filter((name) => name.endsWith('.wasm'))";
    assert_eq!(partner.run(code).await.unwrap(), json!([]));
    assert_eq!(partner.proxy.seen(Kind::Submission).len(), 0);
    assert_eq!(partner.proxy.seen(Kind::Survey).len(), 1);
    partner.browser.close().await.unwrap();
}

/// Who closes a popover has the tab remember that, and nothing else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_popover_that_a_member_closes_leaves_one_flag() {
    let partner = Partner::new().await.unwrap();
    for (attributes, is_kept) in [("", true), ("&preview=", false), ("&consent=denied", false)] {
        partner.open(&format!("plain.html?mode=popover&trigger-delay=0{attributes}")).await.unwrap();
        partner.until_event("shown").await.unwrap();
        partner.nothing_is_stored().await.unwrap();
        partner.click("[part=close]").await.unwrap();
        partner.until_event("closed").await.unwrap();
        let mut stored = partner.stored().await.unwrap();
        let flags = stored["session"].take();
        stored["session"] = json!([]);
        let kinds = stored.as_object().into_iter().flatten();
        assert_eq!(kinds.filter(|(_, names)| **names != json!([])).count(), 0, "{stored}");
        let flags = flags.as_array().unwrap();
        assert_eq!(flags.len(), usize::from(is_kept), "{attributes}: {flags:?}");
        let name = format!("valuemap:dismissed:{}:", partner.site);
        assert!(flags.iter().all(|flag| flag.as_str().is_some_and(|flag| flag.starts_with(&name))), "{flags:?}");
        partner.run("sessionStorage.clear()").await.unwrap();
    }
    partner.browser.close().await.unwrap();
}

/// A preview sends nothing, and keeps nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_preview_sends_and_keeps_nothing() {
    let partner = Partner::new().await.unwrap();
    partner.open("plain.html?preview=").await.unwrap();
    partner.answer_everything().await.unwrap();
    partner.send().await.unwrap();
    partner.until_state("thanks").await.unwrap();
    partner.nothing_is_stored().await.unwrap();
    assert_eq!(partner.proxy.seen(Kind::Submission).len(), 0);
    assert_eq!(partner.rows().await.unwrap(), 0);
    partner.browser.close().await.unwrap();
}
