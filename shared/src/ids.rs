//! Typed identifiers. All are UUIDs of version 7, made by the application from a time and random bytes that the
//! caller passes in; imported rows get a version 8 identifier derived from what they say.

use std::fmt;
use std::str::FromStr;

use uuid::{Builder, Uuid};

/// Makes a UUIDv7 (RFC 9562) from milliseconds since 1970 and ten random bytes.
pub fn uuid_v7(unix_millis: u64, random: &[u8; 10]) -> Uuid {
    Builder::from_unix_timestamp_millis(unix_millis, random).into_uuid()
}

/// Makes a UUIDv8 (RFC 9562) from bytes that a digest supplies: the same content gets the same identifier.
pub fn uuid_v8(digest: [u8; 16]) -> Uuid {
    Builder::from_custom_bytes(digest).into_uuid()
}

macro_rules! typed_id {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
        pub struct $name(pub Uuid);

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )*};
}

typed_id! {
    /// A company that runs communities.
    OrganisationId,
    /// A token, a sign-in link or a session.
    TokenId,
    /// Work that outlasts the request that asks for it.
    JobId,
    /// A file that waits to be loaded.
    UploadId,
    /// What somebody changed.
    AuditEntryId,
    /// A community: everything that is counted belongs to one.
    CommunityId,
    /// A place where the survey is embedded.
    SiteId,
    /// A survey, whatever its versions.
    SurveyId,
    /// One version of a survey, immutable once published.
    SurveyVersionId,
    /// A member or an account.
    PartyId,
    /// Two parties that belong together.
    IdentityLinkId,
    /// A kind of thing that the organisation does for the community.
    ActivityTypeId,
    /// Something that the organisation did for the community.
    ActivityId,
    /// An address that another system posts its events to.
    WebhookEndpointId,
    /// An event that came in by a webhook.
    InboxEventId,
    /// A meeting of a party with an activity.
    TouchpointId,
    /// Something that happened and counts.
    OutcomeId,
    /// What members are told was done about something that they said.
    FollowUpId,
    /// Credits as they were computed once.
    AttributionRunId,
    /// One member's submission, named by the member's browser before the first attempt to send it.
    SubmissionId,
}

impl SubmissionId {
    /// Reads the identifier that a member's browser made: a UUID of version 7 and nothing else.
    pub fn from_browser(text: &str) -> Option<Self> {
        let id = Uuid::parse_str(text).ok()?;
        (id.get_version_num() == 7).then_some(Self(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_seven_sorts_by_time_and_reads_back() {
        let earlier = uuid_v7(1_700_000_000_000, &[255; 10]);
        let later = uuid_v7(1_700_000_000_001, &[0; 10]);
        assert!(earlier < later);
        assert_eq!(earlier.get_version_num(), 7);
        assert_eq!(SubmissionId::from_browser(&earlier.to_string()), Some(SubmissionId(earlier)));
    }

    #[test]
    fn a_submission_id_of_another_version_is_refused() {
        assert_eq!(SubmissionId::from_browser(&uuid_v8([7; 16]).to_string()), None);
        assert_eq!(SubmissionId::from_browser("not an id"), None);
    }
}
