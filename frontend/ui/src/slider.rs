use web_sys::HtmlInputElement;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct SliderProps {
    /// Unique on the page.
    pub id: AttrValue,
    pub label: AttrValue,
    pub min: i32,
    pub max: i32,
    pub value: i32,
    /// The value in words.
    pub text: AttrValue,
    pub onslide: Callback<i32>,
}

/// The browser's own slider, which keyboards and screen readers know, with its label and its value in words.
#[component]
pub fn Slider(props: &SliderProps) -> Html {
    let oninput = props.onslide.reform(|event: InputEvent| {
        let input: HtmlInputElement = event.target_unchecked_into();
        input.value_as_number() as i32
    });
    html! {
        <div class="slider">
            <label for={&props.id}>{ &props.label }</label>
            <output class="slider-value" for={&props.id}>{ &props.text }</output>
            <input
                type="range"
                id={&props.id}
                min={props.min.to_string()}
                max={props.max.to_string()}
                value={props.value.to_string()}
                aria-valuetext={&props.text}
                {oninput}
            />
        </div>
    }
}
