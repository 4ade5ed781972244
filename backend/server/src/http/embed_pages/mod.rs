//! The survey as pages of this server: a plain form that needs no script, and the page inside of the iframe that the
//! widget falls back to where a community's page does not let it in.

mod answers;
mod failure;
mod fields;
mod form;
mod frame;
mod order;
mod page;
mod results;
pub mod texts;

use actix_web::web;

use crate::http::routing::{not_allowed, reads};

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/embed/form/{site}")
                .route(web::get().to(form::show))
                .route(web::head().to(form::show))
                .route(web::post().to(form::receive))
                .default_service(web::route().to(async || not_allowed("GET, HEAD, POST"))),
        )
        .service(reads("/embed/frame/{site}", frame::show));
}
