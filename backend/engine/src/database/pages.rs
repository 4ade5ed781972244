//! Lists that grow, read page by page, the latest first (keyset pagination).

use std::cmp::Reverse;
use std::fmt;
use std::hash::Hash;
use std::str::FromStr;

use sea_orm::prelude::*;
use sea_orm::sea_query::{Asterisk, ExprTrait, Query, UnionType};
use sea_orm::{Condition, FromQueryResult, QueryOrder, QuerySelect, QueryTrait};
use valuemap_shared::ids::CommunityId;

/// Maximum parts of one statement: SQLite takes 500.
const PARTS: usize = 100;

/// Which rows of a table belong to a list.
pub trait Filter: Clone + Eq + Hash + Send + Sync + 'static {
    fn condition(&self) -> Condition;
}

/// All rows of the community.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct All;

impl Filter for All {
    fn condition(&self) -> Condition {
        Condition::all()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor of this list")]
pub struct NotACursor;

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
    type Err = NotACursor;

    fn from_str(cursor: &str) -> Result<Self, NotACursor> {
        let read = || {
            // Years beyond four digits have a sign, and no database of ours has them.
            let (at, name) = cursor.split_once('_').filter(|_| !cursor.starts_with(['+', '-']))?;
            let is_text = !name.contains('\0');
            Some(Self { at: at.parse().ok()?, name: name.parse().ok().filter(|_| is_text)? })
        };
        read().ok_or(NotACursor)
    }
}

/// A page of a list: so many rows from behind a position on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Page<F, A, N> {
    pub community: CommunityId,
    pub filter: F,
    pub after: Option<Position<A, N>>,
    pub rows: usize,
}

/// A list, by the page of it that is asked for.
pub trait List: Clone + Eq + Hash + Send + Sync + 'static {
    type Row: ModelTrait<Entity: EntityTrait<Model = Self::Row>> + FromQueryResult + Clone + Send + Sync + 'static;
    /// Which rows of the table belong to the list.
    type Filter: Filter;
    type At: Into<Value> + Clone + Ord;
    type Name: Into<Value> + Clone + Ord;
    /// The columns of the community, the day or time, and the name.
    const COLUMNS: [<<Self::Row as ModelTrait>::Entity as EntityTrait>::Column; 3];

    fn new(page: Page<Self::Filter, Self::At, Self::Name>) -> Self;
    fn page(&self) -> &Page<Self::Filter, Self::At, Self::Name>;
    fn position(row: &Self::Row) -> Position<Self::At, Self::Name>;
}

/// Declares lists: which table, filtered by what, in the order of which columns.
macro_rules! lists {
    ($($list:ident of $table:ident where $filter:ty, by $at:ident ($at_column:ident: $at_type:ty), $name:ident ($name_column:ident: $name_type:ty);)*) => {$(
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub struct $list($crate::database::pages::Page<$filter, $at_type, $name_type>);

        impl $crate::database::pages::List for $list {
            type Row = $table::Model;
            type Filter = $filter;
            type At = $at_type;
            type Name = $name_type;
            const COLUMNS: [$table::Column; 3] =
                [$table::Column::CommunityId, $table::Column::$at_column, $table::Column::$name_column];

            fn new(page: $crate::database::pages::Page<$filter, $at_type, $name_type>) -> Self {
                Self(page)
            }

            fn page(&self) -> &$crate::database::pages::Page<$filter, $at_type, $name_type> {
                &self.0
            }

            fn position(row: &$table::Model) -> $crate::database::pages::Position<$at_type, $name_type> {
                $crate::database::pages::Position { at: row.$at.clone(), name: row.$name.clone() }
            }
        }
    )*};
}

pub(crate) use lists;

/// The rows of many pages, in one statement: each page is read off its index, however long the list is.
pub async fn pages<L: List>(db: &impl ConnectionTrait, lists: &[L]) -> Result<Vec<Vec<L::Row>>, DbErr> {
    let mut pages = Vec::with_capacity(lists.len());
    for lists in lists.chunks(PARTS) {
        let first_page = pages.len();
        pages.resize(first_page + lists.len(), Vec::new());
        let mut parts = (0..).zip(lists).map(|(number, list): (i32, &L)| {
            let page = select::<<L::Row as ModelTrait>::Entity, _, _, _>(list.page(), L::COLUMNS).into_query();
            Query::select().column(Asterisk).expr_as(Expr::val(number), "page").from_subquery(page, "part").to_owned()
        });
        let Some(mut statement) = parts.next() else { continue };
        statement.unions(parts.map(|part| (UnionType::All, part)));
        for row in db.query_all(&statement).await? {
            let number: i32 = row.try_get("", "page")?;
            let page = usize::try_from(number).ok().and_then(|number| pages.get_mut(first_page + number));
            if let Some(page) = page {
                page.push(L::Row::from_query_result(&row, "")?);
            }
        }
    }
    // A statement of many parts promises no order.
    for page in &mut pages {
        page.sort_by_cached_key(|row| Reverse(L::position(row)));
    }
    Ok(pages)
}

fn select<E, F, A, N>(page: &Page<F, A, N>, [community, at, name]: [E::Column; 3]) -> Select<E>
where
    E: EntityTrait,
    F: Filter,
    A: Into<Value> + Clone,
    N: Into<Value> + Clone,
{
    let behind = page.after.clone().map(|position| {
        Expr::tuple([Expr::col(at), Expr::col(name)])
            .lt(Expr::tuple([Expr::val(position.at), Expr::val(position.name)]))
    });
    E::find()
        .filter(community.eq(page.community.0))
        .filter(page.filter.condition())
        .filter(Condition::all().add_option(behind))
        .order_by_desc(at)
        .order_by_desc(name)
        .limit(page.rows as u64)
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

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
}
