use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use sea_orm::prelude::*;
use valuemap_shared::activities::with_addresses_replaced;
use valuemap_shared::ids::{CommunityId, SurveyId};

use crate::base::ambient::Ambient;
use crate::base::commits::Touches;
use crate::database::author::Author;
use crate::database::statements::chunks;
use crate::database::{Database, WriteError};
use crate::import::columns::Mapping as Columns;
use crate::import::remembered::{recall, remember};
use crate::import::responses::plan::{Plan, PlannedRow, RowProblem};
use crate::survey::entities::response;
use crate::survey::record::EntryResult;
use crate::survey::store::{
    PublishedVersion, create_survey, definition_of, publish_draft, save_draft, survey_named, versions_of,
};
use crate::survey::submit::{self, FileAnswer};
use crate::tenancy::store::is_embedded;

/// What loading a plan did, or would do.
#[derive(Debug, Default)]
pub struct Loaded {
    pub new: u64,
    /// Rows that were loaded before.
    pub known: u64,
    /// Rows that contradict what was loaded before.
    pub problems: Vec<RowProblem>,
    /// Whether the survey came with these rows.
    pub new_survey: bool,
    /// Whether it got a version of its own for them.
    pub new_version: bool,
    pub committed: bool,
}

/// Why a plan cannot be loaded at all.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error("the survey has a draft that was not published; publish it first, or import under another name")]
    DraftInTheWay,
    #[error(
        "members are shown this survey, and the columns would become its next version; map them to its questions with \
         COLUMN=question:KEY, or import under another name"
    )]
    ShownToMembers,
    #[error(transparent)]
    Database(#[from] DbErr),
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// Loads a plan in one transaction, and commits it if `commit` says so and no row stands in the way.
pub async fn load(
    database: &Database,
    ambient: &Ambient,
    (community, author): (CommunityId, &Author),
    file_name: &str,
    plan: &Plan,
    commit: bool,
) -> Result<Loaded, LoadError> {
    let transaction = database.begin_write(author, Touches::answers([community])).await?;
    let mut loaded = Loaded::default();
    let version = version_for(&transaction, ambient, community, plan, &mut loaded).await?;
    let answers = file_answers(&transaction, community, version.survey, plan).await?;
    let file = with_addresses_replaced(file_name, |_| "[e-mail]".to_owned());
    let file = file.as_deref().unwrap_or(file_name);
    let outcomes = submit::load(&transaction, ambient, &version, file, answers.iter()).await?;
    for (row, outcome) in plan.rows.iter().zip(outcomes) {
        match outcome {
            EntryResult::Recorded(_) => loaded.new += 1,
            EntryResult::Repeated(_) => loaded.known += 1,
            // No server has signed for the members in a file, so none of them has answered twice.
            EntryResult::IdReused | EntryResult::AlreadyAnswered { .. } => {
                let mut reason =
                    "this row was loaded before, with other answers, another day or another mapping; load corrected answers under \
                     another name of the survey"
                        .to_owned();
                if !row.id.has_quarter {
                    reason.push_str(
                        ", and those of another quarter with a column that says when they were given (COLUMN=date)",
                    );
                }
                loaded.problems.push(RowProblem { line: row.line, reason });
            }
        }
    }
    if !plan.known_by.is_empty() && known_by(&transaction, community, &plan.survey).await?.is_none() {
        let columns = Columns::from([(KNOWN_BY.to_owned(), serde_json::json!(plan.known_by).to_string())]);
        remember(&transaction, community, &remembered_under(&plan.survey), &columns, ambient.now()).await?;
    }
    if commit && plan.problems.is_empty() && loaded.problems.is_empty() {
        transaction.commit().await?;
        loaded.committed = true;
    } else {
        transaction.rollback().await?;
    }
    Ok(loaded)
}

/// The answers of a plan under their ids: a row that is stored under a former id keeps it.
async fn file_answers(
    transaction: &impl ConnectionTrait,
    community: CommunityId,
    survey: SurveyId,
    plan: &Plan,
) -> Result<Vec<FileAnswer>, DbErr> {
    let mut days: HashMap<Uuid, NaiveDate> = HashMap::new();
    for ids in chunks(plan.rows.iter().flat_map(|row| &row.id.former).map(|id| id.0), ROWS) {
        let stored = response::Entity::find()
            .filter(response::Column::CommunityId.eq(community.0))
            .filter(response::Column::SurveyId.eq(survey.0))
            .filter(response::Column::Id.is_in(ids));
        days.extend(stored.all(transaction).await?.into_iter().map(|row| (row.id, row.day)));
    }
    let quarter = |day: NaiveDate| (day.year(), day.month0() / 3);
    let answer = |row: &PlannedRow| {
        let is_same = |day: &NaiveDate| !row.id.has_quarter || quarter(*day) == quarter(row.day);
        let former = row.id.former.iter().find(|id| days.get(&id.0).is_some_and(is_same));
        let id = *former.unwrap_or(&row.id.id);
        FileAnswer { id, day: row.day, submission: row.submission.clone() }
    };
    Ok(plan.rows.iter().map(answer).collect())
}

/// Maximum number of ids in one statement.
const ROWS: usize = 1_000;

/// What the columns that rows are known by are remembered as.
const KNOWN_BY: &str = "known by";

fn remembered_under(survey: &str) -> String {
    format!("responses/{survey}")
}

/// The columns that rows without a respondent are known by, once a file of the survey was loaded.
pub async fn known_by(
    db: &impl ConnectionTrait,
    community: CommunityId,
    survey: &str,
) -> Result<Option<Vec<String>>, DbErr> {
    let remembered: Columns = recall(db, community, &remembered_under(survey)).await?;
    Ok(remembered.get(KNOWN_BY).and_then(|columns| serde_json::from_str(columns).ok()))
}

/// The version that the answers belong to: the newest one whose definition is the plan's, else a new one.
async fn version_for(
    transaction: &impl ConnectionTrait,
    ambient: &Ambient,
    community: CommunityId,
    plan: &Plan,
    loaded: &mut Loaded,
) -> Result<PublishedVersion, LoadError> {
    let survey = match survey_named(transaction, community, &plan.survey).await? {
        Some(survey) => survey,
        None => {
            loaded.new_survey = true;
            create_survey(transaction, ambient, community, &plan.survey).await?
        }
    };
    let survey = (community, SurveyId(survey.id));
    let versions = versions_of(transaction, [survey]).await?;
    for version in versions.iter().filter(|version| version.published_at.is_some()) {
        if definition_of(version)? == plan.definition {
            return Ok(PublishedVersion::try_from(version.clone())?);
        }
    }
    if versions.first().is_some_and(|newest| newest.published_at.is_none()) {
        return Err(LoadError::DraftInTheWay);
    }
    if is_embedded(transaction, survey).await? {
        return Err(LoadError::ShownToMembers);
    }
    loaded.new_version = true;
    save_draft(transaction, ambient, survey, &plan.definition).await?;
    let published = publish_draft(transaction, ambient, survey).await?;
    let published = published.ok_or_else(|| DbErr::RecordNotFound("the draft that was just saved".into()))?;
    Ok(PublishedVersion::try_from(published)?)
}
