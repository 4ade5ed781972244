//! The `node` query: the object that any id names.

use async_graphql::{Context, Interface, Object};
use valuemap_engine::tenancy::rights::Right;

use crate::activities::{self, Activity, ActivityType, IdentityLink, Outcome, Party, Touchpoint};
use crate::attribution::{AttributionRun, run_node};
use crate::community::{Community, find_community};
use crate::context::may;
use crate::error::ApiError;
use crate::sites::{self, Site};
use crate::survey::surveys::{self, Survey};
use crate::wire::node_id::NodeId;

#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// What has this id, where the organisation has it; null otherwise.
    async fn node(&self, context: &Context<'_>, id: NodeId) -> Result<Option<Node>, ApiError> {
        let Some(community) = id.community() else { return Ok(None) };
        let Some(owner) = find_community(context, community).await? else { return Ok(None) };
        if let Some(right) = right_to(id) {
            may(context, right)?;
        }
        Ok(match id {
            NodeId::Community(_) => Some(Node::Community(owner)),
            NodeId::Site(community, id) => sites::load(context, (community, id)).await?.map(Node::Site),
            NodeId::Survey(community, id) => surveys::load(context, (community, id)).await?.map(Node::Survey),
            NodeId::AttributionRun(community, id) => run_node(context, community, id).await?.map(Node::AttributionRun),
            NodeId::ActivityType(community, id) => {
                activities::load(context, (community, id)).await?.map(|row| Node::ActivityType(ActivityType(row)))
            }
            NodeId::Activity(community, id) => {
                activities::load(context, (community, id)).await?.map(|row| Node::Activity(Activity(row)))
            }
            NodeId::Party(community, id) => {
                activities::load(context, (community, id)).await?.map(|row| Node::Party(Party(row)))
            }
            NodeId::IdentityLink(community, id) => {
                activities::load(context, (community, id)).await?.map(|row| Node::IdentityLink(IdentityLink(row)))
            }
            NodeId::Touchpoint(community, id) => {
                activities::load(context, (community, id)).await?.map(|row| Node::Touchpoint(Touchpoint(row)))
            }
            NodeId::Outcome(community, id) => {
                activities::load(context, (community, id)).await?.map(|row| Node::Outcome(Outcome(row)))
            }
            NodeId::Organisation(_)
            | NodeId::Token(_)
            | NodeId::AuditEntry(_)
            | NodeId::SurveyVersion(..)
            | NodeId::Response(..)
            | NodeId::WebhookEndpoint(..)
            | NodeId::InboxEvent(..)
            | NodeId::Job(..)
            | NodeId::Upload(..)
            | NodeId::FollowUp(..) => None,
        })
    }
}

/// What it takes to read this by its id, as much as by any other way.
fn right_to(id: NodeId) -> Option<Right> {
    match id {
        NodeId::Site(..)
        | NodeId::Survey(..)
        | NodeId::AttributionRun(..)
        | NodeId::ActivityType(..)
        | NodeId::Activity(..) => Some(Right::ReadFigures),
        NodeId::Party(..) | NodeId::IdentityLink(..) | NodeId::Touchpoint(..) | NodeId::Outcome(..) => {
            Some(Right::ReadAnswers)
        }
        NodeId::Community(_)
        | NodeId::Organisation(_)
        | NodeId::Token(_)
        | NodeId::AuditEntry(_)
        | NodeId::SurveyVersion(..)
        | NodeId::Response(..)
        | NodeId::WebhookEndpoint(..)
        | NodeId::InboxEvent(..)
        | NodeId::Job(..)
        | NodeId::Upload(..)
        | NodeId::FollowUp(..) => None,
    }
}

#[derive(Interface)]
#[graphql(field(name = "id", ty = "NodeId"))]
pub enum Node {
    Community(Community),
    Site(Site),
    Survey(Survey),
    ActivityType(ActivityType),
    Activity(Activity),
    Party(Party),
    IdentityLink(IdentityLink),
    Touchpoint(Touchpoint),
    Outcome(Outcome),
    AttributionRun(AttributionRun),
}
