use valuemap_shared::value_map::{Explanation, Input};
use valuemap_ui::Dialog;
use yew::prelude::*;

use super::fact::Fact;
use crate::format;

#[derive(Properties, PartialEq)]
pub struct ExplainedTitleProps {
    /// `h2` or `h3`.
    pub heading: AttrValue,
    #[prop_or_default]
    pub id: Option<AttrValue>,
    pub title: AttrValue,
    pub explanation: Explanation,
    /// The figure and what has to be known to judge it, as `Fact`s.
    pub children: Html,
}

/// The title of a card, which opens the explanation of the figure on it.
#[component]
pub fn ExplainedTitle(props: &ExplainedTitleProps) -> Html {
    let open = use_state(|| false);
    let onclick = {
        let open = open.clone();
        move |_| open.set(true)
    };
    let onclose = {
        let open = open.clone();
        move |()| open.set(false)
    };
    html! {
        <>
            <@{props.heading.to_string()} class="card-title" id={props.id.clone()}>
                <button type="button" class="card-button" aria-haspopup="dialog" {onclick}>{ &props.title }</button>
            </@>
            if *open {
                <Dialog title={props.title.clone()} {onclose}>
                    <dl class="facts">
                        { props.children.clone() }
                        <Fact term="Formula">{ &props.explanation.formula }</Fact>
                        <Fact term="Method">{ &props.explanation.method }</Fact>
                        <Fact term="Scoring model">{ &props.explanation.model_version }</Fact>
                    </dl>
                    <Inputs inputs={props.explanation.inputs.clone()} />
                </Dialog>
            }
        </>
    }
}

#[derive(Properties, PartialEq)]
struct InputsProps {
    inputs: Vec<Input>,
}

/// The figures that went into the one explained.
#[component]
fn Inputs(props: &InputsProps) -> Html {
    html! {
        <table class="inputs">
            <caption>{ "Inputs" }</caption>
            <thead>
                <tr><th scope="col">{ "What went in" }</th><th scope="col">{ "Value" }</th></tr>
            </thead>
            <tbody>
                for Input { name, value } in &props.inputs {
                    <tr><th scope="row">{ name }</th><td>{ format::quantity(*value) }</td></tr>
                }
            </tbody>
        </table>
    }
}
