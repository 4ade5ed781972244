use super::financial::{CountDistribution, Triangular, Uncertain};

/// Something that an amount depends on and that is not known exactly.
#[derive(Clone, Debug)]
pub(super) enum Assumption {
    /// Stated by the scoring model, or estimated.
    Range(Triangular),
    /// Counted, and subject to chance.
    Count(CountDistribution),
}

impl Assumption {
    fn uncertain(&self) -> &dyn Uncertain {
        match self {
            Self::Range(range) => range,
            Self::Count(count) => count,
        }
    }

    pub fn mode(&self) -> f64 {
        self.uncertain().mode()
    }
}

impl Uncertain for Assumption {
    fn quantile(&self, probability: f64) -> f64 {
        self.uncertain().quantile(probability)
    }

    fn low(&self) -> f64 {
        self.uncertain().low()
    }

    fn high(&self) -> f64 {
        self.uncertain().high()
    }

    fn mode(&self) -> f64 {
        self.uncertain().mode()
    }
}
