/// A range that holds the true figure with the confidence `level` (0.95: in 95 of 100 such samples).
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Interval {
    pub low: f64,
    pub high: f64,
    pub level: f64,
}

/// The difference to the period before.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Change {
    pub difference: f64,
    pub interval: Option<Interval>,
}

impl Change {
    /// Whether the interval leaves out zero: the difference is more than the play of chance.
    pub fn is_clear(&self) -> bool {
        self.interval.is_some_and(|interval| interval.low > 0.0 || interval.high < 0.0)
    }
}
