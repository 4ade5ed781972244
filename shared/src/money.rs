//! Money: an exact decimal with a currency. No float ever holds money; a float may only be what money is multiplied by.

use std::fmt;
use std::str::FromStr;

use rust_decimal::prelude::FromPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};

/// Amounts are kept to this many decimals, which is more than any currency has.
pub const DECIMALS: u32 = 4;
/// The largest amount that is taken, in either direction: what fits a 64-bit count of ten-thousandths a hundred times.
const LARGEST: i64 = 9_000_000_000_000;

/// An ISO 4217 currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "String", into = "String")
)]
pub struct Currency([u8; 3]);

impl Currency {
    pub const EUR: Self = Self(*b"EUR");

    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// How many decimals its smallest coin has: 2 for EUR, 0 for JPY.
    pub fn decimals(&self) -> u32 {
        iso_currency::Currency::from_code(self.code()).and_then(|currency| currency.exponent()).unwrap_or(2).into()
    }
}

impl FromStr for Currency {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let upper = text.trim().to_ascii_uppercase();
        match <[u8; 3]>::try_from(upper.as_bytes()) {
            Ok(code) if iso_currency::Currency::from_code(&upper).is_some() => Ok(Self(code)),
            _ => Err(MoneyError::UnknownCurrency(text.chars().take(20).collect())),
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl TryFrom<String> for Currency {
    type Error = MoneyError;

    fn try_from(text: String) -> Result<Self, MoneyError> {
        text.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

/// Why something is no money.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    #[error("`{0}` is not an ISO 4217 currency; write it like EUR")]
    UnknownCurrency(String),
    #[error("`{0}` is not an amount; write it like 1234.50")]
    NotAnAmount(String),
    #[error("`{0}` has more than {DECIMALS} decimals")]
    TooPrecise(String),
    #[error("`{0}` is larger than any amount that is taken")]
    TooLarge(String),
    #[error("{amount} {currency} is no whole number of its smallest coin: {currency} has {} decimals", .currency.decimals())]
    NotInCoins { amount: String, currency: Currency },
}

/// An amount of a currency, to four decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Money {
    /// Written as a text, `"1234.5"`: a JSON number would be read as a float.
    #[cfg_attr(feature = "serde", serde(with = "rust_decimal::serde::str"))]
    pub amount: Decimal,
    pub currency: Currency,
}

impl Money {
    pub fn new(amount: Decimal, currency: Currency) -> Result<Self, MoneyError> {
        Ok(Self { amount: checked(amount)?, currency })
    }

    pub fn zero(currency: Currency) -> Self {
        Self { amount: Decimal::ZERO, currency }
    }

    /// Reads an amount as it is stored: a whole number of ten-thousandths.
    pub fn from_ten_thousandths(count: i64, currency: Currency) -> Self {
        Self { amount: Decimal::new(count, DECIMALS).normalize(), currency }
    }

    /// The amount as it is stored.
    pub fn ten_thousandths(&self) -> i64 {
        ten_thousandths(self.amount)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.currency)
    }
}

/// An amount that may be missing, as a text. That of rust_decimal does not read `null` inside of a tagged union.
#[cfg(feature = "serde")]
pub mod optional_text {
    use rust_decimal::Decimal;
    use serde::{Deserialize, Deserializer, de::Error};

    pub use rust_decimal::serde::str_option::serialize;

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Decimal>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| Decimal::from_str_exact(&text).map_err(D::Error::custom)).transpose()
    }
}

/// Reads an amount: digits with a point before the decimals, no currency signs and no separators.
pub fn parse_amount(text: &str) -> Result<Decimal, MoneyError> {
    let shown = || text.chars().take(40).collect::<String>();
    let amount = Decimal::from_str_exact(text.trim()).map_err(|_| MoneyError::NotAnAmount(shown()))?;
    checked(amount)
}

/// An amount within bounds, without zeros at its end.
pub fn checked(amount: Decimal) -> Result<Decimal, MoneyError> {
    let amount = amount.normalize();
    if amount.scale() > DECIMALS {
        return Err(MoneyError::TooPrecise(amount.to_string()));
    }
    if amount.abs() > Decimal::from(LARGEST) {
        return Err(MoneyError::TooLarge(amount.to_string()));
    }
    Ok(amount)
}

/// An amount that was paid: within bounds, and with no more decimals than the currency's smallest coin has.
pub fn paid(amount: Decimal, currency: Currency) -> Result<Decimal, MoneyError> {
    let amount = checked(amount)?;
    if amount.scale() > currency.decimals() {
        return Err(MoneyError::NotInCoins { amount: amount.to_string(), currency });
    }
    Ok(amount)
}

/// The amount as a whole number of ten-thousandths, which is how it is stored; amounts of [`checked`] always fit.
pub fn ten_thousandths(amount: Decimal) -> i64 {
    let scaled = rounded(amount) * Decimal::from(10_i64.pow(DECIMALS));
    scaled.try_into().unwrap_or(if amount.is_sign_negative() { i64::MIN } else { i64::MAX })
}

/// An amount times a factor that is no money (a share, a rate, a count), rounded half to even to four decimals.
/// A factor that is not finite counts as zero.
pub fn times(amount: Decimal, factor: f64) -> Decimal {
    let factor = Decimal::from_f64(factor).unwrap_or_default();
    amount.checked_mul(factor).map_or(Decimal::ZERO, rounded)
}

/// Half to even, so that many roundings do not drift.
pub fn rounded(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(DECIMALS, RoundingStrategy::MidpointNearestEven).normalize()
}

/// Divides an amount in proportion to `shares`, to ten-thousandths, so that the parts add up to it exactly: what
/// rounding leaves goes to the parts that lost most by it (largest remainder). All zero shares get nothing.
pub fn allocate(amount: Decimal, shares: &[f64]) -> Vec<Decimal> {
    let sum: f64 = shares.iter().sum();
    if !(sum.is_finite() && sum > 0.0) {
        return vec![Decimal::ZERO; shares.len()];
    }
    let total = ten_thousandths(amount);
    let exact: Vec<f64> = shares.iter().map(|share| total as f64 * (share / sum)).collect();
    let mut parts: Vec<i64> = exact.iter().map(|part| part.floor() as i64).collect();
    let missing = total - parts.iter().sum::<i64>();
    let mut order: Vec<usize> = (0..shares.len()).filter(|index| shares[*index] > 0.0).collect();
    order.sort_by(|a, b| {
        let remainder = |index: usize| exact[index] - exact[index].floor();
        remainder(*b).total_cmp(&remainder(*a)).then(a.cmp(b))
    });
    for step in 0..missing.unsigned_abs() as usize {
        parts[order[step % order.len()]] += missing.signum();
    }
    parts.into_iter().map(|part| Decimal::new(part, DECIMALS).normalize()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn amounts_are_exact_and_bounded() {
        assert_eq!(parse_amount(" 1234.50 ").unwrap().to_string(), "1234.5");
        assert_eq!(ten_thousandths(parse_amount("0.1").unwrap() + parse_amount("0.2").unwrap()), 3_000);
        for bad in ["", "1,234.50", "12 EUR", "1e3", "NaN", "0.00001", "9000000000001"] {
            assert!(parse_amount(bad).is_err(), "{bad} was accepted");
        }
    }

    #[test]
    fn currencies_are_those_of_iso_4217() {
        assert_eq!("eur".parse(), Ok(Currency::EUR));
        let decimals = ["EUR", "JPY", "BHD"].map(|code| code.parse::<Currency>().unwrap().decimals());
        assert_eq!(decimals, [2, 0, 3]);
        for bad in ["", "EU", "XYZ", "EURO", "E\u{dc}R"] {
            assert!(bad.parse::<Currency>().is_err(), "{bad} was accepted");
        }
    }

    #[test]
    fn what_is_paid_is_paid_in_coins() {
        let check = |amount: &str, currency: &str, expected: bool| {
            let paid = paid(amount.parse().unwrap(), currency.parse().unwrap());
            assert_eq!(paid.is_ok(), expected, "{amount} {currency}: {paid:?}");
        };
        check("100", "JPY", true);
        check("100.0", "JPY", true);
        check("100.5", "JPY", false);
        check("-0.01", "EUR", true);
        check("0.005", "EUR", false);
        check("0.005", "BHD", true);
        let refused = paid(Decimal::new(1_005, 1), "JPY".parse().unwrap()).unwrap_err();
        assert_eq!(refused.to_string(), "100.5 JPY is no whole number of its smallest coin: JPY has 0 decimals");
    }

    #[test]
    fn a_factor_rounds_to_even() {
        assert_eq!(times(Decimal::new(1, 4), 0.5), Decimal::ZERO);
        assert_eq!(times(Decimal::new(3, 4), 0.5), Decimal::new(2, 4));
        assert_eq!(times(Decimal::from(100), f64::NAN), Decimal::ZERO);
    }

    #[test]
    fn thirds_of_a_euro_add_up() {
        let parts = allocate(Decimal::ONE, &[1.0, 1.0, 1.0]);
        assert_eq!(parts, [Decimal::new(3_334, 4), Decimal::new(3_333, 4), Decimal::new(3_333, 4)]);
        assert_eq!(allocate(Decimal::ONE, &[0.0, 0.0]), [Decimal::ZERO; 2]);
    }

    proptest! {
        #[test]
        fn parts_add_up_and_zero_shares_get_nothing(
            count in -1_000_000_000_i64..1_000_000_000,
            shares in proptest::collection::vec(prop_oneof![Just(0.0), 1e-6..1.0_f64], 1..20),
        ) {
            let amount = Decimal::new(count, DECIMALS);
            let parts = allocate(amount, &shares);
            let expected = if shares.iter().any(|share| *share > 0.0) { amount } else { Decimal::ZERO };
            prop_assert_eq!(parts.iter().copied().sum::<Decimal>(), expected);
            for (part, share) in parts.iter().zip(&shares) {
                prop_assert!(*share > 0.0 || part.is_zero());
            }
        }
    }
}
