//! A page in place of the one that was asked for.

use actix_web::http::{Method, StatusCode};
use maud::html;
use valuemap_api::error::ApiError;

use crate::http::embed_pages::page::Page;
use crate::http::embed_pages::texts::Texts;
use crate::http::request_body::HttpRefusal;

pub fn refusal(error: impl Into<ApiError>) -> HttpRefusal {
    error.into().into()
}

/// Says what happened and why, and how to go on where that helps. `form` is the address of the form.
pub fn page(texts: &Texts, method: &Method, refusal: &HttpRefusal, form: Option<&str>) -> Page {
    let was_sent = method == Method::POST;
    let heading = if was_sent { &texts.refused } else { &texts.unavailable };
    let reason = match refusal.code {
        "SITE_NOT_FOUND" => Some(&texts.form_not_found),
        "SURVEY_NOT_PUBLISHED" => Some(&texts.closed),
        "UNAUTHENTICATED" => Some(&texts.form_members_only),
        "SUBMISSION_ID_REUSED" => Some(&texts.arrived_before),
        "PAYLOAD_TOO_LARGE" => Some(&texts.form_too_large),
        _ if was_sent && is_passing(refusal.status) => Some(&texts.form_busy),
        _ => None,
    };
    // Where nothing else is said, a new form may help.
    let retry = form.filter(|_| reason.is_none());
    Page {
        status: refusal.status,
        title: texts.form_survey.clone(),
        content: html! {
            section.card data-state="failed" data-code=(refusal.code) {
                h1 { (heading) }
                @if let Some(reason) = reason { p { (reason) } }
                @if let Some(form) = retry { p { a href=(form) { (texts.retry) } } }
            }
        },
        scripts: &[],
    }
}

fn is_passing(status: StatusCode) -> bool {
    status.is_server_error() || [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS].contains(&status)
}
