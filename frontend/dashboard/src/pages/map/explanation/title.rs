use valuemap_shared::value_map::Explanation;
use valuemap_ui::Dialog;
use yew::prelude::*;

use super::inputs::Inputs;
use super::query::FigureKey;
use super::rows::RowsBehind;
use crate::pages::map::shown::Shown;
use crate::parts::Fact;

#[derive(Properties, PartialEq)]
pub struct ExplainedTitleProps {
    /// `h2` or `h3`.
    pub heading: AttrValue,
    #[prop_or_default]
    pub id: Option<AttrValue>,
    pub title: AttrValue,
    pub shown: Shown,
    pub figure: FigureKey,
    /// Figures that it is made of and that have rows of their own, with their names.
    #[prop_or_default]
    pub within: Vec<(AttrValue, FigureKey)>,
    pub explanation: Explanation,
    /// The figure and what has to be known to judge it, as `Fact`s.
    pub facts: Html,
    /// What it is made of and what it hangs together with.
    #[prop_or_default]
    pub children: Html,
}

/// The title of a card, which opens the explanation of the figure on it.
#[component]
pub fn ExplainedTitle(props: &ExplainedTitleProps) -> Html {
    let open = use_state(|| false);
    let set = |value: bool| {
        let open = open.clone();
        move || open.set(value)
    };
    let (show, hide) = (set(true), set(false));
    let explanation = &props.explanation;
    html! {
        <>
            <@{props.heading.to_string()} class="card-title" id={props.id.clone()}>
                <button type="button" class="card-button" aria-haspopup="dialog" onclick={move |_| show()}>
                    { &props.title }
                </button>
            </@>
            if *open {
                <Dialog title={props.title.clone()} onclose={move |()| hide()}>
                    <dl class="facts">{ props.facts.clone() }</dl>
                    { props.children.clone() }
                    <h3 class="dialog-section">{ "How it is computed" }</h3>
                    <dl class="facts">
                        <Fact term="Formula">{ &explanation.formula }</Fact>
                        <Fact term="Method">{ &explanation.method }</Fact>
                        <Fact term="Scoring model">{ &explanation.model_version }</Fact>
                    </dl>
                    <Inputs inputs={explanation.inputs.clone()} />
                    <RowsBehind
                        shown={props.shown.clone()}
                        title={props.title.clone()}
                        figure={props.figure.clone()}
                        within={props.within.clone()}
                    />
                </Dialog>
            }
        </>
    }
}
