use async_graphql::InputObject;
use chrono::{DateTime, NaiveDate, Utc};
use valuemap_shared::activities as domain;
use valuemap_shared::survey::ProblemCode;

use crate::activities::enums::{CostKind, Goal, Modality, Role};
use crate::activities::inputs::party::PartyRefInput;
use crate::activities::recording::{API, Batch, Entry};
use crate::wire::scalars::{Currency, Decimal};

/// An activity that is stored.
#[derive(InputObject)]
pub struct ActivityRefInput {
    #[graphql(default_with = "API.to_owned()")]
    source: String,
    key: String,
}

impl From<ActivityRefInput> for domain::Reference {
    fn from(input: ActivityRefInput) -> Self {
        Self::new(input.source, input.key)
    }
}

#[derive(InputObject)]
pub struct ActivityTypeInput {
    /// A short name for files and inputs: `webinar`.
    key: String,
    name: String,
    modality: Modality,
    goal: Goal,
}

impl Entry for ActivityTypeInput {
    fn read(self, path: String, batch: &mut Batch<'_>) {
        let record = domain::Record::ActivityType(domain::ActivityType {
            key: self.key,
            name: self.name,
            modality: self.modality.into(),
            goal: self.goal.into(),
        });
        batch.add(path, record, None);
    }
}

#[derive(InputObject)]
pub struct ActivityInput {
    /// Where the key comes from; `api` where it is left out.
    source: Option<String>,
    /// What the source calls it; a new one is made where it is left out.
    key: Option<String>,
    /// The key of its type.
    activity_type: String,
    name: String,
    /// Where it differs from its type's.
    modality: Option<Modality>,
    starts_on: NaiveDate,
    /// The day that it starts on where it is left out.
    ends_on: Option<NaiveDate>,
    /// Who runs it.
    owner: Option<String>,
    /// Where it is promoted: `newsletter`, `forum banner`. At most 20.
    #[graphql(default)]
    channels: Vec<String>,
    /// At most 250.
    #[graphql(default, validator(max_items = 250))]
    costs: Vec<ActivityCostInput>,
}

impl Entry for ActivityInput {
    fn read(self, path: String, batch: &mut Batch<'_>) {
        let reference = batch.reference(self.source, self.key);
        let record = domain::Record::Activity(domain::Activity {
            reference: reference.clone(),
            activity_type: self.activity_type,
            name: self.name,
            modality: self.modality.map(domain::Modality::from),
            starts_on: self.starts_on,
            ends_on: self.ends_on.unwrap_or(self.starts_on),
            owner: self.owner,
            channels: self.channels,
        });
        let activity = batch.add(path.clone(), record, None);
        for (index, cost) in self.costs.into_iter().enumerate() {
            let path = format!("{path}.costs.{index}");
            let Some(amount) = read_cost(&path, cost.amount, cost.hours, cost.rate, batch) else { continue };
            let record = domain::Record::Cost(domain::CostLine {
                reference: batch.reference(cost.source.or_else(|| Some(reference.source.clone())), cost.key),
                activity: Some(reference.clone()),
                kind: cost.kind.into(),
                description: cost.description,
                day: cost.day.unwrap_or(self.starts_on),
                currency: cost.currency.0,
                cost: amount,
            });
            batch.add(path, record, Some(activity));
        }
    }
}

/// A cost of the activity that it is nested in: an `amount`, or `hours` at a loaded `rate` an hour.
#[derive(InputObject)]
pub struct ActivityCostInput {
    /// That of the activity where it is left out.
    source: Option<String>,
    /// What the source calls it; a new one is made where it is left out.
    key: Option<String>,
    kind: CostKind,
    description: Option<String>,
    /// The day that the activity starts on where it is left out.
    day: Option<NaiveDate>,
    currency: Currency,
    amount: Option<Decimal>,
    hours: Option<Decimal>,
    rate: Option<Decimal>,
}

/// An `amount`, or `hours` at a loaded `rate` an hour.
#[derive(InputObject)]
pub struct CostInput {
    /// Where the key comes from; `api` where it is left out.
    source: Option<String>,
    /// What the source calls it; a new one is made where it is left out.
    key: Option<String>,
    /// Without one it is a running cost of the community.
    activity: Option<ActivityRefInput>,
    kind: CostKind,
    description: Option<String>,
    day: NaiveDate,
    currency: Currency,
    amount: Option<Decimal>,
    hours: Option<Decimal>,
    rate: Option<Decimal>,
}

impl Entry for CostInput {
    fn read(self, path: String, batch: &mut Batch<'_>) {
        let Some(cost) = read_cost(&path, self.amount, self.hours, self.rate, batch) else { return };
        let record = domain::Record::Cost(domain::CostLine {
            reference: batch.reference(self.source, self.key),
            activity: self.activity.map(domain::Reference::from),
            kind: self.kind.into(),
            description: self.description,
            day: self.day,
            currency: self.currency.0,
            cost,
        });
        batch.add(path, record, None);
    }
}

fn read_cost(
    path: &str,
    amount: Option<Decimal>,
    hours: Option<Decimal>,
    rate: Option<Decimal>,
    batch: &mut Batch<'_>,
) -> Option<domain::Cost> {
    match (amount, hours, rate) {
        (Some(amount), None, None) => Some(domain::Cost::Amount(amount.0.normalize())),
        (None, Some(hours), Some(rate)) => {
            Some(domain::Cost::Hours { hours: hours.0.normalize(), rate: rate.0.normalize() })
        }
        _ => {
            let message = "give either an amount, or hours and the rate of an hour";
            batch.refuse(format!("{path}.amount"), ProblemCode::Malformed, message);
            None
        }
    }
}

#[derive(InputObject)]
pub struct TouchpointInput {
    /// Where the key comes from; `api` where it is left out.
    source: Option<String>,
    /// What the source calls it; a new one is made where it is left out.
    key: Option<String>,
    activity: ActivityRefInput,
    party: PartyRefInput,
    at: DateTime<Utc>,
    role: Role,
    /// What brought them there: `newsletter`.
    channel: Option<String>,
}

impl Entry for TouchpointInput {
    fn read(self, path: String, batch: &mut Batch<'_>) {
        let record = domain::Record::Touchpoint(domain::Touchpoint {
            reference: batch.reference(self.source, self.key),
            activity: self.activity.into(),
            party: self.party.into(),
            at: self.at,
            role: self.role.into(),
            channel: self.channel,
        });
        batch.add(path, record, None);
    }
}
