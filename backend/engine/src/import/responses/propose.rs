//! What the columns of a file seem to be, for people to look at. Nothing is loaded by it: what is not sure is proposed to be
//! left out, with the reason.

mod column;
mod phrases;

use std::collections::BTreeSet;

use valuemap_shared::survey::{MAX_QUESTIONS, QuestionKind};

use crate::import::keys::parse_key;
use crate::import::responses::cells::{is_no_answer, number_of};
use crate::import::responses::ids::Quarter;
use crate::import::responses::mapping::{Target, text_kind};
use crate::import::responses::propose::column::Column;
use crate::import::responses::propose::phrases::Phrases;
use crate::import::responses::scales::{NamedScale, rank_of, runs_backward};
use crate::import::responses::tools::{Role, role_of};
use crate::import::responses::unfinished::{Reason, Unfinished, Verdict};
use crate::import::responses::wording::{asks_how_many, asks_to_recommend, benefit_of};
use crate::import::row::unwrapped;
use crate::import::table::Table;
use crate::import::times::{DateFormat, TimeSettings, parse_time};

pub use crate::import::responses::propose::column::ProposedColumn;

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
    let unfinished = Unfinished::of(table, &[]);
    let is_answer = |cells: &[String]| match unfinished.of_row(cells) {
        Verdict::Out(reason) => !reason.is_always_left_out(),
        _ => true,
    };
    let rows: Vec<&[String]> =
        table.rows.iter().map(|(_, cells)| cells.as_slice()).filter(|cells| is_answer(cells)).collect();
    let columns: Vec<Column<'_>> = (0..table.columns.len()).map(|index| Column::of(table, &rows, index)).collect();
    let mut proposal = Proposal {
        columns: Vec::new(),
        date_format: None,
        labels: Vec::new(),
        finished_only: false,
        remarks: Vec::new(),
    };
    let date = find_date(&columns, &mut proposal);
    let respondent = find_respondent(&columns, &rows, date.map(|index| (index, proposal.date_format)));
    let phrases = Phrases::of(&columns);
    for (index, column) in columns.iter().enumerate() {
        let (target, why) = match () {
            () if Some(index) == date && column.role.is_none() => {
                let called = table.called(index);
                proposal.remarks.push(format!(
                    "Nothing says that the days of `{called}` are those on which people answered: where they are not, give \
                     --date DAY in place of its --map"
                ));
                (Some(Target::Date), "its cells are days; nothing says that they are those of the answers".to_owned())
            }
            () if Some(index) == date => (Some(Target::Date), "its cells are days".to_owned()),
            () if Some(index) == respondent => {
                (Some(Target::Respondent), "no two rows of a quarter share one".to_owned())
            }
            () => column.question(phrases.scale(index), &columns),
        };
        proposal.columns.push(ProposedColumn {
            called: table.called(index),
            name: table.columns[index].name.clone(),
            text: table.columns[index].label.clone(),
            target,
            why,
        });
    }
    leave_out_shorter(&mut proposal.columns, &columns);
    proposal.labels = phrases.labels(&proposal.columns);
    let is_open = |cells: &[String]| unfinished.of_row(cells) == Verdict::Out(Reason::NotFinished);
    let has_no_day = |cells: &[String]| date.is_some_and(|date| cells[date].is_empty());
    proposal.finished_only = rows.iter().any(|cells| has_no_day(cells) && is_open(cells));
    let open = rows.iter().filter(|cells| is_open(cells)).count();
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

impl<'a> Column<'a> {
    fn of(table: &'a Table, rows: &[&'a [String]], index: usize) -> Self {
        let column = &table.columns[index];
        let cells = rows.iter().map(|cells| unwrapped(&cells[index])).filter(|cell| !is_no_answer(cell));
        let group = format!("{}_NPS_GROUP", column.name);
        let id = table.import_ids.get(index).filter(|id| !id.is_empty());
        let mut found = Self {
            range: None,
            text: column.label.as_deref().unwrap_or(&column.name),
            role: role_of(&column.name).or_else(|| role_of(column.label.as_deref()?)).or_else(|| role_of(id?)),
            is_recommendation: table.columns.iter().any(|other| other.name == group),
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

    fn question(&self, scale: Option<&NamedScale>, all: &[Column<'_>]) -> (Option<Target>, String) {
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
            return match scale {
                Some(scale) => self.agreement(scale.points, false, format!("its labels are those of {} points", scale.points)),
                None => ignored(
                    "labels of a scale whose number of points they do not tell; say what each means with --value, and map it \
                     as agreement:POINTS"
                        .to_owned(),
                ),
            };
        }
        let points = self.cells.iter().filter(|cell| number_of(cell).is_some() || rank_of(cell).is_some()).count();
        if 2 * points >= self.cells.len() {
            return ignored(
                "some of its cells are points of a scale; say what the others mean with --value, and map it as \
                 agreement:POINTS"
                    .to_owned(),
            );
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
        let asks_in_words = asks_to_recommend(self.text);
        let is_of_ten = (6..=10).contains(&high) && (low == 0 || high > 7);
        let asks = self.is_recommendation && high <= 10 || asks_in_words && is_of_ten;
        if asks && low >= 0 {
            return (
                Some(Target::New(QuestionKind::Recommendation)),
                format!("{shown}, and it asks for a recommendation"),
            );
        }
        if asks_in_words && low >= 1 && high <= 7 {
            return (
                None,
                format!(
                    "{shown}, and it asks for a recommendation, which goes from 0 to 10: map it as recommendation if it does, \
                     and else as agreement:POINTS"
                ),
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

/// Leaves out the numbers that may be those of a longer scale, which another column has, and nobody chose its highest points.
fn leave_out_shorter(proposed: &mut [ProposedColumn], columns: &[Column<'_>]) {
    let points_of = |proposed: &ProposedColumn| match proposed.target {
        Some(Target::New(QuestionKind::Agreement { points, .. })) => Some(points),
        _ => None,
    };
    let longest = proposed.iter().filter_map(points_of).max().unwrap_or_default();
    for (proposed, column) in proposed.iter_mut().zip(columns) {
        let Some(points) = points_of(proposed).filter(|points| *points < longest && column.range.is_some()) else {
            continue;
        };
        // What the highest point is called may say that it is the end.
        let is_end = |(number, words): &(i64, Option<&str>)| {
            *number == i64::from(points) && words.and_then(rank_of).is_some_and(|rank| rank.abs() == 3)
        };
        if !column.numbers().unwrap_or_default().iter().any(is_end) {
            proposed.target = None;
            proposed.why = format!(
                "numbers up to {points}, and others go up to {longest}: whether it has as many points cannot be told; map it as \
                 agreement:{points} or agreement:{longest}"
            );
        }
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

/// The column that tells respondents apart: an address or an id that each row has, and no two of one quarter share. `date`
/// is the column with the days, and how they are written.
fn find_respondent(
    columns: &[Column<'_>],
    rows: &[&[String]],
    date: Option<(usize, Option<DateFormat>)>,
) -> Option<usize> {
    let quarter = |cells: &[String]| {
        let (index, order) = date?;
        parse_time(unwrapped(&cells[index]), TimeSettings { order, zone: None })
            .ok()
            .map(|time| Quarter::of(time.at.date_naive()))
    };
    let key = |cell: &str| parse_key(cell).ok().filter(|_| !is_no_answer(cell));
    let fits = |index: usize| {
        let keys = rows.iter().filter_map(|cells| Some((key(unwrapped(&cells[index]))?, quarter(cells))));
        !rows.is_empty() && keys.collect::<BTreeSet<_>>().len() == rows.len()
    };
    let rank = |column: &Column<'_>| match column.role {
        Some(Role::Person) => Some(0),
        Some(Role::Answer) => Some(1),
        _ => None,
    };
    let ranked = columns.iter().enumerate().filter_map(|(index, column)| Some((rank(column)?, index)));
    ranked.filter(|(_, index)| fits(*index)).min().map(|(_, index)| index)
}

#[cfg(test)]
mod tests;
