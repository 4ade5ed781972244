use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct BadgeProps {
    pub label: AttrValue,
}

#[component]
pub fn Badge(props: &BadgeProps) -> Html {
    html! { <span class="badge">{ &props.label }</span> }
}
