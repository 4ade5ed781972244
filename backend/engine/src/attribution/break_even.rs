//! Before an activity is booked: how many outcomes it would take, and how many came of activities like it.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use sea_orm::prelude::*;
use sea_orm::{Condition, QuerySelect};
use uuid::Uuid;
use valuemap_shared::activities::{Cost, OutcomeKind, Role, latest_moment};
use valuemap_shared::attribution::{BreakEven, Likely, break_even};
use valuemap_shared::ids::CommunityId;
use valuemap_shared::money::{self, Currency, Money};
use valuemap_shared::survey::{Problem, ProblemCode};
use valuemap_shared::value_map::Element;
use valuemap_shared::value_map::financial::{Rate, Triangular};
use valuemap_shared::value_map::model::{AcquisitionValue, Financial, ScoringModel};

use crate::activities::entities::{activity, activity_type, outcome, touchpoint};
use crate::activities::identity::Identities;
use crate::activities::keys::activity_type_id;
use crate::activities::rates::Rates;
use crate::value_map::money::Exchange;

/// An activity that is being thought about.
#[derive(Clone, Debug)]
pub struct Plan {
    pub costs: Vec<(Cost, Currency)>,
    pub expected_participants: u64,
    pub outcome: OutcomeKind,
    /// The key of a type.
    pub activity_type: Option<String>,
    /// What an outcome is worth after what it costs to deliver, where past ones do not tell.
    pub value_per_outcome: Option<Decimal>,
}

/// What the plan would take.
#[derive(Clone, Debug)]
pub struct Outlook {
    pub currency: Currency,
    pub cost: Decimal,
    /// What outcomes of the kind brought so far; `None` where the plan says what one is worth.
    pub past: Option<PastAmounts>,
    pub break_even: BreakEven,
    /// Of the expected participants; above 1 where they are too few.
    pub shares: Likely<Option<f64>>,
    /// Of those who took part in activities of the type before; `None` where nobody did, or the plan names no type.
    pub conversion: Option<Conversion>,
    pub summary: String,
}

#[derive(Clone, Copy, Debug)]
pub struct PastAmounts {
    pub count: u64,
    pub mean: Decimal,
}

/// How many of those who took part have an outcome of the kind within the look-back window after it.
#[derive(Clone, Copy, Debug)]
pub struct Conversion {
    pub rate: Rate,
    pub days: u32,
}

/// Computes what a plan would take. The outer error is ours, the inner ones are for whoever asked.
pub async fn outlook(
    db: &impl ConnectionTrait,
    community: CommunityId,
    plan: &Plan,
    scoring: &ScoringModel,
    now: DateTime<Utc>,
) -> anyhow::Result<Result<Outlook, Vec<Problem>>> {
    let exchange = Exchange::of(db, community).await?;
    let rates = Rates::of(db, community).await?;
    let mut problems = plan.problems();
    let cost = cost_of(plan, exchange.own, &rates, now, &mut problems);
    let of_type = match &plan.activity_type {
        Some(key) => {
            let id = activity_type_id(community, key);
            let row = activity_type::Entity::find_by_id((community.0, id)).one(db).await?;
            if row.is_none() {
                let message = format!("there is no type of activity `{key}`; save it first, or leave it out");
                problems.push(Problem::new("activityType", ProblemCode::Unknown, message));
            }
            row
        }
        None => None,
    };
    let past = match plan.value_per_outcome {
        Some(_) => None,
        None => past_amounts(db, community, plan.outcome, &exchange).await?,
    };
    let past = past.filter(|past| past.mean > Decimal::ZERO);
    let worth = plan.value_per_outcome.or(past.map(|past| past.mean));
    if worth.is_none() {
        let message =
            format!("no outcome of the kind {} has brought money so far; say what one is worth", plan.outcome);
        problems.push(Problem::new("valuePerOutcome", ProblemCode::Missing, message));
    }
    let (Some(worth), true) = (worth, problems.is_empty()) else { return Ok(Err(problems)) };
    let financial = &scoring.financial;
    let margin = match plan.value_per_outcome {
        Some(_) => None,
        None => margin_of(plan.outcome, financial),
    };
    let margin = match margin {
        Some(margin) => margin,
        None => Triangular::new(1.0, 1.0, 1.0)?,
    };
    let break_even = match break_even(cost, worth, &margin, &financial.incrementality, financial.seed) {
        Ok(found) => found,
        Err(error) => return Ok(Err(vec![Problem::new("costs", ProblemCode::OutOfRange, error.to_string())])),
    };
    let conversion = match &of_type {
        Some(row) => conversion_of(db, community, row.id, plan.outcome, scoring, now).await?,
        None => None,
    };
    let share = |count: Option<u64>| count.map(|count| count as f64 / plan.expected_participants as f64);
    let Likely { low, likely, high } = break_even.outcomes;
    let shares = Likely { low: share(low), likely: share(likely), high: share(high) };
    let summary = summary(plan, likely, of_type.as_ref(), conversion);
    Ok(Ok(Outlook { currency: exchange.own, cost, past, break_even, shares, conversion, summary }))
}

impl Plan {
    fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.costs.is_empty() {
            problems.push(Problem::new("costs", ProblemCode::Size, "say what it would cost"));
        }
        if self.expected_participants == 0 {
            let message = "at least one has to be expected";
            problems.push(Problem::new("expectedParticipants", ProblemCode::OutOfRange, message));
        }
        if let Some(value) = self.value_per_outcome
            && (value <= Decimal::ZERO || money::checked(value).is_err())
        {
            let message = "what an outcome is worth is an amount above zero, with at most four decimals";
            problems.push(Problem::new("valuePerOutcome", ProblemCode::OutOfRange, message));
        }
        problems
    }
}

/// All costs in the community's currency, at the rates of today.
fn cost_of(plan: &Plan, own: Currency, rates: &Rates, now: DateTime<Utc>, problems: &mut Vec<Problem>) -> Decimal {
    let mut sum = Decimal::ZERO;
    for (index, (cost, currency)) in plan.costs.iter().enumerate() {
        let mut refuse = |name: &str, code, message: String| {
            problems.push(Problem::new(format!("costs.{index}.{name}"), code, message));
        };
        let is_negative = match *cost {
            Cost::Amount(amount) => amount < Decimal::ZERO,
            Cost::Hours { hours, rate } => hours < Decimal::ZERO || rate < Decimal::ZERO,
        };
        let amount = match money::checked(cost.amount()) {
            Ok(amount) if !is_negative => amount,
            Ok(_) => {
                refuse("amount", ProblemCode::OutOfRange, "a cost is not below zero".into());
                continue;
            }
            Err(error) => {
                refuse("amount", ProblemCode::OutOfRange, error.to_string());
                continue;
            }
        };
        let today = now.date_naive();
        match rates.convert(own, Money { amount, currency: *currency }, today) {
            Some(amount) => sum += amount,
            None => {
                let missing = rates.missing(own, *currency, today).unwrap_or_else(|| "it is too large".into());
                refuse("currency", ProblemCode::Unknown, missing);
            }
        }
    }
    sum
}

/// The margin of an outcome's element. A purchase may be a first one or not; where a new customer is counted by what is
/// saved, there is only the margin of the others.
fn margin_of(kind: OutcomeKind, financial: &Financial) -> Option<Triangular> {
    let element = match (kind, financial.acquisition) {
        (OutcomeKind::Upgrade, _) => Element::Upgrades,
        (OutcomeKind::Purchase, AcquisitionValue::FirstYearMargin) => Element::Acquisition,
        _ => Element::RepeatPurchases,
    };
    financial.margins.get(&element).copied()
}

async fn past_amounts(
    db: &impl ConnectionTrait,
    community: CommunityId,
    kind: OutcomeKind,
    exchange: &Exchange,
) -> Result<Option<PastAmounts>, DbErr> {
    let rows: Vec<(i64, String, DateTime<Utc>)> = outcome::Entity::find()
        .select_only()
        .columns([outcome::Column::Amount, outcome::Column::Currency, outcome::Column::At])
        .filter(outcome::Column::CommunityId.eq(community.0))
        .filter(outcome::Column::Kind.eq(kind.as_str()))
        .filter(outcome::Column::Withdrawn.eq(false))
        .filter(outcome::Column::Amount.is_not_null())
        .filter(outcome::Column::Currency.is_not_null())
        .into_tuple()
        .all(db)
        .await?;
    let amounts = rows.iter().map(|(amount, currency, at)| exchange.own_amount(*amount, currency, at.date_naive()));
    let sum: Decimal = amounts.sum();
    // Refunds lower what the others brought.
    let count = rows.iter().filter(|(amount, ..)| *amount >= 0).count() as u64;
    Ok(sum.checked_div(Decimal::from(count)).map(|mean| PastAmounts { count, mean: money::rounded(mean) }))
}

/// Those who took part so lately that the window after it has not passed are left out.
async fn conversion_of(
    db: &impl ConnectionTrait,
    community: CommunityId,
    of_type: Uuid,
    kind: OutcomeKind,
    scoring: &ScoringModel,
    now: DateTime<Utc>,
) -> Result<Option<Conversion>, DbErr> {
    let attribution = &scoring.financial.attribution;
    let days = attribution.lookback_days;
    let window = TimeDelta::days(i64::from(days));
    let identities = Identities::of(db, community, attribution.minimum_confidence).await?;
    let unit = |party: Uuid, at: DateTime<Utc>| identities.unit(party, at.date_naive(), attribution.by);
    let activities = activity::Entity::find()
        .select_only()
        .column(activity::Column::Id)
        .filter(activity::Column::CommunityId.eq(community.0))
        .filter(activity::Column::TypeId.eq(of_type));
    let taking_part = Role::ALL.iter().filter(|role| role.is_participation()).map(|role| role.as_str());
    let touches: Vec<(Uuid, DateTime<Utc>)> = touchpoint::Entity::find()
        .select_only()
        .columns([touchpoint::Column::PartyId, touchpoint::Column::At])
        .filter(touchpoint::Column::CommunityId.eq(community.0))
        .filter(touchpoint::Column::ActivityId.in_subquery(sea_orm::QueryTrait::into_query(activities)))
        .filter(touchpoint::Column::Role.is_in(taking_part))
        .filter(touchpoint::Column::At.lte(now - window))
        .into_tuple()
        .all(db)
        .await?;
    let outcomes: Vec<(Uuid, DateTime<Utc>)> = outcome::Entity::find()
        .select_only()
        .columns([outcome::Column::PartyId, outcome::Column::At])
        .filter(outcome::Column::CommunityId.eq(community.0))
        .filter(outcome::Column::Kind.eq(kind.as_str()))
        .filter(outcome::Column::Withdrawn.eq(false))
        .filter(outcome::Column::PartyId.is_not_null())
        .filter(Condition::any().add(outcome::Column::Amount.is_null()).add(outcome::Column::Amount.gte(0)))
        .into_tuple()
        .all(db)
        .await?;
    let mut happened: HashMap<Uuid, Vec<DateTime<Utc>>> = HashMap::new();
    for (party, at) in outcomes {
        happened.entry(unit(party, at)).or_default().push(latest_moment(at));
    }
    let mut converted: HashMap<Uuid, bool> = HashMap::new();
    for (party, at) in touches {
        let followed = |unit: &Uuid| {
            happened.get(unit).is_some_and(|times| times.iter().any(|time| at <= *time && *time < at + window))
        };
        // What a member of several accounts did is of none of them and followed the touch all the same.
        let of_member = followed(&unit(party, at));
        for unit in identities.units(party, at.date_naive(), attribution.by) {
            *converted.entry(unit).or_default() |= of_member || followed(&unit);
        }
    }
    let yes = converted.values().filter(|converted| **converted).count() as u64;
    Ok(Rate::new(yes, converted.len() as u64).ok().map(|rate| Conversion { rate, days }))
}

fn summary(
    plan: &Plan,
    likely: Option<u64>,
    of_type: Option<&activity_type::Model>,
    conversion: Option<Conversion>,
) -> String {
    let kind = plan.outcome.as_str().replace('_', " ");
    let needed = match likely {
        Some(count) => format!("{count} of {} would have to bring an outcome ({kind})", plan.expected_participants),
        None => format!("no number of outcomes ({kind}) would be enough"),
    };
    match (of_type, conversion) {
        (Some(of_type), Some(Conversion { rate, days })) => format!(
            "{needed}; of {} who took part in {} before, {} did within {days} days ({:.1} %).",
            rate.asked(),
            of_type.name,
            rate.yes(),
            100.0 * rate.share()
        ),
        (Some(of_type), None) => format!("{needed}; nobody took part in {} long enough ago to compare.", of_type.name),
        (None, _) => format!("{needed}."),
    }
}
