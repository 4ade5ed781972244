//! What is tracked, on the internal wire.

mod activity;
mod community;
mod cost;
pub mod enums;
mod inputs;
mod loaders;
mod mutations;
mod outcome;
mod party;
mod recording;
mod settings;
mod support;
mod weights;

pub use activity::{Activity, ActivityType};
pub use community::TrackedCommunity;
pub use enums::{CostKind, Goal, OutcomeKind, Role};
pub use loaders::{Tracked, load};
pub use mutations::TrackingMutation;
pub use outcome::{Outcome, Touchpoint};
pub use party::Party;
pub use settings::{SettingsMutation, begin};
