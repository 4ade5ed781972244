//! The controls of the settings, a section each, and what they have in common.

mod audience;
mod loading;
mod looks;
mod opening;
mod presence;

pub use audience::Audience;
pub use loading::Loading;
pub use looks::Looks;
pub use opening::Opening;
pub use presence::Presence;

use valuemap_ui::{Choice, Choices, Select, SelectOption, TextField};
use yew::prelude::*;

use super::settings::{Setting, Settings};

/// What every control needs: what is set, and whom to tell.
#[derive(Properties, PartialEq)]
pub struct ControlsProps {
    pub settings: Settings,
    pub onset: Callback<Settings>,
}

impl ControlsProps {
    /// Sets one thing to what somebody typed or picked.
    pub fn setter(&self, setting: Setting) -> Callback<AttrValue> {
        let settings = self.settings.clone();
        self.onset.reform(move |text: AttrValue| settings.with(setting, &text))
    }

    pub fn text_field(&self, setting: Setting, words: Words) -> Html {
        html! {
            <TextField
                id={format!("setting-{}", setting.name())}
                label={words.label}
                hint={words.hint}
                unit={words.unit.map(AttrValue::from)}
                placeholder={words.placeholder}
                value={self.settings.typed(setting).to_owned()}
                ontype={self.setter(setting)}
            />
        }
    }

    /// Choices of which the first is what holds where nothing is set: its value is empty.
    pub fn choices(&self, setting: Setting, legend: &'static str, choices: &[(&str, &str, &str)]) -> Html {
        let choice = |(value, label, hint): &(&str, &str, &str)| Choice {
            value: (*value).to_owned().into(),
            label: (*label).to_owned().into(),
            hint: (*hint).to_owned().into(),
        };
        html! {
            <Choices
                {legend}
                name={format!("setting-{}", setting.name())}
                choices={choices.iter().map(choice).collect::<Vec<_>>()}
                selected={self.settings.typed(setting).to_owned()}
                onpick={self.setter(setting)}
            />
        }
    }

    /// The same as a list to unfold, with the words on what is picked below it.
    pub fn list(&self, setting: Setting, label: &'static str, choices: &[(&str, &str, &str)]) -> Html {
        let option = |(value, label, _): &(&str, &str, &str)| SelectOption {
            value: (*value).to_owned().into(),
            label: (*label).to_owned().into(),
        };
        let picked = self.settings.typed(setting);
        let hint = choices.iter().find(|(value, ..)| *value == picked).map(|(.., hint)| (*hint).to_owned());
        html! {
            <div class="setting">
                <Select
                    {label}
                    options={choices.iter().map(option).collect::<Vec<_>>()}
                    selected={picked.to_owned()}
                    onpick={self.setter(setting)}
                />
                <p class="field-hint">{ hint }</p>
            </div>
        }
    }
}

/// What a field says about itself.
#[derive(Clone, Copy, Default)]
pub struct Words {
    pub label: &'static str,
    pub hint: &'static str,
    pub unit: Option<&'static str>,
    pub placeholder: &'static str,
}
