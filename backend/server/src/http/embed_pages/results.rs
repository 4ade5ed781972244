//! The thanks, with what the community says.

use actix_web::http::StatusCode;
use maud::{Markup, html};
use valuemap_engine::survey::record::Acknowledgement;
use valuemap_engine::value_map::public_results::Published;
use valuemap_shared::value_map::PublicResult;

use crate::http::embed_pages::page::Page;
use crate::http::embed_pages::texts::{Texts, fill};

pub fn thanks(texts: &Texts, title: &str, receipt: &Acknowledgement, published: &Published) -> Page {
    Page {
        status: StatusCode::OK,
        title: title.to_owned(),
        content: html! {
            section.card data-state="thanks" data-submission=(receipt.id.0) data-received-at=(receipt.received_at.to_rfc3339()) {
                p.title { (title) }
                h1.done { (texts.thanks) }
                p { (texts.arrived) }
                (table(texts, published))
                (follow_ups(texts, published))
            }
        },
        scripts: &[],
    }
}

fn table(texts: &Texts, published: &Published) -> Markup {
    html! {
        table {
            caption { (fill(&texts.results, "{period}", published.period)) }
            thead {
                tr {
                    th scope="col" { (texts.benefit) }
                    th scope="col" { (texts.score) }
                    th scope="col" { (texts.answers) }
                }
            }
            tbody { @for result in &published.results { (row(texts, result)) } }
        }
    }
}

/// What the organisation did about what members said.
fn follow_ups(texts: &Texts, published: &Published) -> Markup {
    html! {
        @if !published.follow_ups.is_empty() {
            h2 { (texts.follow_ups) }
            @for follow_up in &published.follow_ups {
                dl.follow-up {
                    dt { (texts.heard) } dd { (follow_up.heard) }
                    dt { (texts.done) } dd { (follow_up.done) " " time datetime=(follow_up.done_on) { (follow_up.done_on) } }
                }
            }
        }
    }
}

fn row(texts: &Texts, result: &PublicResult) -> Markup {
    html! {
        tr {
            th scope="row" {
                span { (texts.benefit_name(result.benefit)) }
                @match result.value {
                    Some(value) => progress aria-hidden="true" max="100" value=(value) {},
                    None => small { (texts.too_few) },
                }
            }
            td { @match result.value { Some(value) => (value), None => "\u{2013}" } }
            // How few they are is not shown either.
            td { @match result.value { Some(_) => (result.answers), None => "\u{2013}" } }
        }
    }
}
