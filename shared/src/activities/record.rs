use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;

use super::{Audience, ContributionKind, CostKind, Goal, LinkMethod, Modality, OutcomeKind, PartyKind, Role};
use crate::money::{Currency, Money, rounded};

/// What something is called where it comes from: `hubspot`, `9876`. The same reference always means the same thing, so
/// what is sent twice is stored once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Reference {
    pub source: String,
    pub key: String,
}

impl Reference {
    pub fn new(source: impl Into<String>, key: impl Into<String>) -> Self {
        Self { source: source.into(), key: key.into() }
    }
}

/// The source of whoever is known by an e-mail address, whichever door the address came by.
pub const EMAIL: &str = "email";

/// A member or account, by its reference.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PartyRef {
    pub kind: PartyKind,
    pub reference: Reference,
}

impl PartyRef {
    pub fn member(source: &str, key: &str) -> Self {
        Self { kind: PartyKind::Member, reference: Reference::new(source, key) }
    }

    /// Whoever has this e-mail address, or the digest that stands for one.
    pub fn with_address(address: &str) -> Self {
        Self::member(EMAIL, address)
    }

    pub fn account(source: &str, key: &str) -> Self {
        Self { kind: PartyKind::Account, reference: Reference::new(source, key) }
    }
}

/// One thing that is tracked, whichever door it came in by. Cross-field rules are checked by [`Record::problems`].
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Record {
    Party(Party),
    Link(IdentityLink),
    ActivityType(ActivityType),
    Activity(Activity),
    Cost(CostLine),
    Touchpoint(Touchpoint),
    Outcome(Outcome),
    Case(SupportCase),
    Contribution(Contribution),
    Observation(Observation),
}

#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Party {
    pub party: PartyRef,
    pub name: Option<String>,
    /// Works for the organisation: counted apart from members.
    pub is_staff: bool,
    /// Of a member: when they joined. Of an account: when it became a customer; without it, it is a prospect.
    pub since: Option<NaiveDate>,
    pub until: Option<NaiveDate>,
    /// What it is to the organisation, where that does not follow from its dates: a partner, or a prospective one.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub audience: Option<Audience>,
    /// Of a member: the e-mail address that the source knows them by. They are one with whoever comes in under it
    /// elsewhere; it is stored as a link to its digest.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub email: Option<String>,
}

/// Two parties belong together. Member to member and account to account: they are the same. Member to account: the
/// member works there.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct IdentityLink {
    pub from: PartyRef,
    pub to: PartyRef,
    pub method: LinkMethod,
    /// 0 to 1.
    pub confidence: f64,
    pub valid_from: Option<NaiveDate>,
    pub valid_until: Option<NaiveDate>,
}

#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ActivityType {
    /// A short name for files: `webinar`.
    pub key: String,
    pub name: String,
    pub modality: Modality,
    pub goal: Goal,
}

#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Activity {
    pub reference: Reference,
    /// The key of its type.
    pub activity_type: String,
    pub name: String,
    /// Where it differs from its type's.
    pub modality: Option<Modality>,
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
    pub owner: Option<String>,
    /// Where it is promoted: `newsletter`, `forum banner`.
    pub channels: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CostLine {
    pub reference: Reference,
    /// Without one it is a running cost of the community.
    pub activity: Option<Reference>,
    pub kind: CostKind,
    pub description: Option<String>,
    pub day: NaiveDate,
    pub currency: Currency,
    pub cost: Cost,
}

#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Cost {
    Amount(Decimal),
    /// Hours at a loaded rate an hour.
    Hours {
        hours: Decimal,
        rate: Decimal,
    },
}

impl Cost {
    /// What it comes to, to ten-thousandths.
    pub fn amount(self) -> Decimal {
        match self {
            Self::Amount(amount) => amount,
            Self::Hours { hours, rate } => hours.checked_mul(rate).map_or(Decimal::MAX, rounded),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Touchpoint {
    pub reference: Reference,
    pub activity: Reference,
    pub party: PartyRef,
    pub at: DateTime<Utc>,
    pub role: Role,
    pub channel: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Outcome {
    pub reference: Reference,
    pub kind: OutcomeKind,
    /// Without one it counts, but no activity can be credited.
    pub party: Option<PartyRef>,
    pub at: DateTime<Utc>,
    pub money: Option<Money>,
    pub title: Option<String>,
    /// When the lead and the opportunity came about that became this, for W-shaped attribution.
    pub lead_at: Option<DateTime<Utc>>,
    pub opportunity_at: Option<DateTime<Utc>>,
    /// It did not come about after all: it stays on record and counts no more.
    pub withdrawn: bool,
}

/// Somebody asked the organisation's support.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SupportCase {
    pub reference: Reference,
    pub party: Option<PartyRef>,
    pub opened_at: DateTime<Utc>,
    pub solved_at: Option<DateTime<Utc>>,
    pub channel: Option<String>,
    /// It was deleted, or merged into another one. Not written where it stands, so that cases are known which were stored
    /// before they could be withdrawn.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "std::ops::Not::not"))]
    pub withdrawn: bool,
}

#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Contribution {
    pub reference: Reference,
    pub kind: ContributionKind,
    /// The topic that it stands in.
    pub thread: Option<String>,
    pub party: PartyRef,
    pub at: DateTime<Utc>,
    /// It was deleted, or is no longer accepted.
    pub withdrawn: bool,
}

/// A measure was read.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Observation {
    /// The key of the measure in the scoring model.
    pub measure: String,
    pub day: NaiveDate,
    pub value: f64,
    /// A 95% interval, where the source has one.
    pub interval: Option<(f64, f64)>,
    pub source: String,
}

/// The kinds of record, in the order in which they can be stored: what refers comes after what it refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordKind {
    Party,
    Link,
    ActivityType,
    Activity,
    Cost,
    Touchpoint,
    Outcome,
    Case,
    Contribution,
    Observation,
}

impl RecordKind {
    /// In words.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Party => "members and accounts",
            Self::Link => "links",
            Self::ActivityType => "activity types",
            Self::Activity => "activities",
            Self::Cost => "costs",
            Self::Touchpoint => "touchpoints",
            Self::Outcome => "outcomes",
            Self::Case => "support cases",
            Self::Contribution => "contributions",
            Self::Observation => "observations",
        }
    }
}

impl Record {
    pub fn kind(&self) -> RecordKind {
        match self {
            Self::Party(_) => RecordKind::Party,
            Self::Link(_) => RecordKind::Link,
            Self::ActivityType(_) => RecordKind::ActivityType,
            Self::Activity(_) => RecordKind::Activity,
            Self::Cost(_) => RecordKind::Cost,
            Self::Touchpoint(_) => RecordKind::Touchpoint,
            Self::Outcome(_) => RecordKind::Outcome,
            Self::Case(_) => RecordKind::Case,
            Self::Contribution(_) => RecordKind::Contribution,
            Self::Observation(_) => RecordKind::Observation,
        }
    }
}
