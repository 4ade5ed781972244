use valuemap_ui::Button;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::server;

#[derive(Properties, PartialEq)]
pub struct SignOutButtonProps {
    pub onsignedout: Callback<()>,
}

#[component]
pub fn SignOutButton(props: &SignOutButtonProps) -> Html {
    let busy = use_state(|| false);
    let failed = use_state(|| false);
    let onpress = {
        let (busy, failed, onsignedout) = (busy.clone(), failed.clone(), props.onsignedout.clone());
        Callback::from(move |()| {
            let (busy, failed, onsignedout) = (busy.clone(), failed.clone(), onsignedout.clone());
            busy.set(true);
            spawn_local(async move {
                let outcome = server::sign_out().await;
                busy.set(false);
                failed.set(outcome.is_err());
                if outcome.is_ok() {
                    onsignedout.emit(());
                }
            });
        })
    };
    html! {
        <>
            <Button {onpress} busy={*busy}>{ "Sign out" }</Button>
            if *failed {
                <span class="failed" role="alert">{ "That did not work. You are still signed in." }</span>
            }
        </>
    }
}
