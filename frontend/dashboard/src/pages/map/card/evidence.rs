use valuemap_shared::value_map::financial::Evidence;
use yew::prelude::*;

use crate::server::wire_name;
use crate::words::{evidence_meaning, evidence_title};

#[derive(Properties, PartialEq)]
pub struct EvidenceBadgeProps {
    pub evidence: Evidence,
}

/// What an amount rests on, in a word. The more certain, the fuller the mark.
#[component]
pub fn EvidenceBadge(props: &EvidenceBadgeProps) -> Html {
    let rank = Evidence::ALL.iter().position(|evidence| *evidence == props.evidence).unwrap_or_default();
    html! {
        <span class="evidence" data-evidence={wire_name(props.evidence)}>
            <svg aria-hidden="true" width="19" height="10">
                for step in 0..4 {
                    <rect
                        class={if step < 4 - rank { "evidence-full" } else { "evidence-empty" }}
                        x={(step * 5).to_string()}
                        y={(6 - step * 2).to_string()}
                        width="4"
                        height={(4 + step * 2).to_string()}
                    />
                }
            </svg>
            { evidence_title(props.evidence) }
        </span>
    }
}

/// What each grade means.
#[component]
pub fn EvidenceGuide() -> Html {
    html! {
        <details class="evidence-guide">
            <summary>{ "What the grades of evidence mean" }</summary>
            <ul>
                for evidence in Evidence::ALL {
                    <li><EvidenceBadge {evidence} />{ " " }<span>{ evidence_meaning(evidence) }</span></li>
                }
            </ul>
        </details>
    }
}
