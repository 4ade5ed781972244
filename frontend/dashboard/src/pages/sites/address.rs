use super::settings::{Scheme, Setting, Settings};
use super::snippet::Form;
use crate::shell::AddressPart;

/// What is on the page.
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

impl AddressPart for Address {
    fn names() -> Vec<&'static str> {
        ["site", "form", "scheme", "width", "direction"].into_iter().chain(Setting::ALL.map(Setting::name)).collect()
    }

    fn read(value_of: &dyn Fn(&str) -> Option<String>) -> Self {
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

    fn pairs(&self) -> Vec<(&'static str, String)> {
        let own = [
            ("site", self.site.as_deref()),
            ("form", (self.form != Form::default()).then(|| self.form.name())),
            ("scheme", self.view.scheme.map(Scheme::name)),
            ("width", self.view.is_phone.then_some("phone")),
            ("direction", self.view.is_rtl.then_some("rtl")),
        ];
        let own = own.into_iter().filter_map(|(name, value)| Some((name, value?)));
        own.chain(self.settings.pairs()).map(|(name, value)| (name, value.to_owned())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pairs: &[(&str, &str)], expected: &[(&str, &str)]) {
        let value_of = |name: &str| pairs.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned());
        let written = Address::read(&value_of).pairs();
        assert_eq!(written.iter().map(|(name, text)| (*name, text.as_str())).collect::<Vec<_>>(), expected);
        assert!(written.iter().all(|(name, _)| Address::names().contains(name)), "{written:?}");
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
    fn defaults_are_not_in_the_address() {
        check(&[("site", ""), ("form", "html"), ("scheme", "sepia"), ("direction", "ltr"), ("mode", "inline")], &[]);
    }
}
