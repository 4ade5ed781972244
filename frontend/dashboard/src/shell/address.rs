//! State in the address, so that a link shows others the same. The shell owns a part of it, and the page on screen.

use wasm_bindgen::JsValue;
use web_sys::{UrlSearchParams, window};
use yew::prelude::*;
use yew_router::hooks::use_location;

/// What somebody keeps in the address.
pub trait AddressPart: Clone + PartialEq + 'static {
    /// The parameters that are this part's.
    fn names() -> Vec<&'static str>;

    /// What cannot be read counts as not picked.
    fn read(value_of: &dyn Fn(&str) -> Option<String>) -> Self;

    /// The parameters that differ from their defaults.
    fn pairs(&self) -> Vec<(&'static str, String)>;
}

/// A part of the address, and how to change it.
#[hook]
pub fn use_address<P: AddressPart>() -> (P, Callback<P>) {
    let part = use_state_eq(read::<P>);
    let location =
        use_location().map(|to| (to.path().to_owned(), to.query_str().to_owned(), to.hash().to_owned(), to.id()));
    {
        let part = part.clone();
        use_effect_with(location, move |_| part.set(read()));
    }
    let onpick = {
        let part = part.clone();
        Callback::from(move |picked: P| {
            write(&picked);
            part.set(picked);
        })
    };
    ((*part).clone(), onpick)
}

/// A query string, empty or with its question mark.
pub fn query_string<'a>(pairs: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let Ok(parameters) = UrlSearchParams::new() else { return String::new() };
    for (name, value) in pairs {
        parameters.set(name, &value);
    }
    match String::from(parameters.to_string()) {
        query if query.is_empty() => query,
        query => format!("?{query}"),
    }
}

/// The value of a parameter of the address.
pub fn parameter(name: &str) -> Option<String> {
    parameters()?.get(name)
}

fn parameters() -> Option<UrlSearchParams> {
    let search = window()?.location().search().ok()?;
    UrlSearchParams::new_with_str(&search).ok()
}

fn read<P: AddressPart>() -> P {
    let parameters = parameters();
    P::read(&|name| parameters.as_ref()?.get(name))
}

/// Writes in place: picking is not a step to go back from.
fn write<P: AddressPart>(part: &P) {
    let (Some(window), Some(parameters)) = (window(), parameters()) else { return };
    let Ok(history) = window.history() else { return };
    for name in P::names() {
        parameters.delete(name);
    }
    for (name, value) in part.pairs() {
        parameters.set(name, &value);
    }
    let address = format!("?{}{}", parameters.to_string(), window.location().hash().unwrap_or_default());
    // A browser refuses this only when it is done many times a second; the address is then a little behind.
    let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address));
}
