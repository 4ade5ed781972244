//! The rows behind a figure.

use chrono::NaiveDate;
use sea_orm::prelude::*;
use sea_orm::{Order, QueryOrder, QuerySelect};
use valuemap_shared::activities::{ContributionKind, PartyKind};
use valuemap_shared::ids::CommunityId;
use valuemap_shared::money::Money;
use valuemap_shared::value_map as domain;

use crate::activities::entities::{contribution, cost_line, observation, party, support_case};
use crate::database::statements::Reads;
use crate::value_map::counted::customers_on;
use crate::value_map::days::Days;
use crate::value_map::explained_outcomes::ExplainedOutcomes;
use crate::value_map::explained_row::Row;

/// Which rows stand behind a figure.
#[derive(Debug)]
pub enum RowSource {
    /// Listed already.
    Listed(Vec<Row>),
    Outcomes(ExplainedOutcomes),
    Observations {
        community: CommunityId,
        days: Days,
        measures: Vec<String>,
    },
    Cases {
        community: CommunityId,
        days: Days,
    },
    Contributions {
        community: CommunityId,
        days: Days,
        kinds: Vec<ContributionKind>,
    },
    Costs {
        community: CommunityId,
        days: Days,
    },
    Parties {
        community: CommunityId,
        who: Who,
    },
}

/// Whom a figure is about.
#[derive(Clone, Copy, Debug)]
pub enum Who {
    /// Members who joined between two days.
    Joined((NaiveDate, NaiveDate)),
    /// Accounts that were customers at the end of a day.
    Customers(NaiveDate),
}

impl RowSource {
    /// Whether the rows are what single people or accounts did, and not sums, costs or observations.
    pub fn is_of_people(&self) -> bool {
        match self {
            Self::Outcomes(outcomes) => outcomes.count() > 0,
            Self::Cases { .. } | Self::Contributions { .. } | Self::Parties { .. } => true,
            Self::Listed(_) | Self::Observations { .. } | Self::Costs { .. } => false,
        }
    }

    pub async fn count(&self, db: &impl ConnectionTrait) -> Result<u64, DbErr> {
        match self {
            Self::Listed(rows) => Ok(rows.len() as u64),
            Self::Outcomes(outcomes) => Ok(outcomes.count()),
            Self::Observations { community, days, measures } => {
                observations(*community, *days, measures).count(db).await
            }
            Self::Cases { community, days } => cases(*community, *days).count(db).await,
            Self::Contributions { community, days, kinds } => contributions(*community, *days, kinds).count(db).await,
            Self::Costs { community, days } => costs(*community, *days).count(db).await,
            Self::Parties { community, who } => parties(*community, *who).count(db).await,
        }
    }

    pub async fn page(&self, db: &impl Reads, start: u64, size: u64) -> Result<Vec<Row>, DbErr> {
        match self {
            Self::Outcomes(outcomes) => outcomes.page(db, start, size).await,
            Self::Listed(rows) => Ok(rows.iter().skip(start as usize).take(size as usize).cloned().collect()),
            Self::Observations { community, days, measures } => {
                let rows = observations(*community, *days, measures).offset(start).limit(size).all(db).await?;
                Ok(rows.into_iter().map(observation_row).collect())
            }
            Self::Cases { community, days } => {
                let rows = cases(*community, *days).offset(start).limit(size).all(db).await?;
                Ok(rows.into_iter().map(case_row).collect())
            }
            Self::Contributions { community, days, kinds } => {
                let rows = contributions(*community, *days, kinds).offset(start).limit(size).all(db).await?;
                Ok(rows.into_iter().map(contribution_row).collect())
            }
            Self::Costs { community, days } => {
                let rows = costs(*community, *days).offset(start).limit(size).all(db).await?;
                Ok(rows.into_iter().map(cost_row).collect())
            }
            Self::Parties { community, who } => {
                let rows = parties(*community, *who).offset(start).limit(size).all(db).await?;
                Ok(rows.into_iter().map(party_row).collect())
            }
        }
    }
}

fn observations(community: CommunityId, days: Days, measures: &[String]) -> Select<observation::Entity> {
    observation::Entity::find()
        .filter(observation::Column::CommunityId.eq(community.0))
        .filter(observation::Column::Measure.is_in(measures))
        .filter(observation::Column::Day.between(days.first_day(), days.last_day()))
        .order_by_asc(observation::Column::Day)
        .order_by_asc(observation::Column::Source)
}

fn cases(community: CommunityId, days: Days) -> Select<support_case::Entity> {
    let (from, until) = days.span();
    support_case::Entity::find()
        .filter(support_case::Column::CommunityId.eq(community.0))
        .filter(support_case::Column::OpenedAt.gte(from))
        .filter(support_case::Column::OpenedAt.lt(until))
        .filter(support_case::Column::Withdrawn.eq(false))
        .order_by(support_case::Column::OpenedAt, Order::Asc)
        .order_by_asc(support_case::Column::Id)
}

fn contributions(community: CommunityId, days: Days, kinds: &[ContributionKind]) -> Select<contribution::Entity> {
    let (from, until) = days.span();
    contribution::Entity::find()
        .filter(contribution::Column::CommunityId.eq(community.0))
        .filter(contribution::Column::At.gte(from))
        .filter(contribution::Column::At.lt(until))
        .filter(contribution::Column::Kind.is_in(kinds.iter().map(|kind| kind.as_str())))
        .filter(contribution::Column::Withdrawn.eq(false))
        .order_by(contribution::Column::At, Order::Asc)
        .order_by_asc(contribution::Column::Id)
}

fn costs(community: CommunityId, days: Days) -> Select<cost_line::Entity> {
    cost_line::Entity::find()
        .filter(cost_line::Column::CommunityId.eq(community.0))
        .filter(cost_line::Column::Day.between(days.first_day(), days.last_day()))
        .order_by_asc(cost_line::Column::Day)
        .order_by_asc(cost_line::Column::Id)
}

fn parties(community: CommunityId, who: Who) -> Select<party::Entity> {
    let parties = match who {
        Who::Joined((first, last)) => party::Entity::find()
            .filter(party::Column::CommunityId.eq(community.0))
            .filter(party::Column::Kind.eq(PartyKind::Member.as_str()))
            .filter(party::Column::IsStaff.eq(false))
            .filter(party::Column::Since.between(first, last)),
        Who::Customers(day) => customers_on(community, day),
    };
    parties.order_by_asc(party::Column::Since).order_by_asc(party::Column::Id)
}

fn observation_row(row: observation::Model) -> Row {
    Row {
        kind: "observation".into(),
        id: format!("{}:{}", row.measure, row.source),
        day: Some(row.day),
        text: format!("{}, said by {}", row.measure, row.source),
        value: Some(row.value),
        amount: None,
    }
}

fn case_row(row: support_case::Model) -> Row {
    let channel = row.channel.map(|channel| format!(", by {channel}")).unwrap_or_default();
    Row {
        kind: "support_case".into(),
        id: format!("{}:{}", row.source, row.external_key),
        day: Some(row.opened_at.date_naive()),
        text: format!("opened{channel}{}", if row.solved_at.is_some() { ", solved" } else { "" }),
        value: None,
        amount: None,
    }
}

fn contribution_row(row: contribution::Model) -> Row {
    let thread = row.thread.map(|thread| format!(" in topic {thread}")).unwrap_or_default();
    Row {
        kind: "contribution".into(),
        id: format!("{}:{}", row.source, row.external_key),
        day: Some(row.at.date_naive()),
        text: format!("{}{thread}", row.kind),
        value: None,
        amount: None,
    }
}

fn party_row(row: party::Model) -> Row {
    let text = if row.kind == PartyKind::Account.as_str() { "became a customer" } else { "joined" };
    Row {
        kind: "party".into(),
        id: format!("{}:{}", row.source, row.external_key),
        day: row.since,
        text: text.into(),
        value: None,
        amount: None,
    }
}

fn cost_row(row: cost_line::Model) -> Row {
    let amount = row.currency.parse().ok().map(|currency| Money::from_ten_thousandths(row.amount, currency));
    Row {
        kind: "cost".into(),
        id: format!("{}:{}", row.source, row.external_key),
        day: Some(row.day),
        text: row.description.unwrap_or(row.kind),
        value: None,
        amount,
    }
}

pub fn part_row(part: domain::Part) -> Option<Row> {
    let text = match (part.value, &part.unit) {
        (Some(value), Some(unit)) => format!("{}: {} {unit}", part.name, (value * 100.0).round() / 100.0),
        _ => part.name,
    };
    Some(Row { kind: "part".into(), id: part.key, day: None, text, value: Some(part.score?), amount: None })
}
