//! What is attributed: outcomes of some quarters, and what the same members or accounts met before them.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::TryStreamExt;
use sea_orm::prelude::*;
use sea_orm::{Condition, DatabaseTransaction, QueryOrder, QuerySelect};
use uuid::Uuid;
use valuemap_shared::activities::{OutcomeKind, Role, latest_moment};
use valuemap_shared::attribution::Parameters;
use valuemap_shared::calendar::Quarter;
use valuemap_shared::ids::CommunityId;
use valuemap_shared::money::{Currency, ten_thousandths};
use valuemap_shared::value_map::Element;

use crate::activities::entities::{activity, activity_type, outcome, touchpoint};
use crate::activities::identity::Identities;
use crate::activities::payments::Payments;
use crate::value_map::days::Days;
use crate::value_map::money::{Exchange, comparisons, element_of};

/// What was read for an attribution, in an order that depends on nothing but what it says.
#[derive(Debug)]
pub struct History {
    pub currency: Currency,
    /// All of the community, by their ids.
    pub activities: Vec<ActivityFacts>,
    /// Where touches came from, in order; `None` is first.
    pub channels: Vec<Option<String>>,
    /// Members or accounts, in order.
    pub units: Vec<Uuid>,
    /// By unit and time.
    pub touches: Vec<Touched>,
    /// By unit and time; those of nobody are last.
    pub outcomes: Vec<Happened>,
    /// Outcomes before the quarters, by unit and time. They are not credited, but what was met before them did lead to
    /// an outcome.
    pub earlier: Vec<Converted>,
}

/// What of an activity can get credit.
#[derive(Clone, Debug)]
pub struct ActivityFacts {
    pub id: Uuid,
    pub key: String,
    pub name: String,
    pub activity_type: Uuid,
    pub type_key: String,
    pub type_name: String,
    pub modality: String,
    pub goal: String,
}

/// Somebody met an activity. The numbers are indexes into the lists of [`History`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Touched {
    pub unit: u32,
    /// Seconds since 1970, as are all times here.
    pub at: i64,
    pub activity: u32,
    pub channel: u32,
    pub role: Role,
    /// It stands with another unit, too, and is counted there: its member is of several accounts.
    pub is_shared: bool,
}

/// An outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Happened {
    /// [`NOBODY`] where it is not known whose it is.
    pub unit: u32,
    /// A date without a time lies at the end of its day, as it does for the stages.
    pub at: i64,
    pub kind: OutcomeKind,
    /// A purchase that won a customer, or what was refunded of it.
    pub is_first: bool,
    /// Ten-thousandths of the community's currency.
    pub amount: i64,
    pub lead_at: Option<i64>,
    pub opportunity_at: Option<i64>,
    /// A comparison counts its money on the value map, in place of what activities are credited with.
    pub is_replaced: bool,
}

/// A unit had an outcome of a kind that is credited, at a moment before the quarters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Converted {
    pub unit: u32,
    pub at: i64,
}

pub const NOBODY: u32 = u32::MAX;

impl Happened {
    /// The element that its money belongs to, so that no amount counts twice.
    pub fn element(&self) -> Element {
        element_of(self.kind, self.is_first)
    }

    /// An outcome that was credited before: nobody needs to know any more whose it is, and when it was.
    pub fn credited(kind: OutcomeKind, is_first: bool, amount: i64) -> Self {
        let (unit, at, lead_at, opportunity_at, is_replaced) = (NOBODY, 0, None, None, false);
        Self { unit, at, kind, is_first, amount, lead_at, opportunity_at, is_replaced }
    }
}

impl History {
    /// Reads what these parameters are about, from a database that does not change meanwhile.
    pub async fn read(
        snapshot: &DatabaseTransaction,
        community: CommunityId,
        parameters: &Parameters,
    ) -> Result<Self, DbErr> {
        let identities = Identities::of(snapshot, community, parameters.minimum_confidence).await?;
        let exchange = Exchange::of(snapshot, community).await?;
        let activities = activities(snapshot, community).await?;
        let mut reader = HistoryReader {
            identities,
            parameters,
            units: HashMap::new(),
            listed: Vec::new(),
            with_outcomes: HashSet::new(),
        };
        let outcomes = reader.outcomes(snapshot, community, &exchange).await?;
        let (channels, touches) = reader.touches(snapshot, community, &activities).await?;
        let earlier = reader.earlier(snapshot, community).await?;
        let mut history =
            Self { currency: exchange.own, activities, channels, units: reader.listed, touches, outcomes, earlier };
        history.put_in_order();
        Ok(history)
    }

    fn put_in_order(&mut self) {
        let units = order(&mut self.units);
        let channels = order(&mut self.channels);
        for touch in &mut self.touches {
            (touch.unit, touch.channel) = (units[touch.unit as usize], channels[touch.channel as usize]);
        }
        for outcome in self.outcomes.iter_mut().filter(|outcome| outcome.unit != NOBODY) {
            outcome.unit = units[outcome.unit as usize];
        }
        for converted in &mut self.earlier {
            converted.unit = units[converted.unit as usize];
        }
        self.touches.sort_unstable();
        self.outcomes.sort_unstable();
        self.earlier.sort_unstable();
    }
}

/// Sorts a list without duplicates, and returns the new index for each old one.
fn order<T: Ord + Clone>(list: &mut Vec<T>) -> Vec<u32> {
    let mut old_indexes: Vec<u32> = (0..list.len() as u32).collect();
    old_indexes.sort_unstable_by(|a, b| list[*a as usize].cmp(&list[*b as usize]));
    let mut new_indexes = vec![0; list.len()];
    for (new, old) in old_indexes.iter().enumerate() {
        new_indexes[*old as usize] = new as u32;
    }
    *list = old_indexes.iter().map(|old| list[*old as usize].clone()).collect();
    new_indexes
}

/// The first moment of some quarters and the first after them.
pub fn span(from: Quarter, until: Quarter) -> (DateTime<Utc>, DateTime<Utc>) {
    (Days::all(from).span().0, Days::all(until).span().1)
}

pub async fn activities(db: &impl ConnectionTrait, community: CommunityId) -> Result<Vec<ActivityFacts>, DbErr> {
    let types = activity_type::Entity::find().filter(activity_type::Column::CommunityId.eq(community.0)).all(db);
    let types: HashMap<Uuid, activity_type::Model> = types.await?.into_iter().map(|row| (row.id, row)).collect();
    let rows = activity::Entity::find()
        .filter(activity::Column::CommunityId.eq(community.0))
        .order_by_asc(activity::Column::Id)
        .all(db)
        .await?;
    let facts = |row: activity::Model| {
        let of_type = types.get(&row.type_id)?;
        Some(ActivityFacts {
            id: row.id,
            key: row.external_key,
            name: row.name,
            activity_type: row.type_id,
            type_key: of_type.external_key.clone(),
            type_name: of_type.name.clone(),
            modality: row.modality.unwrap_or_else(|| of_type.modality.clone()),
            goal: of_type.goal.clone(),
        })
    };
    Ok(rows.into_iter().filter_map(facts).collect())
}

/// Reads a [`History`], and numbers the units in the order in which they are met.
struct HistoryReader<'a> {
    identities: Identities,
    parameters: &'a Parameters,
    /// Their indexes in `listed`.
    units: HashMap<Uuid, u32>,
    listed: Vec<Uuid>,
    /// The units that have an outcome.
    with_outcomes: HashSet<Uuid>,
}

type TouchRow = (Uuid, Uuid, DateTime<Utc>, String, Option<String>);

impl HistoryReader<'_> {
    /// The member or account that an outcome of a party counts for, by its index in `listed`.
    fn unit(&mut self, party: Uuid, at: DateTime<Utc>) -> u32 {
        let unit = self.identities.unit(party, at.date_naive(), self.parameters.by);
        self.with_outcomes.insert(unit);
        self.index_of(unit)
    }

    /// The members or accounts that a touch of a party counts for: of a member of several accounts all of these, and the
    /// member where they have outcomes of their own.
    fn units(&mut self, party: Uuid, at: DateTime<Utc>) -> Vec<u32> {
        let units = self.identities.units_of_touch(party, at.date_naive(), self.parameters.by);
        let person = self.identities.person(party, at.date_naive());
        let is_alone = units.len() == 1;
        let counts = |unit: &Uuid| is_alone || *unit != person || self.with_outcomes.contains(unit);
        let units: Vec<Uuid> = units.into_iter().filter(counts).collect();
        units.into_iter().map(|unit| self.index_of(unit)).collect()
    }

    fn index_of(&mut self, unit: Uuid) -> u32 {
        *self.units.entry(unit).or_insert_with(|| {
            self.listed.push(unit);
            self.listed.len() as u32 - 1
        })
    }

    /// The first moment whose touches can be credited, and the first after the quarters.
    fn reach(&self) -> (DateTime<Utc>, DateTime<Utc>) {
        let (from, until) = span(self.parameters.from, self.parameters.until);
        (from - TimeDelta::days(i64::from(self.parameters.lookback_days)), until)
    }

    async fn touches(
        &mut self,
        db: &DatabaseTransaction,
        community: CommunityId,
        activities: &[ActivityFacts],
    ) -> Result<(Vec<Option<String>>, Vec<Touched>), DbErr> {
        use touchpoint::Column;
        let (from, until) = self.reach();
        let roles = Role::ALL.iter().filter(|role| self.parameters.role_weight(**role) > 0.0);
        let mut rows = touchpoint::Entity::find()
            .select_only()
            .columns([Column::PartyId, Column::ActivityId, Column::At, Column::Role, Column::Channel])
            .filter(Column::CommunityId.eq(community.0))
            .filter(Column::At.gte(from))
            .filter(Column::At.lt(until))
            .filter(Column::Role.is_in(roles.map(|role| role.as_str())))
            .into_tuple::<TouchRow>()
            .stream(db)
            .await?;
        let activity_indexes: HashMap<Uuid, u32> = activities.iter().map(|facts| facts.id).zip(0..).collect();
        let mut channels: Vec<Option<String>> = vec![None];
        let mut channel_indexes: HashMap<String, u32> = HashMap::new();
        let mut touches = Vec::new();
        while let Some((party, activity, at, role, channel)) = rows.try_next().await? {
            let Some(activity) = activity_indexes.get(&activity) else { continue };
            let channel = match channel {
                None => 0,
                Some(channel) => *channel_indexes.entry(channel).or_insert_with_key(|channel| {
                    channels.push(Some(channel.clone()));
                    channels.len() as u32 - 1
                }),
            };
            let role = role.parse().map_err(DbErr::Custom)?;
            touches.extend((0..).zip(self.units(party, at)).map(|(index, unit)| Touched {
                unit,
                at: at.timestamp(),
                activity: *activity,
                channel,
                role,
                is_shared: index > 0,
            }));
        }
        Ok((channels, touches))
    }

    async fn outcomes(
        &mut self,
        db: &impl ConnectionTrait,
        community: CommunityId,
        exchange: &Exchange,
    ) -> Result<Vec<Happened>, DbErr> {
        let (from, until) = span(self.parameters.from, self.parameters.until);
        let rows = outcome::Entity::find()
            .filter(outcome::Column::CommunityId.eq(community.0))
            .filter(outcome::Column::At.gte(from))
            .filter(outcome::Column::At.lt(until))
            .filter(outcome::Column::Kind.is_in(self.parameters.outcomes.iter().map(|kind| kind.as_str())))
            .filter(outcome::Column::Withdrawn.eq(false))
            .all(db)
            .await?;
        // Without purchases it does not matter which was the first.
        let nobody = HashSet::new();
        let parties = (!self.parameters.outcomes.contains(&OutcomeKind::Purchase)).then_some(&nobody);
        let payments = Payments::of(db, community, &self.identities, self.parameters.by, parties).await?;
        let (first_day, last_day) = (self.parameters.from.first_day(), self.parameters.until.last_day());
        let comparisons = comparisons(db, community, first_day, last_day).await?;
        let happened = |row: outcome::Model| {
            let kind = row.kind.parse().map_err(|error| DbErr::Custom(format!("outcome {}: {error}", row.id)))?;
            let unit = row.party_id.map_or(NOBODY, |party| self.unit(party, row.at));
            let amount = match (row.amount, &row.currency) {
                (Some(amount), Some(currency)) => exchange.own_amount(amount, currency, row.at.date_naive()),
                _ => Default::default(),
            };
            let mut happened = Happened {
                unit,
                at: latest_moment(row.at).timestamp(),
                kind,
                is_first: payments.won_customer(&self.identities, &row),
                amount: ten_thousandths(amount),
                lead_at: row.lead_at.map(|at| latest_moment(at).timestamp()),
                opportunity_at: row.opportunity_at.map(|at| latest_moment(at).timestamp()),
                is_replaced: false,
            };
            let (element, day) = (happened.element(), row.at.date_naive());
            happened.is_replaced =
                kind.takes_money() && comparisons.iter().any(|comparison| comparison.covers(element, day));
            Ok(happened)
        };
        rows.into_iter().map(happened).collect()
    }

    /// Of those who were met. An outcome before all touches that are read ends none of their journeys.
    async fn earlier(&self, db: &impl ConnectionTrait, community: CommunityId) -> Result<Vec<Converted>, DbErr> {
        let rows: Vec<(Uuid, DateTime<Utc>)> = outcome::Entity::find()
            .select_only()
            .columns([outcome::Column::PartyId, outcome::Column::At])
            .filter(outcome::Column::CommunityId.eq(community.0))
            .filter(outcome::Column::At.gte(self.reach().0))
            .filter(outcome::Column::At.lt(span(self.parameters.from, self.parameters.until).0))
            .filter(outcome::Column::Kind.is_in(self.parameters.outcomes.iter().map(|kind| kind.as_str())))
            .filter(outcome::Column::Withdrawn.eq(false))
            .filter(outcome::Column::PartyId.is_not_null())
            // A refund ends no journey.
            .filter(Condition::any().add(outcome::Column::Amount.is_null()).add(outcome::Column::Amount.gte(0)))
            .into_tuple()
            .all(db)
            .await?;
        let converted = |(party, at): (Uuid, DateTime<Utc>)| {
            let unit = self.identities.unit(party, at.date_naive(), self.parameters.by);
            Some(Converted { unit: *self.units.get(&unit)?, at: latest_moment(at).timestamp() })
        };
        Ok(rows.into_iter().filter_map(converted).collect())
    }
}
