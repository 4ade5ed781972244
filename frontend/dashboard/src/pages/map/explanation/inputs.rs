use valuemap_shared::value_map::Input;
use yew::prelude::*;

use crate::words::format;

#[derive(Properties, PartialEq)]
pub struct InputsProps {
    pub inputs: Vec<Input>,
}

/// The figures that went into the one explained.
#[component]
pub fn Inputs(props: &InputsProps) -> Html {
    if props.inputs.is_empty() {
        return Html::default();
    }
    html! {
        <table class="table">
            <caption>{ "Inputs" }</caption>
            <thead>
                <tr><th scope="col">{ "What went in" }</th><th scope="col" class="number-cell">{ "Value" }</th></tr>
            </thead>
            <tbody>
                for Input { name, value } in &props.inputs {
                    <tr><th scope="row">{ name }</th><td class="number-cell">{ format::quantity(*value) }</td></tr>
                }
            </tbody>
        </table>
    }
}
