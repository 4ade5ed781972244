//! What is sent to be recorded, and the record that it stands for. Fields that are left out are unknown.

mod activity;
mod outcome;
mod party;

pub use activity::{ActivityInput, ActivityTypeInput, CostInput, TouchpointInput};
pub use outcome::{CaseInput, ContributionInput, ObservationInput, OutcomeInput};
pub use party::{LinkInput, PartyInput};
