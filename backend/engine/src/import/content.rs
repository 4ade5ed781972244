use valuemap_shared::activities::{Activity, Record, Reference};

/// What a row says.
#[derive(Debug, Default, PartialEq)]
pub struct RowContent {
    pub records: Vec<Record>,
    /// The activity that the records are about, in case that it is not there yet.
    pub activity: Option<Activity>,
    /// An outcome that did not come about: withdrawn where it is stored.
    pub withdrawn: Option<Reference>,
    /// Why the row adds nothing.
    pub skipped: Option<String>,
}

impl RowContent {
    pub fn of(record: Record) -> Option<Self> {
        Some(Self { records: vec![record], ..Self::default() })
    }

    pub fn skipped(reason: impl Into<String>) -> Option<Self> {
        Some(Self { skipped: Some(reason.into()), ..Self::default() })
    }
}
