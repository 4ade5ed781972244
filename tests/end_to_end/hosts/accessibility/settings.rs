//! Members with settings of their own: large text, less motion, colours of their choice, another language.

use anyhow::ensure;
use serde_json::{Value, json};

use super::every_type;
use crate::hosts::Findings;
use crate::hosts::partner::Partner;

impl Partner {
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

/// A chosen point, and a button, stand out from what is around them by what the member's own colours are.
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
      const button = getComputedStyle(root.querySelector('footer button:last-child'));
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
      const button = root.querySelector('footer button:last-child');
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
