//! Plain JSON of anybody who signs as the Standard Webhooks specification says: `{"type": ..., "data": {...}}`.

mod data;

use chrono::{DateTime, TimeDelta, Utc};
use http::HeaderMap;
use serde::Deserialize;
use serde_json::Value;
use valuemap_shared::activities::Record;

use crate::webhooks::change::{Change, Meaning, Rank};
use crate::webhooks::inbox::Incoming;
use data::{
    ActivityData, ActivityTypeData, CaseData, ContributionData, CostData, LinkData, ObservationData, OutcomeData,
    PartyData, TouchpointData,
};

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

#[cfg(test)]
mod tests {
    use serde_json::json;
    use valuemap_shared::activities::PartyRef;

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
                json!({ "kind": "member", "source": "forum", "key": "1", "name": "ada", "audience": "partner" }),
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
