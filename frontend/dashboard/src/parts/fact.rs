use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct FactProps {
    pub term: AttrValue,
    pub children: Html,
}

/// A term and what there is to say about it, as an item of a `<dl>`.
#[component]
pub fn Fact(props: &FactProps) -> Html {
    html! { <div class="fact"><dt>{ &props.term }</dt><dd>{ props.children.clone() }</dd></div> }
}
