use std::collections::HashMap;

use anyhow::{Context, bail};
use chrono::{Datelike, NaiveDate};
use sha2::{Digest, Sha256};
use valuemap_shared::ids::{CommunityId, SubmissionId, uuid_v8};
use valuemap_shared::survey::{AnswerDraft, Question, QuestionKind, Submission, SurveyDefinition, SurveyDraft};

use crate::import::Table;
use crate::import::responses::mapping::{Mapping, Target, question_of};
use crate::survey::submit::FileAnswer;

/// What a file will add, and what stands in the way.
#[derive(Debug)]
pub struct Plan {
    pub survey: String,
    pub definition: SurveyDefinition,
    pub rows: Vec<PlannedRow>,
    /// Rows in which none of the mapped questions is answered; they add nothing.
    pub empty: u64,
    pub problems: Vec<RowProblem>,
}

#[derive(Debug)]
pub struct PlannedRow {
    pub line: u64,
    pub answer: FileAnswer,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowProblem {
    pub line: u64,
    pub reason: String,
}

/// What a plan is made for.
#[derive(Clone, Copy, Debug)]
pub struct Destination<'a> {
    pub community: CommunityId,
    /// The name of the survey.
    pub survey: &'a str,
    /// The survey as it is, where there is one already.
    pub existing: Option<&'a SurveyDefinition>,
    /// The day of all answers, where no column says it.
    pub day: Option<NaiveDate>,
    pub today: NaiveDate,
}

/// Where things stand in a row.
struct Columns {
    respondent: Option<usize>,
    date: Option<usize>,
    /// Each with the question that it answers.
    questions: Vec<(usize, Question)>,
}

/// Reads every row of a table. Nothing is stored.
pub fn plan(table: &Table, mappings: &[Mapping], target: Destination<'_>) -> anyhow::Result<Plan> {
    let columns = find_columns(table, mappings, target.existing)?;
    if columns.date.is_none() && target.day.is_none() {
        bail!("no column says when the answers were given; map one with COLUMN=date, or give --date for all");
    }
    let definition = definition(&columns, mappings, target)?;
    let problem = |(line, reason): &(u64, String)| RowProblem { line: *line, reason: reason.clone() };
    let mut plan = Plan {
        survey: target.survey.to_owned(),
        definition,
        rows: Vec::new(),
        empty: 0,
        problems: table.broken.iter().map(problem).collect(),
    };
    let mut ids = RowIds::new(target);
    for (line, cells) in &table.rows {
        match plan_row(&plan.definition, &columns, target, cells) {
            Ok(None) => plan.empty += 1,
            Ok(Some((day, submission))) => {
                let respondent = columns.respondent.map(|column| cells[column].as_str());
                match ids.of(respondent, cells) {
                    Ok(id) => plan.rows.push(PlannedRow { line: *line, answer: FileAnswer { id, day, submission } }),
                    Err(reason) => plan.problems.push(RowProblem { line: *line, reason }),
                }
            }
            Err(reasons) => {
                plan.problems.extend(reasons.into_iter().map(|reason| RowProblem { line: *line, reason }));
            }
        }
    }
    plan.problems.sort_by_key(|problem| problem.line);
    Ok(plan)
}

impl Plan {
    /// How many rows answer each question, in the order of the survey.
    pub fn answers_by_question(&self) -> Vec<(&str, usize)> {
        let answered = |key: &str| {
            let answers =
                |row: &&PlannedRow| row.answer.submission.answers().iter().any(|(question, _)| question == key);
            self.rows.iter().filter(answers).count()
        };
        self.definition.questions().iter().map(|question| (question.key.as_str(), answered(&question.key))).collect()
    }
}

fn find_columns(table: &Table, mappings: &[Mapping], existing: Option<&SurveyDefinition>) -> anyhow::Result<Columns> {
    let mut columns = Columns { respondent: None, date: None, questions: Vec::new() };
    for Mapping { column, target } in mappings {
        let index = table
            .column(column)
            .with_context(|| format!("the file has no column `{column}`; it has {}", table.header.join(", ")))?;
        match target {
            Target::Respondent if columns.respondent.is_none() => columns.respondent = Some(index),
            Target::Date if columns.date.is_none() => columns.date = Some(index),
            Target::Respondent | Target::Date => bail!("`{column}`: only one column can be that"),
            Target::New(kind) => columns.questions.push((index, question_of(column, kind.clone()))),
            Target::Existing(key) => {
                let survey = existing.context("question:KEY needs a survey that exists and is published")?;
                let question = survey.question(key).with_context(|| {
                    let known: Vec<&str> = survey.questions().iter().map(|question| question.key.as_str()).collect();
                    format!("the survey has no question `{key}`; it has {}", known.join(", "))
                })?;
                columns.questions.push((index, question.clone()));
            }
        }
    }
    if columns.questions.is_empty() {
        bail!("no column is mapped to a question; map at least one, such as COLUMN=agreement:5:product_knowledge");
    }
    Ok(columns)
}

/// The survey that the answers are given to: the one that exists, or one of the questions that the columns bring.
fn definition(columns: &Columns, mappings: &[Mapping], target: Destination<'_>) -> anyhow::Result<SurveyDefinition> {
    let existing = mappings.iter().filter(|mapping| matches!(mapping.target, Target::Existing(_))).count();
    if let (Some(survey), true) = (target.existing, existing > 0) {
        if existing < columns.questions.len() {
            bail!("columns go to questions of the existing survey (question:KEY) or bring their own, not both");
        }
        return Ok(survey.clone());
    }
    let questions = columns.questions.iter().map(|(_, question)| question.clone()).collect();
    let draft = SurveyDraft { title: target.survey.to_owned(), questions, ..SurveyDraft::default() };
    SurveyDefinition::parse(draft).map_err(|problems| {
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("the columns do not make a survey: {}", problems.join("; "))
    })
}

type Row = Option<(NaiveDate, Submission)>;

fn plan_row(
    definition: &SurveyDefinition,
    columns: &Columns,
    target: Destination<'_>,
    cells: &[String],
) -> Result<Row, Vec<String>> {
    let mut reasons = Vec::new();
    let mut drafts = Vec::new();
    let mut names = Vec::new();
    for (index, question) in &columns.questions {
        match draft(question, &cells[*index]) {
            Ok(None) => {}
            Ok(Some(draft)) => {
                drafts.push(draft);
                names.push(question.prompt.as_str());
            }
            Err(reason) => reasons.push(format!("{}: {reason}", question.prompt)),
        }
    }
    let day = match columns.date {
        Some(index) => read_day(&cells[index]).map_err(|reason| reasons.push(reason)).ok(),
        None => target.day,
    };
    if day.is_some_and(|day| day > target.today) {
        reasons.push(format!("{} has not come yet", day.map(|day| day.to_string()).unwrap_or_default()));
    }
    let Some(day) = day.filter(|_| reasons.is_empty()) else { return Err(reasons) };
    if drafts.is_empty() {
        return Ok(None);
    }
    match Submission::parse(definition, &drafts) {
        Ok(submission) => Ok(Some((day, submission))),
        Err(problems) => {
            let named = |problem: &valuemap_shared::survey::Problem| {
                let index = problem.path.split('.').nth(1).and_then(|index| index.parse::<usize>().ok());
                match index.and_then(|index| names.get(index)) {
                    Some(column) => format!("{column}: {}", problem.message),
                    None => problem.message.clone(),
                }
            };
            Err(problems.iter().map(named).collect())
        }
    }
}

/// What a cell answers; an empty one and `NA` answer nothing.
fn draft(question: &Question, cell: &str) -> Result<Option<AnswerDraft>, String> {
    if cell.is_empty() || cell == "NA" {
        return Ok(None);
    }
    let draft = AnswerDraft { question: question.key.clone(), ..AnswerDraft::default() };
    Ok(Some(match question.kind {
        QuestionKind::Agreement { .. } | QuestionKind::Recommendation => {
            // Tables with gaps are often written with decimals: 5.0 is 5.
            let whole = cell.strip_suffix(".0").unwrap_or(cell);
            let number = whole.parse().map_err(|_| format!("`{cell}` is not a whole number"))?;
            AnswerDraft { number: Some(number), ..draft }
        }
        QuestionKind::Text { .. } => AnswerDraft { text: Some(cell.to_owned()), ..draft },
        QuestionKind::SingleChoice { .. } => AnswerDraft { choices: Some(vec![cell.to_owned()]), ..draft },
        QuestionKind::MultipleChoice { .. } => {
            let choices = cell.split([';', '|']).map(|choice| choice.trim().to_owned()).collect();
            AnswerDraft { choices: Some(choices), ..draft }
        }
    }))
}

fn read_day(cell: &str) -> Result<NaiveDate, String> {
    let (day, rest) = cell.split_at_checked(10).unwrap_or((cell, ""));
    let day = NaiveDate::parse_from_str(day, "%Y-%m-%d").ok();
    let day = day.filter(|day| day.year() >= 1970 && (rest.is_empty() || rest.starts_with(['T', ' '])));
    day.ok_or_else(|| format!("`{cell}` is not a day like 2026-05-31"))
}

/// Derives a row's id from what identifies it, so that the same row gets the same id whenever it is read.
struct RowIds<'a> {
    target: Destination<'a>,
    /// How often each row was seen: without a column that tells respondents apart, equal rows are numbered.
    seen: HashMap<String, u64>,
}

impl<'a> RowIds<'a> {
    fn new(target: Destination<'a>) -> Self {
        Self { target, seen: HashMap::new() }
    }

    fn of(&mut self, respondent: Option<&str>, cells: &[String]) -> Result<SubmissionId, String> {
        let identity = match respondent {
            Some("") => return Err("the respondent is missing".to_owned()),
            Some(respondent) => format!("respondent {respondent}"),
            None => format!("row {}", serde_json::json!(cells)),
        };
        let times = self.seen.entry(identity.clone()).or_default();
        *times += 1;
        if let (Some(respondent), 2..) = (respondent, *times) {
            return Err(format!("the respondent `{respondent}` stands in the file twice"));
        }
        let name = format!("{} {} {times} {identity}", self.target.community, self.target.survey);
        let mut digest = [0; 16];
        digest.copy_from_slice(&Sha256::digest(name.as_bytes())[..16]);
        Ok(SubmissionId(uuid_v8(digest)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[&[&str]]) -> Table {
        let cells = |row: &&[&str]| row.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        let mut all = rows.iter().map(cells);
        let header = all.next().unwrap();
        Table { header, rows: (2..).zip(all).collect(), broken: Vec::new() }
    }

    fn plan_of(rows: &[&[&str]], mappings: &[&str]) -> anyhow::Result<Plan> {
        let mappings: Vec<Mapping> = mappings.iter().map(|mapping| mapping.parse().unwrap()).collect();
        let day = |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
        let target = Destination {
            community: CommunityId(uuid_v8([1; 16])),
            survey: "Imported",
            existing: None,
            day: day("2026-05-31"),
            today: day("2026-11-21").unwrap(),
        };
        plan(&table(rows), &mappings, target)
    }

    #[test]
    fn bad_rows_are_reported_by_line_and_all_reasons() {
        let rows: &[&[&str]] = &[
            &["id", "A", "B"],
            &["1", "3", "6"],
            &["2", "7", "x"],
            &["1", "3", ""],
            &["", "1", "1"],
            &["5", "", "NA"],
        ];
        let plan = plan_of(rows, &["id=respondent", "A=agreement:6", "B=agreement:6"]).unwrap();
        let problems: Vec<(u64, &str)> =
            plan.problems.iter().map(|problem| (problem.line, problem.reason.as_str())).collect();
        assert_eq!(
            problems,
            [
                (3, "B: `x` is not a whole number"),
                (4, "the respondent `1` stands in the file twice"),
                (5, "the respondent is missing"),
            ]
        );
        assert_eq!((plan.rows.len(), plan.empty), (1, 1));
    }

    #[test]
    fn out_of_range_names_the_column() {
        let plan = plan_of(&[&["A", "B"], &["3.0", "9"]], &["A=agreement:6", "B=agreement:6"]).unwrap();
        assert_eq!(plan.problems[0].reason, "B: 9 is not on the scale from 1 to 6");
    }

    #[test]
    fn the_same_row_gets_the_same_id_and_equal_rows_get_different_ones() {
        let ids = |rows: &[&[&str]]| {
            let plan = plan_of(rows, &["A=agreement:5"]).unwrap();
            plan.rows.iter().map(|row| row.answer.id).collect::<Vec<_>>()
        };
        let first = ids(&[&["A"], &["3"], &["3"], &["4"]]);
        assert_ne!(first[0], first[1]);
        assert_eq!(ids(&[&["A"], &["4"], &["3"], &["3"]]), [first[2], first[0], first[1]]);
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
        let days: Vec<String> = plan.rows.iter().map(|row| row.answer.day.to_string()).collect();
        assert_eq!(days, ["2026-03-01", "2026-03-02"]);
        assert_eq!(plan.problems.len(), 1);
        let ahead = plan_of(&[&["A", "d"], &["1", "2027-01-01"]], &["A=agreement:5", "d=date"]).unwrap();
        assert_eq!(ahead.problems[0].reason, "2027-01-01 has not come yet");
    }
}
