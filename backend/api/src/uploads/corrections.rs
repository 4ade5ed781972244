//! What somebody says of a file, on the wire.

use async_graphql::{Enum, InputObject};
use valuemap_engine::import::corrections::{Corrections, Meaning};
use valuemap_engine::import::{DateFormat, DecimalMark, TimeSettings, encoding_named, zone_named};

use crate::activities::OutcomeKind;
use crate::error::ApiError;
use crate::wire::scalars::{Count, Currency};

/// How a file is read, where it does not tell by itself, or tells wrongly. What is of a source and not of one file is
/// remembered with the first file that is loaded, for its format and source.
#[derive(InputObject, Default)]
pub struct ImportCorrectionsInput {
    /// Where the records come from: their keys are unique within it.
    source: Option<String>,
    /// Which column a field is, by its name or as `#5` by its position.
    columns: Option<Vec<FieldColumnInput>>,
    /// What a field says for all rows.
    constants: Option<Vec<FieldValueInput>>,
    /// What a value of a field means.
    meanings: Option<Vec<ValueMeaningInput>>,
    date_format: Option<ImportDateFormat>,
    /// Of times that do not say theirs, such as `Europe/Berlin`; UTC without it.
    time_zone: Option<String>,
    /// Such as `windows-1252` or `Shift_JIS`.
    encoding: Option<String>,
    decimal_mark: Option<ImportDecimalMark>,
    /// The sheet of a workbook, where it has several.
    sheet: Option<String>,
    /// The line that names the columns, where it is not found.
    header_line: Option<Count>,
    /// Leave out rows that do not say whom or what they are about.
    skip_without_key: Option<bool>,
    /// Of amounts that do not say theirs.
    currency: Option<Currency>,
    /// Stages that mean that a deal is won, beside Closed Won.
    won_stages: Option<Vec<String>>,
    /// What deals are that do not say: a purchase, an upgrade or a renewal.
    kind: Option<OutcomeKind>,
    /// Make activities of this type out of campaigns that are none yet.
    activity_type: Option<String>,
    /// Do not use what was said of earlier files of the source, and forget it once this one is loaded.
    forget: Option<bool>,
}

#[derive(InputObject)]
pub struct FieldColumnInput {
    field: String,
    column: String,
}

#[derive(InputObject)]
pub struct FieldValueInput {
    field: String,
    value: String,
}

#[derive(InputObject)]
pub struct ValueMeaningInput {
    field: String,
    value: String,
    /// Empty where the value says nothing.
    meaning: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DateFormat")]
pub enum ImportDateFormat {
    /// 31/05/2026, 31.05.2026
    DayFirst,
    /// 05/31/2026
    MonthFirst,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DecimalMark")]
pub enum ImportDecimalMark {
    Point,
    Comma,
}

/// Maximum entries of each list of corrections, and characters of each text.
const MAX_ENTRIES: usize = 250;
const MAX_TEXT: usize = 1_000;

impl ImportCorrectionsInput {
    pub fn corrections(self) -> Result<Corrections, ApiError> {
        let refused = |path: &str, reason: String| ApiError::BadUserInput(format!("corrections.{path}: {reason}"));
        let texts = self.columns.iter().flatten().flat_map(|one| [&one.field, &one.column]);
        let texts = texts.chain(self.constants.iter().flatten().flat_map(|one| [&one.field, &one.value]));
        let texts = texts.chain(self.meanings.iter().flatten().flat_map(|one| [&one.field, &one.value, &one.meaning]));
        let texts = texts.chain(self.won_stages.iter().flatten());
        let texts: Vec<&String> =
            texts.chain([&self.source, &self.sheet, &self.activity_type].into_iter().flatten()).collect();
        if texts.len() > 3 * MAX_ENTRIES || texts.iter().any(|text| text.chars().count() > MAX_TEXT) {
            let reason = format!("at most {MAX_ENTRIES} entries of {MAX_TEXT} characters");
            return Err(ApiError::BadUserInput(format!("corrections: {reason}")));
        }
        if self.kind.is_some_and(|kind| !valuemap_shared::activities::OutcomeKind::from(kind).takes_money()) {
            return Err(refused("kind", "a deal is a purchase, an upgrade or a renewal".to_owned()));
        }
        let zone = self.time_zone.as_deref().map(zone_named).transpose();
        let encoding = self.encoding.as_deref().map(encoding_named).transpose();
        let meaning = |ValueMeaningInput { field, value, meaning }| Meaning { field, value, meaning };
        Ok(Corrections {
            source: self.source,
            columns: self.columns.into_iter().flatten().map(|one| (one.field, one.column)).collect(),
            constants: self.constants.into_iter().flatten().map(|one| (one.field, one.value)).collect(),
            meanings: self.meanings.into_iter().flatten().map(meaning).collect(),
            times: TimeSettings {
                order: self.date_format.map(Into::into),
                zone: zone.map_err(|reason| refused("timeZone", reason))?,
            },
            encoding: encoding.map_err(|reason| refused("encoding", reason))?,
            mark: self.decimal_mark.map(Into::into),
            sheet: self.sheet,
            header_line: self.header_line.map(|line| line.0.max(1)),
            skip_without_key: self.skip_without_key.unwrap_or_default(),
            currency: self.currency.map(|currency| currency.0),
            won_stages: self.won_stages.unwrap_or_default(),
            kind: self.kind.map(Into::into),
            activity_type: self.activity_type,
            forget: self.forget.unwrap_or_default(),
        })
    }
}
