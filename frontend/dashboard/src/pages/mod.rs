//! The pages, a folder each.

mod data;
mod map;
mod sites;

use valuemap_shared::pages::Page;
use yew::prelude::*;

use self::data::DataPage;
use self::map::MapPage;
use self::sites::SitesPage;
use crate::shell::PageContext;

pub fn show(page: Page, context: PageContext) -> Html {
    match page {
        Page::Map => html! { <MapPage {context} /> },
        Page::Data => html! { <DataPage {context} /> },
        Page::Sites => html! { <SitesPage {context} /> },
    }
}

/// The parameters of a page's address that hold for any community, and stay when another one is picked. `None` for a page
/// that shows no single community.
pub fn lasting_parameters(page: Page) -> Option<&'static [&'static str]> {
    match page {
        Page::Map => Some(&["weighting"]),
        Page::Data => Some(&[]),
        Page::Sites => None,
    }
}
