//! Who is asking.

use async_graphql::{Context, Enum, Object, SimpleObject};
use chrono::{DateTime, Utc};
use valuemap_engine::tenancy::rights as domain;

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
            can_write: viewer.rights().has(domain::Right::Write),
            rights: viewer.rights().iter().map(Right::from).collect(),
            expires_at: viewer.token.expires_at,
            organisation: Organisation {
                id: NodeId::Organisation(viewer.organisation_id()),
                name: viewer.organisation.name.clone(),
                minimum_answers: Count(viewer.minimum_answers()),
            },
        })
    }
}

/// One thing that a token or session allows in its organisation.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::Right")]
pub enum Right {
    /// Scores, amounts and where they come from.
    ReadFigures,
    /// What single people answered, said or did.
    ReadAnswers,
    /// Recording what happened, what it cost and what it is worth, and deciding which answers count.
    Write,
    /// Communities, surveys, sites, scoring models, webhook endpoints.
    Manage,
    /// Tokens and sessions, the audit log, and having the server do something again.
    Operate,
}

/// The token or session that the request was sent with.
#[derive(SimpleObject)]
#[graphql(name = "Viewer")]
pub struct ViewerNode {
    name: String,
    /// Whether `rights` holds `WRITE`.
    can_write: bool,
    rights: Vec<Right>,
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
