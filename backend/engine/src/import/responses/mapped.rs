//! Where the columns stand that a file's mapping names, and the survey that they make.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, bail};
use chrono::NaiveDate;
use valuemap_shared::survey::{Question, SurveyDefinition, SurveyDraft};

use crate::import::responses::ids::{KnownBy, RowId, RowIds};
use crate::import::responses::mapping::{Mapping, Target, question_of, with_unique_keys};
use crate::import::table::Table;

/// Where things stand in a row.
pub struct Columns {
    pub respondent: Option<usize>,
    pub date: Option<usize>,
    /// Each with the question that it answers.
    pub questions: Vec<(usize, Question)>,
    /// What rows are known by where no column tells respondents apart.
    pub known_by: Vec<(usize, String)>,
}

impl Columns {
    /// `existing` is the survey where there is one, `known_by` the columns that rows of its files are known by.
    pub fn find(
        table: &Table,
        mappings: &[Mapping],
        existing: Option<&SurveyDefinition>,
        known_by: Option<&[String]>,
    ) -> anyhow::Result<Self> {
        let mut columns = Self { respondent: None, date: None, questions: Vec::new(), known_by: Vec::new() };
        let mut brought = BTreeSet::new();
        for Mapping { column, target: meaning } in mappings {
            let index = table.column(column)?;
            match meaning {
                Target::Respondent if columns.respondent.is_none() => columns.respondent = Some(index),
                Target::Date if columns.date.is_none() => columns.date = Some(index),
                Target::Respondent | Target::Date => bail!("`{column}`: only one column can be that"),
                Target::New(kind) => {
                    brought.insert(index);
                    columns.questions.push((index, question_of(&table.columns[index], kind.clone())));
                }
                Target::Existing(key) => {
                    let survey = existing.context("question:KEY needs a survey that exists and is published")?;
                    let question = survey.question(key).with_context(|| {
                        let known: Vec<&str> =
                            survey.questions().iter().map(|question| question.key.as_str()).collect();
                        format!("the survey has no question `{key}`; it has {}", known.join(", "))
                    })?;
                    columns.questions.push((index, question.clone()));
                }
            }
        }
        if columns.questions.is_empty() {
            bail!("no column is mapped to a question; map at least one, such as COLUMN=agreement:5:product_knowledge");
        }
        with_unique_keys(table, &brought, &mut columns.questions);
        columns.known_by = match (columns.respondent, known_by) {
            (Some(_), _) => Vec::new(),
            (None, Some(names)) => known_columns(table, names)?,
            (None, None) => {
                let mapped: BTreeSet<usize> =
                    columns.questions.iter().map(|(index, _)| *index).chain(columns.date).collect();
                mapped.into_iter().map(|index| (index, table.called(index))).collect()
            }
        };
        Ok(columns)
    }

    pub fn id(&self, ids: &mut RowIds<'_>, at: (u64, NaiveDate), cells: &[String]) -> Result<RowId, String> {
        match self.respondent {
            Some(respondent) => ids.of(KnownBy::Respondent(&cells[respondent]), at, cells),
            None => {
                let known: Vec<(String, String)> =
                    self.known_by.iter().map(|(index, name)| (name.clone(), cells[*index].clone())).collect();
                ids.of(KnownBy::Cells(&known), at, cells)
            }
        }
    }

    /// The survey that the answers are given to: the one that exists, or one of the questions that the columns bring.
    pub fn definition(
        &self,
        mappings: &[Mapping],
        (title, existing): (&str, Option<&SurveyDefinition>),
    ) -> anyhow::Result<SurveyDefinition> {
        let to_existing = mappings.iter().filter(|mapping| matches!(mapping.target, Target::Existing(_))).count();
        if let (Some(survey), true) = (existing, to_existing > 0) {
            if to_existing < self.questions.len() {
                bail!("columns go to questions of the existing survey (question:KEY) or bring their own, not both");
            }
            return Ok(survey.clone());
        }
        let questions = self.questions.iter().map(|(_, question)| question.clone()).collect();
        let draft = SurveyDraft { title: title.to_owned(), questions, ..SurveyDraft::default() };
        SurveyDefinition::parse(draft).map_err(|problems| {
            let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
            anyhow::anyhow!("the columns do not make a survey: {}", problems.join("; "))
        })
    }
}

/// The columns that rows were known by when the first file of the survey was loaded.
fn known_columns(table: &Table, names: &[String]) -> anyhow::Result<Vec<(usize, String)>> {
    let mut found: BTreeMap<usize, &str> = BTreeMap::new();
    for name in names {
        let index = match table.columns_named(name)[..] {
            [index] => index,
            [] => bail!(
                "rows of this survey are known by the column `{name}`, which the file does not have; export it with that \
                 column, or import it under another name"
            ),
            [first, second, ..] => bail!(
                "rows of this survey are known by the column `{name}`, and the columns {} and {} could both be that; \
                 rename one of them, or import the file under another name",
                first + 1,
                second + 1
            ),
        };
        if let Some(other) = found.insert(index, name) {
            bail!(
                "rows of this survey are known by the columns `{other}` and `{name}`, and the file has only column {} for \
                 both; export it with both, or import it under another name",
                index + 1
            );
        }
    }
    Ok(found.into_iter().map(|(index, name)| (index, name.to_owned())).collect())
}
