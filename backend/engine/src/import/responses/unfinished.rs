//! Answers that nobody meant to give: previews of the survey's author, and those that were not finished.

use std::fmt;

use crate::import::columns::normalised;
use crate::import::header::Survey;
use crate::import::table::Table;

/// Why a row may be no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    Preview,
    NotFinished,
}

impl Reason {
    /// A preview is an answer of nobody.
    pub fn is_always_left_out(self) -> bool {
        self == Self::Preview
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Preview => "it is a preview or a test of the survey",
            Self::NotFinished => "the answer was not finished",
        })
    }
}

/// The columns that tell, as the tools name them.
#[derive(Debug)]
pub struct Unfinished {
    /// Qualtrics: how the answer came in.
    status: Option<usize>,
    channel: Option<usize>,
    /// Qualtrics: whether it was finished.
    finished: Option<usize>,
    /// Typeform and others: `completed`, `partial`.
    state: Option<usize>,
    /// LimeSurvey: when it was sent, which is empty before.
    sent: Option<usize>,
}

impl Unfinished {
    pub fn of(table: &Table) -> Self {
        let find = |names: &[&str]| {
            table.columns.iter().position(|column| {
                let name = normalised(&column.name);
                names.contains(&name.as_str())
            })
        };
        // Its second row names the same columns by their texts, in the language of the survey.
        let of_qualtrics = |id: &str, names: &[&str]| {
            let by_id = table.import_ids.iter().position(|other| other == id);
            by_id.or_else(|| find(names)).filter(|_| table.survey == Some(Survey::Qualtrics))
        };
        Self {
            status: of_qualtrics("status", &["status"]).or_else(|| of_qualtrics("status", &["responsetype"])),
            channel: of_qualtrics("distributionChannel", &["distributionchannel"]),
            finished: of_qualtrics("finished", &["finished"]),
            state: find(&["responsetype", "responsestatus", "completionstatus"]),
            sent: find(&["submitdate", "submitdatedatesubmitted", "datesubmitted"]),
        }
    }

    pub fn of_row(&self, cells: &[String]) -> Option<Reason> {
        let cell = |index: Option<usize>| index.and_then(|index| cells.get(index)).map(|cell| normalised(cell));
        let is = |index, values: &[&str]| cell(index).is_some_and(|cell| values.contains(&cell.as_str()));
        // As Qualtrics numbers them where it exports numbers: 1 and 9 are previews, 2 and 17 are tests.
        if is(self.status, &["surveypreview", "surveytest", "1", "2", "9", "17"])
            || is(self.channel, &["preview", "test"])
        {
            return Some(Reason::Preview);
        }
        let is_open = is(self.finished, &["false", "0"])
            || is(self.state, &["partial", "incomplete", "started", "inprogress"])
            || cell(self.sent).is_some_and(|sent| sent.is_empty());
        is_open.then_some(Reason::NotFinished)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::header::TableColumn;

    fn check(survey: Option<Survey>, columns: &[&str], cells: &[&str], expected: Option<Reason>) {
        let column = |name: &&str| TableColumn { name: (*name).to_owned(), label: None };
        let table = Table { columns: columns.iter().map(column).collect(), survey, ..Table::default() };
        let cells: Vec<String> = cells.iter().map(|cell| (*cell).to_owned()).collect();
        assert_eq!(Unfinished::of(&table).of_row(&cells), expected, "{cells:?}");
    }

    #[test]
    fn qualtrics_columns_are_known_by_their_ids_in_every_language() {
        let column = |name: &str| TableColumn { name: name.to_owned(), label: None };
        let table = Table {
            columns: vec![column("Antworttyp"), column("Abgeschlossen")],
            import_ids: vec!["status".to_owned(), "finished".to_owned()],
            survey: Some(Survey::Qualtrics),
            ..Table::default()
        };
        let of_row = |cells: [&str; 2]| Unfinished::of(&table).of_row(&cells.map(str::to_owned));
        assert_eq!(of_row(["1", "1"]), Some(Reason::Preview));
        assert_eq!(of_row(["0", "0"]), Some(Reason::NotFinished));
        assert_eq!(of_row(["0", "1"]), None);
    }

    #[test]
    fn previews_and_what_is_not_finished_are_told() {
        let qualtrics = Some(Survey::Qualtrics);
        check(qualtrics, &["Status", "Finished"], &["Survey Preview", "True"], Some(Reason::Preview));
        check(qualtrics, &["Status", "Finished"], &["IP Address", "False"], Some(Reason::NotFinished));
        check(qualtrics, &["Status", "Finished"], &["0", "1"], None);
        check(qualtrics, &["Response Type", "Finished"], &["Survey Preview", "True"], Some(Reason::Preview));
        check(qualtrics, &["Response Type", "Finished"], &["IP Address", "True"], None);
        check(None, &["Response Type"], &["partial"], Some(Reason::NotFinished));
        check(None, &["submitdate"], &[""], Some(Reason::NotFinished));
        check(None, &["Status", "Finished"], &["1", "0"], None);
    }
}
