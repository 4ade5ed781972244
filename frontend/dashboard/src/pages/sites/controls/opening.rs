use valuemap_ui::Checkbox;
use yew::prelude::*;

use super::{ControlsProps, Words};
use crate::pages::sites::settings::Setting;

/// What opens an overlay.
#[component]
pub fn Opening(props: &ControlsProps) -> Html {
    let ontoggle =
        props.setter(Setting::TriggerExit).reform(|checked| AttrValue::from(if checked { "on" } else { "" }));
    html! {
        <section class="settings" aria-labelledby="opening-title">
            <h2 id="opening-title">{ "When it opens" }</h2>
            <p class="field-hint">{ "Whichever comes first. With a URL pattern, only on pages that fit it." }</p>
            <div class="settings-pair">
                { props.text_field(Setting::TriggerDelay, Words {
                    label: "After",
                    unit: Some("seconds"),
                    ..Words::default()
                }) }
                { props.text_field(Setting::TriggerScroll, Words {
                    label: "Scrolled by",
                    unit: Some("% of the page"),
                    ..Words::default()
                }) }
            </div>
            <Checkbox
                label="When the pointer leaves the window at the top"
                checked={props.settings.get(Setting::TriggerExit).is_some()}
                {ontoggle}
            />
            { props.text_field(Setting::TriggerUrl, Words {
                label: "On pages whose URL fits",
                placeholder: "/topics/*",
                hint: "* stands for anything. Pages that an app moves to without loading count, too.",
                ..Words::default()
            }) }
            { props.text_field(Setting::TriggerClick, Words {
                label: "On a click on",
                placeholder: "#feedback-button",
                hint: "A CSS selector.",
                ..Words::default()
            }) }
            { props.text_field(Setting::TriggerEvent, Words {
                label: "On the event",
                placeholder: "topic-solved",
                hint: "The name of a DOM event that your page dispatches on its document or window.",
                ..Words::default()
            }) }
            if !props.settings.has_trigger() {
                <p class="field-warning">{ "Nothing opens it yet, unless your page calls " }<code>{ "open()" }</code>{ "." }</p>
            }
        </section>
    }
}
