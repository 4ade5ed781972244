//! The widget, the dashboard and the demo page, as the build made them: read from `dist` by a debug build, inside of
//! the binary in a release build.

use std::borrow::Cow;
use std::future::ready;

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use rust_embed::RustEmbed;
use valuemap_shared::pages::Page;

use crate::http::routing::reads;

#[derive(RustEmbed)]
#[folder = "../../dist"]
struct Dist;

/// What the pages of this server may load: their own files, and WebAssembly.
const PAGE_POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data:; \
                           object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

pub fn routes(config: &mut web::ServiceConfig) {
    for page in Page::ALL {
        config.service(reads(page.path(), dashboard));
    }
    for (path, page) in Page::MOVED {
        config.service(reads(path, move |http: HttpRequest| ready(moved_to(page, &http))));
    }
    config
        .service(reads("/demo", async |http: HttpRequest| page(&http, "demo/index.html")))
        .service(reads("/demo/{file}", demo_file))
        .service(reads("/assets/{file}", dashboard_file))
        .service(reads("/embed/v1/{file}", embed_file));
}

/// Whether the web assets were built.
pub fn is_built() -> bool {
    Dist::get("dashboard/index.html").is_some()
}

/// Every page of the dashboard is the same file, which shows the page that the address names.
async fn dashboard(http: HttpRequest) -> HttpResponse {
    page(&http, "dashboard/index.html")
}

fn moved_to(page: Page, http: &HttpRequest) -> HttpResponse {
    let location = match http.query_string() {
        "" => page.path().to_owned(),
        query => format!("{}?{query}", page.path()),
    };
    HttpResponse::PermanentRedirect().insert_header((header::LOCATION, location)).finish()
}

fn page(http: &HttpRequest, path: &str) -> HttpResponse {
    if !is_built() {
        return HttpResponse::NotFound()
            .content_type("text/plain; charset=utf-8")
            .body("This server was built without its web pages. Run `cargo xtask build` and start it again.\n");
    }
    let mut response = file(http, path, "no-cache");
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

async fn demo_file(http: HttpRequest, name: web::Path<String>) -> HttpResponse {
    file(&http, &format!("demo/{name}"), "no-cache")
}

/// The names of these files change with their content.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

async fn dashboard_file(http: HttpRequest, name: web::Path<String>) -> HttpResponse {
    file(&http, &format!("dashboard/assets/{name}"), FOR_EVER)
}

/// Files for other people's pages. Some keep their names, so they are asked for again after five minutes.
async fn embed_file(http: HttpRequest, name: web::Path<String>) -> HttpResponse {
    let caching =
        if ["valuemap.js", "frame.js", "form.css"].contains(&&**name) { "public, max-age=300" } else { FOR_EVER };
    let mut response = file(&http, &format!("embed/v1/{name}"), caching);
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
    response
}

fn file(http: &HttpRequest, path: &str, caching: &str) -> HttpResponse {
    let Some(plain) = Dist::get(path).filter(|_| !path.contains("..") && !path.ends_with(".br")) else {
        return HttpResponse::NotFound().content_type("text/plain; charset=utf-8").body("There is no such file.\n");
    };
    let etag = format!("\"{}\"", valuemap_engine::base::digests::hexadecimal(&plain.metadata.sha256_hash()[..16]));
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::CONTENT_TYPE, content_type(path)))
        .insert_header((header::CACHE_CONTROL, caching))
        .insert_header((header::VARY, "Accept-Encoding"))
        .insert_header((header::ETAG, etag.as_str()));
    if http.headers().get(header::IF_NONE_MATCH).is_some_and(|known| known == etag.as_str()) {
        response.status(actix_web::http::StatusCode::NOT_MODIFIED);
        return response.finish();
    }
    match Dist::get(&format!("{path}.br")).filter(|_| accepts_brotli(http)) {
        Some(compressed) => response.insert_header((header::CONTENT_ENCODING, "br")).body(bytes(compressed.data)),
        None => response.body(bytes(plain.data)),
    }
}

/// What is inside of the binary is sent from where it is.
fn bytes(data: Cow<'static, [u8]>) -> web::Bytes {
    match data {
        Cow::Borrowed(embedded) => web::Bytes::from_static(embedded),
        Cow::Owned(read) => read.into(),
    }
}

fn content_type(path: &str) -> String {
    let guessed = mime_guess::from_path(path).first_or_octet_stream();
    if guessed.type_() == "text" { format!("{guessed}; charset=utf-8") } else { guessed.to_string() }
}

fn accepts_brotli(http: &HttpRequest) -> bool {
    let accepted = http.headers().get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    accepted.unwrap_or_default().split(',').any(|part| {
        let mut part = part.split(';').map(str::trim);
        part.next() == Some("br") && part.next() != Some("q=0")
    })
}
