//! The HTTP server: which path leads where, and what is read and written at each.

mod app;
mod client;
mod embed_pages;
mod endpoints;
mod graphql;
mod health;
mod own_page;
mod page_origin;
mod request_body;
mod routing;
mod security_headers;
mod session;
mod status;
mod surveys;
mod uploads;
mod web;
mod webhooks;

pub use app::{routes, with_request_id};
pub use client::TrustedProxies;
pub use embed_pages::texts::Locales;
pub use endpoints::Endpoints;
pub use security_headers::with_security_headers;
pub use web::is_built;
