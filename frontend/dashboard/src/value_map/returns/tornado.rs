use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use valuemap_shared::money::Currency;
use valuemap_shared::value_map::TornadoBar;
use valuemap_ui::{Scale, SpanBar};
use yew::prelude::*;

use crate::amount;

#[derive(Properties, PartialEq)]
pub struct TornadoProps {
    /// The one that matters most, first.
    pub bars: Vec<TornadoBar>,
    pub currency: Currency,
}

/// Which assumption matters most: a chart for the eye, and a table for everybody.
#[component]
pub fn Tornado(props: &TornadoProps) -> Html {
    let place = |amount: Decimal| amount.to_f64().unwrap_or_default();
    let ends = || props.bars.iter().flat_map(|bar| [place(bar.at_low), place(bar.at_high)]);
    let scale = Scale { min: ends().fold(f64::INFINITY, f64::min), max: ends().fold(f64::NEG_INFINITY, f64::max) };
    let middle = middle(&props.bars.iter().map(|bar| (place(bar.at_low), place(bar.at_high))).collect::<Vec<_>>());
    html! {
        <section class="returns-part returns-wide">
            <h3>{ "Which assumption matters most" }</h3>
            <p class="absence">
                { "What all amounts come to with one assumption at its low and at its high end, the others as likely." }
            </p>
            <div class="table-frame" tabindex="0" role="group" aria-label="Which assumption matters most">
                <table class="table tornado">
                    <thead>
                        <tr>
                            <th scope="col">{ "Assumption" }</th>
                            <td class="tornado-chart" aria-hidden="true" />
                            <th scope="col" class="number-cell">{ "At its low end" }</th>
                            <th scope="col" class="number-cell">{ "At its high end" }</th>
                        </tr>
                    </thead>
                    <tbody>
                        for bar in &props.bars {
                            <tr>
                                <th scope="row">{ &bar.assumption }</th>
                                <td class="tornado-chart" aria-hidden="true">
                                    <SpanBar {scale} {middle} one={place(bar.at_low)} other={place(bar.at_high)} />
                                </td>
                                <td class="number-cell">{ amount::short(bar.at_low, props.currency) }</td>
                                <td class="number-cell">{ amount::short(bar.at_high, props.currency) }</td>
                            </tr>
                        }
                    </tbody>
                </table>
            </div>
        </section>
    }
}

/// What all bars contain: with every assumption as likely. The answer does not tell it, but every bar reaches over it.
fn middle(bars: &[(f64, f64)]) -> f64 {
    let low = bars.iter().map(|(a, b)| a.min(*b)).fold(f64::NEG_INFINITY, f64::max);
    let high = bars.iter().map(|(a, b)| a.max(*b)).fold(f64::INFINITY, f64::min);
    (low + high) / 2.0
}

#[cfg(test)]
mod tests {
    use super::middle;

    #[test]
    fn the_middle_lies_within_every_bar() {
        assert_eq!(middle(&[(10.0, 50.0), (35.0, 25.0), (28.0, 31.0)]), 29.5);
    }
}
