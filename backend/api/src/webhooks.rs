//! Webhook endpoints and their inbox on the internal API.

use async_graphql::connection::{Connection, Edge, EmptyFields};
use async_graphql::{Context, Enum, InputObject, Object, SimpleObject, Union};
use chrono::{DateTime, Utc};
use valuemap_engine::base::commits::Touches;
use valuemap_engine::database::author::Author;
use valuemap_engine::database::failure::is_duplicate;
use valuemap_engine::services::Services;
use valuemap_engine::tenancy::names::checked_name;
use valuemap_engine::tenancy::rights::Right;
use valuemap_engine::webhooks::apply;
use valuemap_engine::webhooks::endpoint::{create_endpoint, disable_endpoint, endpoint, endpoints_of};
use valuemap_engine::webhooks::entities::inbox_event::Status;
use valuemap_engine::webhooks::entities::webhook_endpoint::Kind;
use valuemap_engine::webhooks::entities::{inbox_event, webhook_endpoint};
use valuemap_engine::webhooks::inbox::{count_with_status, event, events, keys_with_status};
use valuemap_shared::ids::{CommunityId, InboxEventId, WebhookEndpointId};

use crate::context::{own, services};
use crate::documents::limits::PAGE;
use crate::error::ApiError;
use crate::wire::node_id::NodeId;
use crate::wire::paging::page_size;
use crate::wire::results::{NameTaken, NotFound};
use crate::wire::scalars::Count;

/// Who posts to a webhook endpoint, and how they sign.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Kind")]
pub enum WebhookKind {
    /// A Discourse forum.
    Discourse,
    /// Anybody who follows the Standard Webhooks specification.
    SignedJson,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Status")]
pub enum InboxStatus {
    /// Stored and not applied yet.
    Pending,
    Applied,
    /// There was nothing to apply.
    Ignored,
    /// Kept, and not understood or refused; it can be replayed.
    Failed,
}

pub struct WebhookEndpoint(pub webhook_endpoint::Model);

/// An address that another system posts its events to.
#[Object]
impl WebhookEndpoint {
    async fn id(&self) -> NodeId {
        NodeId::WebhookEndpoint(self.0.community(), WebhookEndpointId(self.0.id))
    }

    async fn kind(&self) -> WebhookKind {
        self.0.kind.into()
    }

    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The path to post to, on the host that this server is reached at.
    async fn address_path(&self) -> String {
        self.0.address_path()
    }

    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was disabled; null while it takes events.
    async fn disabled_at(&self) -> Option<DateTime<Utc>> {
        self.0.disabled_at
    }
}

pub struct InboxEvent(inbox_event::Model);

/// An event that came in by a webhook.
#[Object]
impl InboxEvent {
    async fn id(&self) -> NodeId {
        self.node_id()
    }

    /// The webhook endpoint that it came in by.
    async fn endpoint_id(&self) -> NodeId {
        NodeId::WebhookEndpoint(CommunityId(self.0.community_id), WebhookEndpointId(self.0.endpoint_id))
    }

    /// What its sender calls it: `post_created`, `outcome.recorded`.
    async fn event(&self) -> &str {
        &self.0.event
    }

    async fn status(&self) -> InboxStatus {
        self.0.status.into()
    }

    /// Why it was not applied.
    async fn problem(&self) -> Option<&str> {
        self.0.problem.as_deref()
    }

    async fn received_at(&self) -> DateTime<Utc> {
        self.0.received_at
    }

    async fn applied_at(&self) -> Option<DateTime<Utc>> {
        self.0.applied_at
    }

    /// How often it was tried to apply it.
    async fn attempts(&self) -> i32 {
        self.0.attempts
    }
}

impl InboxEvent {
    fn node_id(&self) -> NodeId {
        let (community, id) = self.0.key();
        NodeId::InboxEvent(community, id)
    }
}

/// The field `webhookEndpoints` of a community.
pub async fn webhook_endpoints(
    context: &Context<'_>,
    community: CommunityId,
) -> Result<Vec<WebhookEndpoint>, ApiError> {
    let services = services(context)?;
    let rows = endpoints_of(&services.database.read, community).await?;
    Ok(rows.into_iter().map(WebhookEndpoint).collect())
}

/// The field `inbox` of a community.
pub async fn inbox(
    context: &Context<'_>,
    community: CommunityId,
    status: Option<InboxStatus>,
    first: Option<i32>,
    after: Option<String>,
) -> Result<Connection<String, InboxEvent, EmptyFields, EmptyFields>, ApiError> {
    let services = services(context)?;
    let limit = page_size(first)?;
    let after = match after.map(|cursor| cursor.parse()) {
        None => None,
        Some(Ok(NodeId::InboxEvent(of, id))) if of == community => Some(id),
        Some(_) => return Err(ApiError::BadUserInput("after: not a cursor of this inbox".into())),
    };
    let (db, status) = (&services.database.read, status.map(Status::from));
    let mut rows = events(db, community, status, after, limit as u64 + 1).await?;
    let mut connection = Connection::new(after.is_some(), rows.len() > limit);
    rows.truncate(limit);
    let edge = |row: inbox_event::Model| {
        let event = InboxEvent(row);
        Edge::new(event.node_id().to_string(), event)
    };
    connection.edges.extend(rows.into_iter().map(edge));
    Ok(connection)
}

#[derive(Default)]
pub struct WebhookMutation;

#[Object]
impl WebhookMutation {
    /// Creates an address for another system to post its events to. Its secret is shown this once.
    async fn create_webhook_endpoint(
        &self,
        context: &Context<'_>,
        input: CreateWebhookEndpointInput,
    ) -> Result<CreateWebhookEndpointResult, ApiError> {
        let services = services(context)?;
        let Some(own) = own(context, input.community.as_community()?, Right::Manage).await? else {
            return Ok(CreateWebhookEndpointResult::NotFound(NotFound::new(input.community)));
        };
        let name = checked_name(&input.name)?;
        let (ambient, community, kind) = (&services.ambient, own.community(), input.kind.into());
        match services
            .database
            .write(own.author(), Touches::NOTHING, async |db| create_endpoint(db, ambient, community, kind, name).await)
            .await
        {
            Ok(row) => Ok(CreateWebhookEndpointResult::Created(WebhookEndpointCreated {
                secret_shown_once: row.secret.clone(),
                endpoint: WebhookEndpoint(row),
            })),
            Err(error) if is_duplicate(error.cause()) => {
                Ok(CreateWebhookEndpointResult::NameTaken(NameTaken::new(name)))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Disables a webhook endpoint for good: its address answers 404 from now on. What came in by it stays.
    async fn disable_webhook_endpoint(
        &self,
        context: &Context<'_>,
        input: DisableWebhookEndpointInput,
    ) -> Result<DisableWebhookEndpointResult, ApiError> {
        let services = services(context)?;
        let NodeId::WebhookEndpoint(community, id) = input.id else {
            return Err(ApiError::BadUserInput("id: not the id of a webhook endpoint".into()));
        };
        let not_found = || DisableWebhookEndpointResult::NotFound(NotFound::new(input.id));
        let Some(own) = own(context, community, Right::Manage).await? else { return Ok(not_found()) };
        let key = (community, id);
        let disabled = services
            .database
            .write_some(own.author(), Touches::NOTHING, async |db| disable_endpoint(db, &services.ambient, key).await);
        let row = match disabled.await? {
            Some(row) => Some(row),
            // It may have been disabled before.
            None => endpoint(&services.database.read, key).await?,
        };
        Ok(row.map_or_else(not_found, |row| DisableWebhookEndpointResult::Endpoint(WebhookEndpoint(row))))
    }

    /// Applies events of the inbox again: those of these ids, whatever became of them, or those of a status, 100 at a
    /// time. Nothing is counted twice by it, and nothing newer is undone.
    async fn replay_inbox_events(
        &self,
        context: &Context<'_>,
        input: ReplayInboxEventsInput,
    ) -> Result<ReplayInboxEventsResult, ApiError> {
        let services = services(context)?;
        let not_found = |id| ReplayInboxEventsResult::NotFound(NotFound::new(id));
        let Some(own) = own(context, input.community.as_community()?, Right::Operate).await? else {
            return Ok(not_found(input.community));
        };
        let community = own.community();
        let status = input.status.map(Status::from);
        let (keys, statuses) = match (input.ids, status) {
            (Some(ids), None) => {
                let mut keys = Vec::with_capacity(ids.len());
                for id in ids {
                    match id {
                        NodeId::InboxEvent(of, event_id) if of == community => {
                            let row = event(&services.database.read, (of, event_id)).await?;
                            if row.is_none() {
                                return Ok(not_found(id));
                            }
                            keys.push((of, event_id));
                        }
                        _ => return Ok(not_found(id)),
                    }
                }
                (keys, vec![Status::Pending, Status::Applied, Status::Ignored, Status::Failed])
            }
            (None, Some(status)) => {
                let db = &services.database.read;
                let keys = keys_with_status(db, Some(community), status, Some(PAGE as u64)).await;
                (keys?, vec![status])
            }
            _ => return Err(ApiError::BadUserInput("give either ids or a status".into())),
        };
        let mut replay = replay(services, own.author(), &keys, &statuses).await?;
        if let Some(status) = status {
            let left = count_with_status(&services.database.read, community, status).await?;
            replay.left = Count(left);
        }
        Ok(ReplayInboxEventsResult::Replay(replay))
    }
}

async fn replay(
    services: &Services,
    author: &Author,
    keys: &[(CommunityId, InboxEventId)],
    statuses: &[Status],
) -> Result<InboxReplay, ApiError> {
    let mut replay = InboxReplay { applied: Count(0), ignored: Count(0), failed: Count(0), left: Count(0) };
    for key in keys {
        match apply(&services.database, &services.ambient, author, *key, statuses).await? {
            Some(Status::Applied) => {
                replay.applied.0 += 1;
            }
            Some(Status::Ignored) => replay.ignored.0 += 1,
            Some(Status::Failed) => replay.failed.0 += 1,
            Some(Status::Pending) | None => {}
        }
    }
    Ok(replay)
}

#[derive(InputObject)]
pub struct CreateWebhookEndpointInput {
    community: NodeId,
    kind: WebhookKind,
    name: String,
}

#[derive(InputObject)]
pub struct DisableWebhookEndpointInput {
    id: NodeId,
}

/// Either ids or a status.
#[derive(InputObject)]
pub struct ReplayInboxEventsInput {
    community: NodeId,
    #[graphql(validator(max_items = 100))]
    ids: Option<Vec<NodeId>>,
    status: Option<InboxStatus>,
}

#[derive(Union)]
pub enum CreateWebhookEndpointResult {
    Created(WebhookEndpointCreated),
    NameTaken(NameTaken),
    NotFound(NotFound),
}

#[derive(SimpleObject)]
pub struct WebhookEndpointCreated {
    endpoint: WebhookEndpoint,
    /// What the sender signs with. Nobody can read it again.
    secret_shown_once: String,
}

#[derive(Union)]
pub enum DisableWebhookEndpointResult {
    Endpoint(WebhookEndpoint),
    NotFound(NotFound),
}

#[derive(Union)]
pub enum ReplayInboxEventsResult {
    Replay(InboxReplay),
    NotFound(NotFound),
}

/// What became of the events that were applied again.
#[derive(SimpleObject)]
pub struct InboxReplay {
    applied: Count,
    ignored: Count,
    failed: Count,
    /// How many events of the status are left, those that failed again included. 0 where ids were given.
    left: Count,
}
