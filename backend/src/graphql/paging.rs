//! Lists that grow are read page by page, from a cursor on.

use std::fmt;
use std::str::FromStr;

use super::document_limits::PAGE;
use crate::error::ApiError;

/// How many nodes are given to who does not say how many.
const USUAL: i32 = 20;

/// How many nodes were asked for.
pub fn page_size(first: Option<i32>) -> Result<usize, ApiError> {
    match usize::try_from(first.unwrap_or(USUAL)) {
        Ok(size) if (1..=PAGE).contains(&size) => Ok(size),
        _ => Err(ApiError::BadUserInput(format!("first: from 1 to {PAGE} can be asked for at a time"))),
    }
}

/// What a page counts for against the limit of complexity: what each node does, as many times as there may be nodes.
pub fn complexity(first: Option<i32>, of_one: usize) -> usize {
    let size = page_size(first).unwrap_or(PAGE);
    size.saturating_mul(of_one).saturating_add(1)
}

/// Where a row stands in a list that is sorted by a day or a time, and then by a name that no other row has.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position<A, N> {
    pub at: A,
    pub name: N,
}

/// Written as a cursor.
impl<A: fmt::Debug, N: fmt::Display> fmt::Display for Position<A, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}_{}", self.at, self.name)
    }
}

impl<A: FromStr, N: FromStr> FromStr for Position<A, N> {
    type Err = ApiError;

    fn from_str(cursor: &str) -> Result<Self, ApiError> {
        let read = || {
            // Years beyond four digits have a sign, and no database of ours has them.
            let (at, name) = cursor.split_once('_').filter(|_| !cursor.starts_with(['+', '-']))?;
            let is_text = !name.contains('\0');
            Some(Self { at: at.parse().ok()?, name: name.parse().ok().filter(|_| is_text)? })
        };
        read().ok_or_else(|| ApiError::BadUserInput("after: not a cursor of this list".into()))
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        let at: DateTime<Utc> = "2026-05-31T09:00:00.123456789Z".parse().unwrap();
        let position = Position { at, name: Uuid::from_u128(7) };
        assert_eq!(position.to_string().parse::<Position<DateTime<Utc>, Uuid>>().unwrap(), position);
        for bad in ["", "x", "2026-05-31T09:00:00Z_", "+99999-05-31T09:00:00Z_00000000-0000-0000-0000-000000000007"] {
            assert!(bad.parse::<Position<DateTime<Utc>, Uuid>>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_page_costs_what_its_nodes_do() {
        assert_eq!(complexity(Some(100), 25), 2_501);
        assert_eq!(complexity(Some(-1), 1), 101);
    }
}
