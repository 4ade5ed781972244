use super::Uncertain;
use crate::statistics::Interval;

/// An assumption that nobody measured: its lowest, most likely and highest value, as a triangular distribution.
/// `low == high` is a constant.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "Points"))]
pub struct Triangular {
    low: f64,
    mode: f64,
    high: f64,
}

/// Why three numbers are no assumption.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TriangularError {
    #[error("the lowest, most likely and highest value have to be finite numbers that lie less than 1e308 apart")]
    NotFinite,
    #[error(
        "{mode} was given as the most likely value, but does not lie between the lowest {low} and the highest {high}"
    )]
    NotInOrder { low: f64, mode: f64, high: f64 },
}

impl Triangular {
    /// Nothing, for certain.
    pub const ZERO: Self = Self { low: 0.0, mode: 0.0, high: 0.0 };

    pub fn new(low: f64, mode: f64, high: f64) -> Result<Self, TriangularError> {
        if !(low.is_finite() && mode.is_finite() && high.is_finite() && (high - low).is_finite()) {
            return Err(TriangularError::NotFinite);
        }
        if !(low <= mode && mode <= high) {
            return Err(TriangularError::NotInOrder { low, mode, high });
        }
        Ok(Self { low, mode, high })
    }

    /// Around a most likely value, which has to be finite. An end on the wrong side of it, or that is no number, is moved
    /// to it.
    pub(crate) fn around(mode: f64, low: f64, high: f64) -> Self {
        let finite = |end: f64| if end.is_finite() { end } else { mode };
        Self { low: finite(low).min(mode), mode, high: finite(high).max(mode) }
    }

    pub fn low(&self) -> f64 {
        self.low
    }

    pub fn mode(&self) -> f64 {
        self.mode
    }

    pub fn high(&self) -> f64 {
        self.high
    }

    pub fn mean(&self) -> f64 {
        self.low + (self.mode - self.low) / 3.0 + (self.high - self.low) / 3.0
    }

    /// The value that is not exceeded with `probability`, which is clipped to 0..1 (Kotz and van Dorp 2004, Beyond
    /// Beta, 1.1). Only operations that IEEE 754 rounds in one way, so that it is the same on every machine.
    pub fn quantile(&self, probability: f64) -> f64 {
        let width = self.high - self.low;
        if width == 0.0 {
            return self.low;
        }
        let probability = probability.clamp(0.0, 1.0);
        let below_mode = (self.mode - self.low) / width;
        let value = if probability < below_mode {
            self.low + width * (probability * below_mode).sqrt()
        } else {
            self.high - width * ((1.0 - probability) * (1.0 - below_mode)).sqrt()
        };
        value.clamp(self.low, self.high)
    }
}

impl Uncertain for Triangular {
    fn quantile(&self, probability: f64) -> f64 {
        self.quantile(probability)
    }

    fn low(&self) -> f64 {
        self.low
    }

    fn high(&self) -> f64 {
        self.high
    }

    fn mode(&self) -> f64 {
        self.mode
    }
}

#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct Points {
    low: f64,
    mode: f64,
    high: f64,
}

#[cfg(feature = "serde")]
impl TryFrom<Points> for Triangular {
    type Error = TriangularError;

    fn try_from(points: Points) -> Result<Self, TriangularError> {
        Self::new(points.low, points.mode, points.high)
    }
}

/// Of a symmetric triangle from -1 to 1, this much lies within 95 of 100 draws on either side: 1 - sqrt(0.05).
const WITHIN: f64 = 0.776_393_202_250_021;

/// The ends of a triangle around an estimate, so wide that 95 of 100 draws fall into its interval.
pub fn around(estimate: f64, interval: Interval) -> (f64, f64) {
    (estimate - (estimate - interval.low) / WITHIN, estimate + (interval.high - estimate) / WITHIN)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_points_have_to_be_in_order_and_finite() {
        assert!(Triangular::new(0.1, 0.2, 0.3).is_ok());
        for (low, mode, high) in [(0.2, 0.1, 0.3), (0.1, 0.4, 0.3), (0.3, 0.2, 0.1)] {
            assert_eq!(Triangular::new(low, mode, high), Err(TriangularError::NotInOrder { low, mode, high }));
        }
        for (low, mode, high) in [(f64::NAN, 0.1, 0.3), (0.1, 0.2, f64::INFINITY), (f64::MIN, 0.0, f64::MAX)] {
            assert_eq!(Triangular::new(low, mode, high), Err(TriangularError::NotFinite));
        }
    }

    #[test]
    fn a_constant_is_always_the_same() {
        let constant = Triangular::new(7.0, 7.0, 7.0).unwrap();
        assert_eq!([0.0, 0.3, 1.0].map(|probability| constant.quantile(probability)), [7.0; 3]);
        assert_eq!(constant.mean(), 7.0);
    }

    #[test]
    fn a_symmetric_triangle_has_its_middle_in_the_middle() {
        let symmetric = Triangular::new(0.0, 1.0, 2.0).unwrap();
        assert_eq!(symmetric.quantile(0.5), 1.0);
        assert_eq!(symmetric.quantile(0.125), 0.5);
        assert_eq!(symmetric.quantile(0.875), 1.5);
        assert_eq!(symmetric.mean(), 1.0);
    }

    #[cfg(feature = "serde")]
    #[test]
    fn a_stored_assumption_is_checked_again() {
        let assumption = Triangular::new(0.0, 0.25, 1.0).unwrap();
        let text = serde_json::to_string(&assumption).unwrap();
        assert_eq!(text, r#"{"low":0.0,"mode":0.25,"high":1.0}"#);
        assert_eq!(serde_json::from_str::<Triangular>(&text).unwrap(), assumption);
        let refused = serde_json::from_str::<Triangular>(r#"{"low":1,"mode":0,"high":2}"#).unwrap_err();
        assert!(refused.to_string().contains("does not lie between"), "{refused}");
    }

    proptest! {
        #[test]
        fn quantiles_grow_from_low_to_high(
            mut points in proptest::array::uniform3(-1e6..1e6_f64), one in 0.0..=1.0_f64, other in 0.0..=1.0_f64,
        ) {
            points.sort_by(f64::total_cmp);
            let [low, mode, high] = points;
            let assumption = Triangular::new(low, mode, high).unwrap();
            let lower = assumption.quantile(one.min(other));
            let upper = assumption.quantile(one.max(other));
            prop_assert!(low <= lower && lower <= upper + 1e-9 && upper <= high);
            prop_assert!(low <= assumption.mean() && assumption.mean() <= high + 1e-9);
            prop_assert!((assumption.quantile(0.0) - low).abs() < 1e-6);
            prop_assert_eq!(assumption.quantile(1.0), high);
        }
    }
}
