use rust_decimal::Decimal;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct ProjectedProps {
    /// The projected figure, as it is written.
    pub figure: AttrValue,
    /// Its difference to the present one, as it is written.
    pub difference: AttrValue,
    #[prop_or_default]
    pub value: Option<f64>,
    #[prop_or_default]
    pub amount: Option<Decimal>,
}

/// A projected figure beside a present one, marked so that the two are never mixed up.
#[component]
pub fn Projected(props: &ProjectedProps) -> Html {
    html! {
        <p
            class="projected"
            data-projected-value={props.value.map(|value| value.to_string())}
            data-projected-amount={props.amount.map(|amount| amount.to_string())}
        >
            <span class="projected-mark">{ "What if" }</span>
            { " " }<span class="projected-figure">{ &props.figure }</span>
            { " " }<span class="projected-difference">{ &props.difference }</span>
        </p>
    }
}
