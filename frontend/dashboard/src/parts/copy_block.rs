use valuemap_ui::Button;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Element, window};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct CopyBlockProps {
    /// Where the text goes, unique on the page.
    pub title: AttrValue,
    pub text: AttrValue,
}

/// A text to be pasted somewhere else.
#[component]
pub fn CopyBlock(props: &CopyBlockProps) -> Html {
    let status = use_state(|| "");
    let code = use_node_ref();
    {
        // What was copied is no longer what stands there.
        let status = status.clone();
        use_effect_with(props.text.clone(), move |_| status.set(""));
    }
    let onpress = {
        let (status, code, text) = (status.clone(), code.clone(), props.text.clone());
        Callback::from(move |()| {
            let (status, code, text) = (status.clone(), code.clone(), text.clone());
            spawn_local(async move {
                status.set(if write(&text).await {
                    "Copied"
                } else if select(&code) {
                    "Selected: press Ctrl+C"
                } else {
                    "Not copied"
                });
            });
        })
    };
    html! {
        <div class="copy-block">
            <div class="copy-block-header">
                <h3>{ &props.title }</h3>
                <span class="copied" role="status">{ *status }</span>
                <Button {onpress}>{ "Copy" }<span class="visually-hidden">{ format!(": {}", props.title) }</span></Button>
            </div>
            <pre tabindex="0" role="region" aria-label={props.title.clone()} dir="ltr"><code ref={code}>{ &props.text }</code></pre>
        </div>
    }
}

/// Browsers give the clipboard to pages over https and on this machine only.
async fn write(text: &str) -> bool {
    let Some(window) = window().filter(|window| window.is_secure_context()) else { return false };
    JsFuture::from(window.navigator().clipboard().write_text(text)).await.is_ok()
}

fn select(code: &NodeRef) -> bool {
    let selected = || {
        let code: Element = code.cast()?;
        let selection = window()?.get_selection().ok()??;
        selection.select_all_children(&code).ok()
    };
    selected().is_some()
}
