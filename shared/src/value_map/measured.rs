use super::Interval;
use crate::statistics::{LEVEL, wilson_interval};

/// What a measure was in a quarter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// In the measure's unit.
    pub value: f64,
    /// The ends of a 95% interval; `None` where the value is exact.
    pub interval: Option<(f64, f64)>,
    /// How many members' answers it rests on; 0 where it is counted from what is tracked.
    pub answers: u64,
}

impl Measured {
    /// A share of at least `minimum`, with its Wilson interval.
    pub fn share(part: u64, whole: u64, minimum: u64, of: &str) -> Result<Self, String> {
        if whole < minimum.max(1) {
            return Err(format!("too few {of}: there is a figure from {minimum} on"));
        }
        let interval = wilson_interval(part as f64, whole as f64);
        Ok(Self { value: part as f64 / whole as f64, interval: Some((interval.low, interval.high)), answers: 0 })
    }

    pub fn confidence_interval(&self) -> Option<Interval> {
        self.interval.map(|(low, high)| Interval { low, high, level: LEVEL })
    }
}
