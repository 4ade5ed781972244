use valuemap_shared::activities::{Activity, Record};

use crate::activities::withdrawing::Withdrawal;

/// What a row says.
#[derive(Debug, Default, PartialEq)]
pub struct RowContent {
    pub records: Vec<Record>,
    /// The activity that the records are about, in case that it is not there yet.
    pub activity: Option<Activity>,
    /// An outcome that did not come about, a case that is none: withdrawn where it is stored.
    pub withdrawn: Option<Withdrawal>,
    /// It is known by whom and what it is about, so the same again is no contradiction: the first time counts.
    pub first_counts: bool,
    /// Why the row adds nothing.
    pub skipped: Option<String>,
}

impl RowContent {
    pub fn of(record: Record) -> Option<Self> {
        Some(Self { records: vec![record], ..Self::default() })
    }

    /// A record, and the link that it brings.
    pub fn with(link: Option<Record>, record: Record) -> Option<Self> {
        Some(Self { records: link.into_iter().chain([record]).collect(), ..Self::default() })
    }

    pub fn skipped(reason: impl Into<String>) -> Option<Self> {
        Some(Self { skipped: Some(reason.into()), ..Self::default() })
    }
}
