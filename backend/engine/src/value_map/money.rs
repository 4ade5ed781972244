//! Outcomes in money, what they are credited for, and costs, of some days.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use rust_decimal::Decimal;
use sea_orm::prelude::*;
use sea_orm::{QueryOrder, QuerySelect};
use uuid::Uuid;
use valuemap_shared::activities::{OutcomeKind, latest_moment};
use valuemap_shared::ids::CommunityId;
use valuemap_shared::money::{Currency, Money};
use valuemap_shared::value_map::Element;
use valuemap_shared::value_map::comparison::Comparison;
use valuemap_shared::value_map::model::{Attribution, AttributionUnit};

use crate::activities::entities::{outcome, touchpoint};
use crate::activities::identity::Identities;
use crate::activities::payments::Payments;
use crate::activities::rates::Rates;
use crate::database::statements::Reads;
use crate::tenancy::entities::community;
use crate::value_map::days::Span;
use crate::value_map::entities::comparison;
use crate::value_map::touches::{Meeting, moment, too_old, touches_before};

/// An outcome in money, with the element that it belongs to.
#[derive(Clone, Debug)]
pub struct PaidOutcome {
    pub row: outcome::Model,
    pub element: Element,
    /// In the community's own currency.
    pub amount: Decimal,
    /// An activity was met within the look-back window before it, in a role that has a weight.
    pub credited: bool,
    /// Somebody whom activities may reach is linked to whose it is.
    pub linked: bool,
}

/// The element that an outcome's money belongs to, so that no amount counts twice. `won_customer` says whether it is the
/// first purchase of a customer, or what was refunded of it.
pub fn element_of(kind: OutcomeKind, won_customer: bool) -> Element {
    match kind {
        OutcomeKind::Upgrade => Element::Upgrades,
        OutcomeKind::Purchase if won_customer => Element::Acquisition,
        _ => Element::RepeatPurchases,
    }
}

/// What converts the amounts of a community.
#[derive(Clone, Debug)]
pub struct Exchange {
    pub own: Currency,
    rates: Rates,
}

impl Exchange {
    pub async fn of(db: &impl ConnectionTrait, community: CommunityId) -> Result<Self, DbErr> {
        let row = community::Entity::find_by_id(community.0).one(db).await?;
        let own = row.and_then(|row| row.currency.parse().ok()).unwrap_or(Currency::EUR);
        Ok(Self { own, rates: Rates::of(db, community).await? })
    }

    /// The rates in force on a day.
    pub fn rates_on(&self, day: NaiveDate) -> Vec<(Currency, Decimal)> {
        self.rates.in_force(day)
    }

    /// An amount in the community's own currency. Without a rate, which is refused before an amount is stored, nothing.
    pub fn own_amount(&self, amount: i64, currency: &str, day: NaiveDate) -> Decimal {
        let Ok(currency) = currency.parse() else { return Decimal::ZERO };
        let money = Money::from_ten_thousandths(amount, currency);
        self.rates.convert(self.own, money, day).unwrap_or_default()
    }
}

/// The rows of the outcomes in money of some days.
pub async fn paid_rows(
    db: &impl ConnectionTrait,
    community: CommunityId,
    days: Span,
) -> Result<Vec<outcome::Model>, DbErr> {
    let (from, until) = days.bounds();
    outcome::Entity::find()
        .filter(outcome::Column::CommunityId.eq(community.0))
        .filter(outcome::Column::At.gte(from))
        .filter(outcome::Column::At.lt(until))
        .filter(outcome::Column::Kind.is_in(OutcomeKind::WITH_MONEY.map(OutcomeKind::as_str)))
        .filter(outcome::Column::Withdrawn.eq(false))
        .order_by_asc(outcome::Column::At)
        .order_by_asc(outcome::Column::Id)
        .all(db)
        .await
}

/// What outcomes are credited with.
#[derive(Clone, Copy, Debug)]
pub struct ReadWith<'a> {
    pub exchange: &'a Exchange,
    /// Of those whose outcomes they are.
    pub identities: &'a Identities,
    /// Of all, where these are known.
    pub payments: Option<&'a Payments>,
}

/// Outcomes in money, credited. Each belongs to one element, so that no amount is counted twice: an upgrade to upgrades,
/// a renewal to repeat purchases, a purchase to acquisition when it is the first of an account that was no customer
/// before, else to repeat purchases. What is said of one outcome is the same whichever others are asked for with it.
pub async fn paid_outcomes(
    db: &impl Reads,
    community: CommunityId,
    attribution: &Attribution,
    ReadWith { exchange, identities, payments }: ReadWith<'_>,
    rows: Vec<outcome::Model>,
) -> Result<Vec<PaidOutcome>, DbErr> {
    let (first, last) = (rows.iter().map(|row| row.at).min(), rows.iter().map(|row| latest_moment(row.at)).max());
    let Some(times) = first.zip(last) else { return Ok(Vec::new()) };
    let unit = |party: Uuid, at: DateTime<Utc>| identities.unit(party, at.date_naive(), attribution.by);
    let units: HashSet<Uuid> = rows.iter().filter_map(|row| Some(unit(row.party_id?, row.at))).collect();
    let parties = identities.around(&units);
    let mut touched: HashMap<Uuid, Vec<DateTime<Utc>>> = HashMap::new();
    for (party, at) in touches_before::<Meeting>(db, community, &parties, attribution, times).await? {
        for unit in identities.units_of_touch(party, at.date_naive(), attribution.by) {
            touched.entry(unit).or_default().push(at);
        }
    }
    let payments = match payments {
        Some(payments) => payments,
        None => &payments_around(db, community, (attribution.by, identities), parties, &rows).await?,
    };
    let paid = |row: outcome::Model| {
        let unit = row.party_id.map(|party| unit(party, row.at));
        let kind = row.kind.parse().unwrap_or(OutcomeKind::Renewal);
        let element = element_of(kind, payments.won_customer(identities, &row));
        let happened = moment(row.at);
        let met = |at: &DateTime<Utc>| at.timestamp() <= happened && at.timestamp() > too_old(happened, attribution);
        let credited = unit.and_then(|unit| touched.get(&unit)).is_some_and(|touches| touches.iter().any(met));
        let has_members = |unit: Uuid| {
            attribution.by == AttributionUnit::Account && identities.accounts_with_members().contains(&unit)
        };
        let linked = credited || unit.is_some_and(|unit| !identities.is_account(unit) || has_members(unit));
        let amount = match (row.amount, &row.currency) {
            (Some(amount), Some(currency)) => exchange.own_amount(amount, currency, row.at.date_naive()),
            _ => Decimal::ZERO,
        };
        PaidOutcome { element, amount, credited, linked, row }
    };
    Ok(rows.into_iter().map(paid).collect())
}

/// The payments of those whose outcomes some rows are, and of the parties around them.
pub async fn payments_around(
    db: &impl Reads,
    community: CommunityId,
    (by, identities): (AttributionUnit, &Identities),
    parties: HashSet<Uuid>,
    rows: &[outcome::Model],
) -> Result<Payments, DbErr> {
    // Where a member works may have been a customer before they bought.
    let accounts = |row: &outcome::Model| Some(identities.accounts_of(row.party_id?, row.at.date_naive()));
    let accounts = rows.iter().filter_map(accounts).flatten();
    let parties = parties.into_iter().chain(accounts).collect();
    Payments::of(db, community, identities, by, Some(&parties)).await
}

/// How many touchpoints up to the last of some days, and from the look-back window before them on, are of members
/// without an account.
pub async fn touchpoints_without_account(
    db: &impl ConnectionTrait,
    community: CommunityId,
    (attribution, identities): (&Attribution, &Identities),
    days: Span,
) -> Result<u64, DbErr> {
    let (from, until) = days.bounds();
    let from = from - TimeDelta::days(i64::from(attribution.lookback_days));
    let by_party: Vec<(Uuid, i64)> = touchpoint::Entity::find()
        .select_only()
        .column(touchpoint::Column::PartyId)
        .column_as(touchpoint::Column::Id.count(), "touchpoints")
        .filter(touchpoint::Column::CommunityId.eq(community.0))
        .filter(touchpoint::Column::At.gte(from))
        .filter(touchpoint::Column::At.lt(until))
        .group_by(touchpoint::Column::PartyId)
        .into_tuple()
        .all(db)
        .await?;
    let alone = by_party.into_iter().filter(|(party, _)| !identities.has_account(*party));
    Ok(alone.map(|(_, touchpoints)| u64::try_from(touchpoints).unwrap_or_default()).sum())
}

/// The comparisons that are about some of these days.
pub async fn comparisons(
    db: &impl ConnectionTrait,
    community: CommunityId,
    first_day: NaiveDate,
    last_day: NaiveDate,
) -> Result<Vec<Comparison>, DbErr> {
    let rows = comparison::Entity::find()
        .filter(comparison::Column::CommunityId.eq(community.0))
        .filter(comparison::Column::FromDay.lte(last_day))
        .filter(comparison::Column::UntilDay.gte(first_day))
        .order_by_asc(comparison::Column::Id)
        .all(db)
        .await?;
    Ok(rows.into_iter().filter_map(|row| serde_json::from_value(row.design).ok()).collect())
}
