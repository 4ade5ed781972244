//! What all pages have in common: the document around the content, and the headers.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use maud::{DOCTYPE, Markup, html};
use valuemap_engine::tenancy::entities::site;

use crate::http::embed_pages::texts::Texts;

/// A page, before its document and headers are made.
pub struct Page {
    pub status: StatusCode,
    pub title: String,
    pub content: Markup,
    pub scripts: &'static [&'static str],
}

/// Writes down a page of a site, which the site's own pages may hold in an iframe. Nobody may where there is no site.
pub fn respond(texts: &Texts, site: Option<&site::Model>, page: Page) -> HttpResponse {
    let mut response = HttpResponse::build(page.status);
    response
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CONTENT_SECURITY_POLICY, policy(site, !page.scripts.is_empty())))
        // Whoever goes back finds the same form with the same submission id, and what was typed.
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .insert_header((header::VARY, "Accept-Language"))
        // With `no-referrer` a form of this page would be sent with the origin `null`.
        .insert_header((header::REFERRER_POLICY, "same-origin"))
        .insert_header((header::CROSS_ORIGIN_RESOURCE_POLICY, "cross-origin"))
        .insert_header((header::CROSS_ORIGIN_EMBEDDER_POLICY, "require-corp"));
    if page.status == StatusCode::SERVICE_UNAVAILABLE {
        response.insert_header((header::RETRY_AFTER, "2"));
    }
    response.body(document(texts, &page).into_string())
}

fn document(texts: &Texts, page: &Page) -> Markup {
    let kind = if page.scripts.is_empty() { "page" } else { "frame" };
    html! {
        (DOCTYPE)
        html lang=(texts.language) dir=(texts.direction) class=(kind) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (page.title) }
                link rel="stylesheet" href="/embed/v1/form.css";
                @for script in page.scripts {
                    script type="module" src=(script) {}
                }
            }
            body { main { (page.content) } }
        }
    }
}

fn policy(site: Option<&site::Model>, with_scripts: bool) -> String {
    let scripts = if with_scripts { "script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; " } else { "" };
    let ancestors = match site {
        Some(site) => site.origins().into_iter().filter(|origin| is_source(origin)).fold("'self'".into(), join),
        None => "'none'".to_owned(),
    };
    format!(
        "default-src 'none'; {scripts}style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
    )
}

fn join(list: String, origin: String) -> String {
    list + " " + &origin
}

/// Origins are checked when they are stored. A policy is worth a second look: a `;` would end it.
fn is_source(origin: &str) -> bool {
    origin.chars().all(|c| c.is_ascii_alphanumeric() || "-._:/[]".contains(c))
}
