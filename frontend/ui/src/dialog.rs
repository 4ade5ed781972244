use web_sys::HtmlDialogElement;
use yew::prelude::*;

use crate::Button;

#[derive(Properties, PartialEq)]
pub struct DialogProps {
    pub title: AttrValue,
    pub children: Html,
    /// Called once the dialog has closed, however that came about.
    pub onclose: Callback<()>,
}

/// A modal dialog that is open for as long as it is rendered. The browser's own `<dialog>` keeps the focus inside,
/// closes on Escape and gives the focus back to what opened it.
#[component]
pub fn Dialog(props: &DialogProps) -> Html {
    let node = use_node_ref();
    {
        let node = node.clone();
        use_effect_with((), move |()| {
            if let Some(dialog) = node.cast::<HtmlDialogElement>() {
                // It throws only when the dialog is open already or out of the document: nothing is left to do then.
                let _ = dialog.show_modal();
            }
        });
    }
    let close = {
        let node = node.clone();
        Callback::from(move |()| {
            if let Some(dialog) = node.cast::<HtmlDialogElement>() {
                dialog.close();
            }
        })
    };
    let onclose = props.onclose.reform(|_: Event| ());
    html! {
        <dialog ref={node} class="dialog" aria-labelledby="dialog-title" closedby="any" {onclose}>
            <header class="dialog-header">
                <h2 id="dialog-title">{ &props.title }</h2>
                <Button onpress={close}>{ "Close" }</Button>
            </header>
            { props.children.clone() }
        </dialog>
    }
}
