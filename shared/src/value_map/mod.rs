//! The strategic value map: four layers of elements, each with its score or the reason why it has none.

#[cfg(feature = "scores")]
mod ask;
#[cfg(feature = "scores")]
mod assumption;
#[cfg(feature = "scores")]
pub mod attainment;
#[cfg(feature = "scores")]
mod cap;
#[cfg(feature = "scores")]
mod co_moments;
#[cfg(feature = "scores")]
pub mod comparison;
#[cfg(feature = "scores")]
mod decomposition;
mod element;
#[cfg(feature = "scores")]
mod figures;
#[cfg(feature = "scores")]
pub mod financial;
#[cfg(feature = "scores")]
mod financial_layer;
#[cfg(feature = "scores")]
mod health;
#[cfg(feature = "scores")]
mod internal;
#[cfg(feature = "scores")]
mod links;
#[cfg(feature = "scores")]
mod map;
#[cfg(feature = "scores")]
mod measured;
#[cfg(feature = "scores")]
mod measures;
#[cfg(feature = "scores")]
mod members;
#[cfg(feature = "scores")]
pub mod model;
#[cfg(feature = "scores")]
mod reading;
#[cfg(feature = "scores")]
mod release;
#[cfg(feature = "scores")]
mod self_help;
#[cfg(feature = "scores")]
mod series;
#[cfg(feature = "scores")]
mod tallies;
mod weighting;
#[cfg(feature = "scores")]
mod what_if;
#[cfg(feature = "scores")]
mod worth;

#[cfg(feature = "scores")]
pub use crate::statistics::{Change, Interval};
#[cfg(feature = "scores")]
pub use co_moments::{CoMoment, CoMoments, Pair};
#[cfg(feature = "scores")]
pub use decomposition::round_together;
pub use element::{Element, Layer};
#[cfg(feature = "scores")]
pub use figures::{
    BaselineFault, BaselineQuarter, ContactBaseline, Counts, DistinctPace, Figures, MoneyFigures, Observed,
    OutcomeSums, Stretch,
};
#[cfg(feature = "scores")]
pub use financial::AmountRange;
#[cfg(feature = "scores")]
pub use financial_layer::{FinancialReading, financial_elements, financial_reading, financial_returns};
#[cfg(feature = "scores")]
pub use health::{
    ANSWER_DAYS, AnswererCounts, BUSIEST, Cohort, CustomerCounts, FirstPosts, HISTORY_DAYS, Health, HealthPart,
    MONTH_ONE, MONTH_THREE, QuestionCounts, RetentionWindow,
};
#[cfg(feature = "scores")]
pub use links::{Strengths, strengths};
#[cfg(feature = "scores")]
pub use map::{MapInputs, value_map};
#[cfg(feature = "scores")]
pub use members::{index_of, question_index};
#[cfg(feature = "scores")]
pub use reading::{
    Absence, AmountMover, BeingRecomputed, CostReading, Effect, ElementReading, Explanation, Input, LayerReading,
    LinkReading, Mover, NoScore, Part, PartKind, Proportion, Reading, Recommendation, RecommendationReading,
    ReturnLevel, Returns, Score, Strength, TornadoBar, ValueMap, Verdict, Worth, WorthPart,
};
#[cfg(feature = "scores")]
pub use release::{PublicResult, comparable, months, public_results};
#[cfg(feature = "scores")]
pub use self_help::{Nesting, SelfHelp};
#[cfg(feature = "scores")]
pub use series::{
    Figure, Month, SeriesAmount, SeriesFigure, SeriesPoint, SeriesReading, Step, month_reading, quarter_reading,
};
#[cfg(feature = "scores")]
pub use tallies::TallyCounts;
pub use weighting::Weighting;
#[cfg(feature = "scores")]
pub use what_if::{ProjectedAmount, ProjectedScore, Projection, Shift, what_if};
#[cfg(feature = "scores")]
pub use worth::WorthInputs;

/// Below this many answers a score is suppressed, unless the organisation asks for more.
pub const DEFAULT_MINIMUM: u64 = 5;
/// No organisation may show scores of fewer answers than this.
pub const LOWEST_MINIMUM: u64 = 3;
