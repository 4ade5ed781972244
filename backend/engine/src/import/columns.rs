//! The mapping of columns to fields: which column of a file is which field of a format, by its name in the header or as
//! somebody said.

use std::collections::BTreeMap;

use valuemap_shared::imports::{ColumnReason, ImportColumn};

/// Where the fields stand in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    pub matched: Vec<Matched>,
    /// Columns that are no field of the format.
    pub others: Vec<String>,
    /// The fields that `--map` says no column to be.
    pub unread: Vec<&'static str>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matched {
    pub field: &'static str,
    /// The index of the column.
    pub index: usize,
    pub column: String,
    /// The column that is read where the cell of this one is empty.
    pub otherwise: Option<(usize, String)>,
    /// The columns as `--map` names them: by their names, or by their positions where a name does not tell them.
    pub called: String,
    pub how: ColumnReason,
}

/// The number of a column that is named by its position, counted from 1: `#3`.
pub fn numbered(column: &str) -> Option<usize> {
    column.trim().strip_prefix('#')?.parse::<usize>().ok()?.checked_sub(1)
}

/// Columns by field, as `--map FIELD=COLUMN` gives them.
pub type Mapping = BTreeMap<String, String>;

impl Columns {
    pub fn index(&self, field: &str) -> Option<usize> {
        self.of(field).map(|matched| matched.index)
    }

    pub fn of(&self, field: &str) -> Option<&Matched> {
        self.matched.iter().find(|matched| matched.field == field)
    }

    pub fn reported(&self) -> Vec<ImportColumn> {
        let reported = |matched: &Matched| ImportColumn {
            field: matched.field.to_owned(),
            column: matched.called.clone(),
            because: matched.how,
        };
        let unread = self.unread.iter().map(|field| ImportColumn {
            field: (*field).to_owned(),
            column: String::new(),
            because: ColumnReason::Given,
        });
        self.matched.iter().map(reported).chain(unread).collect()
    }

    /// What `--map` said, now or before.
    pub fn mapping(&self) -> Mapping {
        let said = self.matched.iter().filter(|matched| matched.how != ColumnReason::Name);
        let of_none = self.unread.iter().map(|field| ((*field).to_owned(), String::new()));
        said.map(|matched| (matched.field.to_owned(), matched.called.clone())).chain(of_none).collect()
    }
}

/// A name without case, spaces and punctuation.
pub fn normalised(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// What a value is looked up by: without case, spaces and punctuation. Where it has no letters it is itself: `-1` is not
/// `1`, and `4.5` not `45`.
pub fn value_key(value: &str) -> String {
    let plain = normalised(value);
    if plain.contains(char::is_alphabetic) { plain } else { value.trim().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_alike_whatever_their_case_and_punctuation_but_numbers_are_not() {
        let check = |a: &str, b: &str, are_alike: bool| assert_eq!(value_key(a) == value_key(b), are_alike, "{a} {b}");
        check("Checked In", "checked-in", true);
        check(" 4.5 ", "4.5", true);
        check("4.5", "45", false);
        check("-1", "1", false);
        check("?", "!", false);
    }
}
