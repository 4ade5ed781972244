//! What the organisation does for the community, whom it reaches, and what comes of it.

mod address;
mod audience;
mod kinds;
mod moments;
pub(crate) mod named;
mod record;
mod rules;
mod unlinked;
mod weights;

pub use address::{address_digest, address_digest_of, address_of, with_addresses_replaced, with_digests_replaced};
pub use audience::{Audience, AudienceFacts};
pub use kinds::{ContributionKind, CostKind, Goal, LinkMethod, Modality, OutcomeKind, PartyKind, Role};
pub use moments::latest_moment;
pub use record::{
    Activity, ActivityType, Contribution, Cost, CostLine, EMAIL, IdentityLink, Observation, Outcome, Party, PartyRef,
    Record, RecordKind, Reference, SupportCase, Touchpoint,
};
pub use unlinked::Unlinked;
pub use weights::OutcomeWeights;
