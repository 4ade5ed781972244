//! To whom a survey comes, and how often.

use serde_json::{Value, json};

use super::super::Findings;
use super::super::partner::Partner;

/// Which of some visitors are drawn, who are named by the page or by their token.
const DRAWN: &str = "
  const [site, isNamedByToken] = arguments;
  const add = (attributes, visitor) => {
    const survey = document.createElement('valuemap-survey');
    for (const [name, value] of Object.entries({ site, ...attributes })) survey.setAttribute(name, value);
    if (visitor) survey.identify(`e30.${btoa(JSON.stringify({ sub: visitor })).replaceAll('=', '')}.`);
    document.querySelector('#view').append(survey);
    return survey;
  };
  return customElements.whenDefined('valuemap-survey').then(async () => {
    const visitors = Array.from({ length: 40 }, (_, at) => `visitor ${at}`);
    const surveys = visitors.map((visitor) =>
      isNamedByToken ? add({ sample: 0.5 }, visitor) : add({ sample: 0.5, visitor }));
    const last = [add({ sample: 0, visitor: 'a' }), add({ sample: 1, visitor: 'a' })];
    await new Promise((done) => last[1].addEventListener('valuemap:shown', done));
    return [...surveys, ...last].map((survey) => survey.shadowRoot.childElementCount > 0);
  });";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_visitor_is_drawn_or_not_for_good() {
    let partner = Partner::new().await.unwrap();
    let draw = async |is_named_by_token: bool| -> Vec<bool> {
        partner.open("spa.html").await.unwrap();
        let arguments = vec![json!(partner.site), json!(is_named_by_token)];
        partner.browser.page.execute(DRAWN, arguments).await.unwrap().convert().unwrap()
    };
    let drawn = draw(false).await;
    assert_eq!(drawn[40..], [false, true], "a share of 0 is nobody, and 1 is everybody");
    let share = drawn[..40].iter().filter(|is_drawn| **is_drawn).count();
    assert!((8..=32).contains(&share), "{share} of 40 are drawn for a share of a half");
    assert_eq!(draw(true).await, drawn);
    partner.nothing_is_stored().await.unwrap();

    // Without a name it is by a number that is kept with the visitor's consent.
    let visitor = "return localStorage['valuemap:visitor']";
    let page = "overlay.html?mode=popover&trigger-event=help&sample=1&consent=granted";
    partner.open("overlay.html?bare").await.unwrap();
    partner.comes_for_help(page).await.unwrap();
    let first = partner.run(visitor).await.unwrap();
    assert!(first.as_str().is_some_and(|visitor| visitor.len() > 20), "{first}");
    partner.does_not_come_for_help(page).await.unwrap();
    assert_eq!(partner.run(visitor).await.unwrap(), first);
    partner.browser.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_survey_that_was_shown_rests() {
    let partner = Partner::new().await.unwrap();
    let seen = async |days: f64| {
        let script = "localStorage[`valuemap:seen:${arguments[0]}`] = Date.now() - arguments[1] * 864e5";
        partner.browser.page.execute(script, vec![json!(partner.site), json!(days)]).await.unwrap();
    };
    let page = "overlay.html?mode=popover&trigger-event=help&consent=granted";
    partner.open(page).await.unwrap();
    partner.comes_for_help(page).await.unwrap();
    partner.does_not_come_for_help(page).await.unwrap();
    partner.run("document.querySelector('valuemap-survey').open()").await.unwrap();
    partner.until_presence(json!("popover")).await.unwrap();
    for (days, attribute, comes) in [
        (29.0, "", false),
        (31.0, "", true),
        (31.0, "&cool-down=40", false),
        (0.1, "&cool-down=0", true),
        // By a clock that was wrong.
        (-31.0, "", true),
    ] {
        seen(days).await;
        let page = format!("{page}{attribute}");
        let outcome =
            if comes { partner.comes_for_help(&page).await } else { partner.does_not_come_for_help(&page).await };
        outcome.unwrap_or_else(|error| panic!("{days} days ago with `{attribute}`: {error:#}"));
    }
    partner.browser.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_tabs_one_shows_the_survey() {
    let partner = Partner::new().await.unwrap();
    let page = "overlay.html?mode=popover&trigger-event=help";
    partner.open(page).await.unwrap();
    partner.comes_for_help(page).await.unwrap();
    let first = partner.browser.page.window().await.unwrap();
    let second = partner.browser.page.new_tab().await.unwrap();
    partner.browser.page.switch_to_window(second.clone()).await.unwrap();
    partner.does_not_come_for_help(page).await.unwrap();
    partner.browser.page.switch_to_window(first).await.unwrap();
    partner.click("[part=close]").await.unwrap();
    partner.browser.page.switch_to_window(second).await.unwrap();
    partner.comes_for_help(page).await.unwrap();
    partner.browser.close().await.unwrap();
}

/// What nobody may keep, and what a browser does that keeps nothing.
const FORBIDDEN: &str = "
  for (const storage of ['localStorage', 'sessionStorage'])
    Object.defineProperty(window, storage, { get() { throw new DOMException('no', 'SecurityError'); } });";

/// What a single-page app does when a view is left and comes again.
const COME_AGAIN: &str = "
  for (const survey of document.querySelectorAll('valuemap-survey')) survey.replaceWith(survey.cloneNode());";

impl Partner {
    /// Opens the page, or only its view anew, and sees that the survey does not come although it could.
    async fn stays_away(&self, page: Option<&str>) -> anyhow::Result<()> {
        match page {
            Some(page) => self.visit(page).await?,
            None => drop(self.run(&format!("recorded.events.length = 0; {COME_AGAIN}")).await?),
        }
        self.need_help().await?;
        let ready = format!("return recorded.events.some((e) => e.name === 'ready' && e.site === '{}')", self.site);
        self.until("it could come", &ready).await?;
        let presence = self.presence().await?;
        anyhow::ensure!(presence.is_null(), "the survey came as {presence}");
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_survey_that_a_member_closed_stays_away_for_the_tab() {
    let partner = Partner::new().await.unwrap();
    let page = "overlay.html?mode=popover&trigger-event=help";
    partner.open(page).await.unwrap();
    partner.comes_for_help(page).await.unwrap();
    partner.click("[part=close]").await.unwrap();
    partner.until_presence(Value::Null).await.unwrap();
    partner.stays_away(Some(page)).await.unwrap();
    partner.stays_away(None).await.unwrap();
    // Who asks for it gets it.
    partner.run("document.querySelector('valuemap-survey').open()").await.unwrap();
    partner.until_presence(json!("popover")).await.unwrap();

    let first = partner.browser.page.window().await.unwrap();
    let second = partner.browser.page.new_tab().await.unwrap();
    partner.run("document.querySelector('valuemap-survey').close()").await.unwrap();
    partner.browser.page.switch_to_window(second).await.unwrap();
    partner.comes_for_help(page).await.unwrap();
    partner.run("document.querySelector('valuemap-survey').close()").await.unwrap();

    // Another survey is another matter.
    partner.browser.page.switch_to_window(first).await.unwrap();
    partner.stays_away(Some(page)).await.unwrap();
    let question = json!({ "key": "new", "prompt": "And this?", "kind": { "agreement": { "points": 5 } } });
    partner.publish(json!([question])).await.unwrap();
    partner.comes_for_help(page).await.unwrap();
    partner.browser.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_nothing_may_be_stored_it_stays_away_for_the_page() {
    let partner = Partner::new().await.unwrap();
    let mut findings = Findings::default();
    for (attribute, script) in [("&consent=denied", ""), ("", FORBIDDEN)] {
        let added = partner.before_every_page(script).await.unwrap();
        let page = format!("overlay.html?mode=popover&trigger-event=help{attribute}");
        let outcome = async {
            partner.open(&page).await?;
            partner.comes_for_help(&page).await?;
            partner.click("[part=close]").await?;
            partner.until_presence(Value::Null).await?;
            partner.stays_away(None).await?;
            partner.nothing_is_stored().await?;
            partner.comes_for_help(&page).await
        };
        findings.note(if script.is_empty() { "denied" } else { "blocked" }, outcome.await);
        partner.no_longer_before_every_page(added).await.unwrap();
    }
    partner.browser.close().await.unwrap();
}
