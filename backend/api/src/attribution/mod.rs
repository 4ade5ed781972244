//! Credits, returns and break-even counts on the internal wire.

mod break_even;
mod conversion;
mod enums;
mod inputs;
mod queries;
mod returns;
mod run;

use async_graphql::connection::Edge;
use async_graphql::{OutputType, SimpleObject};

use crate::error::ApiError;
use crate::wire::lists::Nodes;
use crate::wire::paging::page_size;
use crate::wire::results::Problem;

pub use inputs::RunAttributionInput;
pub use queries::{AttributionMutation, AttributionQuery, community_with_model};
pub use run::{AttributionRun, run_node};

/// What was asked for cannot be computed. All that is wrong is said at once.
#[derive(SimpleObject)]
pub struct InvalidAttribution {
    problems: Vec<Problem>,
}

impl InvalidAttribution {
    pub fn of(problems: Vec<valuemap_shared::survey::Problem>) -> Self {
        Self { problems: problems.into_iter().map(Problem::from).collect() }
    }
}

/// A page of a list that was computed as a whole. A cursor is an index into it.
fn page_of<T, N: OutputType>(
    list: &[T],
    first: Option<i32>,
    after: Option<String>,
    node: impl Fn(&T) -> N,
) -> Result<Nodes<N>, ApiError> {
    let size = page_size(first)?;
    let bad_cursor = |_| ApiError::BadUserInput("after: not a cursor of this list".into());
    let begin = match after {
        Some(cursor) => cursor.parse::<u32>().map_err(bad_cursor)? as usize + 1,
        None => 0,
    };
    let rest = list.get(begin..).unwrap_or_default();
    let mut page = Nodes::new(begin > 0, rest.len() > size);
    page.edges
        .extend((begin..).zip(rest.iter().take(size)).map(|(index, row)| Edge::new(index.to_string(), node(row))));
    Ok(page)
}
