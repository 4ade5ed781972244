//! The ids of answers from files, made of what identifies them, so that the same row gets the same id whenever it is read.

use std::collections::HashMap;
use std::fmt;

use chrono::{Datelike, NaiveDate};
use sha2::{Digest, Sha256};
use valuemap_shared::ids::{CommunityId, SubmissionId, uuid_v8};

use crate::import::columns::normalised;
use crate::import::keys::parse_key;
use crate::import::row::{is_gap, unwrapped};

/// What a row is known by.
#[derive(Clone, Copy, Debug)]
pub enum KnownBy<'a> {
    /// Who answered. They may do so once a quarter.
    Respondent(&'a str),
    /// The columns that the first file of the survey was read by, each with its cell.
    Cells(&'a [(String, String)]),
}

/// Where the days of a file's answers come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Days {
    /// A column has them, so that the quarter is part of what identifies an answer.
    Column,
    /// `--date` said one for all, which may be another when the same file is loaded again: the quarter tells nothing.
    Given,
}

/// A quarter of a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quarter {
    year: i32,
    /// Counted from 1.
    number: u32,
}

impl Quarter {
    pub fn of(day: NaiveDate) -> Self {
        Self { year: day.year(), number: day.month0() / 3 + 1 }
    }
}

impl fmt::Display for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-Q{}", self.year, self.number)
    }
}

/// The id of a row, and those under which it may have been stored: by earlier versions, or with its day from elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowId {
    pub id: SubmissionId,
    pub former: Vec<SubmissionId>,
    /// Whether it is the same answer only where it was stored in the same quarter.
    pub has_quarter: bool,
    /// Who answered, where no column says the day: they may come again in another quarter.
    pub returning: Option<String>,
}

pub struct RowIds<'a> {
    community: CommunityId,
    survey: &'a str,
    days: Days,
    /// How often each identity was seen, and where first: without a column that tells respondents apart, equal rows are
    /// numbered.
    seen: HashMap<String, (u64, u64)>,
    /// Respondents whose keys are numbers, by what they are without zeros before them, each with its line.
    numbers: HashMap<String, (String, u64)>,
    /// What may be one respondent, a sentence each.
    pub doubtful: Vec<String>,
}

impl<'a> RowIds<'a> {
    pub fn new(community: CommunityId, survey: &'a str, days: Days) -> Self {
        Self { community, survey, days, seen: HashMap::new(), numbers: HashMap::new(), doubtful: Vec::new() }
    }

    /// `cells` are all of the row, which is what earlier versions knew it by.
    pub fn of(
        &mut self,
        known_by: KnownBy<'_>,
        (line, day): (u64, NaiveDate),
        cells: &[String],
    ) -> Result<RowId, String> {
        let quarter = Quarter::of(day);
        let respondent = match known_by {
            KnownBy::Respondent(cell) => Some(parse_respondent(cell)?),
            KnownBy::Cells(_) => None,
        };
        let (in_quarter, in_any, oldest) = match known_by {
            KnownBy::Respondent(_) => {
                let respondent = respondent.as_deref().unwrap_or_default();
                (format!("respondent {quarter} {respondent}"), format!("respondent {respondent}"), None)
            }
            KnownBy::Cells(known) => {
                let mut known: Vec<&(String, String)> = known.iter().collect();
                known.sort();
                let known = serde_json::json!(known);
                let oldest = format!("row {}", serde_json::json!(cells));
                (format!("cells {quarter} {known}"), format!("cells {known}"), Some(oldest))
            }
        };
        respondent.iter().for_each(|respondent| self.look_at_zeros(respondent, line));
        let (identity, other) = match self.days {
            Days::Column => (in_quarter, in_any),
            Days::Given => (in_any, in_quarter),
        };
        let (times, first) = self.counted(&identity, line);
        if let (Some(respondent), 2..) = (&respondent, times) {
            return Err(format!(
                "the respondent `{respondent}` stands in the file twice within {quarter}, on line {first}, too; leave one \
                 of them out"
            ));
        }
        // A file whose days were given is one of a single quarter, so equal rows are numbered within theirs.
        let mut former = vec![self.digest(times, &other)];
        if let Some(oldest) = oldest {
            let times = self.counted(&oldest, line).0;
            former.push(self.digest(times, &oldest));
        }
        // Earlier versions took a respondent as the cell has it.
        if let (KnownBy::Respondent(cell), Some(respondent)) = (known_by, &respondent)
            && cell != respondent
        {
            let as_written = [format!("respondent {quarter} {cell}"), format!("respondent {cell}")];
            former.extend(as_written.iter().map(|identity| self.digest(1, identity)));
        }
        let has_quarter = self.days == Days::Column;
        let returning = respondent.filter(|_| !has_quarter);
        Ok(RowId { id: self.digest(times, &identity), former, has_quarter, returning })
    }

    /// Spreadsheets take zeros away, and nobody can tell whether they did.
    fn look_at_zeros(&mut self, respondent: &str, line: u64) {
        if respondent.bytes().all(|byte| byte.is_ascii_digit()) {
            let bare = respondent.trim_start_matches('0').to_owned();
            let (other, first) = self.numbers.entry(bare).or_insert_with(|| (respondent.to_owned(), line));
            if other != respondent {
                self.doubtful.push(format!(
                    "Doubtful: respondents `{other}` of line {first} and `{respondent}` of line {line} differ by zeros alone, \
                     and are counted as two"
                ));
            }
        }
    }

    fn counted(&mut self, identity: &str, line: u64) -> (u64, u64) {
        let (times, first) = self.seen.entry(identity.to_owned()).or_insert((0, line));
        *times += 1;
        (*times, *first)
    }

    fn digest(&self, times: u64, identity: &str) -> SubmissionId {
        digest((self.community, self.survey), times, identity)
    }
}

/// The id of what a respondent answered in a quarter.
pub fn id_in_quarter(survey: (CommunityId, &str), quarter: Quarter, respondent: &str) -> SubmissionId {
    digest(survey, 1, &format!("respondent {quarter} {respondent}"))
}

fn digest((community, survey): (CommunityId, &str), times: u64, identity: &str) -> SubmissionId {
    let name = format!("{community} {survey} {times} {identity}");
    let mut digest = [0; 16];
    digest.copy_from_slice(&Sha256::digest(name.as_bytes())[..16]);
    SubmissionId(uuid_v8(digest))
}

/// Who answered: a key by the rules of all keys.
fn parse_respondent(cell: &str) -> Result<String, String> {
    const NOBODY: [&str; 7] =
        ["anonymous", "anonym", "anonyme", "an\u{f3}nimo", "anonimo", "guest", "\u{533f}\u{540d}"];
    let cell = unwrapped(cell);
    if is_gap(cell) {
        return Err("the respondent is missing".to_owned());
    }
    if NOBODY.contains(&normalised(cell).as_str()) {
        return Err(format!(
            "`{cell}` is no respondent: map a column that tells them apart, or none, and rows are known by their answers"
        ));
    }
    parse_key(cell).map_err(|reason| format!("the respondent {reason}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids_of(days: Days) -> RowIds<'static> {
        RowIds::new(CommunityId(uuid_v8([1; 16])), "Survey", days)
    }

    fn ids() -> RowIds<'static> {
        ids_of(Days::Column)
    }

    fn day(text: &str) -> NaiveDate {
        NaiveDate::parse_from_str(text, "%Y-%m-%d").unwrap()
    }

    #[test]
    fn a_respondent_answers_once_a_quarter() {
        let mut ids = ids();
        let mut of = |line, on: &str| ids.of(KnownBy::Respondent("kim"), (line, day(on)), &[]);
        let first = of(2, "2026-03-05").unwrap();
        let second = of(3, "2026-06-05").unwrap();
        assert!(first.id != second.id && first.former == second.former);
        let refused = of(4, "2026-03-31").unwrap_err();
        assert!(refused.contains("`kim` stands in the file twice within 2026-Q1, on line 2, too"), "{refused}");
    }

    #[test]
    fn respondents_are_keys_and_read_by_their_rules() {
        let check = |cell: &str, expected: &str| {
            let found = parse_respondent(cell);
            let found = found.unwrap_or_else(|reason| reason);
            assert!(found.starts_with(expected), "{cell}: {found}");
        };
        check("=\"00771\"", "00771");
        check("771.0", "771");
        check("Kim@Example.org", "kim@example.org");
        check("R_2VwXyZ1aBcDeFgH", "R_2VwXyZ1aBcDeFgH");
        check("1.18E+11", "the respondent `1.18E+11` is an id that a spreadsheet destroyed");
        check("12,345", "the respondent `12,345` is an id that a spreadsheet wrote as a number of thousands");
        check("771;772", "the respondent `771;772` are several values in one cell");
        check("Anonymous", "`Anonymous` is no respondent");
        for gap in ["", "-", "N/A"] {
            check(gap, "the respondent is missing");
        }
    }

    #[test]
    fn respondents_that_differ_by_zeros_are_doubtful() {
        let mut ids = ids();
        for (line, respondent) in [(2, "00771"), (3, "772"), (4, "771"), (5, "kim")] {
            ids.of(KnownBy::Respondent(respondent), (line, day("2026-03-05")), &[]).unwrap();
        }
        assert_eq!(ids.doubtful.len(), 1);
        assert!(ids.doubtful[0].starts_with("Doubtful: respondents `00771` of line 2 and `771` of line 4"));
    }

    #[test]
    fn a_respondent_is_found_again_under_the_key_that_earlier_versions_took() {
        let of = |cell: &str| ids().of(KnownBy::Respondent(cell), (2, day("2026-03-05")), &[]).unwrap();
        let (written, plain) = (of("=\"771\""), of("771"));
        assert_eq!(written.id, plain.id);
        let earlier = ids().digest(1, "respondent 2026-Q1 =\"771\"");
        assert!(written.former.contains(&earlier) && !plain.former.contains(&earlier));
    }

    #[test]
    fn a_day_that_is_given_for_all_is_no_part_of_what_identifies_an_answer() {
        let cells = [("Q1".to_owned(), "4".to_owned())];
        for known_by in [KnownBy::Respondent("kim"), KnownBy::Cells(&cells)] {
            let of = |days: Days, on: &str| ids_of(days).of(known_by, (2, day(on)), &["4".to_owned()]).unwrap();
            let (first, second) = (of(Days::Given, "2026-03-05"), of(Days::Given, "2026-06-05"));
            assert_eq!(first.id, second.id);
            assert!(!first.has_quarter);
            // What was stored with the quarter is known again, and so is what was stored without.
            let dated = of(Days::Column, "2026-03-05");
            assert!(dated.id != first.id && dated.has_quarter);
            assert!(first.former.contains(&dated.id) && dated.former.contains(&first.id));
        }
    }

    #[test]
    fn equal_rows_are_numbered_within_their_quarter_when_they_were_stored_with_a_day_that_was_given() {
        let cells = [("Q1".to_owned(), "4".to_owned())];
        let of = |ids: &mut RowIds<'_>, on: &str| ids.of(KnownBy::Cells(&cells), (2, day(on)), &[]).unwrap();
        let mut given = ids_of(Days::Given);
        let stored = [of(&mut given, "2026-03-05").id, of(&mut given, "2026-03-05").id];
        let mut dated = ids();
        let rows = ["2026-03-05", "2026-06-05", "2026-03-06"].map(|on| of(&mut dated, on).former[0]);
        assert_eq!(rows, [stored[0], stored[0], stored[1]]);
    }

    #[test]
    fn rows_without_respondent_are_known_by_their_cells_in_whichever_order() {
        let pair = |name: &str, cell: &str| (name.to_owned(), cell.to_owned());
        let cells = [pair("When", "2026-03-05"), pair("Q1", "4")];
        let turned = [cells[1].clone(), cells[0].clone()];
        let of = |cells: &[(String, String)], times: usize| {
            let mut ids = ids();
            let rows = (0..times).map(|_| ids.of(KnownBy::Cells(cells), (2, day("2026-03-05")), &[]).unwrap().id);
            rows.collect::<Vec<_>>()
        };
        assert_eq!(of(&cells, 2), of(&turned, 2));
        assert_ne!(of(&cells, 2)[0], of(&cells, 2)[1]);
    }
}
