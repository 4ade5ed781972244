use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct ScaleProps {
    pub name: AttrValue,
    pub low: u8,
    pub high: u8,
    /// What the lowest point means.
    pub low_end: &'static str,
    pub high_end: &'static str,
    pub chosen: Option<u8>,
    pub on_choose: Callback<u8>,
}

/// Points in a row, of which one is chosen; what the ends mean stands beside them and in the points' own names.
#[component]
pub fn Scale(props: &ScaleProps) -> Html {
    let point = |number: u8| {
        let meaning = match number {
            low if low == props.low => Some(props.low_end),
            high if high == props.high => Some(props.high_end),
            _ => None,
        };
        let onchange = props.on_choose.reform(move |_: yew::Event| number);
        html! {
            <label class="point">
                <input type="radio" part="point" name={props.name.clone()} value={number.to_string()}
                    checked={props.chosen == Some(number)} {onchange} />
                <span>{ number }</span>
                if let Some(meaning) = meaning {
                    <span class="unseen">{ ", " }{ meaning }</span>
                }
            </label>
        }
    };
    let count = props.high - props.low + 1;
    html! {
        <div class="scale" data-points={count.to_string()}>
            <div class="points">{ for (props.low..=props.high).map(point) }</div>
            <span class="low" aria-hidden="true">{ props.low_end }</span>
            <span class="high" aria-hidden="true">{ props.high_end }</span>
        </div>
    }
}
