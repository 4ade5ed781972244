//! Members without a mouse.

use super::every_type;
use crate::hosts::partner::Partner;

// Keys as WebDriver writes them.
const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";
const RIGHT: &str = "\u{e014}";

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
        to(kind).await;
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
