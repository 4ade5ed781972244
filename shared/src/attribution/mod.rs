//! Crediting outcomes to the activities that members met before them.
//!
//! A [`Journeys`] holds what happened, a [`Model`] says how to divide the credit, [`attribute`] divides it, and
//! [`compare`] shows what several models say about the same journeys. No model knows the truth: the range across
//! models is part of the answer.
//!
//! Invariants, for every model: the credited outcomes of all sources add up to the credited conversions, and the
//! credited values add up to their value to the last ten-thousandth. An outcome without a touch in the look-back
//! window is nobody's and is reported as such. How sure a credit is says its [`Precision`].

mod break_even;
mod compare;
mod credit;
mod error;
mod events;
mod journeys;
mod markov;
mod model;
mod parameters;
mod precision;
mod ranks;
mod returns;
mod rules;
mod shapley;
#[cfg(test)]
mod testing;

pub use break_even::{BreakEven, BreakEvenError, Likely, break_even};
pub use compare::{Comparison, ModelColumn, ModelCredit, Range, SourceComparison, compare};
pub use credit::{Attribution, SourceCredit, attribute};
pub use error::AttributionError;
pub use events::{Bucket, Conversion, Outcomes, SourceActivity, Touch};
pub use journeys::{Journeys, JourneysBuilder};
pub use markov::MAX_SOURCES as MAX_SOURCES_OF_MARKOV;
pub use model::{HalfLife, Model, ModelError};
pub use parameters::{Asked, CreditSource, Parameters};
pub use precision::{Imprecise, MAX_SOURCES_OF_PRECISE_MARKOV, Precision};
pub use returns::{CreditedAmounts, ValueAssumptions};
pub use shapley::{MAX_SOURCES as MAX_SOURCES_OF_SHAPLEY, MIN_JOURNEYS as MIN_JOURNEYS_OF_SHAPLEY};
