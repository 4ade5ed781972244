use super::*;
use crate::import::header::TableColumn;

/// The columns as `called=target`, without those that are ignored, then the labels and remarks.
fn check(rows: &[&[&str]], expected: &[&str]) {
    let cells = |row: &&[&str]| row.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
    let mut all = rows.iter().map(cells);
    let columns = all.next().unwrap().into_iter().map(|name| TableColumn { name, label: None }).collect();
    let found = propose(&Table { columns, rows: (2..).zip(all).collect(), ..Table::default() });
    let mut said: Vec<String> = Vec::new();
    for column in &found.columns {
        said.extend(column.target.as_ref().map(|target| format!("{}={target}", column.called)));
    }
    said.extend(found.date_format.map(|format| format!("{format:?}")));
    said.extend(found.labels.iter().map(|(label, meaning)| format!("{label} is {meaning}")));
    said.extend(found.finished_only.then(|| "finished only".to_owned()));
    said.extend(found.remarks);
    assert_eq!(said, expected);
}

#[test]
fn a_form_is_told_by_its_names_and_cells() {
    check(
        &[
            &[
                "Timestamp",
                "Email Address",
                "I learn how the product works",
                "Would you recommend us?",
                "Why?",
                "Lunch",
            ],
            &[
                "2026/03/05 2:20:05 PM GMT+1",
                "kim@example.org",
                "5 - Strongly agree",
                "9",
                "It helps me every day",
                "yes",
            ],
            &["2026/03/06 2:20:05 PM GMT+1", "lou@example.org", "3 - Neutral", "6", "", "no"],
        ],
        &[
            "Timestamp=date",
            "Email Address=respondent",
            "I learn how the product works=agreement:5:product_knowledge",
            "Would you recommend us?=recommendation",
            "Why?=text",
        ],
    );
}

#[test]
fn labels_without_numbers_are_said_where_their_scale_is_sure() {
    let day = "No column that can be read says when the answers were given: put their day in place of DAY";
    check(
        &[&["A", "B"], &["Agree", "Neutral"], &["Strongly agree", "Disagree"]],
        &["A=agreement:5", "B=agreement:5", "Agree is 4", "Disagree is 2", "Neutral is 3", "Strongly agree is 5", day],
    );
    check(&[&["A"], &["Agree"], &["Disagree"]], &[day]);
    // Five points beside seven, and one column that may be of either.
    check(
        &[
            &["A", "B", "C"],
            &["Agree", "Agree", "Agree"],
            &["Strongly agree", "Strongly agree", "Agree"],
            &["Neutral", "Neutral", ""],
            &["Disagree", "Somewhat agree", ""],
            &["Strongly disagree", "Disagree", ""],
        ],
        &[
            "A=agreement:5",
            "B=agreement:7",
            "A:Agree is 4",
            "A:Disagree is 2",
            "A:Neutral is 3",
            "A:Strongly agree is 5",
            "A:Strongly disagree is 1",
            "B:Agree is 6",
            "B:Disagree is 2",
            "B:Neutral is 4",
            "B:Somewhat agree is 5",
            "B:Strongly agree is 7",
            day,
        ],
    );
}

#[test]
fn what_is_not_sure_is_left_out() {
    let day = "No column that can be read says when the answers were given: put their day in place of DAY";
    check(&[&["Q1", "How many tools?", "From nought"], &["4", "5", "0"], &["2", "1", "5"]], &[day]);
    check(&[&["Q1"], &["5"]], &["Q1=agreement:5", day]);
    check(&[&["G [a]", "G [b]"], &["7", "2"]], &["G [a]=agreement:7", "G [b]=agreement:7", day]);
    check(&[&["Q1"], &["1 - Strongly agree"], &["5 - Strongly disagree"]], &["Q1=agreement:5:reversed", day]);
    check(&[&["Email", "Q1"], &["kim@example.org", "5"], &["kim@example.org", "5"]], &["Q1=agreement:5", day]);
    check(&[&["Q1"], &["5 - Strongly agree"], &["Agree"]], &[day]);
    check(&[&["Would you recommend us?"], &["1"], &["7"]], &[day]);
    check(&[&["Would you recommend us?"], &["0"], &["7"]], &["Would you recommend us?=recommendation", day]);
    check(&[&["Q1", "Q2"], &["5", "7"]], &["Q2=agreement:7", day]);
    let ends: &[&[&str]] = &[&["Q1", "Q2"], &["5 - Strongly agree", "7"]];
    check(ends, &["Q1=agreement:5", "Q2=agreement:7", day]);
    check(&[&["Q1", "Q1_NPS_GROUP"], &["0", "Detractor"], &["4", "Detractor"]], &["Q1=recommendation", day]);
}

#[test]
fn days_are_read_in_the_order_that_fits_or_asked_for() {
    check(&[&["Zeitstempel", "Q1"], &["31.03.2026 14:20", "5"]], &["Zeitstempel=date", "Q1=agreement:5", "DayFirst"]);
    let asked = "Its days can be read in two ways: add --date-format DD/MM/YYYY or --date-format MM/DD/YYYY";
    let unread = "`Marca temporal` seems to say when the answers were given, but `2026/03/05 2:20 XX` is not a date like \
                  2026-05-31; where the file writes the day first, give --date-format DD/MM/YYYY, and MM/DD/YYYY where it \
                  writes the month first";
    let day = "No column that can be read says when the answers were given: put their day in place of DAY";
    check(&[&["Marca temporal", "Q1"], &["2026/03/05 2:20 XX", "5"]], &["Q1=agreement:5", unread, day]);
    check(&[&["Horodateur", "Q1"], &["05/03/2026", "5"]], &["Horodateur=date", "Q1=agreement:5", asked]);
    let unsaid = "Nothing says that the days of `When did you become a customer?` are those on which people answered: where they \
                  are not, give --date DAY in place of its --map";
    check(
        &[&["When did you become a customer?", "Q1"], &["2025-03-05", "5"]],
        &["When did you become a customer?=date", "Q1=agreement:5", unsaid],
    );
    let open = "1 answers were not finished: --finished-only leaves them out";
    check(
        &[&["submitdate", "Q1"], &["2026-03-05", "5"], &["", "2"]],
        &["submitdate=date", "Q1=agreement:5", "finished only", open],
    );
}

#[test]
fn a_respondent_may_come_again_in_another_quarter() {
    let row = |day: &'static str| [day, "kim@example.org", "5"];
    let (first, second, third) = (row("2026-03-05"), row("2026-06-05"), row("2026-06-06"));
    let header = ["When", "Email", "Q1"];
    check(&[&header, &first, &second], &["When=date", "Email=respondent", "Q1=agreement:5"]);
    check(&[&header, &first, &second, &third], &["When=date", "Q1=agreement:5"]);
}

#[test]
fn what_is_a_preview_tells_nothing() {
    let rows: &[&[&str]] = &[&["Status", "Q1"], &["Survey Preview", "7"], &["IP Address", "5"]];
    let day = "No column that can be read says when the answers were given: put their day in place of DAY";
    check(rows, &["Q1=agreement:5", day]);
}
