//! What a community pays: the formulas of the financial layer.
//!
//! Invariant: every amount is a [`Decimal`](rust_decimal::Decimal) of the one currency that the caller works in,
//! rounded to [`DECIMALS`](crate::money::DECIMALS) before it is handed back. Floats are shares, rates and counts.

mod amount;
mod comparison;
mod compliers;
mod compound;
mod cost_to_serve;
mod count;
mod deflection;
mod evidence;
mod returns;
mod simulation;
mod triangular;

pub use amount::{AmountError, checked_times};
pub use comparison::{
    BeforeAfter, ComparisonError, Effect, FEWEST, GroupMean, Outcomes, STRONG_FIRST_STAGE, difference_in_differences,
    difference_in_differences_of_means,
};
pub use compliers::{Arm, ComplierEffect, complier_effect};
pub use compound::CompoundSum;
pub use cost_to_serve::{ServicePeriod, avoided_contacts, cost_elasticity, credited_contacts, growth_is_curbed};
pub use count::{CountDistribution, WeeklyCounts};
pub use deflection::{AmountRange, AnswerDeflection, Cases, Rate, RateError, SearchDeflection};
pub use evidence::{Evidence, GradedAmount, GradedAmounts};
pub use returns::{
    CommunityReturn, FullyLoadedCost, Labour, ReturnError, break_even_count, cost_per_credited_outcome,
    cost_per_outcome, efficiency, return_on_investment, weighted_outcome_index,
};
pub use simulation::{
    DRAWS, Percentiles, Return, ReturnSimulation, Simulation, SimulationError, TornadoBar, Uncertain, simulate,
    simulate_return, tornado,
};
pub use triangular::{Triangular, TriangularError, around};
