use valuemap_shared::activities::{OutcomeKind, Reference};
use valuemap_shared::money::Currency;

use crate::import::numbers::DecimalMark;
use crate::import::times::DateFormat;

/// What holds for all rows of a file.
#[derive(Clone, Debug)]
pub struct FormatSettings {
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
