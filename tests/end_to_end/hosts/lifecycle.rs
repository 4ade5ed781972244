//! Pages that come and go without being loaded, and pages with more than one survey.

use serde_json::{Value, json};

use super::partner::Partner;

/// Shows a view with the survey, waits for it, and leaves the view, some times.
const VISITS: &str = "
  const [view, template, times, again] = arguments;
  return (async () => {
    const room = document.querySelector(view);
    const kept = document.createElement('div');
    kept.innerHTML = template;
    for (let visit = 0; visit < times; visit++) {
      const survey = again ? kept.firstElementChild : kept.firstElementChild.cloneNode(true);
      const ready = new Promise((done) => survey.addEventListener('valuemap:ready', done, { once: true }));
      room.append(survey);
      await ready;
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
      again ? kept.append(survey) : survey.remove();
      await new Promise((done) => setTimeout(done));
    }
  })();";

/// Nodes and listeners that are alive in the page.
async fn alive(partner: &Partner) -> [i64; 2] {
    partner.devtools("HeapProfiler.collectGarbage", json!({})).await.unwrap();
    let counters = partner.devtools("Memory.getDOMCounters", json!({})).await.unwrap();
    ["nodes", "jsEventListeners"].map(|name| counters[name].as_i64().unwrap())
}

async fn leaves_nothing_behind(load: &str, again: bool) {
    let partner = Partner::new().await.unwrap();
    let bare = partner.bare("spa.html").await.unwrap();
    partner.open("spa.html").await.unwrap();
    let template = json!(format!("<valuemap-survey site='{}' load='{load}'></valuemap-survey>", partner.site));
    let visit = async |times: u8| {
        let arguments: Vec<Value> = vec![json!("#view"), template.clone(), json!(times), json!(again)];
        partner.browser.page.execute(VISITS, arguments).await.unwrap();
    };
    // What is loaded once stays: code, styles, texts.
    visit(3).await;
    let before = alive(&partner).await;
    visit(20).await;
    // A few for what the browser itself keeps of the last visit. Twenty would be one for each.
    let is_gone = async || {
        let after = alive(&partner).await;
        Ok((after[0] - before[0] < 20 && after[1] - before[1] < 10).then_some(()))
    };
    partner.eventually("what was removed is collected", is_gone).await.unwrap();
    partner.is_unharmed_and_untouched(&bare).await.unwrap();
    partner.nobody_complains().await.unwrap();
    partner.browser.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_survey_at_each_visit_of_a_view_leaves_nothing_behind() {
    leaves_nothing_behind("interaction", false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_survey_at_each_visit_of_a_view_leaves_nothing_behind() {
    leaves_nothing_behind("interaction", true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nor_does_one_whose_code_is_loaded() {
    leaves_nothing_behind("eager", false).await;
}

/// Twice the script, and two elements: each event once, each submission once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_may_hold_the_script_twice() {
    let partner = Partner::new().await.unwrap();
    let bare = partner.bare("twice.html").await.unwrap();
    partner.open("twice.html").await.unwrap();
    partner.until_event("ready").await.unwrap();
    partner.is_unharmed_and_untouched(&bare).await.unwrap();
    partner.take_part().await.unwrap();
    partner.nobody_complains().await.unwrap();
    let events = partner.events().await.unwrap();
    for name in ["ready", "submitted"] {
        assert_eq!(events.iter().filter(|event| event["name"] == name).count(), 1, "{name}: {events:?}");
    }
    partner.browser.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_surveys_on_a_page_do_not_meddle_with_each_other() {
    let partner = Partner::new().await.unwrap();
    partner.open("two.html").await.unwrap();
    let ready = "return recorded.events.filter((event) => event.name === 'ready').length === 2";
    partner.until("both are ready", ready).await.unwrap();
    partner.take_part().await.unwrap();
    let other = "const root = document.querySelector('[data-other]').shadowRoot;\
                 return [root.querySelector('[data-state]').dataset.state, root.querySelectorAll(':checked').length]";
    assert_eq!(partner.run(other).await.unwrap(), json!(["question", 0]));
    partner.run("document.querySelector('valuemap-survey').remove()").await.unwrap();
    partner.take_part().await.unwrap();
    let events = partner.events().await.unwrap();
    let sites: Vec<&Value> =
        events.iter().filter(|event| event["name"] == "submitted").map(|event| &event["site"]).collect();
    assert_eq!(sites.len(), 2, "{events:?}");
    assert_ne!(sites[0], sites[1]);
    partner.nobody_complains().await.unwrap();
    partner.browser.close().await.unwrap();
}
