use yew::prelude::*;

use super::ControlsProps;
use crate::pages::sites::settings::Setting;

/// When the code comes, and what there is if nothing does.
#[component]
pub fn Loading(props: &ControlsProps) -> Html {
    html! {
        <section class="settings" aria-labelledby="loading-title">
            <h2 id="loading-title">{ "How it loads" }</h2>
            { props.list(Setting::Load, "When its code comes", &[
                ("", "On interest", "When a member points at it or moves into it. Until then a visit costs 6 to 9 KB."),
                ("idle", "When idle", "When the page has nothing else to do."),
                ("eager", "At once", "With the page."),
            ]) }
            { props.list(Setting::Unavailable, "If there is no survey", &[
                ("", "Nothing", "Members see nothing; you see why in the console."),
                ("message", "A message", "Members are told."),
            ]) }
        </section>
    }
}
