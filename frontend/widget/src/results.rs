use yew::prelude::*;

use crate::survey::{BenefitResult, Results};
use crate::texts;

/// What the community has said so far: a table that also looks like a bar chart.
pub fn results_table(results: &Results) -> Html {
    html! {
        <table part="results">
            <caption>{ texts::results(&results.period) }</caption>
            <thead>
                <tr>
                    <th scope="col">{ texts::BENEFIT }</th>
                    <th scope="col">{ texts::SCORE }</th>
                    <th scope="col">{ texts::ANSWERS }</th>
                </tr>
            </thead>
            <tbody>{ results.benefits.iter().map(row).collect::<Html>() }</tbody>
        </table>
    }
}

fn row(result: &BenefitResult) -> Html {
    let (score, bar) = match result.value {
        Some(value) => {
            let value = AttrValue::from(value.to_string());
            (value.clone(), html! { <progress part="bar" aria-hidden="true" max="100" {value} /> })
        }
        None => ("\u{2013}".into(), html! { <small>{ texts::TOO_FEW }</small> }),
    };
    html! {
        <tr>
            <th scope="row">
                <span>{ texts::benefit(result.benefit) }</span>
                <span>{ bar }</span>
            </th>
            <td>{ score }</td>
            <td>{ result.answers.to_string() }</td>
        </tr>
    }
}
