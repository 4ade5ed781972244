//! WCAG 2.2 AA, for every type of question, in both directions, light and dark, in every mode.

use anyhow::ensure;
use serde_json::{Value, json};
use valuemap_tests::{Fault, setting};

use super::Findings;
use super::partner::Partner;

const AXE: &str = include_str!("scripts/axe.js");
const HURDLES: &str = include_str!("scripts/hurdles.js");
const CONTRAST: &str = include_str!("scripts/contrast.js");
const STEP: &str = include_str!("scripts/step.js");

// Keys as WebDriver writes them.
const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";
const RIGHT: &str = "\u{e014}";

/// One question of each type.
fn every_type() -> Value {
    let choices = json!({ "choices": [
        { "key": "docs", "label": "Documentation" },
        { "key": "events", "label": "Events that last for a whole day and have a long name" },
        { "key": "people", "label": "People" },
    ] });
    json!([
        { "key": "agree", "prompt": "The community helps me.", "required": true, "kind": { "agreement": { "points": 5 } } },
        { "key": "recommend", "prompt": "Would you recommend it?", "kind": { "recommendation": { "scale": "ZERO_TO_TEN" } } },
        { "key": "one", "prompt": "What do you use most?", "kind": { "singleChoice": choices } },
        { "key": "several", "prompt": "What do you use?", "kind": { "multipleChoice": choices } },
        { "key": "short", "prompt": "Your role, in a word?", "kind": { "text": { "maxLength": 40 } } },
        { "key": "long", "prompt": "What would you change?", "kind": { "text": { "maxLength": 2000 } } },
    ])
}

impl Partner {
    /// What is shown now has nothing in it that keeps somebody out.
    async fn is_open_to_everybody(&self, what: &str, findings: &mut Findings) {
        for (script, judge) in [(AXE, "axe-core"), (HURDLES, "hurdles"), (CONTRAST, "contrast")] {
            let outcome = async {
                if script == AXE && self.run("return typeof axe").await? == "undefined" {
                    let axe = format!("{}/axe-core/axe.min.js", setting("VALUEMAP_TEST_NODE_MODULES")?);
                    self.run(&std::fs::read_to_string(axe)?).await?;
                }
                let found = self.run(script).await?;
                ensure!(found == json!([]), "{judge}: {found}");
                Ok(())
            };
            findings.note(what, outcome.await);
        }
    }

    async fn step(&self, action: Option<&str>) -> anyhow::Result<()> {
        self.browser.page.execute(STEP, vec![json!(action)]).await?;
        Ok(())
    }

    async fn media(&self, feature: &str, value: &str) -> anyhow::Result<()> {
        let features = json!({ "features": [{ "name": feature, "value": value }] });
        self.devtools("Emulation.setEmulatedMedia", features).await?;
        Ok(())
    }

    async fn window_of(&self, width: u32, scale: u32) -> anyhow::Result<()> {
        let metrics = json!({ "width": width, "height": 900, "deviceScaleFactor": scale, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await?;
        Ok(())
    }

    /// Opens the survey where it does not stand in the page anyway.
    async fn open_survey(&self, mode: &str) -> anyhow::Result<()> {
        self.until("the script is there", "return Boolean(customElements.get('valuemap-survey'))").await?;
        if mode != "inline" {
            self.run("document.querySelector('valuemap-survey').open()").await?;
        }
        self.until_state("question").await?;
        Ok(())
    }

    /// Looks at every question, at what is said when an answer is missing, and at the thanks.
    async fn look_at_everything(&self, what: &str, findings: &mut Findings) -> anyhow::Result<()> {
        self.is_open_to_everybody(&format!("{what}, at first"), findings).await;
        self.step(Some("next")).await?;
        self.until(
            "what is missing is said",
            "return document.querySelector('valuemap-survey').shadowRoot.querySelector('#hint')?.textContent",
        )
        .await?;
        self.is_open_to_everybody(&format!("{what}, an answer is missing"), findings).await;
        loop {
            let view = self.until_state("question").await?;
            self.step(None).await?;
            self.is_open_to_everybody(&format!("{what}, {}", view["question"]), findings).await;
            let is_last = self.run("return Boolean(document.querySelector('valuemap-survey').shadowRoot.querySelector('[data-action=send]'))");
            if is_last.await? == true {
                self.step(Some("send")).await?;
                break;
            }
            self.step(Some("next")).await?;
            self.until_other_question(&view).await?;
        }
        self.until_state("thanks").await?;
        self.is_open_to_everybody(&format!("{what}, thanks"), findings).await;
        Ok(())
    }
}

async fn every_look(mode: &str) {
    let partner = Partner::with_survey(every_type()).await.unwrap();
    let mut findings = Findings::default();
    for (dir, lang) in [("ltr", "en"), ("rtl", "ar")] {
        for scheme in ["light", "dark"] {
            let what = format!("{mode} {dir} {scheme}");
            let look = format!("html.dir={dir}&html.lang={lang}&html.style=color-scheme:{scheme}");
            let outcome = async {
                partner.open(&format!("plain.html?mode={mode}&{look}")).await?;
                partner.open_survey(mode).await?;
                partner.look_at_everything(&what, &mut findings).await
            };
            let outcome = outcome.await;
            findings.note(&what, outcome);
        }
    }
    partner.browser.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_question_is_open_to_everybody_in_the_page() {
    every_look("inline").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_question_is_open_to_everybody_in_a_popover() {
    every_look("popover").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_question_is_open_to_everybody_in_a_modal() {
    every_look("modal").await;
}

/// While it is sent, when it waits for a network, when the server refuses it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_come_after_send_is_open_to_everybody() {
    let partner = Partner::new().await.unwrap();
    let mut findings = Findings::default();
    for scheme in ["light", "dark"] {
        let page = format!("plain.html?html.style=color-scheme:{scheme}");
        let outcome = async {
            partner.open(&page).await?;
            partner.answer_everything().await?;
            partner.proxy.hold_submissions();
            partner.step(Some("send")).await?;
            partner.until_state("sending").await?;
            partner.is_open_to_everybody(&format!("{scheme}, sending"), &mut findings).await;
            partner.proxy.go_down();
            let state = partner.until_not_sending().await?;
            ensure!(["waiting", "failed"].contains(&&*state), "the state is {state}");
            partner.is_open_to_everybody(&format!("{scheme}, {state}"), &mut findings).await;
            partner.proxy.come_back();
            partner.open(&page).await?;
            partner.answer_everything().await?;
            partner.proxy.fail_submissions([Fault::Refused]);
            partner.step(Some("send")).await?;
            partner.until_state("failed").await?;
            partner.is_open_to_everybody(&format!("{scheme}, failed"), &mut findings).await;
            anyhow::Ok(())
        };
        let outcome = outcome.await;
        partner.proxy.come_back();
        findings.note(scheme, outcome);
    }
    partner.browser.close().await.unwrap();
}

/// With a community's results in it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn results_are_open_to_everybody() {
    let partner = Partner::of_the_sample().await.unwrap();
    let mut findings = Findings::default();
    for look in ["html.dir=ltr", "html.dir=rtl&html.lang=ar&html.style=color-scheme:dark"] {
        let outcome = async {
            partner.open(&format!("plain.html?{look}")).await?;
            partner.answer_everything().await?;
            partner.send().await?;
            partner.until_state("thanks").await?;
            let rows = "return document.querySelector('valuemap-survey').shadowRoot.querySelectorAll('[part~=results] tbody tr').length";
            ensure!(partner.run(rows).await? == 5, "the results have five rows");
            partner.is_open_to_everybody(look, &mut findings).await;
            anyhow::Ok(())
        };
        let outcome = outcome.await;
        findings.note(look, outcome);
    }
    partner.browser.close().await.unwrap();
}

/// At 200 % of a window of 1280 pixels, and at 400 %.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_magnified_page_needs_no_scrolling_sideways() {
    let partner = Partner::with_survey(every_type()).await.unwrap();
    let mut findings = Findings::default();
    for (width, scale) in [(640, 2), (320, 4)] {
        for mode in ["inline", "popover", "modal"] {
            let what = format!("{mode} in {width} pixels");
            let outcome = async {
                partner.window_of(width, scale).await?;
                partner.open(&format!("plain.html?mode={mode}")).await?;
                partner.open_survey(mode).await?;
                partner.look_at_everything(&what, &mut findings).await
            };
            let outcome = outcome.await;
            findings.note(&what, outcome);
        }
    }
    partner.browser.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_wants_less_motion_gets_none() {
    let partner = Partner::with_survey(every_type()).await.unwrap();
    let mut findings = Findings::default();
    partner.media("prefers-reduced-motion", "reduce").await.unwrap();
    for mode in ["inline", "popover", "modal"] {
        let outcome = async {
            partner.open(&format!("plain.html?mode={mode}")).await?;
            partner.open_survey(mode).await?;
            partner.look_at_everything(mode, &mut findings).await
        };
        let outcome = outcome.await;
        findings.note(mode, outcome);
    }
    partner.browser.close().await.unwrap();
}

/// A chosen point, and a button, can be told from what is around them by what the member's own colours are.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_members_own_colours_tell_things_apart() {
    const LOOKS: &str = "
      const root = document.querySelector('valuemap-survey').shadowRoot;
      const look = (element) => {
        const { color, backgroundColor, outlineStyle, outlineColor, borderColor, borderWidth } = getComputedStyle(element);
        return [color, backgroundColor, outlineStyle, outlineColor, borderColor, borderWidth].join(' ');
      };
      const all = (label) => [label, ...label.querySelectorAll('*')].map(look).join(' ');
      const controls = [...root.querySelectorAll('[data-question] input')];
      const [on, off] = [true, false].map((checked) => controls.find((control) => control.checked === checked)?.closest('label'));
      const button = getComputedStyle(root.querySelector('[type=submit]'));
      return { same: on && off ? all(on) === all(off) : false,
               edge: parseFloat(button.borderTopWidth) > 0 && button.borderTopStyle !== 'none' };";
    let partner = Partner::with_survey(every_type()).await.unwrap();
    let mut findings = Findings::default();
    partner.media("forced-colors", "active").await.unwrap();
    partner.open("plain.html").await.unwrap();
    for question in ["agree", "recommend", "one", "several", "short", "long"] {
        let outcome = async {
            let view = partner.until_state("question").await?;
            ensure!(view["question"] == question, "{view}");
            partner.step(None).await?;
            let looks = partner
                .eventually("a choice shows", async || {
                    Ok(Some(partner.run(LOOKS).await?).filter(|l| l["same"] == false))
                })
                .await?;
            ensure!(looks["edge"] == true, "the button has no edge");
            if question != "long" {
                partner.step(Some("next")).await?;
                partner.until_other_question(&view).await?;
            }
            Ok(())
        };
        findings.note(question, outcome.await);
    }
    partner.browser.close().await.unwrap();
}

/// From the top of the page through all types of questions, and always with a focus that one can see.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_keyboard_is_enough() {
    const FOCUS: &str = "
      const element = document.activeElement?.shadowRoot?.activeElement;
      if (!element) return { kind: '' };
      const shows = [element, element.closest('label'), element.nextElementSibling].filter(Boolean)
        .some((shown) => getComputedStyle(shown).outlineStyle !== 'none' || getComputedStyle(shown).boxShadow !== 'none');
      return { kind: element.type ?? element.localName, action: element.dataset.action ?? '', shows };";
    let partner = Partner::with_survey(every_type()).await.unwrap();
    partner.open("plain.html").await.unwrap();
    partner.until_event("ready").await.unwrap();
    let to = async |kind: &str| {
        for _ in 0..20 {
            let focus = partner.run(FOCUS).await.unwrap();
            if focus["kind"] == kind {
                assert_eq!(focus["shows"], true, "the focus on {focus} cannot be seen");
                return;
            }
            partner.press(TAB).await.unwrap();
        }
        panic!("the tabulator does not lead to a {kind}");
    };
    for (question, kind) in [
        ("agree", "radio"),
        ("recommend", "radio"),
        ("one", "radio"),
        ("several", "checkbox"),
        ("short", "text"),
        ("long", "textarea"),
    ] {
        partner
            .eventually(&format!("{question} is asked"), async || {
                Ok(Some(partner.view().await?).filter(|view| view["question"] == question))
            })
            .await
            .unwrap();
        to(if kind == "text" { "textarea" } else { kind }).await;
        match kind {
            "radio" => {
                partner.press(" ").await.unwrap();
                partner.press(RIGHT).await.unwrap();
                partner.press(ENTER).await.unwrap();
            }
            "checkbox" => {
                partner.press(" ").await.unwrap();
                to("submit").await;
                partner.press(ENTER).await.unwrap();
            }
            _ => {
                partner.press("Typed").await.unwrap();
                to("submit").await;
                partner.press(ENTER).await.unwrap();
            }
        }
    }
    partner.until_state("thanks").await.unwrap();
    partner.until_rows(1).await.unwrap();
    assert_ne!(partner.run(FOCUS).await.unwrap()["kind"], "", "the focus is on the thanks");
    partner.browser.close().await.unwrap();
}

/// Colours that a partner chose badly are mended.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn colours_that_cannot_be_read_are_mended() {
    let partner = Partner::with_survey(every_type()).await.unwrap();
    let mut findings = Findings::default();
    partner.open("poor-contrast.html").await.unwrap();
    partner.open_survey("inline").await.unwrap();
    partner.look_at_everything("poor contrast", &mut findings).await.unwrap();
    partner.browser.close().await.unwrap();
}

/// Each language by itself: one file of texts is loaded, and the survey reads in its direction.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn six_languages_are_each_loaded_alone() {
    const WORDS: &str = "
      const root = document.querySelector('valuemap-survey').shadowRoot;
      const files = performance.getEntriesByType('resource').map((e) => e.name).filter((n) => n.includes('/embed/v1/') && n.endsWith('.json'));
      const button = root.querySelector('[type=submit]');
      return { files: files.length, prompt: root.querySelector('[part~=prompt]').textContent, button: button.textContent,
               direction: getComputedStyle(button).direction, lang: button.closest('[lang]')?.lang ?? '' };";
    let partner = Partner::new().await.unwrap();
    let mut findings = Findings::default();
    let mut seen: Vec<(Value, Value)> = Vec::new();
    for lang in ["en", "de", "fr", "es", "ja", "ar"] {
        let outcome = async {
            partner.open(&format!("plain.html?lang={lang}&load=eager")).await?;
            partner.until_event("ready").await?;
            let words = partner.run(WORDS).await?;
            ensure!(words["files"] == 1, "{words}");
            ensure!(words["direction"] == if lang == "ar" { "rtl" } else { "ltr" }, "{words}");
            ensure!(words["lang"] == lang, "assistive technology is not told the language: {words}");
            let ours = (words["prompt"].clone(), words["button"].clone());
            ensure!(
                !seen.iter().any(|(prompt, button)| *prompt == ours.0 || *button == ours.1),
                "not translated: {words}"
            );
            seen.push(ours);
            let events = partner.events().await?;
            ensure!(!events.iter().any(|event| event["name"] == "error"), "{events:?}");
            partner.is_open_to_everybody(lang, &mut findings).await;
            partner.take_part().await
        };
        let outcome = outcome.await;
        findings.note(lang, outcome);
    }
    partner.browser.close().await.unwrap();
}
