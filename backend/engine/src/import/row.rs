//! One row, read field by field. What cannot be read is noted and not stored, and the rest is read all the same, so
//! that all problems of a row are reported at once.

use std::borrow::Cow;
use std::fmt::Display;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};
use csv::StringRecord;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use valuemap_shared::activities::{PartyKind, PartyRef, Reference, address_of};
use valuemap_shared::money::Currency;

use crate::import::columns::Columns;
use crate::import::keys::{parse_key, parse_name, split_keys};
use crate::import::numbers::parse_number;
use crate::import::settings::FormatSettings;
use crate::import::times::{parse_day, parse_time_of};
use crate::import::zones::SaidZone;

const LONGEST_TITLE: usize = 200;

pub struct Row<'a> {
    cells: &'a StringRecord,
    columns: &'a Columns,
    pub(super) settings: &'a FormatSettings,
    /// Each with the column that it is about.
    pub problems: Vec<String>,
    /// What was read otherwise than it is written. Equal ones are counted.
    pub notes: Vec<Cow<'static, str>>,
    /// Which of the problems is that the row does not say whom or what it is about.
    pub missing_key: Option<usize>,
    /// An amount of it is in a currency that nobody said.
    pub assumes_currency: bool,
}

impl<'a> Row<'a> {
    pub fn new(cells: &'a StringRecord, columns: &'a Columns, settings: &'a FormatSettings) -> Self {
        let (problems, notes) = (Vec::new(), Vec::new());
        Self { cells, columns, settings, problems, notes, missing_key: None, assumes_currency: false }
    }

    /// What a field says: its cell, what that means by `--value`, or what `--set` says of all rows. `None` where the cell
    /// is empty or holds what exports write for nothing.
    pub fn text(&self, field: &str) -> Option<&'a str> {
        if self.columns.of(field).is_none() {
            return self.settings.constants.get(field).map(String::as_str);
        }
        self.said(field).map(|(cell, _)| cell)
    }

    /// What the columns of a field say, and the one that does.
    fn said(&self, field: &str) -> Option<(&'a str, &'a str)> {
        let matched = self.columns.of(field)?;
        let otherwise = matched.otherwise.iter().map(|(index, column)| (*index, column));
        let mut columns = std::iter::once((matched.index, &matched.column)).chain(otherwise);
        columns.find_map(|(index, column)| Some((self.cell(field, index)?, column.as_str())))
    }

    /// What one cell says of a field.
    fn cell(&self, field: &str, index: usize) -> Option<&'a str> {
        let cell = unwrapped(self.cells.get(index)?.trim());
        if let Some(meaning) = self.settings.values.get(field, cell) {
            return Some(meaning).filter(|meaning| !meaning.is_empty());
        }
        (!is_gap(cell)).then_some(cell)
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

    /// The one key that a field holds, an e-mail address in its usual form.
    pub fn key(&mut self, field: &str) -> Option<String> {
        self.read(field, |_, cell| parse_key(cell))
    }

    /// A reference to something by its key; where it comes from is said by another field, or is the source of the whole
    /// file.
    pub fn reference(&mut self, field: &str, source_field: &str) -> Option<Reference> {
        let key = self.key(field)?;
        Some(Reference::new(self.source(source_field), key))
    }

    fn source(&self, field: &str) -> &'a str {
        self.text(field).or(self.text("source")).unwrap_or(&self.settings.source)
    }

    /// The reference of the row itself.
    pub fn own_reference(&mut self, field: &str) -> Option<Reference> {
        self.own_text(field)?;
        self.reference(field, "source")
    }

    /// What a field says that the row is known by.
    pub fn own_text(&mut self, field: &str) -> Option<&'a str> {
        let text = self.required(field);
        if text.is_none() {
            self.missing_key = Some(self.problems.len() - 1);
        }
        text
    }

    /// The party that a field names. Of several accounts it is the first, which CRMs put the primary one at.
    pub fn party(&mut self, kind: PartyKind, field: &str, source_field: &str) -> Option<PartyRef> {
        let several = self.text(field).map_or(0, |text| split_keys(text).take(2).count());
        if kind == PartyKind::Account && several > 1 {
            self.note("Cells that name several accounts, of which the first is taken");
            return self.parties(kind, field, source_field).into_iter().next();
        }
        self.reference(field, source_field).map(|reference| PartyRef { kind, reference })
    }

    /// The party that a field names as people do: whatever stands in a name belongs to it.
    pub fn party_of_name(&mut self, kind: PartyKind, field: &str, source_field: &str) -> Option<PartyRef> {
        let key = self.read(field, |_, cell| parse_name(cell))?;
        Some(PartyRef { kind, reference: Reference::new(self.source(source_field), key) })
    }

    /// All parties that a field names.
    pub fn parties(&mut self, kind: PartyKind, field: &str, source_field: &str) -> Vec<PartyRef> {
        let source = self.source(source_field);
        let mut found = Vec::new();
        for key in split_keys(self.text(field).unwrap_or_default()) {
            match parse_key(key) {
                Ok(key) => found.push(PartyRef { kind, reference: Reference::new(source, key) }),
                Err(reason) => self.problem(field, reason),
            }
        }
        found
    }

    /// The e-mail address that a field holds, if it is one.
    pub fn address(&self, field: &str) -> Option<String> {
        address_of(self.text(field)?)
    }

    pub fn time(&mut self, field: &str) -> Option<DateTime<Utc>> {
        let zone = self.column_read(field).and_then(SaidZone::of_column);
        let read = self.read(field, |settings, cell| parse_time_of(cell, settings.times, zone))?;
        if read.is_assumed_utc {
            self.note("Times without an offset, taken as UTC (--time-zone says otherwise)");
        }
        if read.contradicts_column {
            self.note(
                "Times with a zone of their own, which is not the one that their column names; they are of their own",
            );
        }
        if let Some((said, named)) = zone.zip(self.settings.times.zone).filter(|_| read.is_of_column)
            && !said.agrees_with(named)
        {
            let column = self.column_read(field).unwrap_or_default();
            self.note(format!("Times of `{column}`, which are of the zone that the column names and not of {named}"));
        }
        Some(read.at)
    }

    pub fn required_time(&mut self, field: &str) -> Option<DateTime<Utc>> {
        self.required(field)?;
        self.time(field)
    }

    pub fn day(&mut self, field: &str) -> Option<NaiveDate> {
        self.read(field, |settings, cell| parse_day(cell, settings.times))
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
        self.read(field, |_, cell| {
            let advice = |reason| format!("{reason}; or say what it means with --value \"{field}:{cell}=...\"");
            cell.parse().map_err(advice)
        })
    }

    pub fn required_named<T: FromStr<Err = String>>(&mut self, field: &str) -> Option<T> {
        self.required(field)?;
        self.named(field)
    }

    pub fn flag(&mut self, field: &str) -> Option<bool> {
        self.read(field, |_, cell| {
            let advice = |reason| format!("{reason}; say what it means with --value \"{field}:{cell}=yes\"");
            parse_flag(cell).map_err(advice)
        })
    }

    /// The currency that a field names.
    pub fn named_currency(&mut self, field: &str) -> Option<Currency> {
        self.read(field, |_, cell| cell.parse::<Currency>().map_err(|error| error.to_string()))
    }

    /// The name of a field's column.
    pub fn column(&self, field: &str) -> Option<&'a str> {
        self.columns.of(field).map(|matched| matched.column.as_str())
    }

    /// The name of the column that a field was read from, which may be the one that stands in for the first.
    pub fn column_read(&self, field: &str) -> Option<&'a str> {
        self.said(field).map(|(_, column)| column).or(self.column(field))
    }

    /// Notes what is wrong, with the column that it is in.
    pub fn problem(&mut self, field: &str, reason: impl Display) {
        let column = self.column_read(field).unwrap_or(field);
        self.problems.push(format!("{column}: {reason}"));
    }

    pub fn note(&mut self, note: impl Into<Cow<'static, str>>) {
        self.notes.push(note.into());
    }

    fn read<T>(&mut self, field: &str, read: impl FnOnce(&FormatSettings, &str) -> Result<T, String>) -> Option<T> {
        let cell = self.text(field)?;
        read(self.settings, cell).map_err(|reason| self.problem(field, reason)).ok()
    }
}

/// What spreadsheets wrap around a text so that it stays one: `="00771"`.
pub fn unwrapped(cell: &str) -> &str {
    let inner = cell.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    inner.map_or(cell, str::trim)
}

/// Whether a cell holds nothing, or what exports write for nothing.
pub fn is_gap(cell: &str) -> bool {
    const GAPS: [&str; 10] = ["-", "--", "\u{2013}", "\u{2014}", "n/a", "#n/a", "null", "nan", "(not set)", "(blank)"];
    let may_be = |first: char| matches!(first, '-' | '\u{2013}' | '\u{2014}' | 'n' | 'N' | '#' | '(');
    cell.is_empty() || cell.len() <= 9 && cell.starts_with(may_be) && GAPS.contains(&cell.to_lowercase().as_str())
}

/// Reads a flag as spreadsheets and forms write it in the languages that they are most used in.
pub fn parse_flag(cell: &str) -> Result<bool, String> {
    const TRUE: [&str; 25] = [
        "true",
        "yes",
        "y",
        "1",
        "1.0",
        "t",
        "on",
        "x",
        "\u{2713}",
        "\u{2714}",
        "wahr",
        "waar",
        "ja",
        "j",
        "vrai",
        "oui",
        "verdadero",
        "s\u{ed}",
        "si",
        "vero",
        "s\u{ec}",
        "verdadeiro",
        "sim",
        "tak",
        "\u{306f}\u{3044}",
    ];
    const FALSE: [&str; 22] = [
        "false",
        "no",
        "n",
        "0",
        "0.0",
        "f",
        "off",
        "\u{2717}",
        "\u{2718}",
        "falsch",
        "nein",
        "faux",
        "non",
        "falso",
        "nee",
        "nej",
        "n\u{e3}o",
        "nao",
        "nie",
        "onwaar",
        "falskt",
        "\u{3044}\u{3044}\u{3048}",
    ];
    let plain = cell.trim().to_lowercase();
    match (TRUE.contains(&plain.as_str()), FALSE.contains(&plain.as_str())) {
        (true, _) => Ok(true),
        (_, true) => Ok(false),
        _ => Err(format!("`{}` is neither true nor false", cell.chars().take(40).collect::<String>())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_read_as_spreadsheets_write_them() {
        for cell in ["TRUE", "yes", "1", "WAHR", "ja", "Oui", "VRAI", "s\u{ed}", "S\u{cc}", "x", "X"] {
            assert_eq!(parse_flag(cell), Ok(true), "{cell}");
        }
        for cell in ["FALSE", "no", "0", "FALSCH", "nein", "non", "FAUX", "nee"] {
            assert_eq!(parse_flag(cell), Ok(false), "{cell}");
        }
        assert!(parse_flag("perhaps").unwrap_err().contains("`perhaps` is neither true nor false"));
    }
}
