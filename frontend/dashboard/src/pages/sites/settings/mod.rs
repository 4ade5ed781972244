//! How a partner wants the survey, as attributes and custom properties name it.

mod contrast;

pub use contrast::{Faint, Scheme, faint, own_colour};

use std::collections::BTreeMap;

use self::contrast::Colour;

/// Something that can be set. The order is that of the attributes in a snippet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Setting {
    Lang,
    Mode,
    Load,
    TriggerUrl,
    TriggerDelay,
    TriggerScroll,
    TriggerExit,
    TriggerEvent,
    TriggerClick,
    Sample,
    CoolDown,
    Consent,
    Unavailable,
    Accent,
    Surface,
    Text,
    Font,
    Radius,
}

/// Where a setting goes in a snippet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Target {
    Attribute,
    /// An attribute that is only there or not.
    Flag,
    /// A share of one, which people write in percent.
    Percentage,
    /// A custom property, with its unit.
    Property(&'static str),
}

enum Values {
    /// One of these. What needs no attribute is not among them.
    Words(&'static [&'static str]),
    Number {
        min: u32,
        max: u32,
    },
    Colour,
    /// Names of fonts, in which nothing may end a declaration.
    Fonts,
    Text,
}

/// The languages that the widget speaks.
pub const LANGUAGES: [&str; 6] = ["en", "de", "fr", "es", "ja", "ar"];

/// Longer texts are of no use in a snippet.
const MAX_LENGTH: usize = 200;

impl Setting {
    pub const ALL: [Self; 18] = [
        Self::Lang,
        Self::Mode,
        Self::Load,
        Self::TriggerUrl,
        Self::TriggerDelay,
        Self::TriggerScroll,
        Self::TriggerExit,
        Self::TriggerEvent,
        Self::TriggerClick,
        Self::Sample,
        Self::CoolDown,
        Self::Consent,
        Self::Unavailable,
        Self::Accent,
        Self::Surface,
        Self::Text,
        Self::Font,
        Self::Radius,
    ];

    /// The name of the attribute, or of the custom property without its prefix.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lang => "lang",
            Self::Mode => "mode",
            Self::Load => "load",
            Self::TriggerUrl => "trigger-url",
            Self::TriggerDelay => "trigger-delay",
            Self::TriggerScroll => "trigger-scroll",
            Self::TriggerExit => "trigger-exit",
            Self::TriggerEvent => "trigger-event",
            Self::TriggerClick => "trigger-click",
            Self::Sample => "sample",
            Self::CoolDown => "cool-down",
            Self::Consent => "consent",
            Self::Unavailable => "unavailable",
            Self::Accent => "accent",
            Self::Surface => "surface",
            Self::Text => "text",
            Self::Font => "font",
            Self::Radius => "radius",
        }
    }

    pub fn target(self) -> Target {
        match self {
            Self::TriggerExit => Target::Flag,
            Self::Sample => Target::Percentage,
            Self::Accent | Self::Surface | Self::Text | Self::Font => Target::Property(""),
            Self::Radius => Target::Property("px"),
            _ => Target::Attribute,
        }
    }

    /// Whether it says when an overlay opens, which is nothing that an inline survey does.
    pub fn is_trigger(self) -> bool {
        self.name().starts_with("trigger-")
    }

    fn values(self) -> Values {
        match self {
            Self::Lang => Values::Words(&LANGUAGES),
            Self::Mode => Values::Words(&["popover", "modal"]),
            Self::Load => Values::Words(&["idle", "eager"]),
            Self::TriggerExit => Values::Words(&["on"]),
            Self::Consent => Values::Words(&["granted", "denied"]),
            Self::Unavailable => Values::Words(&["message"]),
            Self::TriggerDelay => Values::Number { min: 0, max: 3_600 },
            Self::TriggerScroll => Values::Number { min: 1, max: 100 },
            Self::Sample => Values::Number { min: 1, max: 99 },
            Self::CoolDown => Values::Number { min: 0, max: 3_650 },
            Self::Radius => Values::Number { min: 0, max: 48 },
            Self::Accent | Self::Surface | Self::Text => Values::Colour,
            Self::Font => Values::Fonts,
            Self::TriggerUrl | Self::TriggerEvent | Self::TriggerClick => Values::Text,
        }
    }

    /// A value as it is kept; `None` for defaults and for what cannot be read.
    fn read(self, text: &str) -> Option<String> {
        match self.values() {
            Values::Words(words) => words.contains(&text).then(|| text.to_owned()),
            Values::Number { min, max } => {
                let number: u32 = text.trim().parse().ok()?;
                // All visitors, and not a share of them.
                if self == Self::Sample && number > max {
                    return None;
                }
                Some(number.clamp(min, max).to_string())
            }
            Values::Colour => text.parse::<Colour>().ok().map(|colour| colour.to_string()),
            Values::Fonts => written(text, |character| {
                character.is_alphanumeric() || matches!(character, ' ' | ',' | '-' | '_' | '"' | '\'')
            }),
            Values::Text => written(text, |character| !character.is_control()),
        }
    }
}

fn written(text: &str, is_allowed: impl Fn(char) -> bool) -> Option<String> {
    let kept: String = text.chars().filter(|character| is_allowed(*character)).take(MAX_LENGTH).collect();
    (!kept.trim().is_empty()).then_some(kept)
}

/// What was set, defaults left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings(BTreeMap<Setting, String>);

impl Settings {
    /// Reads what [`Settings::pairs`] writes.
    pub fn read(value_of: impl Fn(&str) -> Option<String>) -> Self {
        Setting::ALL.into_iter().fold(Self::default(), |settings, setting| match value_of(setting.name()) {
            Some(text) => settings.with(setting, &text),
            None => settings,
        })
    }

    pub fn pairs(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(setting, value)| (setting.name(), value.as_str()))
    }

    pub fn with(&self, setting: Setting, text: &str) -> Self {
        let mut settings = self.0.clone();
        match setting.read(text) {
            Some(value) => settings.insert(setting, value),
            None => settings.remove(&setting),
        };
        Self(settings)
    }

    /// The value, trimmed; `None` where nothing was set.
    pub fn get(&self, setting: Setting) -> Option<&str> {
        self.0.get(&setting).map(|value| value.trim())
    }

    /// The value as it was typed.
    pub fn typed(&self, setting: Setting) -> &str {
        self.0.get(&setting).map_or("", String::as_str)
    }

    pub fn is_overlay(&self) -> bool {
        self.get(Setting::Mode).is_some()
    }

    /// What has a bearing on the survey as it is set: triggers only where something opens.
    pub fn in_effect(&self) -> impl Iterator<Item = (Setting, &str)> {
        let is_overlay = self.is_overlay();
        let all = self.0.iter().map(|(setting, value)| (*setting, value.trim()));
        all.filter(move |(setting, _)| is_overlay || !setting.is_trigger())
    }

    pub fn has_trigger(&self) -> bool {
        self.in_effect().any(|(setting, _)| setting.is_trigger())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(pairs: &[(&str, &str)]) -> Settings {
        let value_of = |name: &str| pairs.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned());
        Settings::read(value_of)
    }

    fn check(name: &str, text: &str, expected: Option<&str>) {
        let settings = settings(&[(name, text)]);
        assert_eq!(
            settings.pairs().next(),
            expected.map(|value| (name, value)).as_ref().map(|(n, v)| (setting(n), *v))
        );
    }

    fn setting(name: &str) -> &'static str {
        Setting::ALL.into_iter().find(|setting| setting.name() == name).unwrap().name()
    }

    #[test]
    fn settings_are_written_and_read_alike() {
        let pairs =
            [("lang", "de"), ("mode", "modal"), ("trigger-exit", "on"), ("sample", "25"), ("accent", "#0b6e4f")];
        let settings = settings(&pairs);
        assert_eq!(settings.pairs().collect::<Vec<_>>(), pairs);
    }

    #[test]
    fn defaults_and_what_cannot_be_read_are_not_kept() {
        for (name, text) in [
            ("mode", "inline"),
            ("mode", "fullscreen"),
            ("lang", "tlh"),
            ("sample", "100"),
            ("trigger-delay", "soon"),
            ("trigger-url", "   "),
            ("accent", "red"),
            ("accent", "#12345"),
        ] {
            check(name, text, None);
        }
    }

    #[test]
    fn numbers_stay_in_their_range() {
        check("trigger-scroll", "500", Some("100"));
        check("sample", "0", Some("1"));
        check("radius", " 8 ", Some("8"));
    }

    #[test]
    fn fonts_cannot_end_their_declaration() {
        check("font", "Georgia; } body { color: red", Some("Georgia  body  color red"));
        check("font", "\"Source Serif\", serif", Some("\"Source Serif\", serif"));
    }

    #[test]
    fn triggers_count_where_something_opens() {
        let triggered = [("trigger-delay", "10"), ("trigger-click", "#feedback")];
        assert_eq!(settings(&triggered).in_effect().count(), 0);
        let popover = settings(&triggered).with(Setting::Mode, "popover");
        assert!(popover.has_trigger());
        assert_eq!(popover.in_effect().count(), 3);
    }
}
