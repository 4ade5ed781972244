use async_graphql::InputObject;
use chrono::{DateTime, NaiveDate, Utc};
use valuemap_shared::{activities as domain, money};

use crate::activities::enums::{ContributionKind, OutcomeKind};
use crate::activities::inputs::party::PartyRefInput;
use crate::activities::recording::{API, Batch, Entry};
use crate::wire::scalars::Money;

#[derive(InputObject)]
pub struct OutcomeInput {
    /// Where the key comes from; `api` where it is left out.
    source: Option<String>,
    /// What the source calls it; a new one is made where it is left out.
    key: Option<String>,
    kind: OutcomeKind,
    /// Without one it counts, but no activity can be credited.
    party: Option<PartyRefInput>,
    at: DateTime<Utc>,
    /// Of a purchase, upgrade or renewal, and of no other kind.
    money: Option<Money>,
    title: Option<String>,
    /// When the lead came about that became this.
    lead_at: Option<DateTime<Utc>>,
    /// When the opportunity came about that became this.
    opportunity_at: Option<DateTime<Utc>>,
    /// It did not come about after all.
    #[graphql(default)]
    withdrawn: bool,
}

impl Entry for OutcomeInput {
    fn read(self, path: String, batch: &mut Batch<'_>) {
        let record = domain::Record::Outcome(domain::Outcome {
            reference: batch.reference(self.source, self.key),
            kind: self.kind.into(),
            party: self.party.map(domain::PartyRef::from),
            at: self.at,
            money: self.money.map(money::Money::from),
            title: self.title,
            lead_at: self.lead_at,
            opportunity_at: self.opportunity_at,
            withdrawn: self.withdrawn,
        });
        batch.add(path, record, None);
    }
}

#[derive(InputObject)]
pub struct CaseInput {
    /// Where the key comes from; `api` where it is left out.
    source: Option<String>,
    /// What the source calls it; a new one is made where it is left out.
    key: Option<String>,
    party: Option<PartyRefInput>,
    opened_at: DateTime<Utc>,
    solved_at: Option<DateTime<Utc>>,
    channel: Option<String>,
    /// It was deleted, or merged into another one.
    #[graphql(default)]
    withdrawn: bool,
}

impl Entry for CaseInput {
    fn read(self, path: String, batch: &mut Batch<'_>) {
        let record = domain::Record::Case(domain::SupportCase {
            reference: batch.reference(self.source, self.key),
            party: self.party.map(domain::PartyRef::from),
            opened_at: self.opened_at,
            solved_at: self.solved_at,
            channel: self.channel,
            withdrawn: self.withdrawn,
        });
        batch.add(path, record, None);
    }
}

#[derive(InputObject)]
pub struct ContributionInput {
    /// Where the key comes from; `api` where it is left out.
    source: Option<String>,
    /// What the source calls it; a new one is made where it is left out.
    key: Option<String>,
    kind: ContributionKind,
    /// The topic that it stands in, as its source calls it.
    thread: Option<String>,
    party: PartyRefInput,
    at: DateTime<Utc>,
    /// It was deleted, or is no longer accepted.
    #[graphql(default)]
    withdrawn: bool,
}

impl Entry for ContributionInput {
    fn read(self, path: String, batch: &mut Batch<'_>) {
        let record = domain::Record::Contribution(domain::Contribution {
            reference: batch.reference(self.source, self.key),
            kind: self.kind.into(),
            thread: self.thread,
            party: self.party.into(),
            at: self.at,
            withdrawn: self.withdrawn,
        });
        batch.add(path, record, None);
    }
}

/// A measure was read. The same measure on the same day from the same source is the same observation.
#[derive(InputObject)]
pub struct ObservationInput {
    /// The key of the measure in the scoring model.
    measure: String,
    day: NaiveDate,
    value: f64,
    /// Of 95 %, where the source has one.
    interval: Option<ObservedIntervalInput>,
    #[graphql(default_with = "API.to_owned()")]
    source: String,
}

impl Entry for ObservationInput {
    fn read(self, path: String, batch: &mut Batch<'_>) {
        let record = domain::Record::Observation(domain::Observation {
            measure: self.measure,
            day: self.day,
            value: self.value,
            interval: self.interval.map(|interval| (interval.low, interval.high)),
            source: self.source,
        });
        batch.add(path, record, None);
    }
}

#[derive(InputObject)]
pub struct ObservedIntervalInput {
    low: f64,
    high: f64,
}
