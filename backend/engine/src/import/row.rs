//! One row, read field by field. What cannot be read is noted and not stored, and the rest is read all the same, so
//! that all problems of a row are reported at once.

use std::fmt::Display;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};
use csv::StringRecord;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use valuemap_shared::activities::{PartyKind, PartyRef, Reference, address_of};
use valuemap_shared::money::{Currency, Money, checked};

use crate::import::columns::Columns;
use crate::import::numbers::{parse_number, signed_currency};
use crate::import::settings::FormatSettings;
use crate::import::times::{parse_day, parse_time};

const LONGEST_TITLE: usize = 200;

pub struct Row<'a> {
    cells: &'a StringRecord,
    columns: &'a Columns,
    settings: &'a FormatSettings,
    /// Each with the column that it is about.
    pub problems: Vec<String>,
}

impl<'a> Row<'a> {
    pub fn new(cells: &'a StringRecord, columns: &'a Columns, settings: &'a FormatSettings) -> Self {
        Self { cells, columns, settings, problems: Vec::new() }
    }

    /// What a field says. `None` where the cell is empty or there is no such column.
    pub fn text(&self, field: &str) -> Option<&'a str> {
        let cell = self.cells.get(self.columns.index(field)?)?.trim();
        (!cell.is_empty()).then_some(cell)
    }

    pub fn required(&mut self, field: &str) -> Option<&'a str> {
        let text = self.text(field);
        if text.is_none() {
            self.problem(field, "it must not be empty");
        }
        text
    }

    pub fn owned(&self, field: &str) -> Option<String> {
        self.text(field).map(str::to_owned)
    }

    /// A name that is only shown, as long as names may be and in one line.
    pub fn title(&self, field: &str) -> Option<String> {
        let shown = |c: char| if c.is_control() { ' ' } else { c };
        self.text(field).map(|text| text.chars().map(shown).take(LONGEST_TITLE).collect())
    }

    /// A reference to something by its key, an e-mail address in its usual form; where it comes from stands in another
    /// field, or is the source of the whole file.
    pub fn reference(&self, field: &str, source_field: &str) -> Option<Reference> {
        let text = self.text(field)?;
        let key = address_of(text).unwrap_or_else(|| text.to_owned());
        Some(Reference::new(self.source(source_field), key))
    }

    fn source(&self, field: &str) -> &'a str {
        self.text(field).or(self.text("source")).unwrap_or(&self.settings.source)
    }

    /// The reference of the row itself.
    pub fn own_reference(&mut self, field: &str) -> Option<Reference> {
        self.required(field)?;
        self.reference(field, "source")
    }

    /// The party that a field names.
    pub fn party(&self, kind: PartyKind, field: &str, source_field: &str) -> Option<PartyRef> {
        self.reference(field, source_field).map(|reference| PartyRef { kind, reference })
    }

    /// The parties that a field names, separated by `;`.
    pub fn parties(&self, kind: PartyKind, field: &str, source_field: &str) -> impl Iterator<Item = PartyRef> {
        let source = self.source(source_field);
        let keys = self.text(field).unwrap_or_default().split(';').map(str::trim).filter(|key| !key.is_empty());
        keys.map(move |key| PartyRef { kind, reference: Reference::new(source, key) })
    }

    /// The e-mail address that a field holds, if it is one.
    pub fn address(&self, field: &str) -> Option<String> {
        address_of(self.text(field)?)
    }

    pub fn time(&mut self, field: &str) -> Option<DateTime<Utc>> {
        self.read(field, |settings, cell| parse_time(cell, settings.dates))
    }

    pub fn required_time(&mut self, field: &str) -> Option<DateTime<Utc>> {
        self.required(field)?;
        self.time(field)
    }

    pub fn day(&mut self, field: &str) -> Option<NaiveDate> {
        self.read(field, |settings, cell| parse_day(cell, settings.dates))
    }

    pub fn required_day(&mut self, field: &str) -> Option<NaiveDate> {
        self.required(field)?;
        self.day(field)
    }

    pub fn number(&mut self, field: &str) -> Option<Decimal> {
        self.read(field, |settings, cell| parse_number(cell, settings.mark))
    }

    /// A number that is no money.
    pub fn float(&mut self, field: &str) -> Option<f64> {
        self.number(field)?.to_f64()
    }

    /// A value out of a closed set of names.
    pub fn named<T: FromStr<Err = String>>(&mut self, field: &str) -> Option<T> {
        self.read(field, |_, cell| cell.parse())
    }

    pub fn required_named<T: FromStr<Err = String>>(&mut self, field: &str) -> Option<T> {
        self.required(field)?;
        self.named(field)
    }

    pub fn flag(&mut self, field: &str) -> Option<bool> {
        self.read(field, |_, cell| parse_flag(cell))
    }

    /// The currency of the row, or that of the whole file.
    pub fn currency(&mut self, field: &str) -> Option<Currency> {
        match self.text(field) {
            Some(_) => self.read(field, |_, cell| cell.parse::<Currency>().map_err(|error| error.to_string())),
            None => Some(self.settings.currency),
        }
    }

    /// An amount to four decimals, and in no other currency than its sign says.
    pub fn amount(&mut self, field: &str, currency: Currency) -> Option<Decimal> {
        let amount = self.number(field)?;
        if let Some(signed) = signed_currency(self.text(field)?).filter(|signed| *signed != currency) {
            self.problem(field, format!("it is marked as {signed}, and the row is in {currency}"));
            return None;
        }
        match checked(amount) {
            Ok(amount) => Some(amount),
            Err(error) => {
                self.problem(field, error);
                None
            }
        }
    }

    pub fn money(&mut self, field: &str, currency: Option<Currency>) -> Option<Money> {
        self.text(field)?;
        let currency = currency?;
        Some(Money { amount: self.amount(field, currency)?, currency })
    }

    /// Notes what is wrong, with the column that it stands in.
    pub fn problem(&mut self, field: &str, reason: impl Display) {
        let matched = self.columns.matched.iter().find(|matched| matched.field == field);
        let column = matched.map_or(field, |matched| matched.column.as_str());
        self.problems.push(format!("{column}: {reason}"));
    }

    fn read<T>(&mut self, field: &str, read: impl FnOnce(&FormatSettings, &str) -> Result<T, String>) -> Option<T> {
        let cell = self.text(field)?;
        read(self.settings, cell).map_err(|reason| self.problem(field, reason)).ok()
    }
}

pub fn parse_flag(cell: &str) -> Result<bool, String> {
    match cell.to_lowercase().as_str() {
        "true" | "yes" | "y" | "1" => Ok(true),
        "false" | "no" | "n" | "0" => Ok(false),
        _ => Err(format!("`{}` is neither true nor false", cell.chars().take(40).collect::<String>())),
    }
}
