//! What the columns of a file seem to be, for people to look at. Nothing is loaded by it: what is not sure is proposed to be
//! left out, with the reason.

use std::collections::{BTreeMap, BTreeSet};

use valuemap_shared::survey::{MAX_QUESTIONS, QuestionKind};

use crate::import::columns::normalised;
use crate::import::keys::parse_key;
use crate::import::responses::cells::{is_no_answer, number_of};
use crate::import::responses::mapping::{Target, text_kind};
use crate::import::responses::scales::{NamedScale, rank_of, runs_backward, scale_of};
use crate::import::responses::tools::{Role, role_of};
use crate::import::responses::unfinished::{Reason, Unfinished, Verdict};
use crate::import::responses::wording::{asks_how_many, asks_to_recommend, benefit_of};
use crate::import::row::unwrapped;
use crate::import::table::Table;
use crate::import::times::{DateFormat, TimeSettings, parse_time};

/// How to import a file, as far as it tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    pub columns: Vec<ProposedColumn>,
    /// How its days are written, where that has to be said and can be told.
    pub date_format: Option<DateFormat>,
    /// What labels mean, as `--value` says it.
    pub labels: Vec<(String, String)>,
    /// Whether rows that were not finished have no day, so that they have to be left out.
    pub finished_only: bool,
    /// What somebody has to say or to look at before it is loaded.
    pub remarks: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposedColumn {
    /// What `--map` calls it.
    pub called: String,
    /// The name of the column, and the text of its question where the file has both.
    pub name: String,
    pub text: Option<String>,
    /// Nothing where it is better left out.
    pub target: Option<Target>,
    pub why: String,
}

impl Proposal {
    /// Whether any column is proposed to be a question.
    pub fn has_questions(&self) -> bool {
        self.columns.iter().any(|column| matches!(column.target, Some(Target::New(_))))
    }

    pub fn has_date(&self) -> bool {
        self.columns.iter().any(|column| column.target == Some(Target::Date))
    }
}

/// Looks at every column of a table.
pub fn propose(table: &Table) -> Proposal {
    let columns: Vec<Column<'_>> = (0..table.columns.len()).map(|index| Column::of(table, index)).collect();
    let mut proposal = Proposal {
        columns: Vec::new(),
        date_format: None,
        labels: Vec::new(),
        finished_only: false,
        remarks: Vec::new(),
    };
    let date = find_date(&columns, &mut proposal);
    let respondent = find_respondent(&columns);
    let phrases = Phrases::of(&columns);
    for (index, column) in columns.iter().enumerate() {
        let (target, why) = match () {
            () if Some(index) == date => (Some(Target::Date), "its cells are days".to_owned()),
            () if Some(index) == respondent => (Some(Target::Respondent), "each row has one of its own".to_owned()),
            () => column.question(&phrases, &columns),
        };
        proposal.columns.push(ProposedColumn {
            called: table.called(index),
            name: table.columns[index].name.clone(),
            text: table.columns[index].label.clone(),
            target,
            why,
        });
    }
    proposal.labels = phrases.labels(&proposal.columns, &columns);
    let unfinished = Unfinished::of(table, &[]);
    let is_open = |cells: &[String]| unfinished.of_row(cells) == Verdict::Out(Reason::NotFinished);
    let has_no_day = |cells: &[String]| date.is_some_and(|date| cells[date].is_empty());
    proposal.finished_only = table.rows.iter().any(|(_, cells)| has_no_day(cells) && is_open(cells));
    let open = table.rows.iter().filter(|(_, cells)| is_open(cells)).count();
    if open > 0 {
        proposal.remarks.push(format!("{open} answers were not finished: --finished-only leaves them out"));
    }
    proposal.remarks.extend(table.broken.iter().map(|(line, reason)| format!("line {line}: {reason}")));
    let questions = proposal.columns.iter().filter(|column| matches!(column.target, Some(Target::New(_)))).count();
    if questions > MAX_QUESTIONS {
        proposal.remarks.push(format!(
            "{questions} columns seem to be questions, and a survey has {MAX_QUESTIONS} at most: leave some of them out"
        ));
    }
    if date.is_none() {
        let unreadable = columns.iter().zip(&proposal.columns).find_map(|(column, proposed)| match column.role {
            Some(Role::Time(_)) => Some((proposed, column.cells.iter().find_map(|cell| unreadable(cell))?)),
            _ => None,
        });
        proposal.remarks.extend(unreadable.map(|(column, reason)| {
            format!("`{}` seems to say when the answers were given, but {reason}", column.called)
        }));
        proposal.remarks.push(
            "No column that can be read says when the answers were given: put their day in place of DAY".to_owned(),
        );
    }
    proposal
}

/// A column with what is answered in it.
struct Column<'a> {
    /// The text of its question, or its name.
    text: &'a str,
    role: Option<Role>,
    rows: usize,
    /// What cells hold something.
    cells: Vec<&'a str>,
    /// The lowest and the highest number, where each cell is one.
    range: Option<(i64, i64)>,
    /// What columns of one grid share.
    grid: Option<&'a str>,
}

impl<'a> Column<'a> {
    fn of(table: &'a Table, index: usize) -> Self {
        let column = &table.columns[index];
        let cells = table.rows.iter().map(|(_, cells)| unwrapped(&cells[index])).filter(|cell| !is_no_answer(cell));
        let id = table.import_ids.get(index).filter(|id| !id.is_empty());
        let mut found = Self {
            range: None,
            text: column.label.as_deref().unwrap_or(&column.name),
            role: role_of(&column.name).or_else(|| role_of(column.label.as_deref()?)).or_else(|| role_of(id?)),
            rows: table.rows.len(),
            cells: cells.collect(),
            grid: column.name.strip_suffix(']').and_then(|name| name.rsplit_once('[')).map(|(grid, _)| grid),
        };
        found.range = found.numbers().map(|numbers| {
            let all = || numbers.iter().map(|(number, _)| *number);
            (all().min().unwrap_or_default(), all().max().unwrap_or_default())
        });
        found
    }

    /// The numbers of all cells with what they are called; `None` where any has none.
    fn numbers(&self) -> Option<Vec<(i64, Option<&str>)>> {
        (!self.cells.is_empty()).then(|| self.cells.iter().map(|cell| number_of(cell)).collect()).flatten()
    }

    /// The different cells.
    fn distinct(&self) -> BTreeSet<&'a str> {
        self.cells.iter().copied().collect()
    }

    fn question(&self, phrases: &Phrases, all: &[Column<'_>]) -> (Option<Target>, String) {
        let ignored = |why: String| (None, why);
        if let Some(role @ (Role::Person | Role::Answer)) = self.role
            && let Some(reason) = self.cells.iter().find_map(|cell| parse_key(cell).err())
        {
            return ignored(format!("the survey tool's own column, {role}, but {reason}"));
        }
        if let Some(role) = self.role {
            return ignored(format!("the survey tool's own column: {role}"));
        }
        if self.cells.is_empty() {
            return ignored("it has no answers".to_owned());
        }
        if let Some(range) = self.range {
            return self.of_numbers(range, all);
        }
        if self.distinct().iter().all(|cell| rank_of(cell).is_some()) {
            return match &phrases.scale {
                Some(scale) => self.agreement(scale.points, false, format!("its labels are those of {} points", scale.points)),
                None => ignored(
                    "labels of a scale whose number of points they do not tell; say what each means with --value, and map it \
                     as agreement:POINTS"
                        .to_owned(),
                ),
            };
        }
        let is_sentence = self.cells.iter().any(|cell| cell.split_whitespace().count() >= 4);
        let is_various = 2 * self.distinct().len() > self.cells.len();
        match is_sentence && (is_various || self.cells.len() < 3) {
            true if self.cells.iter().any(|cell| cell.contains('@')) => {
                ignored("texts with e-mail addresses; map it as text if it is to be stored".to_owned())
            }
            true => (Some(Target::New(text_kind())), "its cells are texts".to_owned()),
            false => ignored("neither numbers nor texts of some length".to_owned()),
        }
    }

    fn of_numbers(&self, (low, high): (i64, i64), all: &[Column<'_>]) -> (Option<Target>, String) {
        let shown = format!("numbers from {low} to {high}");
        if asks_to_recommend(self.text) && low >= 0 && (6..=10).contains(&high) {
            return (
                Some(Target::New(QuestionKind::Recommendation)),
                format!("{shown}, and it asks for a recommendation"),
            );
        }
        if asks_how_many(self.text) || high > 11 {
            return (None, format!("{shown}, which seem to be no scale"));
        }
        if low < 1 {
            return (None, format!("{shown}; a scale that starts below 1 needs --value for each number"));
        }
        // What is one grid has one scale.
        let of_grid = all.iter().filter(|other| self.grid.is_some() && other.grid == self.grid);
        let highest = of_grid.filter_map(|other| other.range).map(|(_, high)| high).max().unwrap_or(high);
        if !matches!(highest, 5 | 7 | 10) {
            return (
                None,
                format!("{shown}: how many points the scale has cannot be told; map it as agreement:POINTS"),
            );
        }
        let numbers = self.numbers().unwrap_or_default();
        let is_backward = |words: &str, number: i64| runs_backward(words, number, (1, highest));
        let is_reversed = numbers.iter().any(|(number, words)| words.is_some_and(|words| is_backward(words, *number)));
        self.agreement(highest as u8, is_reversed, shown)
    }

    fn agreement(&self, points: u8, reversed: bool, shown: String) -> (Option<Target>, String) {
        let guess = benefit_of(self.text);
        let mut why = shown;
        why.push_str(&match guess {
            Some((benefit, words)) => format!("; `{words}` makes it seem to be about {benefit}: a guess"),
            None => "; which benefit it is about cannot be told: add one if it is".to_owned(),
        });
        if reversed {
            why.push_str("; by its labels the scale runs the other way");
        }
        let kind = QuestionKind::Agreement { points, benefit: guess.map(|(benefit, _)| benefit), reversed };
        (Some(Target::New(kind)), why)
    }
}

/// The labels of all columns whose answers are nothing but known labels: a survey mostly has one scale.
struct Phrases {
    scale: Option<NamedScale>,
}

impl Phrases {
    fn of(columns: &[Column<'_>]) -> Self {
        let is_labelled = |column: &&Column<'_>| {
            column.role.is_none() && !column.cells.is_empty() && column.cells.iter().all(|cell| rank_of(cell).is_some())
        };
        let mut phrases: BTreeMap<String, String> = BTreeMap::new();
        for cell in columns.iter().filter(is_labelled).flat_map(|column| &column.cells) {
            phrases.entry(normalised(cell)).or_insert_with(|| (*cell).to_owned());
        }
        Self { scale: scale_of(&phrases.into_values().collect::<Vec<_>>()) }
    }

    /// What `--value` has to say, if any column is read by it.
    fn labels(&self, proposed: &[ProposedColumn], columns: &[Column<'_>]) -> Vec<(String, String)> {
        let is_read = |(proposed, column): (&ProposedColumn, &Column<'_>)| {
            matches!(proposed.target, Some(Target::New(QuestionKind::Agreement { .. }))) && column.range.is_none()
        };
        let is_needed = proposed.iter().zip(columns).any(is_read);
        let numbers = self.scale.iter().filter(|_| is_needed).flat_map(|scale| &scale.numbers);
        numbers.map(|(phrase, number)| (phrase.clone(), number.to_string())).collect()
    }
}

/// The column with the days: the one that says most surely when an answer was given.
fn find_date(columns: &[Column<'_>], proposal: &mut Proposal) -> Option<usize> {
    let rank = |column: &Column<'_>| match column.role {
        Some(Role::Time(rank)) => Some(rank),
        Some(_) => None,
        // Numbers are no days, although `20260305` could be one.
        None => column.range.is_none().then_some(u8::MAX),
    };
    let mut candidates: Vec<(u8, usize)> =
        columns.iter().enumerate().filter_map(|(index, column)| Some((rank(column)?, index))).collect();
    candidates.sort_unstable();
    for (_, index) in candidates {
        let reads = |order: &Option<DateFormat>| {
            let times = TimeSettings { order: *order, zone: None };
            let cells = &columns[index].cells;
            !cells.is_empty() && cells.iter().all(|cell| parse_time(cell, times).is_ok())
        };
        let fitting: Vec<Option<DateFormat>> = ORDERS.into_iter().filter(reads).collect();
        match fitting[..] {
            [None, ..] => return Some(index),
            [order] => {
                proposal.date_format = order;
                return Some(index);
            }
            [_, _, ..] => {
                proposal.remarks.push(
                    "Its days can be read in two ways: add --date-format DD/MM/YYYY or --date-format MM/DD/YYYY"
                        .to_owned(),
                );
                return Some(index);
            }
            [] => {}
        }
    }
    None
}

/// What is wrong with a time, in whichever order it is written.
fn unreadable(cell: &str) -> Option<String> {
    let read = |order| parse_time(cell, TimeSettings { order, zone: None });
    let is_fine = ORDERS.into_iter().any(|order| read(order).is_ok());
    read(None).err().filter(|_| !is_fine)
}

const ORDERS: [Option<DateFormat>; 3] = [None, Some(DateFormat::DayFirst), Some(DateFormat::MonthFirst)];

/// The column that tells respondents apart: an address or an id that each row has, and no two share.
fn find_respondent(columns: &[Column<'_>]) -> Option<usize> {
    let fits = |column: &Column<'_>| {
        let keys: BTreeSet<String> = column.cells.iter().filter_map(|cell| parse_key(cell).ok()).collect();
        column.rows > 0 && keys.len() == column.rows
    };
    let rank = |column: &Column<'_>| match column.role {
        Some(Role::Person) => Some(0),
        Some(Role::Answer) => Some(1),
        _ => None,
    };
    let ranked = columns.iter().enumerate().filter(|(_, column)| fits(column));
    ranked.filter_map(|(index, column)| Some((rank(column)?, index))).min().map(|(_, index)| index)
}

#[cfg(test)]
mod tests {
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
            &[
                "A=agreement:5",
                "B=agreement:5",
                "Agree is 4",
                "Disagree is 2",
                "Neutral is 3",
                "Strongly agree is 5",
                day,
            ],
        );
        check(&[&["A"], &["Agree"], &["Disagree"]], &[day]);
    }

    #[test]
    fn what_is_not_sure_is_left_out() {
        let day = "No column that can be read says when the answers were given: put their day in place of DAY";
        check(&[&["Q1", "How many tools?", "From nought"], &["4", "5", "0"], &["2", "1", "5"]], &[day]);
        check(&[&["Q1"], &["5"]], &["Q1=agreement:5", day]);
        check(&[&["G [a]", "G [b]"], &["7", "2"]], &["G [a]=agreement:7", "G [b]=agreement:7", day]);
        check(&[&["Q1"], &["1 - Strongly agree"], &["5 - Strongly disagree"]], &["Q1=agreement:5:reversed", day]);
        check(&[&["Email", "Q1"], &["kim@example.org", "5"], &["kim@example.org", "5"]], &["Q1=agreement:5", day]);
    }

    #[test]
    fn days_are_read_in_the_order_that_fits_or_asked_for() {
        check(
            &[&["Zeitstempel", "Q1"], &["31.03.2026 14:20", "5"]],
            &["Zeitstempel=date", "Q1=agreement:5", "DayFirst"],
        );
        let asked = "Its days can be read in two ways: add --date-format DD/MM/YYYY or --date-format MM/DD/YYYY";
        let unread = "`Marca temporal` seems to say when the answers were given, but `2026/03/05 2:20 XX` is not a date like \
                      2026-05-31; where the file writes the day first, give --date-format DD/MM/YYYY, and MM/DD/YYYY where it \
                      writes the month first";
        let day = "No column that can be read says when the answers were given: put their day in place of DAY";
        check(&[&["Marca temporal", "Q1"], &["2026/03/05 2:20 XX", "5"]], &["Q1=agreement:5", unread, day]);
        check(&[&["Horodateur", "Q1"], &["05/03/2026", "5"]], &["Horodateur=date", "Q1=agreement:5", asked]);
        let open = "1 answers were not finished: --finished-only leaves them out";
        check(
            &[&["submitdate", "Q1"], &["2026-03-05", "5"], &["", "2"]],
            &["submitdate=date", "Q1=agreement:5", "finished only", open],
        );
    }
}
