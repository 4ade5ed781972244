//! What is tracked, on the internal wire.

mod activity;
mod community;
mod cost;
pub mod enums;
mod identity;
mod inputs;
mod loaders;
mod mutations;
mod outcome;
mod party;
mod recording;
mod settings;
mod support;
mod unlinked;
mod weights;

pub use activity::{Activity, ActivityType};
pub use community::TrackedCommunity;
pub use enums::{Audience, CostKind, Goal, OutcomeKind, Role};
pub use identity::{IdentityLink, IdentityMutation};
pub use loaders::{Tracked, load};
pub use mutations::TrackingMutation;
pub use outcome::{Outcome, Touchpoint};
pub use party::Party;
pub use settings::{SettingsMutation, begin};
