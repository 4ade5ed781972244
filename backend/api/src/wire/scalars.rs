//! Custom scalars, which GraphQL itself does not have.

use async_graphql::{InputObject, InputValueError, InputValueResult, Scalar, ScalarType, SimpleObject, Value};
use valuemap_shared::money as domain;

/// A whole number from 0 to 2^53: GraphQL's own `Int` ends at 2^31.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count(pub u64);

#[Scalar]
impl ScalarType for Count {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::Number(number) => {
                number.as_u64().map(Count).ok_or_else(|| InputValueError::custom("a count is a whole number from 0 on"))
            }
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::from(self.0)
    }
}

/// A calendar quarter in UTC, such as `2026-Q4`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quarter(pub valuemap_shared::calendar::Quarter);

#[Scalar]
impl ScalarType for Quarter {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => text.parse().map(Quarter).map_err(InputValueError::custom),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// An exact decimal, written as a text such as `"1234.50"`: a JSON number would be read as a float.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal(pub rust_decimal::Decimal);

#[Scalar]
impl ScalarType for Decimal {
    fn parse(value: Value) -> InputValueResult<Self> {
        let refused = |shown: &str| {
            let shown: String = shown.chars().take(40).collect();
            InputValueError::custom(format!("`{shown}` is not a decimal; write it as a text, like \"1234.50\""))
        };
        match &value {
            Value::String(text) => {
                rust_decimal::Decimal::from_str_exact(text.trim()).map(Decimal).map_err(|_| refused(text))
            }
            Value::Number(number) => Err(refused(&number.to_string())),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.normalize().to_string())
    }
}

/// An ISO 4217 currency, such as `EUR`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Currency(pub domain::Currency);

#[Scalar]
impl ScalarType for Currency {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => text.parse().map(Currency).map_err(InputValueError::custom),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// An amount of a currency, to four decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, SimpleObject, InputObject)]
#[graphql(input_name = "MoneyInput")]
pub struct Money {
    pub amount: Decimal,
    pub currency: Currency,
}

impl From<domain::Money> for Money {
    fn from(money: domain::Money) -> Self {
        Self { amount: Decimal(money.amount), currency: Currency(money.currency) }
    }
}

/// The amount as it was sent: what holds it checks its bounds.
impl From<Money> for domain::Money {
    fn from(money: Money) -> Self {
        Self { amount: money.amount.0.normalize(), currency: money.currency.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact_texts() {
        let check = |value: Value, expected: Option<&str>| {
            let read = Decimal::parse(value.clone()).ok().map(|decimal| decimal.to_value());
            assert_eq!(read, expected.map(Value::from), "{value}");
        };
        check(Value::from("1234.50"), Some("1234.5"));
        check(Value::from("0.1000000000000000000000000001"), Some("0.1000000000000000000000000001"));
        check(Value::from(0.1), None);
        check(Value::from(1), None);
        for bad in ["", "1e3", "1,000.00", "NaN", "0.00000000000000000000000000001"] {
            check(Value::from(bad), None);
        }
    }
}
