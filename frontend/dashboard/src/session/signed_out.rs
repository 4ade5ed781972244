use valuemap_ui::Notice;
use yew::prelude::*;

#[component]
pub fn SignedOut() -> Html {
    html! {
        <Notice title="Sign in">
            <p>
                { "Open the link that " }<code>{ "valuemap serve" }</code>{ " printed in the terminal, or make one with " }
                <code>{ "valuemap sign-in" }</code>{ "." }
            </p>
        </Notice>
    }
}
