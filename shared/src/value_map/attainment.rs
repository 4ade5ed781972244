//! How far a measure has come from its baseline to its target.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// Where a measure started and where it is to go. A target below the baseline says that lower is better.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "Ends<f64>"))]
pub struct Scale {
    baseline: f64,
    target: f64,
}

/// A [`Scale`] of money: amounts never pass through a float on their way to a score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AmountScale {
    baseline: Decimal,
    target: Decimal,
}

/// Why a baseline and a target make no scale.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScaleError {
    #[error("the baseline and the target are both {0}, so nothing could be attained; set another target")]
    NothingToAttain(String),
    #[error("the baseline and the target have to be finite numbers that lie less than 1e308 apart")]
    NotFinite,
}

impl Scale {
    /// In the unit of the measure. The two have to be finite and to differ.
    pub fn new(baseline: f64, target: f64) -> Result<Self, ScaleError> {
        if baseline == target {
            return Err(ScaleError::NothingToAttain(target.to_string()));
        }
        if !(target - baseline).is_finite() {
            return Err(ScaleError::NotFinite);
        }
        Ok(Self { baseline, target })
    }

    pub fn baseline(&self) -> f64 {
        self.baseline
    }

    pub fn target(&self) -> f64 {
        self.target
    }

    pub fn lower_is_better(&self) -> bool {
        self.target < self.baseline
    }

    /// The attainment 100 * clip((x - baseline) / (target - baseline), 0, 1), in 0..100: min-max normalisation between
    /// two goalposts (OECD/JRC 2008, Handbook on Constructing Composite Indicators, step 5). `None` where the value is
    /// not a number: no data is never zero.
    pub fn attained(&self, value: f64) -> Option<f64> {
        let share = (value - self.baseline) / (self.target - self.baseline);
        percent(share)
    }

    /// How many points so much of the measure is worth, wherever on the scale or beyond its ends it lies: the width of an
    /// interval in points. A score that is clipped is no surer for that.
    pub fn points(&self, width: f64) -> f64 {
        100.0 * (width / (self.target - self.baseline)).abs()
    }
}

impl AmountScale {
    pub fn new(baseline: Decimal, target: Decimal) -> Result<Self, ScaleError> {
        if baseline == target {
            return Err(ScaleError::NothingToAttain(target.to_string()));
        }
        if target.checked_sub(baseline).is_none() {
            return Err(ScaleError::NotFinite);
        }
        Ok(Self { baseline, target })
    }

    /// As [`Scale::attained`]. `None` where the amount is too far from the baseline for a decimal, which no amount of
    /// [`crate::money::checked`] is.
    pub fn attained(&self, amount: Decimal) -> Option<f64> {
        let way = self.target.checked_sub(self.baseline)?;
        let share = amount.checked_sub(self.baseline)?.checked_div(way)?;
        percent(share.to_f64()?)
    }
}

/// The absolute value turns the -0 of a measure that fell by nothing into 0.
fn percent(share: f64) -> Option<f64> {
    (!share.is_nan()).then(|| 100.0 * share.clamp(0.0, 1.0).abs())
}

#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct Ends<T> {
    baseline: T,
    target: T,
}

#[cfg(feature = "serde")]
impl TryFrom<Ends<f64>> for Scale {
    type Error = ScaleError;

    fn try_from(ends: Ends<f64>) -> Result<Self, ScaleError> {
        Self::new(ends.baseline, ends.target)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn attainment_is_the_part_of_the_way_that_is_behind_us() {
        let members = Scale::new(200.0, 600.0).unwrap();
        assert_eq!(
            [100.0, 200.0, 300.0, 600.0, 700.0].map(|value| members.attained(value).unwrap()),
            [0.0, 0.0, 25.0, 100.0, 100.0]
        );
        let hours_to_answer = Scale::new(48.0, 8.0).unwrap();
        assert_eq!(hours_to_answer.attained(18.0), Some(75.0));
        assert!(hours_to_answer.attained(48.0).unwrap().is_sign_positive());
    }

    #[test]
    fn no_value_is_not_zero() {
        assert_eq!(Scale::new(0.0, 1.0).unwrap().attained(f64::NAN), None);
    }

    #[test]
    fn a_width_has_as_many_points_beyond_the_ends_as_between_them() {
        assert_eq!(Scale::new(48.0, 8.0).unwrap().points(20.0), 50.0);
        assert_eq!(Scale::new(0.0, 40.0).unwrap().points(80.0), 200.0);
    }

    #[test]
    fn a_target_that_is_the_baseline_is_refused() {
        assert_eq!(Scale::new(5.0, 5.0), Err(ScaleError::NothingToAttain("5".into())));
        assert_eq!(AmountScale::new(Decimal::ONE, Decimal::ONE), Err(ScaleError::NothingToAttain("1".into())));
        assert_eq!(AmountScale::new(Decimal::MIN, Decimal::MAX), Err(ScaleError::NotFinite));
        for (baseline, target) in [(f64::NAN, 1.0), (0.0, f64::INFINITY), (f64::MIN, f64::MAX)] {
            assert_eq!(Scale::new(baseline, target), Err(ScaleError::NotFinite));
        }
    }

    #[test]
    fn money_is_attained_like_any_measure() {
        let saving = AmountScale::new(Decimal::from(10_000), Decimal::from(50_000)).unwrap();
        assert_eq!(saving.attained(Decimal::from(20_000)), Some(25.0));
        assert_eq!(saving.attained(Decimal::from(-1)), Some(0.0));
        let cost = AmountScale::new(Decimal::from(50_000), Decimal::from(10_000)).unwrap();
        assert_eq!(cost.attained(Decimal::from(20_000)), Some(75.0));
    }

    #[cfg(feature = "serde")]
    #[test]
    fn a_stored_scale_is_checked_again() {
        let scale = Scale::new(48.0, 8.0).unwrap();
        let text = serde_json::to_string(&scale).unwrap();
        assert_eq!(text, r#"{"baseline":48.0,"target":8.0}"#);
        assert_eq!(serde_json::from_str::<Scale>(&text).unwrap(), scale);
        assert!(serde_json::from_str::<Scale>(r#"{"baseline":8,"target":8}"#).is_err());
    }

    proptest! {
        #[test]
        fn attainment_stays_on_the_scale_and_grows_towards_the_target(
            baseline in -1e6..1e6_f64, target in -1e6..1e6_f64, one in -3e6..3e6_f64, other in -3e6..3e6_f64,
        ) {
            prop_assume!(baseline != target);
            let scale = Scale::new(baseline, target).unwrap();
            let (near, far) = if (one < other) == scale.lower_is_better() { (one, other) } else { (other, one) };
            let (near, far) = (scale.attained(near).unwrap(), scale.attained(far).unwrap());
            prop_assert!(0.0 <= far && far <= near && near <= 100.0);
            prop_assert_eq!(scale.attained(baseline), Some(0.0));
            prop_assert_eq!(scale.attained(target), Some(100.0));
        }
    }
}
