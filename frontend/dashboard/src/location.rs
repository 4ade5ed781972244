//! What is on screen, in the address bar: a link shows others the same.

use valuemap_shared::calendar::Quarter;
use valuemap_shared::value_map::Weighting;
use wasm_bindgen::JsValue;
use web_sys::{UrlSearchParams, window};

use crate::api::{read_wire_name, wire_name};
use crate::what_if::Shifts;

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
    let search = window().and_then(|window| window.location().search().ok()).unwrap_or_default();
    let Ok(parameters) = UrlSearchParams::new_with_str(&search) else { return Choice::default() };
    Choice {
        community: parameters.get("community").filter(|id| !id.is_empty()),
        period: parameters.get("period").and_then(|text| text.parse().ok()),
        weighting: parameters.get("weighting").and_then(|name| read_wire_name(&name)).unwrap_or_default(),
        what_if: parameters.get("what-if").map(|text| Shifts::read(&text)),
    }
}

/// Writes the choice to the address, in place: picking is not a step to go back from.
pub fn write_choice(choice: &Choice) {
    let Some(window) = window() else { return };
    let (Ok(parameters), Ok(history)) = (UrlSearchParams::new(), window.history()) else { return };
    if let Some(community) = &choice.community {
        parameters.set("community", community);
    }
    if let Some(period) = choice.period {
        parameters.set("period", &period.to_string());
    }
    if choice.weighting != Weighting::default() {
        parameters.set("weighting", &wire_name(choice.weighting));
    }
    if let Some(shifts) = &choice.what_if {
        parameters.set("what-if", &shifts.to_string());
    }
    // A browser refuses this only when it is done many times a second; the address is then a little behind.
    let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&format!("?{}", parameters.to_string())));
}
