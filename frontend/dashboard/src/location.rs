//! What is on screen, in the address bar: a link shows others the same.

use valuemap_shared::calendar::Quarter;
use wasm_bindgen::JsValue;
use web_sys::{UrlSearchParams, window};

/// What somebody has picked. Nothing picked means the first community, and the latest quarter that holds answers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choice {
    pub community: Option<String>,
    pub period: Option<Quarter>,
}

/// Reads the choice from the address. What is not a quarter counts as not picked.
pub fn read_choice() -> Choice {
    let search = window().and_then(|window| window.location().search().ok()).unwrap_or_default();
    let Ok(parameters) = UrlSearchParams::new_with_str(&search) else { return Choice::default() };
    Choice {
        community: parameters.get("community").filter(|id| !id.is_empty()),
        period: parameters.get("period").and_then(|text| text.parse().ok()),
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
    // A browser refuses this only when it is done many times a second; the address is then a little behind.
    let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&format!("?{}", parameters.to_string())));
}
