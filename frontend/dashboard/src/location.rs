//! What is on screen, in the address bar: a link shows others the same.

use valuemap_shared::calendar::Quarter;
use valuemap_shared::value_map::Weighting;
use wasm_bindgen::JsValue;
use web_sys::{UrlSearchParams, window};

use crate::api::{read_wire_name, wire_name};
use crate::what_if::Shifts;

/// A page of the dashboard. Each is loaded from the server under its own path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Route {
    Map,
    Embed,
}

impl Route {
    pub const ALL: [Self; 2] = [Self::Map, Self::Embed];

    /// The page that the address names.
    pub fn current() -> Self {
        let path = window().and_then(|window| window.location().pathname().ok()).unwrap_or_default();
        Self::ALL.into_iter().find(|route| route.path() == path).unwrap_or(Self::Map)
    }

    pub fn path(self) -> &'static str {
        match self {
            Self::Map => "/",
            Self::Embed => "/embed",
        }
    }

    /// As the masthead calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Map => "Map",
            Self::Embed => "Embed",
        }
    }
}

/// What somebody has picked. Nothing picked means the first community, and the latest quarter that holds answers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choice {
    pub community: Option<String>,
    pub period: Option<Quarter>,
    pub weighting: Weighting,
    /// What is supposed to rise or fall; `None` while nobody supposes anything.
    pub what_if: Option<Shifts>,
}

/// Reads the choice from the address. What cannot be read counts as not picked.
pub fn read_choice() -> Choice {
    let Some(parameters) = read_parameters() else { return Choice::default() };
    Choice {
        community: parameters.get("community").filter(|id| !id.is_empty()),
        period: parameters.get("period").and_then(|text| text.parse().ok()),
        weighting: parameters.get("weighting").and_then(|name| read_wire_name(&name)).unwrap_or_default(),
        what_if: parameters.get("what-if").map(|text| Shifts::read(&text)),
    }
}

/// Writes the choice to the address.
pub fn write_choice(choice: &Choice) {
    let period = choice.period.map(|period| period.to_string());
    let weighting = (choice.weighting != Weighting::default()).then(|| wire_name(choice.weighting));
    let what_if = choice.what_if.as_ref().map(Shifts::to_string);
    let pairs =
        [("community", &choice.community), ("period", &period), ("weighting", &weighting), ("what-if", &what_if)];
    write_parameters(pairs.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?))));
}

pub fn read_parameters() -> Option<UrlSearchParams> {
    let search = window()?.location().search().ok()?;
    UrlSearchParams::new_with_str(&search).ok()
}

/// Writes to the address in place: picking is not a step to go back from.
pub fn write_parameters<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) {
    let Some(window) = window() else { return };
    let (Ok(parameters), Ok(history)) = (UrlSearchParams::new(), window.history()) else { return };
    for (name, value) in pairs {
        parameters.set(name, value);
    }
    // A browser refuses this only when it is done many times a second; the address is then a little behind.
    let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&format!("?{}", parameters.to_string())));
}
