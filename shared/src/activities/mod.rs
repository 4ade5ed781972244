//! What the organisation does for the community, whom it reaches, and what comes of it.

mod kinds;
mod moments;
pub(crate) mod named;
mod record;
mod rules;
mod weights;

pub use kinds::{ContributionKind, CostKind, Goal, LinkMethod, Modality, OutcomeKind, PartyKind, Role};
pub use moments::latest_moment;
pub use record::{
    Activity, ActivityType, Contribution, Cost, CostLine, IdentityLink, Observation, Outcome, Party, PartyRef, Record,
    RecordKind, Reference, SupportCase, Touchpoint,
};
pub use weights::OutcomeWeights;
