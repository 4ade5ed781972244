//! What a resolver is given: who asks, and the services.

use std::any::{Any, type_name};
use std::sync::Arc;

use anyhow::anyhow;
use async_graphql::Context;
use valuemap_engine::services::Services;
use valuemap_engine::tenancy::store::Viewer;

use crate::error::ApiError;

/// Whoever asks, as the HTTP layer found out.
pub fn viewer<'a>(context: &Context<'a>) -> Result<&'a Arc<Viewer>, ApiError> {
    context.data_opt::<Arc<Viewer>>().ok_or(ApiError::Unauthenticated)
}

/// Whoever asks, if they may change something.
pub fn editor<'a>(context: &Context<'a>) -> Result<&'a Arc<Viewer>, ApiError> {
    let viewer = viewer(context)?;
    if viewer.token.can_write { Ok(viewer) } else { Err(ApiError::Forbidden) }
}

/// What resolvers work with.
pub fn services<'a>(context: &Context<'a>) -> Result<&'a Services, ApiError> {
    data(context)
}

/// What the server gave the schema or the request. That it is there is up to the server.
pub fn data<'a, T: Any + Send + Sync>(context: &Context<'a>) -> Result<&'a T, ApiError> {
    context.data_opt::<T>().ok_or_else(|| ApiError::internal(anyhow!("a resolver lacks its {}", type_name::<T>())))
}
