//! Identifiers on the wire: they say what they identify, and one of another kind is refused.

use std::fmt;
use std::str::FromStr;

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use uuid::Uuid;
use valuemap_shared::ids::{
    ActivityId, ActivityTypeId, AttributionRunId, CommunityId, FollowUpId, InboxEventId, OrganisationId, OutcomeId,
    PartyId, SiteId, SubmissionId, SurveyId, SurveyVersionId, TouchpointId, WebhookEndpointId,
};

/// What an identifier names, written `com_0192f0c1...`. What belongs to a community carries the community's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeId {
    Organisation(OrganisationId),
    Community(CommunityId),
    Site(CommunityId, SiteId),
    Survey(CommunityId, SurveyId),
    SurveyVersion(CommunityId, SurveyVersionId),
    Response(CommunityId, SurveyId, SubmissionId),
    WebhookEndpoint(CommunityId, WebhookEndpointId),
    InboxEvent(CommunityId, InboxEventId),
    ActivityType(CommunityId, ActivityTypeId),
    Activity(CommunityId, ActivityId),
    Party(CommunityId, PartyId),
    Touchpoint(CommunityId, TouchpointId),
    Outcome(CommunityId, OutcomeId),
    AttributionRun(CommunityId, AttributionRunId),
    FollowUp(CommunityId, FollowUpId),
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Organisation(id) => write!(f, "org_{}", id.0.simple()),
            Self::Community(id) => write!(f, "com_{}", id.0.simple()),
            Self::Site(community, id) => write!(f, "sit_{}{}", community.0.simple(), id.0.simple()),
            Self::Survey(community, id) => write!(f, "sur_{}{}", community.0.simple(), id.0.simple()),
            Self::SurveyVersion(community, id) => write!(f, "ver_{}{}", community.0.simple(), id.0.simple()),
            Self::Response(community, survey, id) => {
                write!(f, "res_{}{}{}", community.0.simple(), survey.0.simple(), id.0.simple())
            }
            Self::WebhookEndpoint(community, id) => write!(f, "whk_{}{}", community.0.simple(), id.0.simple()),
            Self::InboxEvent(community, id) => write!(f, "inb_{}{}", community.0.simple(), id.0.simple()),
            Self::ActivityType(community, id) => write!(f, "aty_{}{}", community.0.simple(), id.0.simple()),
            Self::Activity(community, id) => write!(f, "act_{}{}", community.0.simple(), id.0.simple()),
            Self::Party(community, id) => write!(f, "pty_{}{}", community.0.simple(), id.0.simple()),
            Self::Touchpoint(community, id) => write!(f, "tou_{}{}", community.0.simple(), id.0.simple()),
            Self::Outcome(community, id) => write!(f, "out_{}{}", community.0.simple(), id.0.simple()),
            Self::AttributionRun(community, id) => write!(f, "att_{}{}", community.0.simple(), id.0.simple()),
            Self::FollowUp(community, id) => write!(f, "fol_{}{}", community.0.simple(), id.0.simple()),
        }
    }
}

impl FromStr for NodeId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refused = || format!("`{}` is not an id of this API", text.chars().take(80).collect::<String>());
        let (prefix, digits) = text.split_once('_').ok_or_else(refused)?;
        let uuid = |digits: &str| Uuid::try_parse(digits).ok().filter(|_| digits.len() == 32);
        let one = || uuid(digits).ok_or_else(refused);
        let two = || {
            let halves = digits.split_at_checked(32).ok_or_else(refused)?;
            Ok::<_, String>((uuid(halves.0).ok_or_else(refused)?, uuid(halves.1).ok_or_else(refused)?))
        };
        let three = || {
            let (first, rest) = digits.split_at_checked(32).ok_or_else(refused)?;
            let (second, third) = rest.split_at_checked(32).ok_or_else(refused)?;
            let uuid = |digits| uuid(digits).ok_or_else(refused);
            Ok::<_, String>((uuid(first)?, uuid(second)?, uuid(third)?))
        };
        match prefix {
            "org" => Ok(Self::Organisation(one()?.into())),
            "com" => Ok(Self::Community(one()?.into())),
            "sit" => two().map(|(community, id)| Self::Site(community.into(), id.into())),
            "sur" => two().map(|(community, id)| Self::Survey(community.into(), id.into())),
            "ver" => two().map(|(community, id)| Self::SurveyVersion(community.into(), id.into())),
            "res" => three().map(|(community, survey, id)| Self::Response(community.into(), survey.into(), id.into())),
            "whk" => two().map(|(community, id)| Self::WebhookEndpoint(community.into(), id.into())),
            "inb" => two().map(|(community, id)| Self::InboxEvent(community.into(), id.into())),
            "aty" => two().map(|(community, id)| Self::ActivityType(community.into(), id.into())),
            "act" => two().map(|(community, id)| Self::Activity(community.into(), id.into())),
            "pty" => two().map(|(community, id)| Self::Party(community.into(), id.into())),
            "tou" => two().map(|(community, id)| Self::Touchpoint(community.into(), id.into())),
            "out" => two().map(|(community, id)| Self::Outcome(community.into(), id.into())),
            "att" => two().map(|(community, id)| Self::AttributionRun(community.into(), id.into())),
            "fol" => two().map(|(community, id)| Self::FollowUp(community.into(), id.into())),
            _ => Err(refused()),
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
