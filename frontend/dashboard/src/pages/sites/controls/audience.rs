use valuemap_ui::Slider;
use yew::prelude::*;

use super::{ControlsProps, Words};
use crate::pages::sites::settings::Setting;

/// The share of visitors that everybody is.
const ALL: i32 = 100;

/// Who is asked, how often, and what may be kept in their browser.
#[component]
pub fn Audience(props: &ControlsProps) -> Html {
    let share = props.settings.get(Setting::Sample).and_then(|text| text.parse().ok()).unwrap_or(ALL);
    let words = if share == ALL { "all visitors".to_owned() } else { format!("{share}% of visitors") };
    let hint = if props.settings.is_overlay() {
        "After it was shown or answered. 30 if you leave it empty."
    } else {
        "After it was answered. Without an end if you leave it empty: it is simply there."
    };
    html! {
        <section class="settings" aria-labelledby="audience-title">
            <h2 id="audience-title">{ "Who is asked" }</h2>
            <Slider
                id="setting-sample"
                label="Ask"
                min={1}
                max={ALL}
                value={share}
                text={words}
                onslide={props.setter(Setting::Sample).reform(|share: i32| AttrValue::from(share.to_string()))}
            />
            { props.text_field(Setting::CoolDown, Words {
                label: "Then not again for",
                unit: Some("days"),
                hint,
                ..Words::default()
            }) }
            { props.list(Setting::Consent, "Consent to storing", &[
                ("", "Not asked", "Nothing is stored before a member submits."),
                ("granted", "Granted", "Your page has it: sampling and cool-down hold across visits."),
                ("denied", "Denied", "Nothing is ever stored."),
            ]) }
        </section>
    }
}
