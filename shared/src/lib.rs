//! The domain of Valuemap: what a survey is, what counts as an answer, and how answers become scores.
//!
//! Invariant: nothing in this crate does I/O, reads a clock or draws randomness that was not handed to it, so
//! that the browser and the server reach the same figure from the same input.

#[cfg(feature = "scores")]
pub mod activities;
#[cfg(feature = "attribution")]
pub mod attribution;
pub mod calendar;
#[cfg(feature = "scores")]
pub mod conversion;
#[cfg(feature = "scores")]
pub mod follow_ups;
pub mod ids;
#[cfg(feature = "scores")]
pub mod imports;
#[cfg(feature = "scores")]
pub mod money;
pub mod pages;
#[cfg(feature = "scores")]
pub mod statistics;
pub mod survey;
pub mod value_map;
#[cfg(feature = "scores")]
mod wire;
