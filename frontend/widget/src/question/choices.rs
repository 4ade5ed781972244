use valuemap_shared::survey::Choice;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct ChoicesProps {
    pub name: AttrValue,
    pub choices: Vec<Choice>,
    /// Any number of them may be chosen, and not just one.
    pub several: bool,
    /// Keys, in the order of the choices.
    pub chosen: Vec<String>,
    pub on_choose: Callback<Vec<String>>,
}

#[component]
pub fn Choices(ChoicesProps { name, choices, several, chosen, on_choose }: &ChoicesProps) -> Html {
    let row = |choice: &Choice| {
        let then = if *several { toggled(choices, chosen, &choice.key) } else { vec![choice.key.clone()] };
        let onchange = on_choose.reform(move |_: Event| then.clone());
        html! {
            <label class="choice" part="choice">
                <input type={if *several { "checkbox" } else { "radio" }} name={name.clone()} value={choice.key.clone()}
                    checked={chosen.contains(&choice.key)} {onchange} />
                <span>{ &choice.label }</span>
            </label>
        }
    };
    html! { <div class="choices">{ for choices.iter().map(row) }</div> }
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
