//! Members who answer with keys: numbers choose, Enter goes on, and nothing is lost without a word.

use anyhow::ensure;
use serde_json::{Value, json};
use thirtyfour::Key;

use super::Findings;
use super::partner::Partner;

// Keys as WebDriver writes them.
const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";

/// What is chosen in the question that is shown.
const CHOSEN: &str = "
  const root = document.querySelector('valuemap-survey').shadowRoot;
  return [...root.querySelectorAll('[data-question] :checked')].map((control) => control.value);";

/// What is said of a missing answer: to be read, and to be heard.
const HINT: &str = "
  const root = document.querySelector('valuemap-survey').shadowRoot;
  return [root.querySelector('#hint').textContent, root.querySelector('[role=status]').textContent];";

/// What the focus is on within the survey.
const FOCUS: &str = "return document.activeElement?.shadowRoot?.activeElement?.type ?? ''";

pub fn agreement(key: &str) -> Value {
    json!({ "key": key, "prompt": "It helps me.", "kind": { "agreement": { "points": 5 } } })
}

fn text(key: &str, lines: &str) -> Value {
    json!({ "key": key, "prompt": "And why?", "kind": { "text": { "maxLength": 200, "lines": lines } } })
}

impl Partner {
    /// Moves the focus into the survey as a member does who has no mouse.
    async fn tab_to(&self, kind: &str) -> anyhow::Result<()> {
        for _ in 0..20 {
            if self.run(FOCUS).await? == kind {
                return Ok(());
            }
            self.press(TAB).await?;
        }
        anyhow::bail!("the tabulator does not lead to {kind}, but to {}", self.run(FOCUS).await?)
    }

    /// Presses a key while Control is down.
    async fn command(&self, key: &str) -> anyhow::Result<()> {
        let actions = self.browser.page.action_chain();
        Ok(actions.key_down(Key::Control).send_keys(key).key_up(Key::Control).perform().await?)
    }

    pub async fn until_asked(&self, question: &str) -> anyhow::Result<()> {
        self.eventually(&format!("{question} is asked"), async || {
            Ok((self.view().await?["question"] == question).then_some(()))
        })
        .await
    }

    pub async fn until_chosen(&self, expected: Value) -> anyhow::Result<()> {
        self.eventually(&format!("{expected} is chosen"), async || {
            Ok((self.run(CHOSEN).await? == expected).then_some(()))
        })
        .await
    }

    /// Waits until the survey says, to the eye and to the ear, that an answer is missing, and how it is skipped.
    pub async fn until_it_says(&self, words: &str, button: &str) -> anyhow::Result<()> {
        self.eventually(&format!("it says `{words}` and `{button}`"), async || {
            let said = self.run(HINT).await?;
            let is_said =
                |text: &Value| text.as_str().is_some_and(|text| text.starts_with(words) && text.contains(button));
            Ok((is_said(&said[0]) && said[0] == said[1]).then_some(()))
        })
        .await
    }

    async fn until_it_says_nothing(&self) -> anyhow::Result<()> {
        self.eventually("it complains no more", async || Ok((self.run(HINT).await?[0] == "").then_some(()))).await
    }
}

/// The same keys choose the same in a question that the loader draws and in one that Yew draws.
async fn keys_choose(kind: Value, keys: &str, chosen: Value) -> anyhow::Result<()> {
    let question = |key: &str| json!({ "key": key, "prompt": "Which?", "kind": kind });
    let partner = Partner::with_survey(json!([question("first"), question("second")])).await?;
    partner.open("plain.html").await?;
    partner.until_asked("first").await?;
    partner.tab_to(if kind.get("multipleChoice").is_some() { "checkbox" } else { "radio" }).await?;
    for question in ["first", "second"] {
        partner.until_asked(question).await?;
        ensure!(partner.run(CHOSEN).await? == json!([]), "something is chosen in {question}");
        partner.press(keys).await?;
        partner.until_chosen(chosen.clone()).await?;
        partner.press(ENTER).await?;
    }
    partner.until_state("thanks").await?;
    let answers = partner.stored_answers().await?;
    ensure!(answers["first"] == answers["second"], "{answers}");
    let expected = chosen[0].as_str().unwrap_or_default();
    ensure!(answers["first"].to_string().contains(expected), "{answers} is not {expected}");
    partner.browser.close().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn number_keys_choose_in_every_kind_of_question() {
    let choices =
        json!([{ "key": "a", "label": "Alpha" }, { "key": "b", "label": "Beta" }, { "key": "c", "label": "Gamma" }]);
    let mut findings = Findings::default();
    for (kind, keys, chosen) in [
        (json!({ "agreement": { "points": 5 } }), "4", json!(["4"])),
        // On an Arabic keyboard.
        (json!({ "agreement": { "points": 5 } }), "2\u{664}", json!(["4"])),
        (json!({ "recommendation": { "scale": "ZERO_TO_TEN" } }), "10", json!(["10"])),
        (json!({ "recommendation": { "scale": "ZERO_TO_TEN" } }), "120", json!(["0"])),
        (json!({ "singleChoice": { "choices": choices } }), "32", json!(["b"])),
        (json!({ "multipleChoice": { "choices": choices } }), "121", json!(["b"])),
    ] {
        findings.note(&format!("{keys} for {kind}"), keys_choose(kind.clone(), keys, chosen).await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn enter_skips_no_question_in_silence() {
    let questions =
        [agreement("first"), agreement("second"), text("short", "ONE"), text("long", "SEVERAL"), agreement("last")];
    let partner = Partner::with_survey(json!(questions)).await.unwrap();
    partner.open("plain.html").await.unwrap();
    partner.until_asked("first").await.unwrap();
    partner.tab_to("radio").await.unwrap();

    // The loader's question, then Yew's: it says what to do, and the button that says "Skip" skips.
    for (question, next) in [("first", "second"), ("second", "short")] {
        partner.until_asked(question).await.unwrap();
        partner.press(ENTER).await.unwrap();
        partner.until_it_says("Nothing is chosen yet.", "“Skip”").await.unwrap();
        partner.press("3").await.unwrap();
        partner.until_chosen(json!(["3"])).await.unwrap();
        partner.until_it_says_nothing().await.unwrap();
        assert_eq!(partner.view().await.unwrap()["question"], question);
        partner.press(ENTER).await.unwrap();
        partner.until_asked(next).await.unwrap();
    }

    partner.press(ENTER).await.unwrap();
    partner.until_it_says("Nothing is written yet.", "“Skip”").await.unwrap();
    partner.press("4 years").await.unwrap();
    partner.until_it_says_nothing().await.unwrap();
    partner.press(ENTER).await.unwrap();

    // In a text of several lines Enter is a new one.
    partner.until_asked("long").await.unwrap();
    partner.command(ENTER).await.unwrap();
    partner.until_it_says("Nothing is written yet.", "“Skip”").await.unwrap();
    partner.press(&format!("1{ENTER}2")).await.unwrap();
    partner.command(ENTER).await.unwrap();

    partner.until_asked("last").await.unwrap();
    partner.press(ENTER).await.unwrap();
    partner.until_it_says("Nothing is chosen yet.", "“Skip and send”").await.unwrap();
    assert_eq!(partner.rows().await.unwrap(), 0);
    partner.tab_to("submit").await.unwrap();
    partner.press(ENTER).await.unwrap();
    partner.until_state("thanks").await.unwrap();
    let answers = partner.stored_answers().await.unwrap();
    let keys: Vec<&String> = answers.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["first", "long", "second", "short"]);
    assert!(answers["short"].to_string().contains("4 years"), "{answers}");
    assert!(answers["long"].to_string().contains("1\\n2"), "{answers}");
    partner.browser.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_press_of_skip_skips_from_the_first_question_too() {
    let partner = Partner::with_survey(json!([agreement("first"), agreement("second")])).await.unwrap();
    partner.open("plain.html").await.unwrap();
    partner.until_asked("first").await.unwrap();
    partner.tab_to("submit").await.unwrap();
    partner.press(ENTER).await.unwrap();
    partner.until_asked("second").await.unwrap();
    partner.browser.close().await.unwrap();
}

/// Each side has the keys that are pressed on it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_count_where_the_focus_is() {
    let partner = Partner::with_survey(json!([agreement("first"), agreement("second")])).await.unwrap();
    partner.open("plain.html?load=eager").await.unwrap();
    partner.until_asked("first").await.unwrap();
    partner
        .run("window.heard = ''; document.addEventListener('keydown', ({ key }) => { heard += key })")
        .await
        .unwrap();
    partner.run("document.querySelector('#search').focus()").await.unwrap();
    partner.press(&format!("4{ENTER}")).await.unwrap();
    let page = "return [document.querySelector('#search').value, heard]";
    assert_eq!(partner.run(page).await.unwrap(), json!(["4", "4Enter"]));
    assert_eq!(partner.run(CHOSEN).await.unwrap(), json!([]));
    assert_eq!(partner.run(HINT).await.unwrap(), json!(["", ""]));

    partner.tab_to("radio").await.unwrap();
    partner.run("heard = ''").await.unwrap();
    partner.press("2").await.unwrap();
    partner.until_chosen(json!(["2"])).await.unwrap();
    // A command to the browser is none to the survey.
    partner.command("4").await.unwrap();
    partner.press("x").await.unwrap();
    assert_eq!(partner.run(CHOSEN).await.unwrap(), json!(["2"]));
    assert_eq!(partner.run(page).await.unwrap(), json!(["4", "Control4x"]));
    partner.browser.close().await.unwrap();
}

/// The network answers nothing between the first question and what its keys mean.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_pressed_before_the_code_is_there_counts() {
    let partner = Partner::with_survey(json!([agreement("first"), agreement("second")])).await.unwrap();
    partner.open("plain.html").await.unwrap();
    partner.until_asked("first").await.unwrap();
    partner.proxy.hang();
    partner.tab_to("radio").await.unwrap();
    partner.press(&format!("4{ENTER}")).await.unwrap();
    assert_eq!(partner.run(CHOSEN).await.unwrap(), json!([]), "the code was there already");
    partner.proxy.come_back();
    partner.until_asked("second").await.unwrap();
    assert_eq!(partner.run(CHOSEN).await.unwrap(), json!([]));
    partner.click("[data-action=back]").await.unwrap();
    partner.until_asked("first").await.unwrap();
    assert_eq!(partner.run(CHOSEN).await.unwrap(), json!(["4"]));
    partner.browser.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_network_a_key_is_not_lost_in_silence() {
    let partner = Partner::with_survey(json!([agreement("first"), agreement("second")])).await.unwrap();
    partner.open("plain.html").await.unwrap();
    partner.until_asked("first").await.unwrap();
    partner.proxy.go_down();
    partner.tab_to("radio").await.unwrap();
    partner.press("4").await.unwrap();
    partner.until_it_says("We could not reach the survey.", "").await.unwrap();
    partner.until_error("NOT_LOADED").await.unwrap();
    partner.proxy.come_back();
    partner.press("4").await.unwrap();
    partner.until_chosen(json!(["4"])).await.unwrap();
    partner.browser.close().await.unwrap();
}

/// Which key is which choice is seen by who uses keys, and not read aloud.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn choices_have_numbers_for_the_eye_of_who_uses_keys() {
    const NUMBERS: &str = "
      const labels = document.querySelector('valuemap-survey').shadowRoot.querySelectorAll('[part~=choice]');
      return [...labels].map((label) => getComputedStyle(label, '::after').content).filter((content) => content !== 'none').length;";
    let choices: Vec<Value> =
        (1..=10).map(|number| json!({ "key": format!("k{number}"), "label": format!("Choice {number}") })).collect();
    let kind = json!({ "singleChoice": { "choices": choices } });
    let partner =
        Partner::with_survey(json!([{ "key": "first", "prompt": "Which?", "kind": kind }, agreement("second")]))
            .await
            .unwrap();
    partner.open("plain.html").await.unwrap();
    partner.until_asked("first").await.unwrap();
    partner.click("label:has([value=k2])").await.unwrap();
    partner.until_chosen(json!(["k2"])).await.unwrap();
    assert_eq!(partner.run(NUMBERS).await.unwrap(), 0);
    partner.run("document.querySelector('#search').focus()").await.unwrap();
    partner.tab_to("radio").await.unwrap();
    assert_eq!(partner.run(NUMBERS).await.unwrap(), 9);
    let tree = partner.devtools("Accessibility.getFullAXTree", json!({})).await.unwrap();
    let nodes = tree["nodes"].as_array().unwrap().iter().filter(|node| node["ignored"] == false);
    let names: Vec<&str> = nodes.filter_map(|node| node["name"]["value"].as_str()).collect();
    assert!(names.contains(&"Choice 1") && !names.contains(&"1"), "{names:?}");
    partner.browser.close().await.unwrap();
}
