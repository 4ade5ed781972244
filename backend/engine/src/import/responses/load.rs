use sea_orm::prelude::*;
use valuemap_shared::activities::with_addresses_replaced;
use valuemap_shared::ids::{CommunityId, SurveyId};

use crate::base::ambient::Ambient;
use crate::base::commits::Touches;
use crate::database::author::Author;
use crate::database::{Database, WriteError};
use crate::import::columns::Mapping as Columns;
use crate::import::remembered::{recall, remember};
use crate::import::responses::plan::{Plan, PlannedRow, RowProblem};
use crate::import::responses::stored::{Compared, Standing, compare};
use crate::survey::record::EntryResult;
use crate::survey::store::{
    PublishedVersion, create_survey, definition_of, publish_draft, save_draft, survey_named, versions_of,
};
use crate::survey::submit;
use crate::tenancy::store::is_embedded;

/// What loading a plan did, or would do.
#[derive(Debug, Default)]
pub struct Loaded {
    pub new: u64,
    /// Rows that were loaded before.
    pub known: u64,
    /// How many of the new ones are of respondents who answered in another quarter before, where `--date` says the day.
    pub again: u64,
    /// How many of the known ones have a day of another quarter.
    pub elsewhere: u64,
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

/// Loads a plan in one transaction, if `commit` says so and no row stands in the way. Otherwise nothing is written, and
/// nobody waits for it.
pub async fn load(
    database: &Database,
    ambient: &Ambient,
    (community, author): (CommunityId, &Author),
    file_name: &str,
    plan: &Plan,
    commit: bool,
) -> Result<Loaded, LoadError> {
    let checked = check(database, ambient, community, plan).await?;
    if !commit || !plan.problems.is_empty() || !checked.problems.is_empty() {
        return Ok(checked);
    }
    let transaction = database.begin_write(author, Touches::answers([community])).await?;
    let mut loaded = Loaded::default();
    let version = version_for(&transaction, ambient, community, plan, &mut loaded).await?;
    let survey = (community, Some(version.survey));
    let Compared { answers, standings } = compare(&transaction, ambient, survey, Some(&version), plan).await?;
    let file = with_addresses_replaced(file_name, |_| "[e-mail]".to_owned());
    let file = file.as_deref().unwrap_or(file_name);
    let outcomes = submit::load(&transaction, ambient, &version, file, answers.iter()).await?;
    for ((row, compared), outcome) in plan.rows.iter().zip(standings).zip(outcomes) {
        loaded.count(
            row,
            match (outcome, compared) {
                (EntryResult::Recorded(_), Standing::Again) => Standing::Again,
                (EntryResult::Recorded(_), _) => Standing::New,
                (EntryResult::Repeated(_), Standing::KnownElsewhere) => Standing::KnownElsewhere,
                (EntryResult::Repeated(_), _) => Standing::Known,
                // No server has signed for the members in a file, so none of them has answered twice.
                (EntryResult::IdReused | EntryResult::AlreadyAnswered { .. }, _) => Standing::Contradicted,
            },
        );
    }
    if !plan.known_by.is_empty() && known_by(&transaction, community, &plan.survey).await?.is_none() {
        let columns = Columns::from([(KNOWN_BY.to_owned(), serde_json::json!(plan.known_by).to_string())]);
        remember(&transaction, community, &remembered_under(&plan.survey), &columns, ambient.now()).await?;
    }
    if loaded.problems.is_empty() {
        transaction.commit().await?;
        loaded.committed = true;
    } else {
        transaction.rollback().await?;
    }
    Ok(loaded)
}

/// What loading would do, as the database is now.
async fn check(
    database: &Database,
    ambient: &Ambient,
    community: CommunityId,
    plan: &Plan,
) -> Result<Loaded, LoadError> {
    let snapshot = database.begin_snapshot().await?;
    let mut loaded = Loaded::default();
    let survey = survey_named(&snapshot, community, &plan.survey).await?.map(|survey| SurveyId(survey.id));
    let version = match survey {
        Some(survey) => existing_version(&snapshot, (community, survey), plan).await?,
        None => None,
    };
    (loaded.new_survey, loaded.new_version) = (survey.is_none(), version.is_none());
    let compared = compare(&snapshot, ambient, (community, survey), version.as_ref(), plan).await?;
    plan.rows.iter().zip(compared.standings).for_each(|(row, standing)| loaded.count(row, standing));
    snapshot.rollback().await?;
    Ok(loaded)
}

impl Loaded {
    fn count(&mut self, row: &PlannedRow, standing: Standing) {
        match standing {
            Standing::New => self.new += 1,
            Standing::Again => (self.new, self.again) = (self.new + 1, self.again + 1),
            Standing::Known => self.known += 1,
            Standing::KnownElsewhere => (self.known, self.elsewhere) = (self.known + 1, self.elsewhere + 1),
            Standing::Contradicted => {
                let mut reason =
                    "this row was loaded before, with other answers or another mapping; load corrected answers \
                                  under another name of the survey"
                        .to_owned();
                if !row.id.has_quarter {
                    reason.push_str(
                        ", and those of another quarter with a column that says when they were given (COLUMN=date)",
                    );
                }
                self.problems.push(RowProblem { line: row.line, reason });
            }
        }
    }
}

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
    if let Some(version) = existing_version(transaction, survey, plan).await? {
        return Ok(version);
    }
    loaded.new_version = true;
    save_draft(transaction, ambient, survey, &plan.definition).await?;
    let published = publish_draft(transaction, ambient, survey).await?;
    let published = published.ok_or_else(|| DbErr::RecordNotFound("the draft that was just saved".into()))?;
    Ok(PublishedVersion::try_from(published)?)
}

/// The newest published version whose definition is the plan's; an error where there may be no new one.
async fn existing_version(
    db: &impl ConnectionTrait,
    survey: (CommunityId, SurveyId),
    plan: &Plan,
) -> Result<Option<PublishedVersion>, LoadError> {
    let versions = versions_of(db, [survey]).await?;
    for version in versions.iter().filter(|version| version.published_at.is_some()) {
        if definition_of(version)? == plan.definition {
            return Ok(Some(PublishedVersion::try_from(version.clone())?));
        }
    }
    if versions.first().is_some_and(|newest| newest.published_at.is_none()) {
        return Err(LoadError::DraftInTheWay);
    }
    if is_embedded(db, survey).await? {
        return Err(LoadError::ShownToMembers);
    }
    Ok(None)
}
