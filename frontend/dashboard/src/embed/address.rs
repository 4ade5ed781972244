use super::contrast::Scheme;
use super::settings::Settings;
use super::snippet::Form;
use crate::location::{read_parameters, write_parameters};

/// What is on the page, in the address bar: a link shows others the same.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Address {
    /// The key of the site; without one, the first.
    pub site: Option<String>,
    pub settings: Settings,
    pub form: Form,
    pub view: View,
}

/// How the preview is looked at, which is no part of the snippet.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct View {
    /// `None` as the person at the screen has it.
    pub scheme: Option<Scheme>,
    pub is_phone: bool,
    pub is_rtl: bool,
}

impl Form {
    pub const ALL: [Self; 4] = [Self::Html, Self::Pinned, Self::React, Self::Vue];

    pub fn name(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Pinned => "sri",
            Self::React => "react",
            Self::Vue => "vue",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.name() == name)
    }
}

impl Address {
    pub fn read() -> Self {
        let parameters = read_parameters();
        let value_of = |name: &str| parameters.as_ref().and_then(|parameters| parameters.get(name));
        Self::from_values(value_of)
    }

    pub fn write(&self) {
        write_parameters(self.pairs());
    }

    /// What cannot be read counts as not picked.
    fn from_values(value_of: impl Fn(&str) -> Option<String>) -> Self {
        let scheme = |name: String| Scheme::BOTH.into_iter().find(|scheme| scheme.name() == name);
        Self {
            site: value_of("site").filter(|key| !key.is_empty()),
            form: value_of("form").and_then(|name| Form::named(&name)).unwrap_or_default(),
            view: View {
                scheme: value_of("scheme").and_then(scheme),
                is_phone: value_of("width").as_deref() == Some("phone"),
                is_rtl: value_of("direction").as_deref() == Some("rtl"),
            },
            settings: Settings::read(value_of),
        }
    }

    fn pairs(&self) -> Vec<(&'static str, &str)> {
        let own = [
            ("site", self.site.as_deref()),
            ("form", (self.form != Form::default()).then(|| self.form.name())),
            ("scheme", self.view.scheme.map(Scheme::name)),
            ("width", self.view.is_phone.then_some("phone")),
            ("direction", self.view.is_rtl.then_some("rtl")),
        ];
        let own = own.into_iter().filter_map(|(name, value)| Some((name, value?)));
        own.chain(self.settings.pairs()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pairs: &[(&str, &str)], expected: &[(&str, &str)]) {
        let value_of = |name: &str| pairs.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned());
        assert_eq!(Address::from_values(value_of).pairs(), expected);
    }

    #[test]
    fn an_address_is_written_and_read_alike() {
        let pairs = [
            ("site", "pk_1"),
            ("form", "react"),
            ("scheme", "dark"),
            ("width", "phone"),
            ("direction", "rtl"),
            ("mode", "modal"),
            ("text", "#222222"),
        ];
        check(&pairs, &pairs);
    }

    #[test]
    fn what_is_so_anyway_is_not_in_the_address() {
        check(&[("site", ""), ("form", "html"), ("scheme", "sepia"), ("direction", "ltr"), ("mode", "inline")], &[]);
    }
}
