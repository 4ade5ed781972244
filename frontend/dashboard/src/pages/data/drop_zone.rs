use web_sys::{DragEvent, File, HtmlInputElement};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct DropZoneProps {
    pub onfile: Callback<File>,
    /// The file that is on its way.
    pub sending: Option<AttrValue>,
}

/// Takes a file, dropped or chosen.
#[component]
pub fn DropZone(props: &DropZoneProps) -> Html {
    let is_over = use_state(|| false);
    let is_sending = props.sending.is_some();
    let ondragover = {
        let is_over = is_over.clone();
        Callback::from(move |event: DragEvent| {
            // Without this the browser opens the file in place of the page.
            event.prevent_default();
            is_over.set(true);
        })
    };
    let ondragleave = {
        let is_over = is_over.clone();
        Callback::from(move |_: DragEvent| is_over.set(false))
    };
    let ondrop = {
        let (is_over, onfile) = (is_over.clone(), props.onfile.clone());
        Callback::from(move |event: DragEvent| {
            event.prevent_default();
            is_over.set(false);
            let file = event.data_transfer().and_then(|data| data.files()).and_then(|files| files.get(0));
            if let Some(file) = file.filter(|_| !is_sending) {
                onfile.emit(file);
            }
        })
    };
    let onchange = props.onfile.clone();
    let onchange = Callback::from(move |event: Event| {
        let input: HtmlInputElement = event.target_unchecked_into();
        if let Some(file) = input.files().and_then(|files| files.get(0)) {
            onchange.emit(file);
        }
        // The same file can be chosen again.
        input.set_value("");
    });
    html! {
        <div class={classes!("drop-zone", is_over.then_some("is-over"))} {ondragover} {ondragleave} {ondrop}>
            <label class="drop-zone-label">
                <strong>{ "Drop a file here, or choose one" }</strong>
                <span class="field-hint">{ "CSV, Excel (.xlsx) or OpenDocument (.ods), up to 200 MB" }</span>
                <input type="file" accept=".csv,.tsv,.txt,.xlsx,.ods" disabled={is_sending} {onchange} />
            </label>
            <p role="status">
                if let Some(name) = &props.sending {
                    { "Sending " }<b>{ name }</b>{ "…" }
                }
            </p>
        </div>
    }
}
