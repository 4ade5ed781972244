//! Records as rows.

use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;
use valuemap_shared::activities::{Cost, PartyRef, Record, RecordKind, Reference};
use valuemap_shared::money::ten_thousandths;

use crate::activities::accepted::{Accepted, Stamp};
use crate::activities::ended::EndedLinks;
use crate::activities::entities::{
    activity, activity_type, contribution, cost_line, identity_link, observation, outcome, party, support_case,
    touchpoint,
};

/// The rows of records of one kind.
#[derive(Debug)]
pub(super) enum RecordRows {
    Parties(Vec<party::Model>),
    Links(Vec<identity_link::Model>),
    ActivityTypes(Vec<activity_type::Model>),
    Activities(Vec<activity::Model>),
    Costs(Vec<cost_line::Model>),
    Touchpoints(Vec<touchpoint::Model>),
    Outcomes(Vec<outcome::Model>),
    Cases(Vec<support_case::Model>),
    Contributions(Vec<contribution::Model>),
    Observations(Vec<observation::Model>),
}

macro_rules! row {
    ($stamp:ident, $accepted:ident, $reference:expr, $table:ident { $($field:ident: $value:expr),* $(,)? }) => {{
        let reference: &Reference = $reference;
        $table::Model {
            community_id: $stamp.community.0,
            id: $accepted.id,
            source: reference.source.clone(),
            external_key: reference.key.clone(),
            content_hash: $accepted.hash.clone(),
            batch_id: $stamp.batch,
            recorded_at: $stamp.now,
            $($field: $value,)*
        }
    }};
}

impl RecordRows {
    /// The rows of records that are all of this kind.
    pub fn of(stamp: &Stamp, ended: &EndedLinks, kind: RecordKind, accepted: &[Accepted]) -> Self {
        match kind {
            RecordKind::Party => Self::Parties(accepted.iter().filter_map(|one| party(stamp, one)).collect()),
            RecordKind::Link => Self::Links(accepted.iter().filter_map(|one| link(stamp, ended, one)).collect()),
            RecordKind::ActivityType => {
                Self::ActivityTypes(accepted.iter().filter_map(|one| activity_type(stamp, one)).collect())
            }
            RecordKind::Activity => Self::Activities(accepted.iter().filter_map(|one| activity(stamp, one)).collect()),
            RecordKind::Cost => Self::Costs(accepted.iter().filter_map(|one| cost(stamp, one)).collect()),
            RecordKind::Touchpoint => {
                Self::Touchpoints(accepted.iter().filter_map(|one| touchpoint(stamp, one)).collect())
            }
            RecordKind::Outcome => Self::Outcomes(accepted.iter().filter_map(|one| outcome(stamp, one)).collect()),
            RecordKind::Case => Self::Cases(accepted.iter().filter_map(|one| case(stamp, one)).collect()),
            RecordKind::Contribution => {
                Self::Contributions(accepted.iter().filter_map(|one| contribution(stamp, one)).collect())
            }
            RecordKind::Observation => {
                Self::Observations(accepted.iter().filter_map(|one| observation(stamp, one)).collect())
            }
        }
    }
}

/// A party that is mentioned and was never introduced.
pub(super) fn mentioned_party(stamp: &Stamp, id: Uuid, party: &PartyRef) -> party::Model {
    party::Model {
        community_id: stamp.community.0,
        id,
        source: party.reference.source.clone(),
        external_key: party.reference.key.clone(),
        // Whatever is said of it later is a change.
        content_hash: String::new(),
        batch_id: stamp.batch,
        recorded_at: stamp.now,
        kind: party.kind.to_string(),
        name: None,
        is_staff: false,
        since: None,
        until: None,
        audience: None,
    }
}

fn party(stamp: &Stamp, accepted: &Accepted) -> Option<party::Model> {
    let Record::Party(record) = accepted.record.record() else { return None };
    Some(row!(
        stamp,
        accepted,
        &record.party.reference,
        party {
            kind: record.party.kind.to_string(),
            name: record.name.clone(),
            is_staff: record.is_staff,
            since: record.since,
            until: record.until,
            audience: record.audience.map(|audience| audience.to_string()),
        }
    ))
}

fn link(stamp: &Stamp, ended: &EndedLinks, accepted: &Accepted) -> Option<identity_link::Model> {
    let Record::Link(record) = accepted.record.record() else { return None };
    let (from_id, to_id) = (stamp.party_id(&record.from), stamp.party_id(&record.to));
    let ended = ended.between(from_id, to_id).cloned();
    Some(row!(
        stamp,
        accepted,
        &record.from.reference,
        identity_link {
            from_id: from_id,
            to_id: to_id,
            method: record.method.to_string(),
            confidence: record.confidence,
            valid_from: record.valid_from,
            valid_until: record.valid_until,
            ended_at: ended.as_ref().map(|ended| ended.at),
            ended_by: ended.as_ref().map(|ended| ended.by.clone()),
            end_reason: ended.and_then(|ended| ended.reason),
        }
    ))
}

fn activity_type(stamp: &Stamp, accepted: &Accepted) -> Option<activity_type::Model> {
    let Record::ActivityType(record) = accepted.record.record() else { return None };
    let reference = Reference::new("", &record.key);
    Some(row!(
        stamp,
        accepted,
        &reference,
        activity_type {
            name: record.name.clone(),
            modality: record.modality.to_string(),
            goal: record.goal.to_string(),
        }
    ))
}

fn activity(stamp: &Stamp, accepted: &Accepted) -> Option<activity::Model> {
    let Record::Activity(record) = accepted.record.record() else { return None };
    Some(row!(
        stamp,
        accepted,
        &record.reference,
        activity {
            type_id: stamp.type_id(&record.activity_type),
            name: record.name.clone(),
            modality: record.modality.map(|modality| modality.to_string()),
            starts_on: record.starts_on,
            ends_on: record.ends_on,
            owner: record.owner.clone(),
            channels: json!(record.channels),
        }
    ))
}

fn cost(stamp: &Stamp, accepted: &Accepted) -> Option<cost_line::Model> {
    let Record::Cost(record) = accepted.record.record() else { return None };
    let (hours, rate) = match record.cost {
        Cost::Amount(_) => (None, None),
        Cost::Hours { hours, rate } => (Some(hours), Some(rate)),
    };
    let stored = |decimal: Option<Decimal>| decimal.map(ten_thousandths);
    Some(row!(
        stamp,
        accepted,
        &record.reference,
        cost_line {
            activity_id: record.activity.as_ref().map(|activity| stamp.id(RecordKind::Activity, activity)),
            kind: record.kind.to_string(),
            description: record.description.clone(),
            day: record.day,
            amount: ten_thousandths(record.cost.amount()),
            currency: record.currency.to_string(),
            hours: stored(hours),
            rate: stored(rate),
        }
    ))
}

fn touchpoint(stamp: &Stamp, accepted: &Accepted) -> Option<touchpoint::Model> {
    let Record::Touchpoint(record) = accepted.record.record() else { return None };
    Some(row!(
        stamp,
        accepted,
        &record.reference,
        touchpoint {
            activity_id: stamp.id(RecordKind::Activity, &record.activity),
            party_id: stamp.party_id(&record.party),
            at: record.at,
            role: record.role.to_string(),
            channel: record.channel.clone(),
        }
    ))
}

fn outcome(stamp: &Stamp, accepted: &Accepted) -> Option<outcome::Model> {
    let Record::Outcome(record) = accepted.record.record() else { return None };
    Some(row!(
        stamp,
        accepted,
        &record.reference,
        outcome {
            kind: record.kind.to_string(),
            party_id: record.party.as_ref().map(|party| stamp.party_id(party)),
            at: record.at,
            amount: record.money.map(|money| money.ten_thousandths()),
            currency: record.money.map(|money| money.currency.to_string()),
            title: record.title.clone(),
            lead_at: record.lead_at,
            opportunity_at: record.opportunity_at,
            withdrawn: record.withdrawn,
        }
    ))
}

fn case(stamp: &Stamp, accepted: &Accepted) -> Option<support_case::Model> {
    let Record::Case(record) = accepted.record.record() else { return None };
    Some(row!(
        stamp,
        accepted,
        &record.reference,
        support_case {
            party_id: record.party.as_ref().map(|party| stamp.party_id(party)),
            opened_at: record.opened_at,
            solved_at: record.solved_at,
            channel: record.channel.clone(),
            withdrawn: record.withdrawn,
        }
    ))
}

fn contribution(stamp: &Stamp, accepted: &Accepted) -> Option<contribution::Model> {
    let Record::Contribution(record) = accepted.record.record() else { return None };
    Some(row!(
        stamp,
        accepted,
        &record.reference,
        contribution {
            kind: record.kind.to_string(),
            thread: record.thread.clone(),
            party_id: stamp.party_id(&record.party),
            at: record.at,
            withdrawn: record.withdrawn,
        }
    ))
}

fn observation(stamp: &Stamp, accepted: &Accepted) -> Option<observation::Model> {
    let Record::Observation(record) = accepted.record.record() else { return None };
    Some(observation::Model {
        community_id: stamp.community.0,
        measure: record.measure.clone(),
        day: record.day,
        source: record.source.clone(),
        value: record.value,
        low: record.interval.map(|(low, _)| low),
        high: record.interval.map(|(_, high)| high),
        batch_id: stamp.batch,
        recorded_at: stamp.now,
    })
}
