//! What somebody says of a file that it does not tell by itself, or tells wrongly.

use std::collections::BTreeMap;

use encoding_rs::Encoding;
use serde::{Deserialize, Serialize};
use valuemap_shared::activities::{OutcomeKind, address_of};
use valuemap_shared::money::Currency;

use crate::import::columns::{Columns, Mapping, normalised, value_key};
use crate::import::numbers::DecimalMark;
use crate::import::settings::{FormatSettings, ValueMap};
use crate::import::times::{DateFormat, TimeSettings};

/// This is what a job is stored with, so it is read by other releases, too.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Corrections {
    /// Where the records come from; the format's own without it.
    pub source: Option<String>,
    /// Which column a field is.
    pub columns: Mapping,
    /// What fields say for all rows.
    pub constants: BTreeMap<String, String>,
    pub meanings: Vec<Meaning>,
    pub times: TimeSettings,
    pub encoding: Option<&'static Encoding>,
    pub mark: Option<DecimalMark>,
    /// The sheet of a workbook, where it has several.
    pub sheet: Option<String>,
    /// The line that names the columns, where it cannot be found.
    pub header_line: Option<u64>,
    pub skip_without_key: bool,
    /// Of amounts that do not say theirs; the community's without it.
    pub currency: Option<Currency>,
    pub won_stages: Vec<String>,
    pub kind: Option<OutcomeKind>,
    pub activity_type: Option<String>,
    /// Whether what was said of earlier files of the source is forgotten.
    pub forget: bool,
}

/// What a value of a field means; nothing for what says nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Meaning {
    pub field: String,
    pub value: String,
    pub meaning: String,
}

/// What is kept of corrections for the next file of the same format and source. What is of one file alone, such as the
/// event that all its rows are about, is not.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Remembered {
    pub columns: Mapping,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub constants: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub meanings: Vec<ColumnMeaning>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub won_stages: Vec<String>,
    pub times: TimeSettings,
    pub encoding: Option<&'static Encoding>,
    pub mark: Option<DecimalMark>,
    pub currency: Option<Currency>,
}

/// A meaning, and the column whose values it is about: another vendor's column may mean something else by the same word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnMeaning {
    /// None where it was remembered before columns were.
    pub column: Option<String>,
    pub field: String,
    pub value: String,
    pub meaning: String,
}

/// The fields whose constants hold for a source. All others differ from file to file.
const LASTING: [&str; 9] = [
    "kind",
    "channel",
    "currency",
    "modality",
    "audience",
    "method",
    "activity_source",
    "member_source",
    "account_source",
];

impl Corrections {
    /// What holds for all rows of a file with this header: what is said now, or else what was said before of a field that
    /// the file has no column for.
    pub fn constants(&self, remembered: &Remembered, is_column: impl Fn(&str) -> bool) -> BTreeMap<String, String> {
        let before = remembered.constants.iter();
        let before = before.filter(|(field, _)| !self.columns.contains_key(*field) && !is_column(field));
        before.chain(&self.constants).map(|(field, value)| (field.clone(), value.clone())).collect()
    }

    /// What values mean in these columns. What is said now goes before what was said of the same column.
    pub fn meanings(&self, remembered: &Remembered, columns: &Columns) -> ValueMap {
        let mut values = ValueMap::default();
        for ColumnMeaning { column, field, value, meaning } in &remembered.meanings {
            let now = columns.of(field).map(|matched| normalised(&matched.called));
            if column.as_ref().is_none_or(|column| now.as_ref() == Some(&normalised(column))) {
                values.insert(field, value, meaning);
            }
        }
        self.meanings.iter().for_each(|said| values.insert(&said.field, &said.value, &said.meaning));
        values
    }

    pub fn times(&self, remembered: &Remembered) -> TimeSettings {
        let TimeSettings { order, zone } = remembered.times;
        TimeSettings { order: self.times.order.or(order), zone: self.times.zone.or(zone) }
    }

    pub fn won_stages<'a>(&'a self, remembered: &'a Remembered) -> &'a [String] {
        if self.won_stages.is_empty() { &remembered.won_stages } else { &self.won_stages }
    }

    /// What is to be known of the next file: what was said now, and what was said before and is not said otherwise.
    pub fn to_remember(&self, before: Remembered, columns: &Columns) -> Remembered {
        let mut kept = before;
        kept.columns = columns.mapping();
        let lasting = self.constants.iter().filter(|(field, _)| LASTING.contains(&field.as_str()));
        kept.constants.extend(lasting.map(|(field, value)| (field.clone(), value.clone())));
        kept.constants.retain(|field, _| columns.index(field).is_none());
        for Meaning { field, value, meaning } in self.meanings.iter().cloned() {
            // What is of no column is of this file alone, and so is what is of a person.
            let Some(column) = columns.of(&field).filter(|_| address_of(&value).is_none()) else { continue };
            let said = ColumnMeaning { column: Some(column.called.clone()), field, value, meaning };
            kept.meanings.retain(|known| !known.is_of_the_same(&said));
            kept.meanings.push(said);
        }
        kept.won_stages = self.won_stages(&kept).to_vec();
        kept.times = self.times(&kept);
        kept.encoding = self.encoding.or(kept.encoding);
        kept.mark = self.mark.or(kept.mark);
        kept.currency = self.currency.or(kept.currency);
        kept
    }

    /// What is taken from earlier files and cannot be seen of the columns, a sentence each.
    pub fn taken_from(&self, remembered: &Remembered, settings: &FormatSettings, columns: &Columns) -> Vec<String> {
        let mut said = Vec::new();
        let FormatSettings { constants, values, .. } = settings;
        for ColumnMeaning { field, value, meaning, .. } in &remembered.meanings {
            let is_used = columns.of(field).is_some() && values.get(field, value) == Some(meaning);
            let is_said =
                self.meanings.iter().any(|now| now.field == *field && value_key(&now.value) == value_key(value));
            if is_used && !is_said {
                said.push(format!("In {field}, `{value}` means `{meaning}`"));
            }
        }
        match settings.mark {
            _ if !settings.is_mark_remembered => {}
            DecimalMark::Comma => said.push("Numbers have a comma before their decimals".to_owned()),
            DecimalMark::Point => said.push("Numbers have a point before their decimals".to_owned()),
        }
        let lasting = remembered.constants.iter();
        for (field, value) in
            lasting.filter(|(field, _)| constants.contains_key(*field) && !self.constants.contains_key(*field))
        {
            said.push(format!("{field} is `{value}` in all rows"));
        }
        match remembered.times.order.filter(|_| self.times.order.is_none()) {
            Some(DateFormat::DayFirst) => said.push("Dates are written DD/MM/YYYY".to_owned()),
            Some(DateFormat::MonthFirst) => said.push("Dates are written MM/DD/YYYY".to_owned()),
            None => {}
        }
        if let Some(currency) = remembered.currency.filter(|_| self.currency.is_none()) {
            said.push(format!("Amounts that do not name their currency are in {currency}"));
        }
        if let Some(zone) = remembered.times.zone.filter(|_| self.times.zone.is_none()) {
            said.push(format!("Times that do not say their zone are of {zone}"));
        }
        said.into_iter().map(|sentence| sentence + ", as was said of an earlier file").collect()
    }
}

impl ColumnMeaning {
    fn is_of_the_same(&self, other: &Self) -> bool {
        let is_same_column = self.column.is_none() || self.column == other.column;
        is_same_column && self.field == other.field && value_key(&self.value) == value_key(&other.value)
    }
}

impl Remembered {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::formats::FORMATS;

    fn columns(header: &[&str]) -> Columns {
        let format = FORMATS.iter().find(|format| format.name == "touchpoints").unwrap();
        let header: Vec<String> = header.iter().map(|name| (*name).to_owned()).collect();
        let mapping = Mapping::from([("role".to_owned(), header[3].clone())]);
        Columns::find(format, &header, (&mapping, &Mapping::new()), &[]).unwrap()
    }

    fn meaning(field: &str, value: &str) -> Meaning {
        Meaning { field: field.to_owned(), value: value.to_owned(), meaning: "attended".to_owned() }
    }

    #[test]
    fn what_a_value_means_is_remembered_for_its_column() {
        let eventbrite = columns(&["activity", "member", "at", "Attendee Status"]);
        let meanings =
            vec![meaning("role", "Checked In"), meaning("channel", "mail"), meaning("role", "kim@example.org")];
        let said = Corrections { meanings, ..Corrections::default() };
        let kept = said.to_remember(Remembered::default(), &eventbrite);
        let kept_values: Vec<&str> = kept.meanings.iter().map(|one| one.value.as_str()).collect();
        assert_eq!(kept_values, ["Checked In"], "neither what has no column nor what is of a person");

        let nothing = Corrections::default();
        assert_eq!(nothing.meanings(&kept, &eventbrite).get("role", "checked-in"), Some("attended"));
        let other = columns(&["activity", "member", "at", "Standing"]);
        assert_eq!(nothing.meanings(&kept, &other).get("role", "Checked In"), None);

        let now = Corrections {
            meanings: vec![Meaning { meaning: "registered".to_owned(), ..meaning("role", "Checked In") }],
            ..nothing
        };
        assert_eq!(now.meanings(&kept, &eventbrite).get("role", "Checked In"), Some("registered"));
        let kept = now.to_remember(kept, &eventbrite);
        assert_eq!((kept.meanings.len(), kept.meanings[0].meaning.as_str()), (1, "registered"));
    }

    #[test]
    fn constants_of_a_source_are_remembered_and_a_column_goes_before_them() {
        let said = |field: &str, value: &str| (field.to_owned(), value.to_owned());
        let constants = BTreeMap::from([said("channel", "webinar"), said("activity", "w1")]);
        let given = Corrections { constants, ..Corrections::default() };
        let kept = given.to_remember(Remembered::default(), &columns(&["activity", "member", "at", "Status"]));
        assert_eq!(kept.constants, BTreeMap::from([said("channel", "webinar")]));
        let nothing = Corrections::default();
        assert_eq!(nothing.constants(&kept, |_| false), kept.constants);
        assert_eq!(nothing.constants(&kept, |field| field == "channel"), BTreeMap::new());
        assert!(!kept.is_empty() && Remembered::default().is_empty());
    }
}
