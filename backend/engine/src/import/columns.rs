//! The mapping of columns to fields: which column of a file is which field of a format, by its name in the header or as
//! somebody said.

use std::collections::BTreeMap;

/// Where the fields stand in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    pub matched: Vec<Matched>,
    /// Columns that are no field of the format.
    pub others: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matched {
    pub field: &'static str,
    /// The index of the column.
    pub index: usize,
    pub column: String,
    pub how: How,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// By the name of the column.
    Name,
    /// `--map` said so.
    Given,
    /// `--map` said so when the last file was loaded.
    Remembered,
}

/// Columns by field, as `--map FIELD=COLUMN` gives them.
pub type Mapping = BTreeMap<String, String>;

impl Columns {
    pub fn index(&self, field: &str) -> Option<usize> {
        self.matched.iter().find(|matched| matched.field == field).map(|matched| matched.index)
    }

    /// What `--map` said, now or before.
    pub fn mapping(&self) -> Mapping {
        let said = self.matched.iter().filter(|matched| matched.how != How::Name);
        said.map(|matched| (matched.field.to_owned(), matched.column.clone())).collect()
    }
}

/// A name without case, spaces and punctuation.
pub fn normalised(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
