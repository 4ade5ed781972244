//! Pagination: lists that grow are read page by page, from a cursor on.

use crate::documents::limits::PAGE;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_costs_what_its_nodes_do() {
        assert_eq!(complexity(Some(100), 25), 2_501);
        assert_eq!(complexity(Some(-1), 1), 101);
    }
}
