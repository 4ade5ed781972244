//! The dashboard: the strategic value map of an organisation's communities, for its internal people.

mod charts;
mod pages;
mod parts;
mod routes;
mod server;
mod session;
mod shell;
mod words;

fn main() {
    let root = web_sys::window().and_then(|window| window.document()?.get_element_by_id("dashboard"));
    if let Some(root) = root {
        yew::Renderer::<shell::App>::with_root(root).render();
    }
}
