use valuemap_shared::pages::Page;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, window};
use yew::prelude::*;
use yew_router::hooks::use_navigator;
use yew_router::query::Raw;

use crate::routes::Route;

#[derive(Properties, PartialEq)]
pub struct NavigationProps {
    /// The page on screen.
    pub page: Page,
    /// The query string that goes along.
    pub query: String,
}

/// Links to all pages.
#[component]
pub fn Navigation(props: &NavigationProps) -> Html {
    html! {
        <nav class="pages" aria-label="Pages">
            for page in Page::ALL {
                <PageLink {page} query={props.query.clone()} is_current={page == props.page} />
            }
        </nav>
    }
}

#[derive(Properties, PartialEq)]
struct PageLinkProps {
    page: Page,
    query: String,
    is_current: bool,
}

/// The router's own link has no `aria-current`, and leaves focus and scroll where they are.
#[component]
fn PageLink(props: &PageLinkProps) -> Html {
    let PageLinkProps { page, query, is_current } = props;
    let navigator = use_navigator();
    let onclick = {
        let (route, query) = (Route(*page), query.clone());
        Callback::from(move |event: MouseEvent| {
            let elsewhere = event.meta_key() || event.ctrl_key() || event.shift_key() || event.alt_key();
            let Some(navigator) = navigator.as_ref().filter(|_| !elsewhere) else { return };
            if navigator.push_with_query(&route, Raw(&query)).is_ok() {
                event.prevent_default();
                go_to_start();
            }
        })
    };
    html! {
        <a href={format!("{}{query}", page.path())} aria-current={is_current.then_some("page")} {onclick}>
            { page.name() }
        </a>
    }
}

/// As a browser does for a page that it loads.
fn go_to_start() {
    let Some(window) = window() else { return };
    window.scroll_to_with_x_and_y(0.0, 0.0);
    let main = window.document().and_then(|document| document.query_selector("main").ok()?);
    if let Some(main) = main.and_then(|main| main.dyn_into::<HtmlElement>().ok()) {
        // It is there and can be focused, which is all that could fail.
        let _ = main.focus();
    }
}
