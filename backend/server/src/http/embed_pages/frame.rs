//! `/embed/frame/{site}`: the widget on a page of its own, for an iframe on a page that does not let the widget in.

use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, web};
use maud::html;
use valuemap_engine::services::Services;

use crate::http::embed_pages::failure;
use crate::http::embed_pages::form::{Visit, on_site};
use crate::http::embed_pages::page::Page;
use crate::http::embed_pages::texts::Locales;
use crate::http::request_body::HttpRefusal;

/// `frame.js` first: it listens before the widget says anything.
const SCRIPTS: &[&str] = &["/embed/v1/frame.js", "/embed/v1/valuemap.js"];

pub async fn show(
    request: HttpRequest,
    key: web::Path<String>,
    services: web::Data<Services>,
    locales: web::Data<Locales>,
) -> HttpResponse {
    let query = request.query_string();
    let parameter = |wanted| url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == wanted);
    let consent = parameter("consent").map(|(_, value)| value);
    let consent = consent.filter(|value| ["granted", "denied"].contains(&&**value));
    let preview = parameter("preview").is_some();
    on_site(&request, &key, &services, &locales, async |visit| frame_page(visit, consent.as_deref(), preview).await)
        .await
}

/// The plain form is inside of the element: it is seen wherever the element does not come to life. Where only members
/// who are signed in may answer, the widget can still learn who they are, and a text instead of the form says why it is
/// not there.
async fn frame_page(visit: &Visit<'_>, consent: Option<&str>, preview: bool) -> Result<Page, HttpRefusal> {
    let form = match visit.empty_form().await {
        Err(refusal) if refusal.status == StatusCode::UNAUTHORIZED => {
            failure::page(visit.texts, &Method::GET, &refusal, None)
        }
        form => form?,
    };
    let content = html! {
        valuemap-survey site=(visit.site.key) lang=(visit.language) consent=[consent] preview[preview] { (form.content) }
    };
    Ok(Page { status: StatusCode::OK, title: form.title, content, scripts: SCRIPTS })
}
