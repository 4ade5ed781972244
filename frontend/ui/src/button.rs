use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct ButtonProps {
    pub children: Html,
    pub onpress: Callback<()>,
    /// What the button does is under way: it stays focusable, and pressing it again does nothing.
    #[prop_or_default]
    pub busy: bool,
}

#[component]
pub fn Button(props: &ButtonProps) -> Html {
    let onclick = {
        let (onpress, busy) = (props.onpress.clone(), props.busy);
        move |_| {
            if !busy {
                onpress.emit(());
            }
        }
    };
    html! {
        <button type="button" class="button" aria-disabled={props.busy.then_some("true")} {onclick}>
            { props.children.clone() }
        </button>
    }
}
