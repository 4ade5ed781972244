//! Identifiers on the wire: they say what they identify, and one of another kind is refused.

use std::fmt;
use std::str::FromStr;

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use uuid::Uuid;
use valuemap_shared::ids::{
    ActivityId, ActivityTypeId, AttributionRunId, AuditEntryId, CommunityId, FollowUpId, IdentityLinkId, InboxEventId,
    JobId, OrganisationId, OutcomeId, PartyId, SiteId, SubmissionId, SurveyId, SurveyVersionId, TokenId, TouchpointId,
    UploadId, WebhookEndpointId,
};

use crate::error::ApiError;

/// Declares the kinds of ids: a prefix, a name, and what it is made of.
macro_rules! node_ids {
    ($($prefix:literal $name:ident($($part:ident: $id:ty),+);)*) => {
        /// What an identifier names, written `com_0192f0c1...`. What belongs to a community carries the community's id.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum NodeId {
            $($name($($id),+)),*
        }

        impl fmt::Display for NodeId {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$name($($part),+) => {
                        f.write_str(concat!($prefix, "_"))?;
                        $(write!(f, "{}", $part.0.simple())?;)+
                        Ok(())
                    })*
                }
            }
        }

        impl FromStr for NodeId {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                let refused = || format!("`{}` is not an id of this API", text.chars().take(80).collect::<String>());
                let (prefix, digits) = text.split_once('_').ok_or_else(refused)?;
                let mut parts = Parts(digits);
                let read = match prefix {
                    $($prefix => (|| Some(Self::$name($(<$id>::from(parts.next()?)),+)))(),)*
                    _ => None,
                };
                read.filter(|_| parts.0.is_empty()).ok_or_else(refused)
            }
        }
    };
}

node_ids! {
    "org" Organisation(id: OrganisationId);
    "tok" Token(id: TokenId);
    "aud" AuditEntry(id: AuditEntryId);
    "com" Community(id: CommunityId);
    "sit" Site(community: CommunityId, id: SiteId);
    "sur" Survey(community: CommunityId, id: SurveyId);
    "ver" SurveyVersion(community: CommunityId, id: SurveyVersionId);
    "res" Response(community: CommunityId, survey: SurveyId, id: SubmissionId);
    "whk" WebhookEndpoint(community: CommunityId, id: WebhookEndpointId);
    "inb" InboxEvent(community: CommunityId, id: InboxEventId);
    "aty" ActivityType(community: CommunityId, id: ActivityTypeId);
    "act" Activity(community: CommunityId, id: ActivityId);
    "pty" Party(community: CommunityId, id: PartyId);
    "lnk" IdentityLink(community: CommunityId, id: IdentityLinkId);
    "tou" Touchpoint(community: CommunityId, id: TouchpointId);
    "out" Outcome(community: CommunityId, id: OutcomeId);
    "att" AttributionRun(community: CommunityId, id: AttributionRunId);
    "job" Job(community: CommunityId, id: JobId);
    "upl" Upload(community: CommunityId, id: UploadId);
    "fol" FollowUp(community: CommunityId, id: FollowUpId);
}

/// The UUIDs that an id is made of, each in 32 digits.
struct Parts<'a>(&'a str);

impl Parts<'_> {
    fn next(&mut self) -> Option<Uuid> {
        let (digits, rest) = self.0.split_at_checked(32)?;
        self.0 = rest;
        Uuid::try_parse(digits).ok()
    }
}

impl NodeId {
    /// The community that it is.
    pub fn as_community(self) -> Result<CommunityId, ApiError> {
        match self {
            Self::Community(id) => Ok(id),
            other => Err(ApiError::BadUserInput(format!("community: {other} is not the id of a community"))),
        }
    }

    /// The community that it belongs to, or is.
    pub fn community(self) -> Option<CommunityId> {
        match self {
            Self::Organisation(_) | Self::Token(_) | Self::AuditEntry(_) => None,
            Self::Community(community)
            | Self::Site(community, _)
            | Self::Survey(community, _)
            | Self::SurveyVersion(community, _)
            | Self::Response(community, ..)
            | Self::WebhookEndpoint(community, _)
            | Self::InboxEvent(community, _)
            | Self::ActivityType(community, _)
            | Self::Activity(community, _)
            | Self::Party(community, _)
            | Self::IdentityLink(community, _)
            | Self::Touchpoint(community, _)
            | Self::Outcome(community, _)
            | Self::AttributionRun(community, _)
            | Self::Job(community, _)
            | Self::Upload(community, _)
            | Self::FollowUp(community, _) => Some(community),
        }
    }
}

/// The opaque identifier of a node.
#[Scalar(name = "ID")]
impl ScalarType for NodeId {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => text.parse().map_err(|refused: String| InputValueError::custom(refused)),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_as_they_were_written() {
        let (community, survey) = (CommunityId(Uuid::from_u128(1)), SurveyId(Uuid::from_u128(2)));
        let event = InboxEventId(Uuid::from_u128(3));
        let ids = [
            NodeId::Community(community),
            NodeId::Survey(community, survey),
            NodeId::Response(community, survey, SubmissionId(Uuid::from_u128(3))),
            NodeId::WebhookEndpoint(community, WebhookEndpointId(Uuid::from_u128(2))),
            NodeId::InboxEvent(community, event),
            NodeId::Outcome(community, OutcomeId(Uuid::from_u128(3))),
        ];
        for id in ids {
            assert_eq!(id.to_string().parse(), Ok(id));
        }
    }

    #[test]
    fn what_is_not_an_id_is_refused() {
        for text in
            ["", "com_", "com_1", "xyz_00000000000000000000000000000001", "sur_00000000000000000000000000000001"]
        {
            assert!(text.parse::<NodeId>().is_err(), "{text} was accepted");
        }
    }
}
