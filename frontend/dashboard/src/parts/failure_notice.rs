use valuemap_ui::{Button, Notice, Tone};
use yew::prelude::*;

use crate::server::Failure;
use crate::session::SignedOut;

#[derive(Properties, PartialEq)]
pub struct FailureNoticeProps {
    pub failure: Failure,
    pub onretry: Callback<()>,
    #[prop_or(AttrValue::Static("The figures could not be fetched"))]
    pub title: AttrValue,
}

#[component]
pub fn FailureNotice(props: &FailureNoticeProps) -> Html {
    match &props.failure {
        Failure::SignedOut => html! { <SignedOut /> },
        Failure::NotFound => html! {
            <Notice title="This community is not there">
                <p>{ "It may have been removed, or it belongs to another organisation. Pick another one above." }</p>
            </Notice>
        },
        Failure::BeingComputed { summed_up, .. } => html! {
            <Notice title="The figures are being computed">
                <p role="status">
                    { summed_up.map(|percent| format!("{percent} % of what is tracked is summed up. ")) }
                    { "This takes a while the first time. They appear here by themselves." }
                </p>
            </Notice>
        },
        Failure::Failed(message) => html! {
            <Notice title={&props.title} tone={Tone::Alarm}>
                <p>{ message }</p>
                <Button onpress={props.onretry.clone()}>{ "Try again" }</Button>
            </Notice>
        },
    }
}
