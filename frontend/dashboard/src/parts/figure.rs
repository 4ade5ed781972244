use rust_decimal::Decimal;
use valuemap_shared::value_map::{Absence, NoScore};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct FigureProps {
    #[prop_or_default]
    pub value: Option<f64>,
    #[prop_or_default]
    pub amount: Option<Decimal>,
    /// The figure as it is written.
    pub text: String,
    /// The figure in full, where it is written shorter.
    #[prop_or_default]
    pub full: Option<String>,
    /// What it counts, or on which scale.
    pub unit: AttrValue,
}

/// The one number of a card.
#[component]
pub fn Figure(props: &FigureProps) -> Html {
    let value = props.value.map(|value| value.to_string());
    let amount = props.amount.map(|amount| amount.to_string());
    let key = value.clone().or_else(|| amount.clone()).unwrap_or_default();
    html! {
        <p class="figure">
            // Another value is another node, so that it fades in.
            <span {key} class="number" data-value={value} data-amount={amount} title={props.full.clone()}>
                { &props.text }
            </span>
            <span class="figure-unit">{ &props.unit }</span>
        </p>
    }
}

#[derive(Properties, PartialEq)]
pub struct NoFigureProps {
    pub absence: NoScore,
}

/// What stands on a card in place of its number: why there is none.
#[component]
pub fn NoFigure(props: &NoFigureProps) -> Html {
    let NoScore { reason, message, .. } = &props.absence;
    html! {
        <>
            if *reason != Absence::NotConnected {
                <p class="figure-absent" aria-hidden="true">{ "–" }</p>
            }
            <p class="absence">{ message }</p>
        </>
    }
}
