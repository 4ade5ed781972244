//! The formats that can be imported.

use valuemap_shared::activities::{Activity, OutcomeKind, Record, Reference};
use valuemap_shared::ids::CommunityId;
use valuemap_shared::money::Currency;

use crate::import::numbers::DecimalMark;
use crate::import::row::Row;
use crate::import::times::DateFormat;
use crate::import::{hubspot, plain, salesforce, zendesk};

/// A kind of file.
#[derive(Debug)]
pub struct Format {
    /// As it is named on the command line.
    pub name: &'static str,
    pub about: &'static str,
    /// Where its records come from, unless the command says otherwise.
    pub source: &'static str,
    pub fields: &'static [Field],
    /// The fields that a file has to have: of each group one.
    pub required: &'static [&'static [&'static str]],
    /// The options of the command line, of those that not all formats have, which mean something to it.
    pub options: &'static [FormatOption],
    /// Whether it is ours. Exports of others have many columns that nobody expects to be read.
    pub is_plain: bool,
    /// What a row says. `None` where it has problems.
    pub read: fn(&mut Row<'_>, &FormatSettings) -> Option<Reading>,
}

/// A column that is read, whatever it is called.
#[derive(Debug)]
pub struct Field {
    pub name: &'static str,
    /// The names that it is found by, the best first; case, spaces and punctuation do not count.
    pub columns: &'static [&'static str],
    pub is_number: bool,
}

impl Field {
    pub const fn new(name: &'static str, columns: &'static [&'static str]) -> Self {
        Self { name, columns, is_number: false }
    }

    pub const fn number(name: &'static str, columns: &'static [&'static str]) -> Self {
        Self { name, columns, is_number: true }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormatOption {
    WonStage,
    Kind,
    ActivityType,
    Currency,
    Source,
}

/// What holds for all rows of a file.
#[derive(Clone, Debug)]
pub struct FormatSettings {
    pub community: CommunityId,
    pub source: String,
    /// Of amounts that do not say theirs.
    pub currency: Currency,
    pub mark: DecimalMark,
    pub dates: Option<DateFormat>,
    /// The stages that mean that a deal is won; the usual ones when it is empty.
    pub won_stages: Vec<String>,
    /// The kind of outcome of deals that do not say theirs.
    pub kind: Option<OutcomeKind>,
    /// The type of activities that are made from campaigns.
    pub activity_type: Option<String>,
}

impl FormatSettings {
    pub fn reference(&self, key: &str) -> Reference {
        Reference::new(&self.source, key)
    }
}

/// What a row says.
#[derive(Debug, Default, PartialEq)]
pub struct Reading {
    pub records: Vec<Record>,
    /// The activity that the records are about, in case that it is not there yet.
    pub activity: Option<Activity>,
    /// An outcome that did not come about: withdrawn where it is stored.
    pub withdrawn: Option<Reference>,
    /// Why the row adds nothing.
    pub skipped: Option<String>,
}

impl Reading {
    pub fn of(record: Record) -> Option<Self> {
        Some(Self { records: vec![record], ..Self::default() })
    }

    pub fn skipped(reason: impl Into<String>) -> Option<Self> {
        Some(Self { skipped: Some(reason.into()), ..Self::default() })
    }
}

pub const FORMATS: &[&Format] = &[
    &hubspot::DEALS,
    &salesforce::OPPORTUNITIES,
    &salesforce::CAMPAIGN_MEMBERS,
    &zendesk::TICKETS,
    &plain::ACCOUNTS,
    &plain::MEMBERS,
    &plain::LINKS,
    &plain::ACTIVITY_TYPES,
    &plain::ACTIVITIES,
    &plain::COSTS,
    &plain::TOUCHPOINTS,
    &plain::OUTCOMES,
    &plain::CASES,
    &plain::CONTRIBUTIONS,
    &plain::OBSERVATIONS,
];
