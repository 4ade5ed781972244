//! The dashboard: the strategic value map of an organisation's communities, for its internal people.

mod access;
mod amount;
mod api;
mod app;
mod asking;
mod embed;
mod failure;
mod format;
mod location;
mod masthead;
mod product;
mod remote;
mod returning;
mod value_map;
mod what_if;

fn main() {
    let root = web_sys::window().and_then(|window| window.document()?.get_element_by_id("dashboard"));
    if let Some(root) = root {
        yew::Renderer::<app::App>::with_root(root).render();
    }
}
