use valuemap_ui::{Select, SelectOption};
use yew::prelude::*;

use super::field::ControlsProps;
use super::settings::{LANGUAGES, Setting};

/// In what shape the survey comes, when its code does, and in which language.
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
            { props.choices(Setting::Load, "When its code comes", &[
                ("", "On interest", "When a member points at it or moves into it. A visit costs at most 8 KB."),
                ("idle", "When idle", "When the page has nothing else to do."),
                ("eager", "At once", "With the page."),
            ]) }
            { props.choices(Setting::OnFailure, "If there is no survey to show", &[
                ("", "Nothing", "Members see nothing; you see why in the console."),
                ("message", "A message", "Members are told."),
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
