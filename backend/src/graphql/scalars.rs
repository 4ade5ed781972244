//! Scalars of the wire that GraphQL does not have.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};

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
