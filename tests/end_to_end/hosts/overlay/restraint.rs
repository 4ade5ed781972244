//! To whom a survey comes, and how often.

use serde_json::json;

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
