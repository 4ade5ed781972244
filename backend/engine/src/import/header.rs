//! The header of an export of answers: one row, or several where a tool writes the parts of a question, its text or its own
//! notes below the names.

use anyhow::bail;
use serde_json::Value;

use crate::import::columns::normalised;

/// Survey tools that are recognised by the header of their exports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Survey {
    Qualtrics,
    SurveyMonkey,
}

/// How many rows below the first are looked at to find out which belong to the header.
pub const LOOKED_AT: usize = 3;

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
    /// The time zone that Qualtrics notes for a column, by the column's index.
    pub zones: Vec<Option<String>>,
}

impl HeaderRows {
    /// `below` are the first rows after the one that names the columns; `rows` is how many the header has, where somebody
    /// said so.
    pub fn of(first: &[String], below: &[&[String]], rows: Option<usize>) -> anyhow::Result<Self> {
        let ids = below.iter().position(|row| row.iter().any(|cell| is_import_id(cell)));
        let survey = match ids {
            Some(_) => Some(Survey::Qualtrics),
            None if is_of_qualtrics(first, below) => Some(Survey::Qualtrics),
            None if is_of_surveymonkey(first) => Some(Survey::SurveyMonkey),
            None => None,
        };
        let second = below.first().copied();
        let is_continued = |second: &[String]| match survey {
            Some(Survey::Qualtrics) => is_named_again(first, second),
            Some(Survey::SurveyMonkey) => second.first().is_some_and(String::is_empty),
            None => names_the_unnamed(first, second),
        };
        let told = match (rows, ids) {
            (Some(0), _) => bail!("--header-rows counts the row that names the columns, too: give 1 or more"),
            (Some(rows), _) if rows - 1 > below.len() => {
                bail!(
                    "--header-rows {rows}: the file does not have that many, or more than {LOOKED_AT} below the first"
                )
            }
            (Some(rows), _) => rows - 1,
            (None, Some(ids)) => ids + 1,
            (None, None) => usize::from(second.is_some_and(is_continued)),
        };
        let labels = second.filter(|row| told > 0 && !row.iter().any(|cell| is_import_id(cell)));
        let columns = match labels {
            // Where each column is named, what stands below is the text of its question.
            Some(labels) if first.iter().all(|name| !name.is_empty()) => {
                first.iter().zip(labels).map(|(name, label)| column(name, Some(label))).collect()
            }
            Some(parts) => parts_of(first, parts),
            None => first.iter().map(|name| column(name, None)).collect(),
        };
        let notes: Vec<Value> = ids.map(|ids| below[ids].iter().map(|cell| note(cell)).collect()).unwrap_or_default();
        let noted = |note: &Value, key: &str| note.get(key).and_then(Value::as_str).map(str::to_owned);
        let import_ids = match (survey, ids) {
            (Some(Survey::Qualtrics), None) => first.iter().map(|name| older_id(name).to_owned()).collect(),
            _ => notes.iter().map(|note| noted(note, "ImportId").unwrap_or_default()).collect(),
        };
        let zones = notes.iter().map(|note| noted(note, "timeZone")).collect();
        Ok(Self { columns, below: told, survey, import_ids, zones })
    }
}

fn is_import_id(cell: &str) -> bool {
    cell.starts_with("{\"ImportId\"") || cell.starts_with("{'ImportId'")
}

/// What Qualtrics notes of a column: `{"ImportId":"startDate","timeZone":"America/Denver"}`, in older exports with single
/// quotation marks.
fn note(cell: &str) -> Value {
    let read = serde_json::from_str(cell).or_else(|_| serde_json::from_str(&cell.replace('\'', "\"")));
    read.unwrap_or_default()
}

/// Whether a file without its notes comes from Qualtrics all the same: it was saved again, or has lost that row.
fn is_of_qualtrics(first: &[String], below: &[&[String]]) -> bool {
    let named: Vec<&[String]> = std::iter::once(first).chain(below.iter().copied().take(1)).collect();
    let has = |name: &str| named.iter().any(|row| row.iter().any(|cell| normalised(cell) == name));
    let known = QUALTRICS.iter().filter(|name| has(name)).count();
    let has_ids = below.iter().any(|row| row.iter().take(40).any(|cell| is_response_id(cell)));
    let is_older = OLDER.iter().all(|(number, _)| first.iter().any(|name| name == number));
    let is_trimmed = ["StartDate", "EndDate", "Status"].iter().all(|name| first.iter().any(|other| other == name));
    known >= 3 || has_ids || is_older || is_trimmed
}

/// Columns that Qualtrics alone has, of which others have two at most.
const QUALTRICS: [&str; 10] = [
    "recordeddate",
    "responseid",
    "responseset",
    "finished",
    "progress",
    "durationinseconds",
    "distributionchannel",
    "userlanguage",
    "externalreference",
    "externaldatareference",
];

/// `R_2VwXyZ1aBcDeFgH`
fn is_response_id(cell: &str) -> bool {
    cell.strip_prefix("R_")
        .is_some_and(|rest| (10..=20).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// How older exports of Qualtrics number the columns that newer ones name.
const OLDER: [(&str, &str); 5] =
    [("V1", "_recordId"), ("V7", "status"), ("V8", "startDate"), ("V9", "endDate"), ("V10", "finished")];

fn older_id(name: &str) -> &'static str {
    OLDER.iter().find(|(number, _)| *number == name).map_or("", |(_, id)| id)
}

/// Whether a row names the columns of Qualtrics once more: in those that hold times and numbers it has words.
fn is_named_again(first: &[String], second: &[String]) -> bool {
    const MEASURED: [&str; 9] =
        ["startdate", "enddate", "recordeddate", "progress", "durationinseconds", "responseid", "v1", "v8", "v9"];
    let measured = first.iter().zip(second).filter(|(name, _)| MEASURED.contains(&normalised(name).as_str()));
    let cells: Vec<&String> = measured.map(|(_, cell)| cell).collect();
    !cells.is_empty() && cells.iter().all(|cell| !cell.is_empty() && !cell.contains(|c: char| c.is_ascii_digit()))
}

fn is_of_surveymonkey(first: &[String]) -> bool {
    let names: Vec<String> = first.iter().map(|name| normalised(name)).collect();
    let respondent =
        ["respondentid", "befragtenid", "teilnehmerid", "iddurepondant", "iddur\u{e9}pondant", "iddelencuestado"];
    let collector = ["collectorid", "kollektorid", "idducollecteur", "iddelrecopilador"];
    let has = |known: &[&str]| names.iter().any(|name| known.contains(&name.as_str()));
    has(&respondent) && has(&collector)
}

/// Whether a row names columns that the one above leaves without a name, and says nothing where rows of answers begin.
fn names_the_unnamed(first: &[String], second: &[String]) -> bool {
    let is_named = first.first().is_some_and(|name| !name.is_empty()) && second.first().is_some_and(String::is_empty);
    let mut unnamed = first.iter().zip(second).filter(|(name, _)| name.is_empty()).map(|(_, part)| part).peekable();
    let is_part = |part: &String| part.is_empty() || part.contains(char::is_alphabetic);
    is_named && unnamed.peek().is_some() && unnamed.clone().any(|part| !part.is_empty()) && unnamed.all(is_part)
}

/// What stands below a question that has no parts.
const NOTHING: [&str; 11] = [
    "",
    "response",
    "openendedresponse",
    "antwort",
    "offeneantwort",
    "beantwortung",
    "r\u{e9}ponse",
    "r\u{e9}ponseouverte",
    "respuesta",
    "respuestaabierta",
    "\u{56de}\u{7b54}",
];

/// Columns of which one name is that of all unnamed ones after it, each with its part.
fn parts_of(first: &[String], parts: &[String]) -> Vec<TableColumn> {
    let mut question = "";
    let mut columns = Vec::with_capacity(first.len());
    for (name, part) in first.iter().zip(parts) {
        if !name.is_empty() {
            question = name;
        }
        let says_nothing = NOTHING.contains(&normalised(part).as_str());
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
    let label = label.filter(|label| !NOTHING.contains(&normalised(label).as_str())).cloned().or(part);
    let label = label.filter(|label| !label.is_empty() && label != name);
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
    fn qualtrics_is_told_without_its_notes_and_names_columns_twice_or_not() {
        let first = "StartDate|RecordedDate|ResponseId|Finished|Q1";
        let again = "Start Date|Recorded Date|Response ID|Finished|I learn";
        let rows = "2026-03-05 10:00|2026-03-05 10:03|R_1|True|4";
        let qualtrics = |first: &str, below: &[&str]| {
            let below: Vec<Vec<String>> = below.iter().map(|text| row(text)).collect();
            let below: Vec<&[String]> = below.iter().map(Vec::as_slice).collect();
            let found = HeaderRows::of(&row(first), &below, None).unwrap();
            (found.survey, found.below)
        };
        let is = Some(Survey::Qualtrics);
        assert_eq!(qualtrics(first, &[again, rows]), (is, 1));
        assert_eq!(qualtrics(first, &["Startdatum|Aufgezeichnet|Antwort-ID|Fertig|Ich lerne", rows]), (is, 1));
        assert_eq!(qualtrics(first, &[rows]), (is, 0));
        assert_eq!(qualtrics(again, &[rows]), (is, 0));
        assert_eq!(qualtrics("Antwort-ID|Q1", &["R_2VwXyZ1aBcDeFgH|4"]), (is, 0));
        assert_eq!(qualtrics("Response ID|Finished|Q1", &["1|True|4"]), (None, 0));
        let older = "V1|V2|V3|V4|V5|V6|V7|V8|V9|V10|Q1";
        let named = "ResponseID|ResponseSet|Name|ExternalDataReference|Email|IPAddress|Status|StartDate|EndDate|Finished|I learn";
        assert_eq!(qualtrics(older, &[named]), (is, 1));
    }

    #[test]
    fn notes_of_qualtrics_say_the_time_zone() {
        let first = row("StartDate|Q1");
        for notes in [
            "{\"ImportId\":\"startDate\",\"timeZone\":\"America/Denver\"}|{\"ImportId\":\"QID1\"}",
            "{'ImportId': 'startDate', 'timeZone': 'America/Denver'}|{'ImportId': 'QID1'}",
        ] {
            let found = HeaderRows::of(&first, &[&row(notes)], None).unwrap();
            assert_eq!(found.zones, [Some("America/Denver".to_owned()), None]);
            assert_eq!(found.import_ids, ["startDate", "QID1"]);
        }
    }

    #[test]
    fn a_second_row_may_name_what_the_first_leaves_open_in_any_language() {
        check(
            "ID|Frage||",
            &["|Teil A|Teil B|", "1|4|5|x"],
            None,
            &["2", "ID", "Frage [Teil A] = Teil A", "Frage [Teil B] = Teil B", ""],
        );
        check("ID|Frage||", &["|4|5|x", "1|4|5|x"], None, &["1", "ID", "Frage", "", ""]);
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
