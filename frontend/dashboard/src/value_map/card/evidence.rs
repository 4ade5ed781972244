use valuemap_shared::value_map::financial::Evidence;
use yew::prelude::*;

use crate::api::wire_name;

/// The grade in a word.
pub fn grade(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Measured => "Measured",
        Evidence::Experiment => "Experiment",
        Evidence::Attributed => "Attributed",
        Evidence::Assumed => "Assumed",
    }
}

pub fn meaning(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Measured => "counted where it happened, such as invoices and solved questions",
        Evidence::Experiment => "the difference to a comparison group",
        Evidence::Attributed => "credited to activities that were met before, by an attribution model",
        Evidence::Assumed => "somebody’s estimate",
    }
}

#[derive(Properties, PartialEq)]
pub struct EvidenceBadgeProps {
    pub evidence: Evidence,
}

/// What an amount rests on, in a word. The more certain, the fuller the mark.
#[component]
pub fn EvidenceBadge(props: &EvidenceBadgeProps) -> Html {
    let place = Evidence::ALL.iter().position(|evidence| *evidence == props.evidence).unwrap_or_default();
    html! {
        <span class="evidence" data-evidence={wire_name(props.evidence)}>
            <svg aria-hidden="true" width="19" height="10">
                for step in 0..4 {
                    <rect
                        class={if step < 4 - place { "evidence-full" } else { "evidence-empty" }}
                        x={(step * 5).to_string()}
                        y={(6 - step * 2).to_string()}
                        width="4"
                        height={(4 + step * 2).to_string()}
                    />
                }
            </svg>
            { grade(props.evidence) }
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
                    <li><EvidenceBadge {evidence} />{ " " }<span>{ meaning(evidence) }</span></li>
                }
            </ul>
        </details>
    }
}
