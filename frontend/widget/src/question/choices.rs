use valuemap_shared::survey::Choice;
use yew::prelude::*;

use crate::survey::Answer;

/// Choices of which one, or any number, can be chosen, in the order in which they are `shown`. `chosen` holds keys, in
/// the order of the question.
pub fn choices(
    name: &AttrValue,
    choices: &[Choice],
    shown: &[&Choice],
    several: bool,
    chosen: &[String],
    on_answer: &Callback<Answer>,
) -> Html {
    let kind = AttrValue::from(if several { "checkbox" } else { "radio" });
    let row = |choice: &&Choice| {
        let then = if several { toggled(choices, chosen, &choice.key) } else { vec![choice.key.clone()] };
        html! {
            <label part="choice">
                <input type={&kind} {name} value={choice.key.clone()} checked={chosen.contains(&choice.key)}
                    onchange={on_answer.reform(move |_| Answer::Choices(then.clone()))} />
                <span>{ &choice.label }</span>
            </label>
        }
    };
    html! { <div part="choices">{ shown.iter().map(row).collect::<Html>() }</div> }
}

fn toggled(choices: &[Choice], chosen: &[String], key: &str) -> Vec<String> {
    let keys = choices.iter().map(|choice| &choice.key);
    keys.filter(|other| chosen.contains(other) != (*other == key)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_toggled_choice_takes_its_place_in_the_order_of_the_question() {
        let choices = ["a", "b", "c"].map(|key| Choice { key: key.into(), label: key.into() });
        let chosen = ["c", "a", "b", "a"].iter().fold(vec![], |chosen, key| toggled(&choices, &chosen, key));
        assert_eq!(chosen, ["b", "c"]);
    }
}
