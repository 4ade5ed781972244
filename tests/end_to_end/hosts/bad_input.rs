//! Mistakes of partners: each has an event with a code, a line on the console that says what to change, and members see
//! what the partner wants them to see.

use anyhow::ensure;
use serde_json::{Value, json};

use super::Findings;
use super::partner::Partner;
use super::policies::warned;

/// The height of the survey and its words.
const SEEN: &str = "
  const host = document.querySelector('valuemap-survey');
  const visible = [...host.shadowRoot.querySelectorAll('*')].filter((e) => e.checkVisibility() && !e.children.length);
  return { height: host.getBoundingClientRect().height, words: visible.map((e) => e.innerText ?? '').join(' ').trim() };";

/// With this on the page, the survey cannot be shown, and the code says why.
async fn no_survey(partner: &Partner, query: &str, code: &str) -> anyhow::Result<()> {
    let bare = partner.bare("plain.html").await?;
    for on_failure in ["", "&unavailable=hide", "&unavailable=message"] {
        partner.open(&format!("plain.html?{query}{on_failure}")).await?;
        let error = partner.until_error(code).await?;
        ensure!(error["detail"]["message"].as_str().is_some_and(|message| message.len() > 10), "{error}");
        warned(partner, code).await?;
        let seen = partner.run(SEEN).await?;
        match on_failure {
            "&unavailable=message" => {
                ensure!(seen["words"].as_str().is_some_and(|words| words.len() > 10), "members see {seen}")
            }
            _ => ensure!(seen == json!({ "height": 0, "words": "" }), "members see {seen} with `{on_failure}`"),
        }
        partner.until_loaded().await?;
        partner.is_unharmed_and_untouched(&bare).await?;
        partner.nothing_is_stored().await?;
        let events = partner.events().await?;
        ensure!(!events.iter().any(|event| event["name"] == "ready"), "{events:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_keeps_a_survey_away_has_a_code() {
    let partner = Partner::new().await.unwrap();
    let elsewhere = partner.site_of_another_page().await.unwrap();
    let empty = partner.site_without_a_survey().await.unwrap();
    let mut findings = Findings::default();
    findings.note("no key", no_survey(&partner, "site=", "SITE_MISSING").await);
    findings.note("wrong key", no_survey(&partner, "site=pk_wrong", "SITE_NOT_FOUND").await);
    findings.note("other origin", no_survey(&partner, &format!("site={elsewhere}"), "ORIGIN_NOT_ALLOWED").await);
    findings.note("no survey", no_survey(&partner, &format!("site={empty}"), "SURVEY_NOT_PUBLISHED").await);
    let nobody = "server=http%3A%2F%2F127.0.0.1%3A9";
    findings.note("no server", no_survey(&partner, nobody, "UNREACHABLE").await);
    partner.browser.close().await.unwrap();
}

/// With this on the page, the survey is shown and works, and the code says what to mend.
async fn a_survey_all_the_same(partner: &Partner, query: &str, code: &str, named: &str) -> anyhow::Result<()> {
    partner.open(&format!("plain.html?{query}")).await?;
    let error = partner.until_error(code).await?;
    let message = error["detail"]["message"].as_str().unwrap_or_default().to_owned();
    ensure!(message.contains(named), "the message does not name `{named}`: {message}");
    warned(partner, code).await?;
    partner.until_event("ready").await?;
    partner.take_part().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mistake_in_an_attribute_has_a_code_and_does_no_harm() {
    let partner = Partner::new().await.unwrap();
    let mut findings = Findings::default();
    for (query, code, named) in [
        ("consnet=denied", "ATTRIBUTE_UNKNOWN", "consnet"),
        ("langauge=de", "ATTRIBUTE_UNKNOWN", "langauge"),
        ("mode=popup", "ATTRIBUTE_INVALID", "popup"),
        ("load=lazy", "ATTRIBUTE_INVALID", "lazy"),
        ("consent=yes", "ATTRIBUTE_INVALID", "yes"),
        ("unavailable=ignore", "ATTRIBUTE_INVALID", "ignore"),
        ("sample=5", "ATTRIBUTE_INVALID", "5"),
        ("trigger-delay=soon", "ATTRIBUTE_INVALID", "soon"),
        ("lang=tlh", "LANGUAGE_MISSING", "tlh"),
    ] {
        findings.note(query, a_survey_all_the_same(&partner, query, code, named).await);
    }
    partner.browser.close().await.unwrap();
}

/// Attributes that belong to the page are no mistakes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attributes_of_the_page_are_its_own() {
    let partner = Partner::new().await.unwrap();
    let page = "plain.html?id=survey&class=wide&style=margin%3A0&data-analytics=1&aria-label=Survey&title=x&dir=ltr";
    partner.open(page).await.unwrap();
    partner.until_event("ready").await.unwrap();
    let events: Vec<Value> = partner.events().await.unwrap();
    assert!(!events.iter().any(|event| event["name"] == "error"), "{events:?}");
    partner.browser.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_is_wrong_by_a_day_loses_nothing() {
    let partner = Partner::new().await.unwrap();
    let mut findings = Findings::default();
    for days in [-1, 1] {
        let wrong = format!(
            "{{ const Right = Date, off = {days} * 86400000;
                window.Date = class Date extends Right {{
                  constructor(...parts) {{ parts.length ? super(...parts) : super(Right.now() + off); }}
                  static now() {{ return Right.now() + off; }}
                }}; }}"
        );
        let added = partner.before_every_page(&wrong).await.unwrap();
        let outcome = async {
            partner.open("plain.html").await?;
            partner.take_part().await
        };
        findings.note(&format!("{days} day"), outcome.await);
        partner.no_longer_before_every_page(added).await.unwrap();
    }
    partner.browser.close().await.unwrap();
}
