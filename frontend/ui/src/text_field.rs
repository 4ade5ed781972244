use web_sys::HtmlInputElement;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct TextFieldProps {
    /// Unique on the page.
    pub id: AttrValue,
    pub label: AttrValue,
    pub value: AttrValue,
    /// A word on what is expected, below the field.
    #[prop_or_default]
    pub hint: AttrValue,
    /// What the number counts, such as `seconds`. With it, only numbers can be typed.
    #[prop_or_default]
    pub unit: Option<AttrValue>,
    #[prop_or_default]
    pub placeholder: AttrValue,
    pub ontype: Callback<AttrValue>,
}

#[component]
pub fn TextField(props: &TextFieldProps) -> Html {
    let oninput = props.ontype.reform(|event: InputEvent| {
        let input: HtmlInputElement = event.target_unchecked_into();
        AttrValue::from(input.value())
    });
    let hint = (!props.hint.is_empty()).then(|| format!("{}-hint", props.id));
    html! {
        <div class="text-field">
            <label class="field-label" for={&props.id}>{ &props.label }</label>
            <span class="text-field-line">
                <input
                    id={&props.id}
                    type={if props.unit.is_some() { "number" } else { "text" }}
                    min={props.unit.as_ref().map(|_| "0")}
                    value={&props.value}
                    placeholder={&props.placeholder}
                    aria-describedby={hint.clone()}
                    autocomplete="off"
                    spellcheck="false"
                    {oninput}
                />
                if let Some(unit) = &props.unit {
                    <span class="text-field-unit">{ unit }</span>
                }
            </span>
            if hint.is_some() {
                <span class="field-hint" id={hint}>{ &props.hint }</span>
            }
        </div>
    }
}
