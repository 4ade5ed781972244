//! How a file is to be read, as somebody says it on this page.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

/// What differs from how the file is read by itself. Nothing empty is sent.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Corrections {
    /// Found out by the columns where nobody says.
    #[serde(skip)]
    pub format: Option<String>,
    /// The column of a field, as `#3`.
    #[serde(serialize_with = "columns", skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, String>,
    /// What a field says for all rows.
    #[serde(serialize_with = "constants", skip_serializing_if = "BTreeMap::is_empty")]
    pub constants: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub meanings: Vec<Meaning>,
    #[serde(flatten)]
    pub settings: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header_line: Option<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub won_stages: Vec<String>,
    #[serde(skip_serializing_if = "is_false")]
    pub skip_without_key: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub forget: bool,
}

/// What a value of a field means.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Meaning {
    pub field: String,
    pub value: String,
    pub meaning: String,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_false(flag: &bool) -> bool {
    !flag
}

#[derive(Serialize)]
struct FieldColumn<'a> {
    field: &'a str,
    column: &'a str,
}

#[derive(Serialize)]
struct FieldValue<'a> {
    field: &'a str,
    value: &'a str,
}

fn columns<S: Serializer>(columns: &BTreeMap<String, String>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(columns.iter().map(|(field, column)| FieldColumn { field, column }))
}

fn constants<S: Serializer>(constants: &BTreeMap<String, String>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(constants.iter().map(|(field, value)| FieldValue { field, value }))
}

impl Corrections {
    /// Sets a text in one of the maps; an empty one is taken out.
    pub fn set<K: Ord>(texts: &mut BTreeMap<K, String>, key: K, text: &str) {
        match text.trim() {
            "" => texts.remove(&key),
            text => texts.insert(key, text.to_owned()),
        };
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_said_is_sent_and_nothing_else() {
        assert_eq!(json!(Corrections::default()), json!({}));
        let mut corrections = Corrections { skip_without_key: true, header_line: Some(3), ..Corrections::default() };
        Corrections::set(&mut corrections.columns, "amount".to_owned(), "#4");
        Corrections::set(&mut corrections.constants, "role".to_owned(), "attended ");
        Corrections::set(&mut corrections.settings, "timeZone", "Europe/Berlin");
        Corrections::set(&mut corrections.settings, "encoding", " ");
        assert_eq!(
            json!(corrections),
            json!({
                "columns": [{ "field": "amount", "column": "#4" }],
                "constants": [{ "field": "role", "value": "attended" }],
                "timeZone": "Europe/Berlin",
                "headerLine": 3,
                "skipWithoutKey": true,
            })
        );
    }
}
