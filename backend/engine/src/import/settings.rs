use std::collections::BTreeMap;

use valuemap_shared::activities::{OutcomeKind, Reference};
use valuemap_shared::money::Currency;

use crate::import::columns::value_key;
use crate::import::numbers::DecimalMark;
use crate::import::times::TimeSettings;

/// What holds for all rows of a file.
#[derive(Clone, Debug)]
pub struct FormatSettings {
    pub source: String,
    /// Of amounts that do not say theirs.
    pub currency: Currency,
    /// Somebody said that currency for this file; otherwise it is the community's.
    pub is_currency_said: bool,
    pub mark: DecimalMark,
    /// It was said of an earlier file, and this one leaves it open.
    pub is_mark_remembered: bool,
    pub times: TimeSettings,
    /// The stages that mean that a deal is won; the usual ones when it is empty.
    pub won_stages: Vec<String>,
    /// The kind of outcome of deals that do not say theirs.
    pub kind: Option<OutcomeKind>,
    /// The type of activities that are made from campaigns.
    pub activity_type: Option<String>,
    pub values: ValueMap,
    /// What fields say that no column is: one value for the whole file.
    pub constants: BTreeMap<String, String>,
    /// Rows without a key of their own are skipped, and not refused.
    pub skip_without_key: bool,
}

impl FormatSettings {
    pub fn reference(&self, key: &str) -> Reference {
        Reference::new(&self.source, key)
    }
}

/// What values of a file mean, by their field: `role` of `Checked In` is `attended`. Case and punctuation do not count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ValueMap(BTreeMap<(String, String), String>);

impl ValueMap {
    pub fn insert(&mut self, field: &str, value: &str, meaning: &str) {
        self.0.insert((field.to_owned(), value_key(value)), meaning.to_owned());
    }

    pub fn get(&self, field: &str, value: &str) -> Option<&str> {
        if self.0.is_empty() {
            return None;
        }
        self.0.get(&(field.to_owned(), value_key(value))).map(String::as_str)
    }

    /// Each as its field, value and meaning.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.0.iter().map(|((field, value), meaning)| (field.as_str(), value.as_str(), meaning.as_str()))
    }
}
