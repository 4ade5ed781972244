use rust_decimal::prelude::ToPrimitive;
use valuemap_shared::activities::CostKind;
use valuemap_shared::value_map::{CostReading, Returns};
use valuemap_ui::{Segment, StackedBar};
use yew::prelude::*;

use crate::pages::map::explanation::{FigureKey, RowsDialog};
use crate::pages::map::shown::Shown;
use crate::words::amount;

#[derive(Properties, PartialEq)]
pub struct CostsProps {
    pub shown: Shown,
}

/// What the community cost, fully loaded, by kind.
#[component]
pub fn Costs(props: &CostsProps) -> Html {
    let (Returns { costs, cost, .. }, currency) = (&props.shown.map.returns, props.shown.map.currency);
    let segments: Vec<Segment> = costs
        .iter()
        .map(|cost| Segment { amount: cost.amount.to_f64().unwrap_or_default(), class: look(cost.kind).0 })
        .collect();
    html! {
        <section class="returns-part" data-cost={cost.to_string()}>
            <h3>{ "Cost" }</h3>
            <p class="fact-number">{ if costs.is_empty() { "–".to_owned() } else { amount::full(*cost, currency) } }</p>
            if costs.is_empty() {
                <p class="absence">{ "No cost is known for this quarter, so there is no return on it." }</p>
            } else {
                <StackedBar {segments} />
                <ul class="legend legend-column">
                    for CostReading { kind, amount } in costs {
                        <li>
                            <svg class="legend-key" aria-hidden="true" width="10" height="10">
                                <rect class={look(*kind).0} width="10" height="10" rx="2" />
                            </svg>
                            <span>{ look(*kind).1 }</span>
                            <span class="legend-amount">{ amount::full(*amount, currency) }</span>
                        </li>
                    }
                </ul>
                <RowsDialog shown={props.shown.clone()} title="Cost" figure={FigureKey::Cost(true)} />
            }
        </section>
    }
}

/// The class that gives a kind of cost its colour, and its name.
fn look(kind: CostKind) -> (&'static str, &'static str) {
    match kind {
        CostKind::Cash => ("cost-cash", "Cash"),
        CostKind::Travel => ("cost-travel", "Travel"),
        CostKind::Staff => ("cost-staff", "Staff hours"),
        CostKind::Platform => ("cost-platform", "Platform share"),
    }
}
