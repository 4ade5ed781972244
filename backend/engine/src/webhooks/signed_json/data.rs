//! The `data` of each type of event, as it is written in JSON.

use std::fmt::Display;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use valuemap_shared::activities::{
    Activity, ActivityType, Audience, Contribution, ContributionKind, Cost, CostKind, CostLine, Goal, IdentityLink,
    LinkMethod, Modality, Observation, Outcome, OutcomeKind, Party, PartyKind, PartyRef, Reference, Role, SupportCase,
    Touchpoint,
};
use valuemap_shared::money::{Currency, Money, parse_amount};

/// A text that stands for a value: `in_person`, `EUR`.
struct Text<T>(T);

impl<'de, T: FromStr<Err: Display>> Deserialize<'de> for Text<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map(Self).map_err(D::Error::custom)
    }
}

/// An exact amount, written as a text: a JSON number would be read as a float.
struct Amount(Decimal);

impl FromStr for Amount {
    type Err = valuemap_shared::money::MoneyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse_amount(text).map(Self)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PartyKey {
    kind: Text<PartyKind>,
    source: String,
    key: String,
}

impl From<PartyKey> for PartyRef {
    fn from(data: PartyKey) -> Self {
        Self { kind: data.kind.0, reference: Reference::new(data.source, data.key) }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Key {
    source: String,
    key: String,
}

impl From<Key> for Reference {
    fn from(data: Key) -> Self {
        Self::new(data.source, data.key)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MoneyData {
    amount: Text<Amount>,
    currency: Text<Currency>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PartyData {
    kind: Text<PartyKind>,
    source: String,
    key: String,
    name: Option<String>,
    #[serde(default)]
    is_staff: bool,
    since: Option<NaiveDate>,
    until: Option<NaiveDate>,
    audience: Option<Text<Audience>>,
    email: Option<String>,
}

impl From<PartyData> for Party {
    fn from(data: PartyData) -> Self {
        let party = PartyRef { kind: data.kind.0, reference: Reference::new(data.source, data.key) };
        let PartyData { name, is_staff, since, until, audience, email, .. } = data;
        Self { party, name, is_staff, since, until, audience: audience.map(|audience| audience.0), email }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LinkData {
    from: PartyKey,
    to: PartyKey,
    method: Text<LinkMethod>,
    #[serde(default = "certain")]
    confidence: f64,
    valid_from: Option<NaiveDate>,
    valid_until: Option<NaiveDate>,
}

fn certain() -> f64 {
    1.0
}

impl From<LinkData> for IdentityLink {
    fn from(data: LinkData) -> Self {
        Self {
            from: data.from.into(),
            to: data.to.into(),
            method: data.method.0,
            confidence: data.confidence,
            valid_from: data.valid_from,
            valid_until: data.valid_until,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActivityTypeData {
    key: String,
    name: String,
    modality: Text<Modality>,
    goal: Text<Goal>,
}

impl From<ActivityTypeData> for ActivityType {
    fn from(data: ActivityTypeData) -> Self {
        Self { key: data.key, name: data.name, modality: data.modality.0, goal: data.goal.0 }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ActivityData {
    source: String,
    key: String,
    activity_type: String,
    name: String,
    modality: Option<Text<Modality>>,
    starts_on: NaiveDate,
    /// A single day where it is left out.
    ends_on: Option<NaiveDate>,
    owner: Option<String>,
    #[serde(default)]
    channels: Vec<String>,
}

impl From<ActivityData> for Activity {
    fn from(data: ActivityData) -> Self {
        Self {
            reference: Reference::new(data.source, data.key),
            activity_type: data.activity_type,
            name: data.name,
            modality: data.modality.map(|modality| modality.0),
            starts_on: data.starts_on,
            ends_on: data.ends_on.unwrap_or(data.starts_on),
            owner: data.owner,
            channels: data.channels,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CostData {
    source: String,
    key: String,
    activity: Option<Key>,
    kind: Text<CostKind>,
    description: Option<String>,
    day: NaiveDate,
    currency: Text<Currency>,
    amount: Option<Text<Amount>>,
    hours: Option<Text<Amount>>,
    rate: Option<Text<Amount>>,
}

impl TryFrom<CostData> for CostLine {
    type Error = String;

    fn try_from(data: CostData) -> Result<Self, String> {
        let cost = match (data.amount, data.hours, data.rate) {
            (Some(amount), None, None) => Cost::Amount(amount.0.0),
            (None, Some(hours), Some(rate)) => Cost::Hours { hours: hours.0.0, rate: rate.0.0 },
            _ => return Err("data: give either an amount, or hours and a rate".to_owned()),
        };
        Ok(Self {
            reference: Reference::new(data.source, data.key),
            activity: data.activity.map(Into::into),
            kind: data.kind.0,
            description: data.description,
            day: data.day,
            currency: data.currency.0,
            cost,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TouchpointData {
    source: String,
    key: String,
    activity: Key,
    party: PartyKey,
    at: DateTime<Utc>,
    role: Text<Role>,
    channel: Option<String>,
}

impl From<TouchpointData> for Touchpoint {
    fn from(data: TouchpointData) -> Self {
        Self {
            reference: Reference::new(data.source, data.key),
            activity: data.activity.into(),
            party: data.party.into(),
            at: data.at,
            role: data.role.0,
            channel: data.channel,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OutcomeData {
    source: String,
    key: String,
    kind: Text<OutcomeKind>,
    party: Option<PartyKey>,
    at: DateTime<Utc>,
    money: Option<MoneyData>,
    title: Option<String>,
    lead_at: Option<DateTime<Utc>>,
    opportunity_at: Option<DateTime<Utc>>,
    #[serde(default)]
    withdrawn: bool,
}

impl TryFrom<OutcomeData> for Outcome {
    type Error = String;

    fn try_from(data: OutcomeData) -> Result<Self, String> {
        let money = data.money.map(|money| Money::new(money.amount.0.0, money.currency.0)).transpose();
        Ok(Self {
            reference: Reference::new(data.source, data.key),
            kind: data.kind.0,
            party: data.party.map(Into::into),
            at: data.at,
            money: money.map_err(|error| format!("data: {error}"))?,
            title: data.title,
            lead_at: data.lead_at,
            opportunity_at: data.opportunity_at,
            withdrawn: data.withdrawn,
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CaseData {
    source: String,
    key: String,
    party: Option<PartyKey>,
    opened_at: DateTime<Utc>,
    solved_at: Option<DateTime<Utc>>,
    channel: Option<String>,
    #[serde(default)]
    withdrawn: bool,
}

impl From<CaseData> for SupportCase {
    fn from(data: CaseData) -> Self {
        Self {
            reference: Reference::new(data.source, data.key),
            party: data.party.map(Into::into),
            opened_at: data.opened_at,
            solved_at: data.solved_at,
            channel: data.channel,
            withdrawn: data.withdrawn,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContributionData {
    source: String,
    key: String,
    kind: Text<ContributionKind>,
    thread: Option<String>,
    party: PartyKey,
    at: DateTime<Utc>,
    #[serde(default)]
    withdrawn: bool,
}

impl From<ContributionData> for Contribution {
    fn from(data: ContributionData) -> Self {
        Self {
            reference: Reference::new(data.source, data.key),
            kind: data.kind.0,
            thread: data.thread,
            party: data.party.into(),
            at: data.at,
            withdrawn: data.withdrawn,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObservationData {
    source: String,
    measure: String,
    day: NaiveDate,
    value: f64,
    low: Option<f64>,
    high: Option<f64>,
}

impl TryFrom<ObservationData> for Observation {
    type Error = String;

    fn try_from(data: ObservationData) -> Result<Self, String> {
        let interval = match (data.low, data.high) {
            (Some(low), Some(high)) => Some((low, high)),
            (None, None) => None,
            _ => return Err("data: give both low and high, or neither".to_owned()),
        };
        Ok(Self { measure: data.measure, day: data.day, value: data.value, interval, source: data.source })
    }
}
