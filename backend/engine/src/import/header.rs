//! The header of an export of answers: one row, or several where a tool writes the parts of a question, its text or its own
//! notes below the names.

use anyhow::bail;

use crate::import::columns::normalised;

/// Survey tools that are recognised by the header of their exports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Survey {
    Qualtrics,
    SurveyMonkey,
}

/// A column by its name, and what else it may be called: the text of its question, the part of a grid.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableColumn {
    pub name: String,
    pub label: Option<String>,
}

#[derive(Debug, PartialEq, Eq)]
pub struct HeaderRows {
    pub columns: Vec<TableColumn>,
    /// How many rows below the first belong to the header.
    pub below: usize,
    pub survey: Option<Survey>,
    /// What Qualtrics calls each column, where it says so.
    pub import_ids: Vec<String>,
}

impl HeaderRows {
    /// `below` are the first rows after the one that names the columns; `rows` is how many the header has, where somebody
    /// said so.
    pub fn of(first: &[String], below: &[&[String]], rows: Option<usize>) -> anyhow::Result<Self> {
        let is_import_id = |row: &&&[String]| row.iter().any(|cell| cell.starts_with("{\"ImportId\""));
        let has = |name: &str| first.iter().any(|column| normalised(column) == name);
        let ids = below.iter().position(|row| is_import_id(&row));
        let survey = match ids {
            Some(_) => Some(Survey::Qualtrics),
            None if has("respondentid") && has("collectorid") => Some(Survey::SurveyMonkey),
            None => None,
        };
        let second = below.first().copied();
        let is_continued = || {
            let starts_empty = second.is_some_and(|row| row.first().is_some_and(String::is_empty));
            survey == Some(Survey::SurveyMonkey) && starts_empty
        };
        let told = match (rows, ids) {
            (Some(0), _) => bail!("--header-rows counts the row that names the columns, too: give 1 or more"),
            (Some(rows), _) if rows - 1 > below.len() => {
                bail!("--header-rows {rows}: the file does not have that many")
            }
            (Some(rows), _) => rows - 1,
            (None, Some(ids)) => ids + 1,
            (None, None) => usize::from(is_continued()),
        };
        let labels = second.filter(|row| told > 0 && !is_import_id(&row));
        let columns = match labels {
            // Where each column is named, what stands below is the text of its question.
            Some(labels) if first.iter().all(|name| !name.is_empty()) => {
                first.iter().zip(labels).map(|(name, label)| column(name, Some(label))).collect()
            }
            Some(parts) => parts_of(first, parts),
            None => first.iter().map(|name| column(name, None)).collect(),
        };
        let import_ids = ids.map(|ids| below[ids].iter().map(|cell| import_id(cell)).collect()).unwrap_or_default();
        Ok(Self { columns, below: told, survey, import_ids })
    }
}

/// `status` of `{"ImportId":"status"}`.
fn import_id(cell: &str) -> String {
    let cell: serde_json::Value = serde_json::from_str(cell).unwrap_or_default();
    cell.get("ImportId").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
}

/// Columns of which one name is that of all unnamed ones after it, each with its part.
fn parts_of(first: &[String], parts: &[String]) -> Vec<TableColumn> {
    let mut question = "";
    let mut columns = Vec::with_capacity(first.len());
    for (name, part) in first.iter().zip(parts) {
        if !name.is_empty() {
            question = name;
        }
        let says_nothing = matches!(normalised(part).as_str(), "" | "response" | "openendedresponse");
        columns.push(match (name.is_empty(), says_nothing) {
            (true, true) => TableColumn::default(),
            (false, true) => column(name, None),
            (_, false) => column(&format!("{question} [{part}]"), None),
        });
    }
    columns
}

/// A column by its name; in a grid, `Question [Part]`, it is known by its part alone, too.
fn column(name: &str, label: Option<&String>) -> TableColumn {
    let part = name.strip_suffix(']').and_then(|name| name.rsplit_once('[')).map(|(_, part)| part.trim().to_owned());
    let label = label.cloned().or(part).filter(|label| !label.is_empty() && label != name);
    TableColumn { name: name.to_owned(), label }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(text: &str) -> Vec<String> {
        text.split('|').map(str::to_owned).collect()
    }

    /// The columns as `name = label`, after how many rows belong to the header.
    fn check(first: &str, below: &[&str], rows: Option<usize>, expected: &[&str]) {
        let below: Vec<Vec<String>> = below.iter().map(|text| row(text)).collect();
        let below: Vec<&[String]> = below.iter().map(Vec::as_slice).collect();
        let found = HeaderRows::of(&row(first), &below, rows).unwrap();
        let shown = |column: &TableColumn| match &column.label {
            Some(label) => format!("{} = {label}", column.name),
            None => column.name.clone(),
        };
        let found: Vec<String> =
            std::iter::once((found.below + 1).to_string()).chain(found.columns.iter().map(shown)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn one_row_is_a_header_and_a_grid_has_parts() {
        check("When|Agree? [I learn]", &["1|2"], None, &["1", "When", "Agree? [I learn] = I learn"]);
    }

    #[test]
    fn qualtrics_writes_three_rows() {
        let ids = "{\"ImportId\":\"id\"}|{\"ImportId\":\"QID1\"}";
        check("ResponseId|Q1", &["Response ID|I learn", ids], None, &["3", "ResponseId = Response ID", "Q1 = I learn"]);
        check("ResponseId|Q1", &[ids, "R_1|4"], None, &["2", "ResponseId", "Q1"]);
    }

    #[test]
    fn surveymonkey_writes_the_parts_of_questions_below_them() {
        check(
            "Respondent ID|Collector ID|How much?|||Why?",
            &["|||I learn|I see|Open-Ended Response", "1|2|3|4|5|6"],
            None,
            &[
                "2",
                "Respondent ID",
                "Collector ID",
                "How much?",
                "How much? [I learn] = I learn",
                "How much? [I see] = I see",
                "Why?",
            ],
        );
    }

    #[test]
    fn the_number_of_rows_may_be_said() {
        check("Q1|Q2", &["I learn|I see", "4|5"], Some(2), &["2", "Q1 = I learn", "Q2 = I see"]);
        check("Respondent ID|Collector ID", &["|x", "1|2"], Some(1), &["1", "Respondent ID", "Collector ID"]);
        assert!(HeaderRows::of(&row("a"), &[], Some(3)).unwrap_err().to_string().contains("does not have that many"));
    }
}
