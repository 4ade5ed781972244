use web_sys::HtmlInputElement;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct ColourFieldProps {
    /// Unique on the page.
    pub id: AttrValue,
    pub label: AttrValue,
    /// The colour that was picked, such as `#0b6e4f`.
    pub value: Option<AttrValue>,
    /// What is shown, and holds, as long as none was picked.
    pub fallback: AttrValue,
    pub onpick: Callback<AttrValue>,
    pub onclear: Callback<()>,
}

/// The browser's own colour picker, and a way back to no colour of one's own.
#[component]
pub fn ColourField(props: &ColourFieldProps) -> Html {
    let oninput = props.onpick.reform(|event: InputEvent| {
        let input: HtmlInputElement = event.target_unchecked_into();
        AttrValue::from(input.value())
    });
    let onclick = props.onclear.reform(|_: MouseEvent| ());
    html! {
        <div class="colour-field">
            <input
                id={&props.id}
                type="color"
                value={props.value.clone().unwrap_or_else(|| props.fallback.clone())}
                {oninput}
            />
            <label for={&props.id}>{ &props.label }</label>
            if let Some(value) = &props.value {
                <span class="colour-field-value">{ value }</span>
                <button type="button" class="button button-small" {onclick} aria-label={format!("Reset {}", props.label)}>
                    { "Reset" }
                </button>
            } else {
                <span class="colour-field-value">{ "Default" }</span>
            }
        </div>
    }
}
