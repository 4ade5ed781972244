use yew::prelude::*;

use crate::survey::{BenefitResult, Results};
use crate::texts;

#[derive(Properties, PartialEq)]
pub struct ResultsTableProps {
    pub results: Results,
}

/// What the community has said so far: a table that also looks like a bar chart.
#[component]
pub fn ResultsTable(ResultsTableProps { results }: &ResultsTableProps) -> Html {
    html! {
        <>
            <table class="results" part="results">
                <caption>{ texts::RESULTS }{ ", " }{ texts::quarter(&results.period) }</caption>
                <thead>
                    <tr>
                        <th scope="col">{ texts::BENEFIT }</th>
                        <th scope="col">{ texts::SCORE }</th>
                        <th scope="col">{ texts::ANSWERS }</th>
                    </tr>
                </thead>
                <tbody>{ for results.benefits.iter().map(row) }</tbody>
            </table>
            <p class="note">{ texts::RESULTS_NOTE }</p>
        </>
    }
}

fn row(result: &BenefitResult) -> Html {
    let bar = result.value.map(|value| {
        html! { <progress part="bar" aria-hidden="true" max="100" value={value.to_string()} /> }
    });
    let score = match result.value {
        Some(value) => html! { <td class="score">{ value }</td> },
        None => html! { <td class="few">{ texts::TOO_FEW }</td> },
    };
    html! {
        <tr>
            <th scope="row">{ texts::benefit(result.benefit) }{ bar }</th>
            { score }
            <td>{ result.answers }</td>
        </tr>
    }
}
