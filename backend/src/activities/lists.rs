//! The lists that grow, read page by page, the latest first.

use std::cmp::Reverse;
use std::hash::Hash;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sea_query::{Asterisk, ExprTrait, Query, UnionType};
use sea_orm::{Condition, FromQueryResult, QueryOrder, QuerySelect, QueryTrait, prelude::*};
use valuemap_shared::ids::{ActivityId, ActivityTypeId, CommunityId, PartyId, SiteId};

use super::entities::{
    activity, contribution, cost_line, exchange_rate, identity_link, outcome, party, support_case, touchpoint,
};
use crate::follow_ups::entities::follow_up;
use crate::graphql::paging::Position;
use crate::survey::entities::response;
use crate::survey::entities::response::Standing;
use crate::survey::standing::lists::set_aside;

/// Most parts of one statement: SQLite takes 500.
const PARTS: usize = 100;

/// Which rows of a table belong to a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Filter {
    All,
    OfActivity(ActivityId),
    OfParty(PartyId),
    /// Links from or to it.
    LinksOf(PartyId),
    /// Of a type, and between two days that may be left open.
    Activities {
        of_type: Option<ActivityTypeId>,
        from: Option<NaiveDate>,
        until: Option<NaiveDate>,
    },
    /// Answers that do not count, at one site or any, and for one reason or any.
    SetAside {
        site: Option<SiteId>,
        standing: Option<Standing>,
    },
}

impl Filter {
    fn condition(&self) -> Condition {
        let is = |column: &'static str, id: Uuid| Expr::col(column).eq(id);
        match self {
            Self::All => Condition::all(),
            Self::OfActivity(id) => Condition::all().add(is("activity_id", id.0)),
            Self::OfParty(id) => Condition::all().add(is("party_id", id.0)),
            Self::LinksOf(id) => Condition::any().add(is("from_id", id.0)).add(is("to_id", id.0)),
            Self::Activities { of_type, from, until } => Condition::all()
                .add_option(of_type.map(|id| activity::Column::TypeId.eq(id.0)))
                .add_option(from.map(|day| activity::Column::EndsOn.gte(day)))
                .add_option(until.map(|day| activity::Column::StartsOn.lte(day))),
            Self::SetAside { site, standing } => set_aside(*site, *standing),
        }
    }
}

/// A page of a list: so many rows from behind a position on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Page<A, N> {
    pub community: CommunityId,
    pub filter: Filter,
    pub after: Option<Position<A, N>>,
    pub rows: usize,
}

/// A list, by the page of it that is asked for.
pub trait List: Clone + Eq + Hash + Send + Sync + 'static {
    type Row: ModelTrait<Entity: EntityTrait<Model = Self::Row>> + FromQueryResult + Clone + Send + Sync + 'static;
    type At: Into<Value> + Clone + Ord;
    type Name: Into<Value> + Clone + Ord;
    /// The columns of the community, the day or time, and the name.
    const COLUMNS: [<<Self::Row as ModelTrait>::Entity as EntityTrait>::Column; 3];

    fn new(page: Page<Self::At, Self::Name>) -> Self;
    fn page(&self) -> &Page<Self::At, Self::Name>;
    fn position(row: &Self::Row) -> Position<Self::At, Self::Name>;
}

macro_rules! lists {
    ($($list:ident of $table:ident by $at:ident ($at_column:ident: $at_type:ty), $name:ident ($name_column:ident: $name_type:ty);)*) => {$(
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub struct $list(Page<$at_type, $name_type>);

        impl List for $list {
            type Row = $table::Model;
            type At = $at_type;
            type Name = $name_type;
            const COLUMNS: [$table::Column; 3] =
                [$table::Column::CommunityId, $table::Column::$at_column, $table::Column::$name_column];

            fn new(page: Page<$at_type, $name_type>) -> Self {
                Self(page)
            }

            fn page(&self) -> &Page<$at_type, $name_type> {
                &self.0
            }

            fn position(row: &$table::Model) -> Position<$at_type, $name_type> {
                Position { at: row.$at.clone(), name: row.$name.clone() }
            }
        }
    )*};
}

lists! {
    Activities of activity by starts_on (StartsOn: NaiveDate), id (Id: Uuid);
    Costs of cost_line by day (Day: NaiveDate), id (Id: Uuid);
    Touchpoints of touchpoint by at (At: DateTime<Utc>), id (Id: Uuid);
    Outcomes of outcome by at (At: DateTime<Utc>), id (Id: Uuid);
    SupportCases of support_case by opened_at (OpenedAt: DateTime<Utc>), id (Id: Uuid);
    Contributions of contribution by at (At: DateTime<Utc>), id (Id: Uuid);
    SetAside of response by received_at (ReceivedAt: DateTime<Utc>), id (Id: Uuid);
    FollowUps of follow_up by done_on (DoneOn: NaiveDate), id (Id: Uuid);
    ExchangeRates of exchange_rate by valid_from (ValidFrom: NaiveDate), currency (Currency: String);
    // These have no time that would stay the same, so they are in the order of their ids.
    Parties of party by id (Id: Uuid), id (Id: Uuid);
    Links of identity_link by id (Id: Uuid), id (Id: Uuid);
}

/// The rows of many pages, in one statement: each page is read off its index, however long the list is.
pub async fn pages<L: List>(db: &impl ConnectionTrait, lists: &[L]) -> Result<Vec<Vec<L::Row>>, DbErr> {
    let mut pages = Vec::with_capacity(lists.len());
    for lists in lists.chunks(PARTS) {
        let first_page = pages.len();
        pages.resize(first_page + lists.len(), Vec::new());
        let mut parts = (0..).zip(lists).map(|(number, list): (i32, &L)| {
            let page = select::<<L::Row as ModelTrait>::Entity, _, _>(list.page(), L::COLUMNS).into_query();
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

fn select<E, A, N>(page: &Page<A, N>, [community, at, name]: [E::Column; 3]) -> Select<E>
where
    E: EntityTrait,
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
