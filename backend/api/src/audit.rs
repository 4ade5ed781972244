//! The audit log: who changed what.

use async_graphql::connection::Edge;
use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, Utc};
use valuemap_engine::database::author::audit_entry;
use valuemap_engine::tenancy::own::audit_log;
use valuemap_engine::tenancy::rights::Right;
use valuemap_shared::ids::{AuditEntryId, CommunityId, TokenId};

use crate::context::{Need, services, viewer};
use crate::error::ApiError;
use crate::wire::lists::Nodes;
use crate::wire::node_id::NodeId;
use crate::wire::paging::{self, page_size};

/// A change that was made. Entries are added in the transaction of the change, and never changed or removed.
#[derive(SimpleObject)]
pub struct AuditEntry {
    id: NodeId,
    at: DateTime<Utc>,
    /// What the token or session was called that it was made with.
    actor: String,
    /// That token or session, which may be gone by now; null at the command line.
    token: Option<NodeId>,
    /// The community that it was made to; null where it was made to the organisation.
    community: Option<NodeId>,
    /// The mutation or the command.
    what: String,
}

impl From<audit_entry::Model> for AuditEntry {
    fn from(row: audit_entry::Model) -> Self {
        Self {
            id: NodeId::AuditEntry(AuditEntryId(row.id)),
            at: row.at,
            actor: row.actor,
            token: row.token_id.map(|id| NodeId::Token(TokenId(id))),
            community: row.community_id.map(|id| NodeId::Community(CommunityId(id))),
            what: row.what,
        }
    }
}

#[derive(Default)]
pub struct AuditQuery;

#[Object]
impl AuditQuery {
    /// What was changed in the organisation and by whom, the latest first. Answers and events of webhooks are not among
    /// it: they are stored with where they came from.
    #[graphql(guard = "Right::Operate.needed()", complexity = "paging::complexity(first, child_complexity)")]
    async fn audit_log(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Nodes<AuditEntry>, ApiError> {
        let (services, viewer) = (services(context)?, viewer(context)?);
        let size = page_size(first)?;
        let after = match after.map(|cursor| cursor.parse()) {
            None => None,
            Some(Ok(NodeId::AuditEntry(id))) => Some(id),
            Some(_) => return Err(ApiError::BadUserInput("after: not a cursor of this list".into())),
        };
        let mut rows = audit_log(&services.database.read, viewer.organisation_id(), after, size as u64 + 1).await?;
        let mut page = Nodes::new(after.is_some(), rows.len() > size);
        rows.truncate(size);
        let edge = |row: audit_entry::Model| {
            let entry = AuditEntry::from(row);
            Edge::new(entry.id.to_string(), entry)
        };
        page.edges.extend(rows.into_iter().map(edge));
        Ok(page)
    }
}
