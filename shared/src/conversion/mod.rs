//! From a lead to an opportunity to a sale: how many get from one stage to the next, how long it takes, and whether those
//! whom the community had touched before get there more often than the others.
//!
//! [`entries_of`] says when one member or account entered a stage and when they got further, a [`ConversionTally`] adds that
//! up, and [`steps`] reads rates and times off it. A tally is sums by the day of entry, so nothing has to be known of all
//! entries at once.

mod entry;
mod reading;
mod stage;
mod tally;
mod words;

pub use entry::{Entry, Event, entries_of};
pub use reading::{
    Conversion, ConversionGroup, ConversionRate, ConversionStep, DifferenceReading, MedianReading, MedianTime,
    RateReading, ShareDifference,
};
pub use stage::Stage;
pub use tally::{ConversionTally, steps};
