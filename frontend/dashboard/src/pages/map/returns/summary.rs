use std::rc::Rc;

use valuemap_shared::value_map::{Absence, NoScore, Reading, ValueMap};
use yew::prelude::*;

use super::{ANCHOR, counting, is_known};
use crate::words::{amount, format};

#[derive(Properties, PartialEq)]
pub struct ReturnsSummaryProps {
    pub map: Rc<ValueMap>,
}

fn is_unlinked(map: &ValueMap) -> bool {
    let mut elements = map.layers.iter().flat_map(|layer| &layer.elements);
    elements.any(|element| matches!(&element.reading, Reading::NoScore(NoScore { reason: Absence::NotLinked, .. })))
}

/// Value by what it rests on, and cost, at a glance.
#[component]
pub fn ReturnsSummary(props: &ReturnsSummaryProps) -> Html {
    let (returns, currency) = (&props.map.returns, props.map.currency);
    html! {
        <section class="returns-summary" aria-labelledby="returns-summary">
            <h2 id="returns-summary" class="card-title">
                { "Returns" }
                if is_known(returns) {
                    <a class="card-link" href={format!("#{ANCHOR}")}>{ "in detail" }</a>
                }
            </h2>
            if is_known(returns) {
                <ol class="summary-levels">
                    for (index, level) in returns.levels.iter().enumerate() {
                        <li>
                            <span class="number" title={amount::full(level.amount.likely, currency)}>
                                { amount::short(level.amount.likely, currency) }
                            </span>
                            <span class="summary-level">{ counting(index, level) }</span>
                            if let Some(chance) = level.chance_of_gain {
                                <span class="summary-gain">{ format!("{} chance of gain", format::chance(chance)) }</span>
                            }
                        </li>
                    }
                </ol>
                <p class="absence">
                    if returns.costs.is_empty() {
                        { "No cost is known for this quarter. " }
                    } else {
                        { format!("Cost {}, fully loaded. ", amount::full(returns.cost, currency)) }
                    }
                    if returns.levels.len() > 1 {
                        { "Each figure contains the one before it." }
                    }
                </p>
            } else if is_unlinked(&props.map) {
                <p class="absence">
                    { "Outcomes are there, and none is linked to anybody whom activities reach: what they brought is not known." }
                </p>
            } else {
                <p class="absence">{ "No outcomes and costs are connected yet." }</p>
            }
        </section>
    }
}
