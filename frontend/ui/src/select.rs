use web_sys::HtmlSelectElement;
use yew::prelude::*;

#[derive(Clone, Debug, PartialEq)]
pub struct SelectOption {
    pub value: AttrValue,
    pub label: AttrValue,
}

#[derive(Properties, PartialEq)]
pub struct SelectProps {
    pub label: AttrValue,
    pub options: Vec<SelectOption>,
    pub selected: AttrValue,
    /// Shown when `selected` is none of the options.
    #[prop_or_default]
    pub placeholder: AttrValue,
    /// Called with the value of the option that was picked.
    pub onpick: Callback<AttrValue>,
}

#[component]
pub fn Select(props: &SelectProps) -> Html {
    let node = use_node_ref();
    {
        // The `selected` attribute means nothing any more once somebody has picked; the property does.
        let node = node.clone();
        use_effect_with((props.selected.clone(), props.options.clone()), move |(selected, _)| {
            if let Some(select) = node.cast::<HtmlSelectElement>() {
                select.set_value(selected);
            }
        });
    }
    let onchange = props.onpick.reform(|event: Event| {
        let select: HtmlSelectElement = event.target_unchecked_into();
        AttrValue::from(select.value())
    });
    let known = props.options.iter().any(|option| option.value == props.selected);
    html! {
        <label class="field">
            <span class="field-label">{ &props.label }</span>
            <select ref={node} {onchange}>
                if !known {
                    <option value={&props.selected} disabled=true hidden=true>{ &props.placeholder }</option>
                }
                for option in &props.options {
                    <option value={&option.value}>{ &option.label }</option>
                }
            </select>
        </label>
    }
}
