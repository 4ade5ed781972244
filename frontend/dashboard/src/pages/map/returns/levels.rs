use valuemap_shared::money::Currency;
use valuemap_shared::value_map::{Effect, ReturnLevel};
use yew::prelude::*;

use super::counting;
use crate::words::{amount, format};

#[derive(Properties, PartialEq)]
pub struct LevelsProps {
    pub levels: Vec<ReturnLevel>,
    pub currency: Currency,
}

/// Value and return by evidence: the surest grade alone, then with the next one added.
#[component]
pub fn Levels(props: &LevelsProps) -> Html {
    html! {
        <section class="returns-part returns-wide">
            <h3>{ "Value by evidence" }</h3>
            <div class="table-frame" tabindex="0" role="group" aria-label="Value by evidence">
                <table class="table">
                    <thead>
                        <tr>
                            <th scope="col">{ "Counting" }</th>
                            <th scope="col" class="number-cell">{ "Value (P10–P90)" }</th>
                            <th scope="col" class="number-cell">{ "Return on cost (P10–P90)" }</th>
                            <th scope="col" class="number-cell">{ "Chance of gain" }</th>
                        </tr>
                    </thead>
                    <tbody>
                        for (index, level) in props.levels.iter().enumerate() {
                            <tr data-level={index.to_string()}>
                                <th scope="row">{ counting(index, level) }</th>
                                <td class="number-cell">
                                    <strong data-amount={level.amount.likely.to_string()}>
                                        { amount::full(level.amount.likely, props.currency) }
                                    </strong>
                                    <span class="range">{ amount::range(&level.amount, props.currency) }</span>
                                </td>
                                <td class="number-cell">
                                    { level.return_on_investment.as_ref().map_or_else(|| html! { "–" }, on_cost) }
                                </td>
                                <td class="number-cell">{ level.chance_of_gain.map_or_else(|| "no costs are recorded".to_owned(), format::chance) }</td>
                            </tr>
                        }
                    </tbody>
                </table>
            </div>
        </section>
    }
}

fn on_cost(shares: &Effect) -> Html {
    let percent = |share: f64| format!("{}%", format::signed(100.0 * share, 0));
    html! {
        <>
            <strong>{ percent(shares.likely) }</strong>
            <span class="range">{ format::ends(shares.low, shares.high, percent) }</span>
        </>
    }
}
