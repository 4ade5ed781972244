use super::Interval;
use crate::statistics::LEVEL;

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
    pub fn confidence_interval(&self) -> Option<Interval> {
        self.interval.map(|(low, high)| Interval { low, high, level: LEVEL })
    }
}
