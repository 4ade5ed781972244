//! The table of pages, as the router wants it.

use std::collections::HashMap;

use valuemap_shared::pages::Page;
use yew::prelude::*;
use yew_router::Routable;
use yew_router::hooks::use_route;

/// A page as the address names it. The table is not this crate's, so the router's derive macro cannot be used on it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Route(pub Page);

impl Routable for Route {
    fn from_path(path: &str, parameters: &HashMap<&str, &str>) -> Option<Self> {
        Page::at(path).filter(|_| parameters.is_empty()).map(Self)
    }

    fn to_path(&self) -> String {
        self.0.path().to_owned()
    }

    fn routes() -> Vec<&'static str> {
        Page::ALL.map(Page::path).to_vec()
    }

    /// The server answers no other paths, so nobody comes here.
    fn not_found_route() -> Option<Self> {
        Some(Self(Page::Map))
    }

    fn recognize(path: &str) -> Option<Self> {
        Page::at(path).map(Self).or_else(Self::not_found_route)
    }
}

/// The page that the address names.
#[hook]
pub fn use_page() -> Page {
    use_route::<Route>().map_or(Page::Map, |Route(page)| page)
}
