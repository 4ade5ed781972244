use yew::prelude::*;

use crate::survey::Answer;
use crate::texts::digits;

/// Points in a row, of which one is chosen. What the `ends` mean stands beside them and in the points' own names.
pub fn scale(
    name: &AttrValue,
    [low, high]: [u8; 2],
    ends: [String; 2],
    chosen: Option<u8>,
    on_answer: &Callback<Answer>,
) -> Html {
    let point = |number: u8| {
        let meaning = match number {
            _ if number == low => ends[0].as_str(),
            _ if number == high => &ends[1],
            _ => "",
        };
        let value = AttrValue::from(digits(number.into()));
        html! {
            <label part="point">
                <input type="radio" {name} value={value.clone()} checked={chosen == Some(number)}
                    onchange={on_answer.reform(move |_| Answer::Number(number))} />
                <span>{ value }</span>
                <span class="unseen">{ meaning }</span>
            </label>
        }
    };
    html! {
        <div class="scale" data-points={digits((high - low + 1).into())}>
            <div part="points">{ (low..=high).map(point).collect::<Html>() }</div>
            <span part="end" aria-hidden="true">{ &ends[0] }</span>
            <span part="end" aria-hidden="true">{ &ends[1] }</span>
        </div>
    }
}
