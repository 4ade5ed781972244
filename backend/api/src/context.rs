//! The context of a resolver: who asks, and the services.

use std::any::{Any, type_name};
use std::sync::Arc;

use anyhow::anyhow;
use async_graphql::{Context, Guard};
use valuemap_engine::database::author::Author;
use valuemap_engine::services::Services;
use valuemap_engine::tenancy::own::Own;
use valuemap_engine::tenancy::rights::Right;
use valuemap_engine::tenancy::store::Viewer;
use valuemap_shared::ids::CommunityId;

use crate::error::ApiError;

/// Whoever asks, as the HTTP layer found out.
pub fn viewer<'a>(context: &Context<'a>) -> Result<&'a Arc<Viewer>, ApiError> {
    context.data_opt::<Arc<Viewer>>().ok_or(ApiError::Unauthenticated)
}

/// The proof that whoever asks may change this community, as the audit log will say they did by this field; `None` where
/// their organisation has no such community.
pub async fn own(context: &Context<'_>, community: CommunityId, right: Right) -> Result<Option<Own>, ApiError> {
    let (services, viewer) = (services(context)?, viewer(context)?);
    let asked = (right, context.field().name());
    Ok(viewer.own(&services.database.read, &services.ambient, community, asked).await?)
}

/// Whoever asks, as the author of a change to their organisation by this field.
pub fn author(context: &Context<'_>, right: Right) -> Result<Author, ApiError> {
    let (services, viewer) = (services(context)?, viewer(context)?);
    Ok(viewer.author(&services.ambient, right, context.field().name())?)
}

/// A field that is for those who have a right: `#[graphql(guard = "Right::ReadFigures.needed()")]`.
pub struct Needed(Right);

pub trait Need {
    fn needed(self) -> Needed;
}

impl Need for Right {
    fn needed(self) -> Needed {
        Needed(self)
    }
}

impl Guard for Needed {
    async fn check(&self, context: &Context<'_>) -> async_graphql::Result<()> {
        Ok(may(context, self.0)?)
    }
}

pub fn may(context: &Context<'_>, right: Right) -> Result<(), ApiError> {
    Ok(viewer(context)?.may(right)?)
}

/// What resolvers work with.
pub fn services<'a>(context: &Context<'a>) -> Result<&'a Services, ApiError> {
    data(context)
}

/// What the server gave the schema or the request. That it is there is up to the server.
pub fn data<'a, T: Any + Send + Sync>(context: &Context<'a>) -> Result<&'a T, ApiError> {
    context.data_opt::<T>().ok_or_else(|| ApiError::internal(anyhow!("a resolver lacks its {}", type_name::<T>())))
}
