use valuemap_shared::ids::uuid_v8;

use super::*;
use crate::import::header::TableColumn;

fn table(rows: &[&[&str]]) -> Table {
    let cells = |row: &&[&str]| row.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
    let mut all = rows.iter().map(cells);
    let columns = all.next().unwrap().into_iter().map(|name| TableColumn { name, label: None }).collect();
    Table { columns, rows: (2..).zip(all).collect(), ..Table::default() }
}

fn plan_of(rows: &[&[&str]], mappings: &[&str]) -> anyhow::Result<Plan> {
    plan_known_by(rows, mappings, None)
}

fn plan_known_by(rows: &[&[&str]], mappings: &[&str], known_by: Option<&[&str]>) -> anyhow::Result<Plan> {
    plan_table(&table(rows), mappings, known_by)
}

fn plan_table(table: &Table, mappings: &[&str], known_by: Option<&[&str]>) -> anyhow::Result<Plan> {
    let known_by = known_by.map(|names| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
    let mappings: Vec<Mapping> = mappings.iter().map(|mapping| mapping.parse().unwrap()).collect();
    let day = |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    let target = Destination {
        community: CommunityId(uuid_v8([1; 16])),
        survey: "Imported",
        existing: None,
        known_by: known_by.as_deref(),
        day: day("2026-05-31"),
        times: TimeSettings::default(),
        labels: &[],
        finished_only: false,
        today: day("2026-11-21").unwrap(),
    };
    plan(table, &mappings, target)
}

#[test]
fn bad_rows_are_reported_by_line_and_all_reasons() {
    let rows: &[&[&str]] =
        &[&["id", "A", "B"], &["1", "3", "6"], &["2", "7", "x"], &["1", "3", ""], &["", "1", "1"], &["5", "", "NA"]];
    let plan = plan_of(rows, &["id=respondent", "A=agreement:6", "B=agreement:6"]).unwrap();
    let problems: Vec<(u64, &str)> =
        plan.problems.iter().map(|problem| (problem.line, problem.reason.as_str())).collect();
    assert_eq!(
        problems,
        [
            (
                3,
                "A: 7 is not on the scale from 1 to 6; map the column with the number of its points, or say what it \
                 means, such as --value \"7=6\""
            ),
            (3, "B: `x` is not a whole number; say which one it means, such as --value \"x=4\""),
            (4, "the respondent `1` stands in the file twice within 2026-Q2, on line 2, too; leave one of them out"),
            (5, "the respondent is missing"),
        ]
    );
    assert_eq!((plan.rows.len(), plan.empty), (1, 1));
}

#[test]
fn out_of_range_names_the_column() {
    let plan = plan_of(&[&["A", "B"], &["3.0", "9"]], &["A=agreement:6", "B=agreement:6"]).unwrap();
    let reason = &plan.problems[0].reason;
    assert!(reason.starts_with("B: 9 is not on the scale from 1 to 6; map the column with"), "{reason}");
}

#[test]
fn the_same_row_gets_the_same_id_and_equal_rows_get_different_ones() {
    let ids = |rows: &[&[&str]]| {
        let plan = plan_of(rows, &["A=agreement:5"]).unwrap();
        plan.rows.iter().map(|row| row.id.id).collect::<Vec<_>>()
    };
    let first = ids(&[&["A"], &["3"], &["3"], &["4"]]);
    assert_ne!(first[0], first[1]);
    assert_eq!(ids(&[&["A"], &["4"], &["3"], &["3"]]), [first[2], first[0], first[1]]);
}

#[test]
fn rows_of_respondents_are_not_known_by_other_columns() {
    let rows: &[&[&str]] = &[&["id", "A"], &["1", "3"]];
    let plan = plan_known_by(rows, &["id=respondent", "A=agreement:5"], Some(&["Gone"])).unwrap();
    assert!(plan.known_by.is_empty());
    let refused = plan_known_by(rows, &["A=agreement:5"], Some(&["Gone"])).unwrap_err().to_string();
    assert!(refused.contains("known by the column `Gone`, which the file does not have"), "{refused}");
}

#[test]
fn rows_are_known_by_the_very_columns_that_were_mapped() {
    let known = |header: &[&str], known_by: &[&str]| {
        let cells: Vec<String> = (1..=header.len()).map(|cell| cell.to_string()).collect();
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        let plan = plan_known_by(&[header, &cells], &["#1=agreement:5"], Some(known_by));
        plan.map(|plan| plan.known_by).map_err(|error| error.to_string())
    };
    assert_eq!(known(&["Q1", "q1"], &["q1", "Q1"]).unwrap(), ["Q1", "q1"]);
    assert_eq!(known(&["Q 1", "A"], &["Q1"]).unwrap(), ["Q1"]);
    assert!(known(&["Q 1", "Q-1"], &["Q1"]).unwrap_err().contains("the columns 1 and 2 could both be that"));
    assert!(known(&["Q1", "A"], &["Q1", "Q 1"]).unwrap_err().contains("has only column 1 for both"));
    // What is remembered of columns whose names do not tell them finds them again.
    let (rows, maps): (&[&[&str]], _) = (&[&["Q", "Q"], &["1", "2"]], ["#2=agreement:5"]);
    let first = plan_of(rows, &maps).unwrap();
    assert_eq!(first.known_by, ["#2"]);
    let again = plan_known_by(rows, &maps, Some(&["#2"])).unwrap();
    assert_eq!(first.rows[0].id, again.rows[0].id);
}

#[test]
fn halves_of_a_row_explain_its_problem_and_are_none_otherwise() {
    use crate::import::position::Short;
    let problems = |first: &str, second: &str| {
        let mut table = table(&[&["A", "B", "C"], &[first, "", ""], &[second, "", ""]]);
        table.short.insert(2, Short { cells: 2, half: None });
        table.short.insert(3, Short { cells: 2, half: Some((2, 2)) });
        let plan = plan_table(&table, &["A=agreement:5"], None).unwrap();
        plan.problems.into_iter().map(|problem| format!("{} {}", problem.line, problem.reason)).collect::<Vec<_>>()
    };
    assert!(problems("3", "4").is_empty());
    let halves = "lines 2 and 3 look like one row that was broken in two";
    let second = problems("3", "x");
    assert!(second.iter().any(|problem| problem.starts_with(&format!("3 {halves}"))), "{second:?}");
    let first = problems("x", "4");
    assert!(
        first.iter().all(|problem| problem.starts_with("2 ")) && first.last().unwrap().contains(halves),
        "{first:?}"
    );
}

#[test]
fn unknown_columns_and_files_without_questions_are_refused() {
    let message = |mappings: &[&str]| format!("{:#}", plan_of(&[&["A"], &["3"]], mappings).unwrap_err());
    assert!(message(&["Z=agreement:5"]).contains("no column `Z`; it has A"));
    assert!(message(&["A=respondent"]).contains("no column is mapped to a question"));
    assert!(message(&["A=question:a"]).contains("needs a survey that exists"));
}

#[test]
fn days_are_read_from_dates_and_times_and_never_lie_ahead() {
    let rows: &[&[&str]] = &[&["A", "d"], &["1", "2026-03-01"], &["2", "2026-03-02T10:00:00Z"], &["3", "1.3.2026"]];
    let plan = plan_of(rows, &["A=agreement:5", "d=date"]).unwrap();
    let days: Vec<String> = plan.rows.iter().map(|row| row.day.to_string()).collect();
    assert_eq!(days, ["2026-03-01", "2026-03-02"]);
    assert_eq!(plan.problems.len(), 1);
    let ahead = plan_of(&[&["A", "d"], &["1", "2027-01-01"]], &["A=agreement:5", "d=date"]).unwrap();
    assert_eq!(ahead.problems[0].reason, "2027-01-01 has not come yet");
}
