use valuemap_shared::money::Currency;
use valuemap_shared::value_map::TornadoBar;
use valuemap_ui::SpanBar;
use yew::prelude::*;

use crate::charts::{TornadoScale, ends};
use crate::words::amount;

#[derive(Properties, PartialEq)]
pub struct TornadoProps {
    /// The one that matters most, first.
    pub bars: Vec<TornadoBar>,
    pub currency: Currency,
}

/// Which assumption matters most: a chart for the eye, and a table for everybody.
#[component]
pub fn Tornado(props: &TornadoProps) -> Html {
    let TornadoScale { scale, middle } = TornadoScale::of(&props.bars);
    let span = |bar: &TornadoBar| {
        let (one, other) = ends(bar);
        html! { <SpanBar {scale} {middle} {one} {other} /> }
    };
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
                                    { span(bar) }
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
