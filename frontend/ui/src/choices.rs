use yew::prelude::*;

#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    pub value: AttrValue,
    pub label: AttrValue,
    /// What picking it means.
    pub hint: AttrValue,
}

#[derive(Properties, PartialEq)]
pub struct ChoicesProps {
    pub legend: AttrValue,
    /// Unique on the page.
    pub name: AttrValue,
    pub choices: Vec<Choice>,
    pub selected: AttrValue,
    pub onpick: Callback<AttrValue>,
}

/// One of a few, all of them in sight: the browser's own radio buttons.
#[component]
pub fn Choices(props: &ChoicesProps) -> Html {
    html! {
        <fieldset class="choices">
            <legend class="field-label">{ &props.legend }</legend>
            for choice in &props.choices {
                <label class="choice">
                    <input
                        type="radio"
                        name={&props.name}
                        value={&choice.value}
                        checked={choice.value == props.selected}
                        onchange={props.onpick.reform({
                            let value = choice.value.clone();
                            move |_: Event| value.clone()
                        })}
                    />
                    <span class="choice-label">{ &choice.label }</span>
                    <span class="choice-hint">{ &choice.hint }</span>
                </label>
            }
        </fieldset>
    }
}
