//! The strategic value map: four layers of elements, each with its score or the reason why it has none.

#[cfg(feature = "scores")]
pub mod attainment;
mod element;
#[cfg(feature = "scores")]
pub mod financial;
#[cfg(feature = "scores")]
mod members;
mod reading;
#[cfg(feature = "scores")]
mod release;
#[cfg(feature = "scores")]
mod tallies;

pub use element::{Element, Layer};
#[cfg(feature = "scores")]
pub use members::{MODEL_VERSION, PeriodTallies, index_of, question_index, value_map};
pub use reading::{
    Absence, Change, ElementReading, Explanation, Input, Interval, LayerReading, NoScore, Proportion, Reading,
    Recommendation, RecommendationReading, Score, ValueMap,
};
#[cfg(feature = "scores")]
pub use release::{PublicResult, public_results};
#[cfg(feature = "scores")]
pub use tallies::TallyCounts;

/// Below this many answers a score is suppressed, unless the organisation asks for more.
pub const DEFAULT_MINIMUM: u64 = 5;
/// No organisation may show scores of fewer answers than this.
pub const LOWEST_MINIMUM: u64 = 3;
