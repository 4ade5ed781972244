//! Plain JSON of anybody who signs as the Standard Webhooks specification says: `{"type": ..., "data": {...}}`.

use std::fmt::Display;
use std::str::FromStr;

use actix_web::http::header::HeaderMap;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use rust_decimal::Decimal;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use valuemap_shared::activities::{
    Activity, ActivityType, Contribution, ContributionKind, Cost, CostKind, CostLine, Goal, IdentityLink, LinkMethod,
    Modality, Observation, Outcome, OutcomeKind, Party, PartyKind, PartyRef, Record, Reference, Role, SupportCase,
    Touchpoint,
};
use valuemap_shared::money::{Currency, Money, parse_amount};

use super::change::{Change, Meaning, Rank};
use super::inbox::Incoming;

/// How far a sender's clock may be ahead.
const CLOCKS_APART: TimeDelta = TimeDelta::minutes(5);

/// What came in, under the id that its sender gives it and keeps when it is sent again.
pub fn incoming(headers: &HeaderMap, body: &[u8]) -> Incoming {
    let id = headers.get("webhook-id").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let content: Value = serde_json::from_slice(body).unwrap_or_default();
    let event = content.get("type").and_then(Value::as_str).unwrap_or("(no type)");
    Incoming { event: event.to_owned(), instance: None, deduplication_key: id.to_owned() }
}

/// What an event says. Where it does not say when it happened, that is when it was received.
pub fn read(event: &str, body: &Value, received_at: DateTime<Utc>) -> Result<Meaning, String> {
    if event == "ping" {
        return Ok(Meaning::Nothing("a ping"));
    }
    let told_at = match body.get("timestamp") {
        None => received_at,
        Some(timestamp) => DateTime::deserialize(timestamp).map_err(|error| format!("timestamp: {error}"))?,
    };
    if told_at > received_at + CLOCKS_APART {
        return Err("timestamp: it lies in the future; until then it would outdo all that comes after it".to_owned());
    }
    let data = body.get("data").ok_or("the body has no `data`")?;
    let record = match event {
        "party.recorded" => Record::Party(said::<PartyData>(data)?.into()),
        "link.recorded" => Record::Link(said::<LinkData>(data)?.into()),
        "activity_type.recorded" => Record::ActivityType(said::<ActivityTypeData>(data)?.into()),
        "activity.recorded" => Record::Activity(said::<ActivityData>(data)?.into()),
        "cost.recorded" => Record::Cost(said::<CostData>(data)?.try_into()?),
        "touchpoint.recorded" => Record::Touchpoint(said::<TouchpointData>(data)?.into()),
        "outcome.recorded" => Record::Outcome(said::<OutcomeData>(data)?.try_into()?),
        "case.recorded" => Record::Case(said::<CaseData>(data)?.into()),
        "contribution.recorded" => Record::Contribution(said::<ContributionData>(data)?.into()),
        "observation.recorded" => Record::Observation(said::<ObservationData>(data)?.try_into()?),
        other => {
            let shown: String = other.chars().take(40).collect();
            return Err(format!("`{shown}` is not a type of event that this version of Valuemap knows"));
        }
    };
    Ok(Meaning::Changes(vec![Change::Record { record, rank: Rank::new(told_at, 0) }]))
}

fn said<'a, T: Deserialize<'a>>(data: &'a Value) -> Result<T, String> {
    T::deserialize(data).map_err(|error| format!("data: {error}"))
}

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
struct MoneyData {
    amount: Text<Amount>,
    currency: Text<Currency>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PartyData {
    kind: Text<PartyKind>,
    source: String,
    key: String,
    name: Option<String>,
    #[serde(default)]
    is_staff: bool,
    since: Option<NaiveDate>,
    until: Option<NaiveDate>,
}

impl From<PartyData> for Party {
    fn from(data: PartyData) -> Self {
        let party = PartyRef { kind: data.kind.0, reference: Reference::new(data.source, data.key) };
        Self { party, name: data.name, is_staff: data.is_staff, since: data.since, until: data.until }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct LinkData {
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
struct ActivityTypeData {
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
struct ActivityData {
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
struct CostData {
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
struct TouchpointData {
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
struct OutcomeData {
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
struct CaseData {
    source: String,
    key: String,
    party: Option<PartyKey>,
    opened_at: DateTime<Utc>,
    solved_at: Option<DateTime<Utc>>,
    channel: Option<String>,
}

impl From<CaseData> for SupportCase {
    fn from(data: CaseData) -> Self {
        Self {
            reference: Reference::new(data.source, data.key),
            party: data.party.map(Into::into),
            opened_at: data.opened_at,
            solved_at: data.solved_at,
            channel: data.channel,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ContributionData {
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
struct ObservationData {
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn received_at() -> DateTime<Utc> {
        "2026-05-05T10:00:00Z".parse().unwrap()
    }

    fn record(event: &str, data: Value) -> Record {
        let body = json!({ "type": event, "timestamp": "2026-05-04T12:00:00Z", "data": data });
        match read(event, &body, received_at()).unwrap() {
            Meaning::Changes(changes) => match changes.as_slice() {
                [Change::Record { record, rank }] => {
                    assert_eq!(*rank, Rank::new("2026-05-04T12:00:00Z".parse().unwrap(), 0));
                    record.clone()
                }
                other => panic!("{other:?}"),
            },
            Meaning::Nothing(reason) => panic!("{reason}"),
        }
    }

    fn check_refused(event: &str, data: Value, expected: &str) {
        let problem = read(event, &json!({ "type": event, "data": data }), received_at()).unwrap_err();
        assert!(problem.contains(expected), "{problem}");
    }

    #[test]
    fn an_outcome_keeps_its_money_exact() {
        let data = json!({
            "source": "crm", "key": "deal-7", "kind": "purchase", "at": "2026-05-31T11:00:00+02:00",
            "party": { "kind": "account", "source": "crm", "key": "42" },
            "money": { "amount": "1234.50", "currency": "eur" }, "leadAt": "2026-03-01T00:00:00Z",
        });
        let Record::Outcome(outcome) = record("outcome.recorded", data) else { panic!("it is an outcome") };
        assert_eq!(outcome.money.unwrap().to_string(), "1234.5 EUR");
        assert_eq!(outcome.party, Some(PartyRef::account("crm", "42")));
        assert_eq!(outcome.at.to_rfc3339(), "2026-05-31T09:00:00+00:00");
        assert_eq!(outcome.lead_at.unwrap().to_rfc3339(), "2026-03-01T00:00:00+00:00");
        assert!(!outcome.withdrawn);
    }

    /// Every kind of record can be sent.
    #[test]
    fn every_type_of_event_is_read() {
        let member = json!({ "kind": "member", "source": "forum", "key": "1" });
        let account = json!({ "kind": "account", "source": "crm", "key": "42" });
        let activity = json!({ "source": "events", "key": "9" });
        let at = "2026-05-31T09:00:00Z";
        for (event, data) in [
            (
                "party.recorded",
                json!({ "kind": "member", "source": "forum", "key": "1", "name": "ada", "isStaff": true }),
            ),
            ("link.recorded", json!({ "from": member, "to": account, "method": "single_sign_on" })),
            (
                "activity_type.recorded",
                json!({ "key": "webinar", "name": "Webinar", "modality": "online", "goal": "revenue" }),
            ),
            (
                "activity.recorded",
                json!({ "source": "events", "key": "9", "activityType": "webinar", "name": "Spring", "startsOn": "2026-05-31" }),
            ),
            (
                "cost.recorded",
                json!({ "source": "events", "key": "9a", "activity": activity, "kind": "staff", "day": "2026-05-31", "currency": "EUR", "hours": "8", "rate": "75" }),
            ),
            (
                "touchpoint.recorded",
                json!({ "source": "events", "key": "9-1", "activity": activity, "party": member, "at": at, "role": "attended" }),
            ),
            ("outcome.recorded", json!({ "source": "crm", "key": "1", "kind": "lead", "at": at })),
            (
                "case.recorded",
                json!({ "source": "desk", "key": "1", "party": account, "openedAt": at, "solvedAt": at }),
            ),
            (
                "contribution.recorded",
                json!({ "source": "forum", "key": "p1", "kind": "reply", "party": member, "at": at }),
            ),
            (
                "observation.recorded",
                json!({ "source": "crm", "measure": "nps", "day": "2026-05-31", "value": 41.5, "low": 30, "high": 50 }),
            ),
        ] {
            assert_eq!(record(event, data).problems(), [], "{event}");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let lead = |field: &str, value: Value| {
            let mut data = json!({ "source": "crm", "key": "1", "kind": "lead", "at": "2026-05-31T09:00:00Z" });
            data[field] = value;
            data
        };
        check_refused("outcome.recorded", lead("kind", json!("sale")), "`sale` is not a kind of outcome; write one of");
        check_refused("outcome.recorded", lead("ammount", json!("1")), "unknown field `ammount`");
        check_refused("outcome.recorded", lead("at", json!("yesterday")), "data: ");
        check_refused(
            "outcome.recorded",
            lead("money", json!({ "amount": 12.5, "currency": "EUR" })),
            "expected a string",
        );
        check_refused("outcome.recorded", lead("money", json!({ "amount": "12", "currency": "EURO" })), "ISO 4217");
        check_refused("outcome.recorded", json!([]), "data: ");
        check_refused("sale.recorded", json!({}), "`sale.recorded` is not a type of event");
        let cost =
            json!({ "source": "a", "key": "1", "kind": "cash", "day": "2026-05-31", "currency": "EUR", "hours": "2" });
        check_refused("cost.recorded", cost, "either an amount, or hours and a rate");
        assert_eq!(read("lead.recorded", &json!({}), received_at()).unwrap_err(), "the body has no `data`");
        let undated = json!({ "timestamp": "today", "data": {} });
        assert!(read("party.recorded", &undated, received_at()).unwrap_err().starts_with("timestamp: "));
        let future = json!({ "timestamp": "2062-05-05T10:00:00Z", "data": {} });
        assert!(read("party.recorded", &future, received_at()).unwrap_err().contains("lies in the future"));
    }
}
