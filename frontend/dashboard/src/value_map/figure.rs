use valuemap_shared::value_map::{Absence, NoScore};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct FigureProps {
    pub value: f64,
    /// The value as it is written.
    pub text: String,
    /// What the value counts, or on which scale.
    pub unit: AttrValue,
}

/// The one number of a card.
#[component]
pub fn Figure(props: &FigureProps) -> Html {
    let value = props.value.to_string();
    html! {
        <p class="figure">
            // Another value is another node, so that it fades in.
            <span key={value.clone()} class="number" data-value={value}>{ &props.text }</span>
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
