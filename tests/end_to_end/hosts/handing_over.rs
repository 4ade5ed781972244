//! From the first question, which the loader draws, to the others, which Yew draws: a member sees no difference.

use anyhow::ensure;
use serde_json::{Value, json};

use super::Findings;
use super::partner::Partner;

/// What is seen and read of the question: its pieces, its words, its controls, and how high it makes the card.
const LOOK: &str = "const root = document.querySelector('valuemap-survey').shadowRoot;\
    const pieces = [...root.querySelectorAll('[part=question] :is([part], input, textarea)')];\
    const seen = pieces.map((piece) => [piece.localName, piece.getAttribute('part'), piece.type ?? '', piece.name ?? '',\
        piece.type === 'radio' || piece.type === 'checkbox' ? piece.value : '', piece.children.length ? '' : piece.textContent]);\
    const height = root.querySelector('form').getBoundingClientRect().height;\
    return JSON.stringify([root.querySelector('#title').textContent, height, seen.filter(([, part]) => part !== 'left')])";

fn first_questions() -> Vec<Value> {
    let choices =
        json!([{ "key": "a", "label": "Alpha" }, { "key": "b", "label": "Beta" }, { "key": "c", "label": "Gamma" }]);
    vec![
        json!({ "agreement": { "points": 7 } }),
        json!({ "recommendation": { "scale": "ZERO_TO_TEN" } }),
        json!({ "singleChoice": { "choices": choices } }),
        json!({ "multipleChoice": { "choices": choices, "shuffled": true } }),
        json!({ "text": { "maxLength": 40, "lines": "ONE" } }),
        json!({ "text": { "maxLength": 2000 } }),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_question_is_the_same_when_a_member_comes_back_to_it() {
    let mut findings = Findings::default();
    for kind in first_questions() {
        let what = kind.to_string();
        let outcome = async {
            let partner = Partner::with_survey(json!([
                { "key": "first", "prompt": "What brings you here?", "kind": kind },
                { "key": "second", "prompt": "And now?", "kind": { "agreement": { "points": 5 } } },
            ]))
            .await?;
            partner.open("plain.html").await?;
            partner.until_state("question").await?;
            let before = partner.run(LOOK).await?;
            partner.click("[data-action=next]").await?;
            partner.until("the second question is there", SECOND).await?;
            partner.click("[data-action=back]").await?;
            partner.until("the first question is back", FIRST).await?;
            let after = partner.run(LOOK).await?;
            partner.browser.close().await?;
            ensure!(before == after, "first {before}, then {after}");
            Ok(())
        };
        findings.note(&what, outcome.await);
    }
}

const FIRST: &str =
    "return Boolean(document.querySelector('valuemap-survey').shadowRoot.querySelector('[data-question=first]'))";
const SECOND: &str =
    "return Boolean(document.querySelector('valuemap-survey').shadowRoot.querySelector('[data-question=second]'))";
