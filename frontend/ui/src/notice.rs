use yew::prelude::*;

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Tone {
    #[default]
    Calm,
    /// Something went wrong; screen readers say it at once.
    Alarm,
}

#[derive(Properties, PartialEq)]
pub struct NoticeProps {
    pub title: AttrValue,
    #[prop_or_default]
    pub tone: Tone,
    #[prop_or_default]
    pub children: Html,
}

/// A few words in place of, or above, what was expected: nothing there yet, something failed.
#[component]
pub fn Notice(props: &NoticeProps) -> Html {
    let (class, role) = match props.tone {
        Tone::Calm => ("notice", None),
        Tone::Alarm => ("notice notice-alarm", Some("alert")),
    };
    html! {
        <div {class} {role}>
            <h2>{ &props.title }</h2>
            { props.children.clone() }
        </div>
    }
}
