use valuemap_ui::{Select, SelectOption};
use yew::prelude::*;

use super::ControlsProps;
use crate::pages::sites::settings::{LANGUAGES, Setting};

/// In what shape the survey comes, and in which language.
#[component]
pub fn Presence(props: &ControlsProps) -> Html {
    html! {
        <section class="settings" aria-labelledby="presence-title">
            <h2 id="presence-title">{ "How it stands on the page" }</h2>
            { props.choices(Setting::Mode, "Mode", &[
                ("", "Inline", "Part of the page, where the element is."),
                ("popover", "Popover", "A card in the corner. The page stays usable."),
                ("modal", "Modal", "A dialog over the page."),
            ]) }
            <Select
                label="Language"
                options={languages()}
                selected={props.settings.typed(Setting::Lang).to_owned()}
                onpick={props.setter(Setting::Lang)}
            />
        </section>
    }
}

fn languages() -> Vec<SelectOption> {
    let option = |value: &'static str| SelectOption {
        value: value.into(),
        label: match value {
            "en" => "English",
            "de" => "Deutsch",
            "fr" => "Français",
            "es" => "Español",
            "ja" => "日本語",
            "ar" => "العربية",
            _ => "As the page",
        }
        .into(),
    };
    [""].into_iter().chain(LANGUAGES).map(option).collect()
}
