use valuemap_shared::money::Currency;
use valuemap_shared::value_map::WorthPart;
use yew::prelude::*;

use crate::words::{amount, evidence_title};

#[derive(Properties, PartialEq)]
pub struct WorthPartsProps {
    pub parts: Vec<WorthPart>,
    pub currency: Currency,
}

/// What an amount is made of, and what was found beside it and not added.
#[component]
pub fn WorthParts(props: &WorthPartsProps) -> Html {
    let full = |amount| amount::full(amount, props.currency);
    html! {
        <div class="table-frame" tabindex="0" role="group" aria-label="What it is made of">
            <table class="table">
                <caption>{ "What it is made of" }</caption>
                <thead>
                    <tr>
                        <th scope="col">{ "Part" }</th>
                        <th scope="col">{ "Evidence" }</th>
                        <th scope="col" class="number-cell">{ "Likely" }</th>
                        <th scope="col" class="number-cell">{ "P10–P90" }</th>
                        <th scope="col">{ "Counted" }</th>
                    </tr>
                </thead>
                <tbody>
                    for part in &props.parts {
                        <tr data-part={part.key.clone()}>
                            <th scope="row">{ &part.name }</th>
                            <td>{ evidence_title(part.evidence) }</td>
                            <td class="number-cell">{ full(part.amount.likely) }</td>
                            <td class="number-cell">
                                { format!("{} to {}", full(part.amount.low), full(part.amount.high)) }
                            </td>
                            <td>{ if part.counted { "yes" } else { "no, shown beside" } }</td>
                        </tr>
                    }
                </tbody>
            </table>
        </div>
    }
}
