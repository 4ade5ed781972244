//! Data loaders: they batch what many nodes of one request load. Each request gets its own.

use async_graphql::Request;
use async_graphql::dataloader::DataLoader;
use valuemap_engine::services::Services;

use crate::activities::Tracked;
use crate::notices::NoticesOf;
use crate::sites::SitesOf;
use crate::survey::surveys::SurveysOf;
use crate::wire::lists::Lists;

/// A request with its loaders.
pub fn with_loaders(request: Request, services: &Services) -> Request {
    let database = &services.database;
    request
        .data(DataLoader::new(SitesOf(database.clone()), tokio::spawn))
        .data(DataLoader::new(SurveysOf(database.clone()), tokio::spawn))
        .data(DataLoader::new(NoticesOf(services.clone()), tokio::spawn))
        .data(DataLoader::new(Tracked(database.clone()), tokio::spawn))
        .data(DataLoader::new(Lists(database.clone()), tokio::spawn))
}
