//! The lists of what is tracked.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::Condition;
use sea_orm::prelude::*;
use sea_orm::sea_query::{ExprTrait, Query, SimpleExpr};
use valuemap_shared::ids::{ActivityId, ActivityTypeId, PartyId};

use crate::activities::entities::{
    activity, contribution, cost_line, exchange_rate, identity_link, outcome, party, support_case, touchpoint,
};
use crate::database::pages;
use crate::database::pages::lists;

/// Which rows of what is tracked belong to a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Filter {
    All,
    OfActivity(ActivityId),
    OfParty(PartyId),
    /// Links from or to it.
    LinksOf(PartyId),
    /// Links that tie together what is asked for, and those that a person has ended or not.
    Links {
        tie: Option<Tie>,
        ended: Option<bool>,
    },
    /// Of a type, and between two days that may be left open.
    Activities {
        of_type: Option<ActivityTypeId>,
        from: Option<NaiveDate>,
        until: Option<NaiveDate>,
    },
}

/// What links tie together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tie {
    /// Two members, or two accounts.
    Same,
    /// A member and an account.
    WorksAt,
}

impl Tie {
    fn condition(self) -> SimpleExpr {
        let kind_of = |end: identity_link::Column| {
            let link = |column: identity_link::Column| Expr::col((identity_link::Entity, column));
            let kind = Query::select()
                .column((party::Entity, party::Column::Kind))
                .from(party::Entity)
                .and_where(
                    Expr::col((party::Entity, party::Column::CommunityId)).eq(link(identity_link::Column::CommunityId)),
                )
                .and_where(Expr::col((party::Entity, party::Column::Id)).eq(link(end)))
                .take();
            SimpleExpr::SubQuery(None, Box::new(kind.into()))
        };
        let (from, to) = (kind_of(identity_link::Column::FromId), kind_of(identity_link::Column::ToId));
        match self {
            Self::Same => from.eq(to),
            Self::WorksAt => from.ne(to),
        }
    }
}

impl pages::Filter for Filter {
    fn condition(&self) -> Condition {
        let is = |column: &'static str, id: Uuid| Expr::col(column).eq(id);
        match self {
            Self::All => Condition::all(),
            Self::OfActivity(id) => Condition::all().add(is("activity_id", id.0)),
            Self::OfParty(id) => Condition::all().add(is("party_id", id.0)),
            Self::LinksOf(id) => Condition::any().add(is("from_id", id.0)).add(is("to_id", id.0)),
            Self::Links { tie, ended } => {
                Condition::all().add_option(tie.map(Tie::condition)).add_option(ended.map(|ended| match ended {
                    true => identity_link::Column::EndedAt.is_not_null(),
                    false => identity_link::Column::EndedAt.is_null(),
                }))
            }
            Self::Activities { of_type, from, until } => Condition::all()
                .add_option(of_type.map(|id| activity::Column::TypeId.eq(id.0)))
                .add_option(from.map(|day| activity::Column::EndsOn.gte(day)))
                .add_option(until.map(|day| activity::Column::StartsOn.lte(day))),
        }
    }
}

lists! {
    Activities of activity where Filter, by starts_on (StartsOn: NaiveDate), id (Id: Uuid);
    Costs of cost_line where Filter, by day (Day: NaiveDate), id (Id: Uuid);
    Touchpoints of touchpoint where Filter, by at (At: DateTime<Utc>), id (Id: Uuid);
    Outcomes of outcome where Filter, by at (At: DateTime<Utc>), id (Id: Uuid);
    SupportCases of support_case where Filter, by opened_at (OpenedAt: DateTime<Utc>), id (Id: Uuid);
    Contributions of contribution where Filter, by at (At: DateTime<Utc>), id (Id: Uuid);
    ExchangeRates of exchange_rate where Filter, by valid_from (ValidFrom: NaiveDate), currency (Currency: String);
    // These have no time that would stay the same, so they are in the order of their ids.
    Parties of party where Filter, by id (Id: Uuid), id (Id: Uuid);
    Links of identity_link where Filter, by id (Id: Uuid), id (Id: Uuid);
}
