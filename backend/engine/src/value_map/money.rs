//! Outcomes in money, what they are credited for, and costs, of some days.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use rust_decimal::Decimal;
use sea_orm::prelude::*;
use sea_orm::{QueryOrder, QuerySelect};
use uuid::Uuid;
use valuemap_shared::activities::{CostKind, OutcomeKind, Role, latest_moment};
use valuemap_shared::ids::CommunityId;
use valuemap_shared::money::{Currency, Money};
use valuemap_shared::value_map::comparison::Comparison;
use valuemap_shared::value_map::model::{Attribution, AttributionUnit, ScoringModel};
use valuemap_shared::value_map::{Element, MoneyFigures, OutcomeSums};

use crate::activities::entities::{cost_line, outcome, touchpoint};
use crate::activities::identity::Identities;
use crate::activities::payments::Payments;
use crate::activities::rates::Rates;
use crate::tenancy::entities::community;
use crate::value_map::days::Span;
use crate::value_map::entities::comparison;

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

    /// An amount in the community's own currency. Without a rate, which is refused before an amount is stored, nothing.
    pub fn own_amount(&self, amount: i64, currency: &str, day: NaiveDate) -> Decimal {
        let Ok(currency) = currency.parse() else { return Decimal::ZERO };
        let money = Money::from_ten_thousandths(amount, currency);
        self.rates.convert(self.own, money, day).unwrap_or_default()
    }
}

/// What the money of any quarter is read with.
#[derive(Debug)]
pub struct Ledger {
    exchange: Exchange,
    pub(super) identities: Identities,
    /// Accounts that some member works at.
    with_members: HashSet<Uuid>,
    /// When the first outcome in money was.
    first_paid: Option<DateTime<Utc>>,
}

impl Ledger {
    pub async fn of(db: &impl ConnectionTrait, community: CommunityId, model: &ScoringModel) -> Result<Self, DbErr> {
        let confidence = model.financial.attribution.minimum_confidence;
        let identities = Identities::of(db, community, confidence).await?;
        Ok(Self {
            exchange: Exchange::of(db, community).await?,
            with_members: identities.accounts_with_members(),
            identities,
            first_paid: first_paid(db, community).await?,
        })
    }
}

/// The money of some days.
pub async fn money_of(
    db: &impl ConnectionTrait,
    community: CommunityId,
    model: &ScoringModel,
    ledger: &Ledger,
    days: Span,
) -> Result<MoneyFigures, DbErr> {
    let mut figures = MoneyFigures {
        costs: costs(db, community, &ledger.exchange, days).await?,
        comparisons: comparisons(db, community, days.first, days.last).await?,
        ..MoneyFigures::default()
    };
    if ledger.first_paid.is_some_and(|first| first < days.bounds().1) {
        // Tracked, and none in these days: that is a figure, and it is zero.
        for element in [Element::Upgrades, Element::RepeatPurchases, Element::Acquisition] {
            figures.outcomes.insert(element, OutcomeSums::default());
        }
    }
    for paid in paid_outcomes(db, community, model, ledger, days).await? {
        let sums = figures.outcomes.entry(paid.element).or_default();
        // A refund lowers what outcomes brought and is none itself.
        let one = u64::from(!paid.amount.is_sign_negative());
        sums.count += one;
        sums.amount += paid.amount;
        sums.unlinked_count += if paid.linked { 0 } else { one };
        let day = paid.row.at.date_naive();
        if paid.credited && figures.comparisons.iter().any(|comparison| comparison.covers(paid.element, day)) {
            sums.replaced_count += one;
            sums.replaced.add(paid.amount);
        } else if paid.credited {
            sums.credited_count += one;
            sums.credited.add(paid.amount);
        }
    }
    let attribution = &model.financial.attribution;
    if attribution.by == AttributionUnit::Account && figures.outcomes.values().any(OutcomeSums::is_unlinked) {
        figures.unlinked_touchpoints = touchpoints_without_account(db, community, attribution, ledger, days).await?;
    }
    Ok(figures)
}

async fn first_paid(db: &impl ConnectionTrait, community: CommunityId) -> Result<Option<DateTime<Utc>>, DbErr> {
    let first: Option<Option<DateTime<Utc>>> = outcome::Entity::find()
        .select_only()
        .column_as(outcome::Column::At.min(), "first")
        .filter(outcome::Column::CommunityId.eq(community.0))
        .filter(outcome::Column::Kind.is_in(OutcomeKind::WITH_MONEY.map(OutcomeKind::as_str)))
        .filter(outcome::Column::Withdrawn.eq(false))
        .into_tuple()
        .one(db)
        .await?;
    Ok(first.flatten())
}

/// The outcomes in money of some days. Each belongs to one element, so that no amount is counted twice: an upgrade to
/// upgrades, a renewal to repeat purchases, a purchase to acquisition when it is the first of an account that was no
/// customer before, else to repeat purchases.
pub async fn paid_outcomes(
    db: &impl ConnectionTrait,
    community: CommunityId,
    model: &ScoringModel,
    Ledger { exchange, identities, with_members, .. }: &Ledger,
    days: Span,
) -> Result<Vec<PaidOutcome>, DbErr> {
    let attribution = &model.financial.attribution;
    let (from, until) = days.bounds();
    let rows = outcome::Entity::find()
        .filter(outcome::Column::CommunityId.eq(community.0))
        .filter(outcome::Column::At.gte(from))
        .filter(outcome::Column::At.lt(until))
        .filter(outcome::Column::Kind.is_in(OutcomeKind::WITH_MONEY.map(OutcomeKind::as_str)))
        .filter(outcome::Column::Withdrawn.eq(false))
        .order_by_asc(outcome::Column::At)
        .order_by_asc(outcome::Column::Id)
        .all(db)
        .await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let unit = |party: Uuid, at: DateTime<Utc>| identities.unit(party, at.date_naive(), attribution.by);
    let units: HashSet<Uuid> = rows.iter().filter_map(|row| Some(unit(row.party_id?, row.at))).collect();
    let parties = identities.around(&units);
    let touches = touches(db, community, &parties, attribution, days).await?;
    let mut touched: HashMap<Uuid, Vec<DateTime<Utc>>> = HashMap::new();
    for (party, at) in touches {
        for unit in identities.units_of_touch(party, at.date_naive(), attribution.by) {
            touched.entry(unit).or_default().push(at);
        }
    }
    let payments = Payments::of(db, community, identities, attribution.by, Some(&parties)).await?;
    let window = TimeDelta::days(i64::from(attribution.lookback_days)).num_seconds();
    let paid = |row: outcome::Model| {
        let unit = row.party_id.map(|party| unit(party, row.at));
        let element = match row.kind.parse() {
            Ok(OutcomeKind::Upgrade) => Element::Upgrades,
            Ok(OutcomeKind::Purchase) if payments.won_customer(identities, &row) => Element::Acquisition,
            _ => Element::RepeatPurchases,
        };
        // In whole seconds, as attributions count, so that both credit the same outcomes.
        let happened = latest_moment(row.at).timestamp();
        let met = |at: &DateTime<Utc>| at.timestamp() <= happened && at.timestamp() > happened - window;
        let is_linked = |unit: Uuid| {
            let has_members = attribution.by == AttributionUnit::Account && with_members.contains(&unit);
            !identities.is_account(unit) || has_members || touched.contains_key(&unit)
        };
        let linked = unit.is_some_and(is_linked);
        let credited = unit.and_then(|unit| touched.get(&unit)).is_some_and(|touches| touches.iter().any(met));
        let amount = match (row.amount, &row.currency) {
            (Some(amount), Some(currency)) => exchange.own_amount(amount, currency, row.at.date_naive()),
            _ => Decimal::ZERO,
        };
        PaidOutcome { element, amount, credited, linked, row }
    };
    Ok(rows.into_iter().map(paid).collect())
}

async fn touches(
    db: &impl ConnectionTrait,
    community: CommunityId,
    parties: &HashSet<Uuid>,
    attribution: &Attribution,
    days: Span,
) -> Result<Vec<(Uuid, DateTime<Utc>)>, DbErr> {
    let (from, until) = days.bounds();
    let from = from - TimeDelta::days(i64::from(attribution.lookback_days));
    let roles: Vec<&str> =
        Role::ALL.iter().filter(|role| attribution.role_weight(**role) > 0.0).map(|role| role.as_str()).collect();
    let mut touches = Vec::new();
    for some in crate::database::statements::chunks(parties.iter().copied(), 1_000) {
        let found: Vec<(Uuid, DateTime<Utc>)> = touchpoint::Entity::find()
            .select_only()
            .columns([touchpoint::Column::PartyId, touchpoint::Column::At])
            .filter(touchpoint::Column::CommunityId.eq(community.0))
            .filter(touchpoint::Column::PartyId.is_in(some))
            .filter(touchpoint::Column::Role.is_in(roles.iter().copied()))
            .filter(touchpoint::Column::At.gte(from))
            .filter(touchpoint::Column::At.lt(until))
            .into_tuple()
            .all(db)
            .await?;
        touches.extend(found);
    }
    Ok(touches)
}

/// How many touchpoints up to the last of some days, and from the look-back window before them on, are of members
/// without an account.
async fn touchpoints_without_account(
    db: &impl ConnectionTrait,
    community: CommunityId,
    attribution: &Attribution,
    ledger: &Ledger,
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
    let alone = by_party.into_iter().filter(|(party, _)| !ledger.identities.has_account(*party));
    Ok(alone.map(|(_, touchpoints)| u64::try_from(touchpoints).unwrap_or_default()).sum())
}

/// What the community cost in some days.
pub async fn costs(
    db: &impl ConnectionTrait,
    community: CommunityId,
    exchange: &Exchange,
    days: Span,
) -> Result<BTreeMap<CostKind, Decimal>, DbErr> {
    let rows = cost_line::Entity::find()
        .filter(cost_line::Column::CommunityId.eq(community.0))
        .filter(cost_line::Column::Day.between(days.first, days.last))
        .all(db)
        .await?;
    let mut costs: BTreeMap<CostKind, Decimal> = BTreeMap::new();
    for row in rows {
        if let Ok(kind) = row.kind.parse() {
            *costs.entry(kind).or_default() += exchange.own_amount(row.amount, &row.currency, row.day);
        }
    }
    Ok(costs)
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
