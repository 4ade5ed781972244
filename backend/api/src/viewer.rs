//! Who is asking.

use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, Utc};

use crate::context::viewer;
use crate::error::ApiError;
use crate::wire::node_id::NodeId;
use crate::wire::scalars::Count;

#[derive(Default)]
pub struct ViewerQuery;

#[Object]
impl ViewerQuery {
    /// Who is asking.
    async fn viewer(&self, context: &Context<'_>) -> Result<ViewerNode, ApiError> {
        let viewer = viewer(context)?;
        Ok(ViewerNode {
            name: viewer.token.name.clone(),
            can_write: viewer.token.can_write,
            expires_at: viewer.token.expires_at,
            organisation: Organisation {
                id: NodeId::Organisation(viewer.organisation_id()),
                name: viewer.organisation.name.clone(),
                minimum_answers: Count(viewer.minimum_answers()),
            },
        })
    }
}

/// The token or session that the request was sent with.
#[derive(SimpleObject)]
#[graphql(name = "Viewer")]
pub struct ViewerNode {
    name: String,
    can_write: bool,
    expires_at: DateTime<Utc>,
    organisation: Organisation,
}

#[derive(SimpleObject)]
pub struct Organisation {
    id: NodeId,
    name: String,
    /// Below this many answers a figure is suppressed.
    minimum_answers: Count,
}
