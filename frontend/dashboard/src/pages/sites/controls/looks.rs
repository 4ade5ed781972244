use valuemap_ui::ColourField;
use yew::prelude::*;

use super::{ControlsProps, Words};
use crate::pages::sites::settings::{Faint, Scheme, Setting, faint, own_colour};

/// Colours, type and corners, and whether the colours can be read.
#[component]
pub fn Looks(props: &ControlsProps) -> Html {
    let colour = |setting: Setting, label: &'static str| {
        let fallback = own_colour(setting, Scheme::Light).map(|colour| colour.to_string()).unwrap_or_default();
        html! {
            <ColourField
                id={format!("setting-{}", setting.name())}
                {label}
                value={props.settings.get(setting).map(|value| AttrValue::from(value.to_owned()))}
                {fallback}
                onpick={props.setter(setting)}
                onclear={props.setter(setting).reform(|()| AttrValue::default())}
            />
        }
    };
    let found = faint(&props.settings);
    html! {
        <section class="settings" aria-labelledby="looks-title">
            <h2 id="looks-title">{ "How it looks" }</h2>
            <p class="field-hint">
                { "Light or dark as your page is. A colour that you set holds in both." }
            </p>
            { colour(Setting::Accent, "Accent") }
            { colour(Setting::Surface, "Surface") }
            { colour(Setting::Text, "Text") }
            <div role="status">
                if !found.is_empty() {
                    <div class="field-warning" data-warning="contrast">
                        for faint in &found {
                            <p>{ words(faint) }</p>
                        }
                        <p>{ "Text needs 4.5, and shapes need 3. The widget corrects what falls short of it." }</p>
                    </div>
                }
            </div>
            { props.text_field(Setting::Font, Words {
                label: "Font",
                placeholder: "Georgia, serif",
                hint: "As in CSS. Your page has to load it.",
                ..Words::default()
            }) }
            { props.text_field(Setting::Radius, Words { label: "Corners", unit: Some("px"), ..Words::default() }) }
        </section>
    }
}

fn words(faint: &Faint) -> String {
    let name = if faint.setting == Setting::Accent { "The accent" } else { "Text" };
    let scheme = faint.scheme.map(|scheme| format!(" in {}", scheme.name())).unwrap_or_default();
    // Rounded down: 4.49 is not 4.5.
    let contrast = (faint.contrast * 10.0).floor() / 10.0;
    format!("{name} has a contrast of {contrast:.1} with the surface{scheme}.")
}
