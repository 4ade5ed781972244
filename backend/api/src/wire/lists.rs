//! Connections: lists that grow, page by page.

use std::collections::HashMap;
use std::str::FromStr;

use async_graphql::connection::{Connection, Edge, EmptyFields};
use async_graphql::dataloader::{DataLoader, Loader};
use async_graphql::{Context, OutputType};
use valuemap_engine::database::Database;
use valuemap_engine::database::pages::{List, Page, pages};
use valuemap_shared::ids::CommunityId;

use crate::context::data;
use crate::error::ApiError;
use crate::wire::paging::page_size;

pub type Nodes<N> = Connection<String, N, EmptyFields, EmptyFields>;

/// Loads the pages of many lists at once.
pub struct Lists(pub Database);

impl<L: List> Loader<L> for Lists {
    type Value = Vec<L::Row>;
    type Error = ApiError;

    async fn load(&self, lists: &[L]) -> Result<HashMap<L, Self::Value>, Self::Error> {
        let pages = pages(&self.0.read, lists).await?;
        Ok(lists.iter().cloned().zip(pages).collect())
    }
}

/// A page of a list, its rows as nodes.
pub async fn list<L, N>(
    context: &Context<'_>,
    (community, filter): (CommunityId, L::Filter),
    (first, after): (Option<i32>, Option<String>),
    node: fn(L::Row) -> N,
) -> Result<Nodes<N>, ApiError>
where
    L: List<At: FromStr + std::fmt::Debug, Name: FromStr + std::fmt::Display>,
    N: OutputType,
{
    let size = page_size(first)?;
    let after = after.map(|cursor| cursor.parse()).transpose()?;
    let mut connection = Connection::new(after.is_some(), false);
    // One more than was asked for tells whether there is a next page.
    let page = L::new(Page { community, filter, after, rows: size + 1 });
    let mut rows = data::<DataLoader<Lists>>(context)?.load_one(page).await?.unwrap_or_default();
    connection.has_next_page = rows.len() > size;
    rows.truncate(size);
    connection.edges.extend(rows.into_iter().map(|row| Edge::new(L::position(&row).to_string(), node(row))));
    Ok(connection)
}
