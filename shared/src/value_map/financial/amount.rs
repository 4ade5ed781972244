use rust_decimal::Decimal;
use rust_decimal::prelude::{FromPrimitive, ToPrimitive};

use crate::money;

/// Why a computation gives no amount.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AmountError {
    #[error("an amount was to be multiplied by {0}, which is not a finite number; check what that was computed from")]
    NotAFactor(f64),
    #[error("{what} is larger than any amount that is taken; check the counts and amounts that it was computed from")]
    TooLarge { what: String },
    #[error("{what} is {amount}, but may not be below zero; enter it as a positive amount")]
    Negative { what: &'static str, amount: Decimal },
}

/// An amount times a factor that is no money (a share, a rate, a count), rounded half to even to four decimals. Unlike
/// [`money::times`], it refuses a factor that is not finite and a product that is too large.
pub fn checked_times(amount: Decimal, factor: f64) -> Result<Decimal, AmountError> {
    if !factor.is_finite() {
        return Err(AmountError::NotAFactor(factor));
    }
    let product = Decimal::from_f64(factor).and_then(|factor| amount.checked_mul(factor));
    let too_large = || AmountError::TooLarge { what: format!("{amount} times {factor}") };
    bounded(product.ok_or_else(too_large)?).map_err(|_| too_large())
}

/// The amount as it may leave this module: rounded, and within the bounds of [`money::checked`].
pub(super) fn bounded(amount: Decimal) -> Result<Decimal, AmountError> {
    money::checked(money::rounded(amount)).map_err(|_| AmountError::TooLarge { what: amount.to_string() })
}

/// The exact sum, rounded once.
pub(super) fn sum(amounts: impl IntoIterator<Item = Decimal>) -> Result<Decimal, AmountError> {
    let sum = amounts.into_iter().try_fold(Decimal::ZERO, Decimal::checked_add);
    bounded(sum.ok_or_else(|| AmountError::TooLarge { what: "a sum of amounts".into() })?)
}

pub(super) fn not_negative(what: &'static str, amount: Decimal) -> Result<Decimal, AmountError> {
    if amount < Decimal::ZERO { Err(AmountError::Negative { what, amount }) } else { Ok(amount) }
}

/// One amount per unit of another: a rate, no money. `None` where the other is not above zero.
pub(super) fn ratio(part: Decimal, whole: Decimal) -> Option<f64> {
    if whole <= Decimal::ZERO {
        return None;
    }
    part.checked_div(whole)?.to_f64()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_factor_or_too_large_is_refused() {
        let cost = Decimal::from(25);
        assert_eq!(checked_times(cost, 0.5), Ok(Decimal::new(125, 1)));
        assert_eq!(checked_times(cost, 1e-40), Ok(Decimal::ZERO));
        assert_eq!(checked_times(cost, f64::INFINITY), Err(AmountError::NotAFactor(f64::INFINITY)));
        for large in [1e12, 1e28, 1e300, -1e300] {
            assert!(matches!(checked_times(cost, large), Err(AmountError::TooLarge { .. })), "{large}");
        }
        assert!(sum([Decimal::MAX, Decimal::MAX]).is_err());
        assert!(sum([Decimal::MAX]).is_err());
    }

    #[test]
    fn a_sum_is_rounded_once() {
        let third = Decimal::new(33_334, 5);
        assert_eq!(sum([third; 3]), Ok(Decimal::new(10_000, 4)));
    }

    proptest! {
        #[test]
        fn a_product_is_that_of_money(amount in -1_000_000_000_i64..1_000_000_000, factor in -1e3..1e3_f64) {
            let amount = Decimal::new(amount, money::DECIMALS);
            prop_assert_eq!(checked_times(amount, factor), Ok(money::times(amount, factor)));
        }
    }
}
