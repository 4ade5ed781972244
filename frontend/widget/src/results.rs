use yew::prelude::*;

use crate::survey::{BenefitResult, Results};
use crate::texts::{Phrase, Texts, digits};

/// What the community has said so far, a table that also looks like a bar chart; and what came of it.
pub fn results_table(results: &Results, texts: &Texts) -> Html {
    let column = |phrase| html! { <th scope="col">{ texts.say(phrase) }</th> };
    html! {
        <>
            <table part="results">
                <caption>{ texts.results(&results.period) }</caption>
                <thead>
                    <tr>{ column(Phrase::BENEFIT) }{ column(Phrase::SCORE) }{ column(Phrase::ANSWERS) }</tr>
                </thead>
                <tbody>{ results.benefits.iter().map(|result| row(result, texts)).collect::<Html>() }</tbody>
            </table>
            { follow_ups(results, texts) }
        </>
    }
}

fn row(result: &BenefitResult, texts: &Texts) -> Html {
    let (score, answers, bar) = match result.value {
        Some(value) => {
            let value = AttrValue::from(digits(value));
            (
                value.clone(),
                digits(result.answers),
                html! { <progress part="bar" aria-hidden="true" max="100" {value} /> },
            )
        }
        // How few they are is not shown either.
        None => ("\u{2013}".into(), "\u{2013}".to_owned(), html! { <small>{ texts.say(Phrase::TOO_FEW) }</small> }),
    };
    html! {
        <tr>
            <th scope="row">
                <span>{ texts.benefit(result.benefit) }</span>
                <span>{ bar }</span>
            </th>
            <td>{ score }</td>
            <td>{ answers }</td>
        </tr>
    }
}

/// You said, we did.
fn follow_ups(results: &Results, texts: &Texts) -> Html {
    if results.follow_ups.is_empty() {
        return Html::default();
    }
    let line = |label, words: &str| {
        html! { <p><b>{ texts.say(label) }</b>{ "\u{a0} " }<span>{ words.to_owned() }</span></p> }
    };
    let items = results.follow_ups.iter().map(|follow_up| {
        html! { <li>{ line(Phrase::HEARD, &follow_up.heard) }{ line(Phrase::DONE, &follow_up.done) }</li> }
    });
    html! {
        <>
            <h3 part="follow-ups">{ texts.say(Phrase::FOLLOW_UPS) }</h3>
            <ul>{ items.collect::<Html>() }</ul>
        </>
    }
}
