//! What a format is.

use crate::activities::unsaid::Attribute;
use crate::import::content::RowContent;
use crate::import::row::Row;
use crate::import::settings::FormatSettings;

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
    pub read: fn(&mut Row<'_>, &FormatSettings) -> Option<RowContent>,
}

/// A column that is read, whatever it is called.
#[derive(Debug)]
pub struct Field {
    pub name: &'static str,
    /// The names that it is found by, the best first; case, spaces and punctuation do not count.
    pub columns: &'static [&'static str],
    pub is_number: bool,
    /// The optional attribute of the records that it says. A file without the column leaves what is stored of it; of a field
    /// that says none, empty cells do, too, where records take it over (`activities/unsaid.rs`).
    pub says: Option<Attribute>,
    /// In which company its names are meant otherwise, or alone.
    pub provisos: &'static [Only],
    /// What follows where no column is this field, and what to do about it.
    pub if_missing: Option<&'static str>,
    /// What to give with `--set` where no column is this field: exports of others may say it of no row, since it is the same
    /// for all.
    pub or_set: Option<&'static str>,
}

impl Field {
    pub const fn new(name: &'static str, columns: &'static [&'static str]) -> Self {
        Self { name, columns, is_number: false, says: None, provisos: &[], if_missing: None, or_set: None }
    }

    pub const fn number(name: &'static str, columns: &'static [&'static str]) -> Self {
        Self { is_number: true, ..Self::new(name, columns) }
    }

    pub const fn says(self, attribute: Attribute) -> Self {
        Self { says: Some(attribute), ..self }
    }

    pub const fn only(self, provisos: &'static [Only]) -> Self {
        Self { provisos, ..self }
    }

    pub const fn if_missing(self, advice: &'static str) -> Self {
        Self { if_missing: Some(advice), ..self }
    }

    pub const fn or_set(self, advice: &'static str) -> Self {
        Self { or_set: Some(advice), ..self }
    }
}

/// When a name of a field means it. Somebody who names the column means it in any case.
#[derive(Clone, Copy, Debug)]
pub enum Only {
    /// The first where one of the others is there, too.
    Beside(&'static str, &'static [&'static str]),
    /// The first where none of the others is there.
    Without(&'static str, &'static [&'static str]),
}

impl Format {
    /// What to give with `--set` in place of a column of a requirement, where files of the format often have none.
    pub fn to_set(&self, requirement: &[&str]) -> Option<&'static str> {
        let mut fields = self.fields.iter().filter(|field| requirement.contains(&field.name));
        fields.find_map(|field| field.or_set)
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
