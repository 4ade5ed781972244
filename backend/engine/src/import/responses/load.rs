use sea_orm::DbErr;
use valuemap_shared::activities::with_addresses_replaced;
use valuemap_shared::ids::{CommunityId, SurveyId};

use crate::base::ambient::Ambient;
use crate::base::commits::Touches;
use crate::database::author::Author;
use crate::database::{Database, WriteError};
use crate::import::responses::plan::{Plan, RowProblem};
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
    let answers = plan.rows.iter().map(|row| &row.answer);
    let file = with_addresses_replaced(file_name, |_| "[e-mail]".to_owned());
    let file = file.as_deref().unwrap_or(file_name);
    let outcomes = submit::load(&transaction, ambient, &version, file, answers).await?;
    for (row, outcome) in plan.rows.iter().zip(outcomes) {
        match outcome {
            EntryResult::Recorded(_) => loaded.new += 1,
            EntryResult::Repeated(_) => loaded.known += 1,
            // No server has signed for the members in a file, so none of them has answered twice.
            EntryResult::IdReused | EntryResult::AlreadyAnswered { .. } => {
                let reason =
                    "this row was loaded before, with other answers, another day or another mapping".to_owned();
                loaded.problems.push(RowProblem { line: row.line, reason });
            }
        }
    }
    if commit && plan.problems.is_empty() && loaded.problems.is_empty() {
        transaction.commit().await?;
        loaded.committed = true;
    } else {
        transaction.rollback().await?;
    }
    Ok(loaded)
}

/// The version that the answers belong to: the newest one whose definition is the plan's, else a new one.
async fn version_for(
    transaction: &impl sea_orm::ConnectionTrait,
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
