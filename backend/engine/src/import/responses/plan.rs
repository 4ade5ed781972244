use std::collections::BTreeMap;

use anyhow::bail;
use chrono::NaiveDate;
use valuemap_shared::ids::CommunityId;
use valuemap_shared::survey::{Problem, Submission, SurveyDefinition};

use crate::import::responses::cells::{ReadCell, read_cell};
use crate::import::responses::evidence::{ScaleEvidence, differing_words};
use crate::import::responses::ids::{Days, RowId, RowIds};
use crate::import::responses::labels::Labels;
use crate::import::responses::mapped::Columns;
use crate::import::responses::mapping::{Mapping, scale_of};
use crate::import::responses::unfinished::{Reason, Unfinished, Verdict};
use crate::import::row::{is_gap, unwrapped};
use crate::import::table::Table;
use crate::import::times::{TimeSettings, parse_time_of};
use crate::import::zones::SaidZone;

/// What a file will add, and what stands in the way.
#[derive(Debug)]
pub struct Plan {
    pub survey: String,
    pub definition: SurveyDefinition,
    pub rows: Vec<PlannedRow>,
    /// Rows in which none of the mapped questions is answered; they add nothing.
    pub empty: u64,
    /// How many rows were left out, by the reason.
    pub skipped: BTreeMap<String, u64>,
    /// How often something was read otherwise than it is written, or 0 where it holds for the file.
    pub notes: BTreeMap<String, u64>,
    pub problems: Vec<RowProblem>,
    /// The columns that rows are known by; none where a column tells respondents apart.
    pub known_by: Vec<String>,
}

#[derive(Debug)]
pub struct PlannedRow {
    pub line: u64,
    pub id: RowId,
    pub day: NaiveDate,
    pub submission: Submission,
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
    /// The columns that rows of its files are known by, where one was loaded before.
    pub known_by: Option<&'a [String]>,
    /// The day of all answers, where no column says it.
    pub day: Option<NaiveDate>,
    pub times: TimeSettings,
    /// What labels mean, as `--value` says it: `LABEL` or `COLUMN:LABEL`, each with its meaning.
    pub labels: &'a [(String, String)],
    /// Whether answers that were not finished are left out.
    pub finished_only: bool,
    pub today: NaiveDate,
}

/// Reads every row of a table. Nothing is stored.
pub fn plan(table: &Table, mappings: &[Mapping], target: Destination<'_>) -> anyhow::Result<Plan> {
    let columns = Columns::find(table, mappings, target.existing, target.known_by)?;
    if columns.date.is_none() && target.day.is_none() {
        bail!("no column says when the answers were given; map one with COLUMN=date, or give --date for all");
    }
    let mapped: Vec<usize> = columns.questions.iter().map(|(index, _)| *index).collect();
    let unfinished = Unfinished::of(table, &mapped);
    if target.finished_only && !unfinished.says_what_is_finished() {
        bail!(
            "--finished-only: no column of the file says which answers were finished (such as Finished, Progress, Response \
             Type or submitdate); export it with one, or leave --finished-only out"
        );
    }
    let problem = |(line, reason): &(u64, String)| RowProblem { line: *line, reason: reason.clone() };
    let mut plan = Plan {
        survey: target.survey.to_owned(),
        definition: columns.definition(mappings, (target.survey, target.existing))?,
        rows: Vec::new(),
        empty: 0,
        skipped: BTreeMap::new(),
        notes: BTreeMap::new(),
        problems: table.broken.iter().map(problem).collect(),
        known_by: columns.known_by.iter().map(|(_, name)| name.clone()).collect(),
    };
    let days = if columns.date.is_some() { Days::Column } else { Days::Given };
    let mut ids = RowIds::new(target.community, target.survey, days);
    let mut reader = RowReader {
        target,
        zone: plan.zone_of_column(table, columns.date, target.times),
        labels: Labels::of(target.labels, table, &columns.questions)?,
        evidence: columns.questions.iter().map(|_| ScaleEvidence::default()).collect(),
        columns: &columns,
    };
    let width = table.columns.len();
    for (line, cells) in &table.rows {
        let is_open = match unfinished.of_row(cells) {
            Verdict::Out(reason) if reason.is_always_left_out() || target.finished_only => {
                *plan.skipped.entry(reason.to_string()).or_default() += 1;
                continue;
            }
            Verdict::Unreadable(reason) if target.finished_only => {
                plan.problems.push(RowProblem { line: *line, reason });
                continue;
            }
            verdict => {
                plan.note_verdict(&verdict);
                verdict == Verdict::Out(Reason::NotFinished)
            }
        };
        let short = table.short.get(line);
        match plan.read(&mut reader, *line, cells) {
            Ok(None) => plan.empty += 1,
            Ok(Some((day, submission))) => match columns.id(&mut ids, (*line, day), cells) {
                Ok(id) => plan.rows.push(PlannedRow { line: *line, id, day, submission }),
                Err(reason) => plan.problems.push(RowProblem { line: *line, reason }),
            },
            Err(mut reasons) => {
                let advice = "the answer was not finished: --finished-only leaves such rows out".to_owned();
                reasons.extend(is_open.then_some(advice));
                reasons.extend(short.map(|short| short.explanation(*line, width)));
                plan.problems.extend(reasons.into_iter().map(|reason| RowProblem { line: *line, reason }));
            }
        }
    }
    plan.conclude(&columns, &reader.labels, reader.evidence);
    plan.notes.extend(ids.doubtful.into_iter().map(|pair| (pair, 0)));
    reader.labels.check_scales(table, &columns.questions)?;
    plan.explain_short_rows(table);
    plan.problems.sort_by_key(|problem| problem.line);
    Ok(plan)
}

/// What rows are read by.
struct RowReader<'a> {
    columns: &'a Columns,
    target: Destination<'a>,
    /// What the file says of the zone of its days.
    zone: Option<SaidZone>,
    labels: Labels,
    /// Of each question.
    evidence: Vec<ScaleEvidence>,
}

impl Plan {
    /// How many rows answer each question, in the order of the survey.
    pub fn answers_by_question(&self) -> Vec<(&str, usize)> {
        let answered = |key: &str| {
            let answers = |row: &&PlannedRow| row.submission.answers().iter().any(|(question, _)| question == key);
            self.rows.iter().filter(answers).count()
        };
        self.definition.questions().iter().map(|question| (question.key.as_str(), answered(&question.key))).collect()
    }

    fn note(&mut self, note: &str) {
        *self.notes.entry(note.to_owned()).or_default() += 1;
    }

    /// What a row answers, and when; `None` where it answers nothing.
    fn read(
        &mut self,
        reader: &mut RowReader<'_>,
        line: u64,
        cells: &[String],
    ) -> Result<Option<(NaiveDate, Submission)>, Vec<String>> {
        let RowReader { columns, target, zone, labels, evidence } = reader;
        let mut reasons = Vec::new();
        let mut drafts = Vec::new();
        let mut names = Vec::new();
        for ((index, question), seen) in columns.questions.iter().zip(evidence) {
            match read_cell(question, (*index, &cells[*index]), labels) {
                Ok(None) => {}
                Ok(Some(ReadCell { draft, label })) => {
                    if let (Some(number), Some((low, high))) = (draft.number, scale_of(&question.kind)) {
                        if !(low..=high).contains(&number) {
                            reasons.push(format!(
                                "{}: {number} is not on the scale from {low} to {high}; map the column with the number of its \
                                 points, or say what it means, such as --value \"{number}={}\"",
                                question.prompt,
                                number.clamp(low, high)
                            ));
                            continue;
                        }
                        let words = label.as_ref().and_then(|label| label.words.as_deref());
                        seen.add(question, line, (number, words));
                        if let Some(label) = label {
                            self.note(&format!("{}: `{}` is {number}", question.key, label.shown));
                        }
                    }
                    drafts.push(draft);
                    names.push(question.prompt.as_str());
                }
                Err(reason) => reasons.push(format!("{}: {reason}", question.prompt)),
            }
        }
        let day = match columns.date {
            Some(index) => self.day(&cells[index], (target.times, *zone)).map_err(|reason| reasons.push(reason)).ok(),
            None => target.day,
        };
        if let Some(day) = day.filter(|day| *day > target.today) {
            reasons.push(format!("{day} has not come yet"));
        }
        let Some(day) = day.filter(|_| reasons.is_empty()) else { return Err(reasons) };
        if drafts.is_empty() {
            return Ok(None);
        }
        let submission = Submission::parse(&self.definition, &drafts).map_err(|problems| {
            let reason = |problem: &Problem| {
                let index = problem.path.split('.').nth(1).and_then(|index| index.parse::<usize>().ok());
                match index.and_then(|index| names.get(index)) {
                    Some(column) => format!("{column}: {}", problem.message),
                    None => problem.message.clone(),
                }
            };
            problems.iter().map(reason).collect::<Vec<_>>()
        })?;
        Ok(Some((day, submission)))
    }

    /// The zone that the file says of the column with the days.
    fn zone_of_column(&mut self, table: &Table, date: Option<usize>, times: TimeSettings) -> Option<SaidZone> {
        let index = date?;
        let said = table.zone(index)?;
        let named = times.zone.filter(|named| !said.agrees_with(*named));
        let in_place_of = named.map(|named| format!(" and not in {named}")).unwrap_or_default();
        let column = table.called(index);
        let note = format!("Times of `{column}` without an offset are in {said}, as the file says{in_place_of}");
        self.notes.insert(note, 0);
        Some(said)
    }

    fn note_verdict(&mut self, verdict: &Verdict) {
        match verdict {
            Verdict::Out(_) => {
                self.note("Answers that were not finished, which count (--finished-only leaves them out)")
            }
            Verdict::UnknownState(state) => self.note(&format!("{state}, which counts")),
            Verdict::Unreadable(reason) => self.note(&format!("{reason}, and the answer counts")),
            Verdict::Counts => {}
        }
    }

    /// What all rows together tell.
    fn conclude(&mut self, columns: &Columns, labels: &Labels, evidence: Vec<ScaleEvidence>) {
        for ((_, question), seen) in columns.questions.iter().zip(&evidence) {
            self.notes.extend(seen.note(question).map(|note| (note, seen.answers())));
        }
        differing_words(&columns.questions, &evidence).iter().for_each(|note| self.note(note));
        labels.unused().for_each(|label| {
            self.notes.insert(format!("--value \"{label}\" is said, and no cell of a mapped column has it"), 0);
        });
        let problems = evidence.into_iter().flat_map(|seen| seen.problems);
        self.problems.extend(problems.map(|(line, reason)| RowProblem { line, reason }));
    }

    fn explain_short_rows(&mut self, table: &Table) {
        if !table.short.is_empty() {
            self.notes.insert("Rows with fewer cells than the header".to_owned(), table.short.len() as u64);
        }
        // The first half of a row that was broken in two cannot be told before the second.
        for (line, short) in &table.short {
            let problem_of = |line: u64| self.problems.iter().rposition(|problem| problem.line == line);
            let earlier =
                short.half.filter(|_| problem_of(*line).is_none()).and_then(|(earlier, _)| problem_of(earlier));
            if let Some(index) = earlier {
                self.problems[index].reason.push_str(&format!("; {}", short.explanation(*line, table.columns.len())));
            }
        }
    }

    /// The day of a time, in UTC as all days are.
    fn day(&mut self, cell: &str, (times, zone): (TimeSettings, Option<SaidZone>)) -> Result<NaiveDate, String> {
        let cell = unwrapped(cell);
        if is_gap(cell) {
            return Err("the row does not say when it was answered".to_owned());
        }
        let read = parse_time_of(cell, times, zone)?;
        if read.is_assumed_utc {
            self.note("Times without an offset, taken as UTC (--time-zone says otherwise)");
        }
        let day = read.at.date_naive();
        // LimeSurvey writes this day in place of the time of anonymous answers.
        let is_real = day > NaiveDate::from_ymd_opt(1990, 1, 1).unwrap_or_default();
        is_real
            .then_some(day)
            .ok_or_else(|| format!("`{cell}` is no day on which anybody answered; give --date for all"))
    }
}

#[cfg(test)]
mod tests;
