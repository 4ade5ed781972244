//! Which rows of a plan are stored already. Nothing is written.

use std::collections::{BTreeSet, HashMap};

use sea_orm::QuerySelect;
use sea_orm::prelude::*;
use valuemap_shared::ids::{CommunityId, SubmissionId, SurveyId};

use crate::base::ambient::Ambient;
use crate::database::statements::chunks;
use crate::import::responses::ids::{Quarter, id_in_quarter};
use crate::import::responses::plan::{Plan, PlannedRow};
use crate::survey::entities::response;
use crate::survey::entry::{Entry, Origin};
use crate::survey::store::PublishedVersion;
use crate::survey::submit::FileAnswer;

/// Maximum number of ids in one statement.
const ROWS: usize = 1_000;

/// What a row is beside what is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    New,
    /// A respondent who answered in another quarter, and did so again.
    Again,
    Known,
    /// The same answer was loaded with a day of another quarter, which stays.
    KnownElsewhere,
    /// Something else is stored under its id.
    Contradicted,
}

/// The rows of a plan as answers, under the ids that they have or get.
pub struct Compared {
    pub answers: Vec<FileAnswer>,
    /// Of each answer.
    pub standings: Vec<Standing>,
}

/// Compares a plan with the answers of its survey. `version` is what the answers belong to, where it exists.
pub async fn compare(
    db: &impl ConnectionTrait,
    ambient: &Ambient,
    survey: (CommunityId, Option<SurveyId>),
    version: Option<&PublishedVersion>,
    plan: &Plan,
) -> Result<Compared, DbErr> {
    let quarters = match plan.rows.iter().any(|row| row.id.returning.is_some()) {
        true => quarters_of(db, survey).await?,
        false => BTreeSet::new(),
    };
    let name = (survey.0, plan.survey.as_str());
    let candidates: Vec<Vec<SubmissionId>> = plan.rows.iter().map(|row| candidates(name, &quarters, row)).collect();
    let stored = stored(db, survey, candidates.iter().flatten()).await?;
    let is_equal = |row: &PlannedRow, stored: &response::Model| {
        version.is_some_and(|version| {
            let origin = Origin::File(String::new());
            let entry = Entry::new(version, SubmissionId(stored.id), origin, row.day, ambient.now(), &row.submission);
            entry.response().content_hash == stored.content_hash
        })
    };
    let is_of_version = |stored: &response::Model| version.is_some_and(|version| version.id.0 == stored.version_id);
    let rows = plan.rows.iter().zip(&candidates).map(|(row, candidates)| {
        let quarter = Quarter::of(row.day);
        let found = candidates.iter().filter_map(|id| stored.get(&id.0));
        let (here, elsewhere): (Vec<_>, Vec<_>) = found.partition(|stored| Quarter::of(stored.day) == quarter);
        match (here.first(), elsewhere.first()) {
            (Some(here), _) if is_equal(row, here) => (SubmissionId(here.id), Standing::Known),
            (Some(here), _) => (SubmissionId(here.id), Standing::Contradicted),
            (None, None) => (row.id.id, Standing::New),
            (None, Some(_)) if row.id.has_quarter => (row.id.id, Standing::New),
            (None, Some(one)) => match elsewhere.iter().find(|stored| is_equal(row, stored)) {
                Some(equal) => (SubmissionId(equal.id), Standing::KnownElsewhere),
                None if row.id.returning.is_some() && elsewhere.iter().all(|stored| is_of_version(stored)) => {
                    (SubmissionId(one.id), Standing::Again)
                }
                None => (SubmissionId(one.id), Standing::Contradicted),
            },
        }
    });
    let mut found: Vec<(SubmissionId, Standing)> = rows.collect();
    tell_waves_apart(name, plan, &mut found);
    let answer = |(row, (id, _)): (&PlannedRow, &(SubmissionId, Standing))| FileAnswer {
        id: *id,
        day: row.day,
        submission: row.submission.clone(),
    };
    Ok(Compared {
        answers: plan.rows.iter().zip(&found).map(answer).collect(),
        standings: found.into_iter().map(|(_, standing)| standing).collect(),
    })
}

/// Where no column says the day, a file of the same respondents is another wave or the same file with another `--date`. It
/// is a wave where as many of them gave other answers as gave the same, or more.
fn tell_waves_apart(name: (CommunityId, &str), plan: &Plan, found: &mut [(SubmissionId, Standing)]) {
    let count = |standing: Standing| found.iter().filter(|(_, other)| *other == standing).count();
    let (again, same) = (count(Standing::Again), count(Standing::KnownElsewhere));
    let is_wave = again > 0 && again >= same;
    for (row, (id, standing)) in plan.rows.iter().zip(found) {
        match (&row.id.returning, &standing) {
            (Some(respondent), Standing::Again | Standing::KnownElsewhere) if is_wave => {
                *id = id_in_quarter(name, Quarter::of(row.day), respondent);
                *standing = Standing::Again;
            }
            (_, Standing::Again) => *standing = Standing::Contradicted,
            _ => {}
        }
    }
}

/// The ids that a row may be stored under.
fn candidates(name: (CommunityId, &str), quarters: &BTreeSet<Quarter>, row: &PlannedRow) -> Vec<SubmissionId> {
    let in_quarters = row
        .id
        .returning
        .iter()
        .flat_map(|respondent| quarters.iter().map(move |quarter| id_in_quarter(name, *quarter, respondent)));
    row.id.former.iter().copied().chain([row.id.id]).chain(in_quarters).collect()
}

async fn quarters_of(
    db: &impl ConnectionTrait,
    (community, survey): (CommunityId, Option<SurveyId>),
) -> Result<BTreeSet<Quarter>, DbErr> {
    let Some(survey) = survey else { return Ok(BTreeSet::new()) };
    let days = response::Entity::find()
        .select_only()
        .column(response::Column::Day)
        .distinct()
        .filter(response::Column::CommunityId.eq(community.0))
        .filter(response::Column::SurveyId.eq(survey.0))
        .filter(response::Column::Source.is_not_null());
    let days: Vec<chrono::NaiveDate> = days.into_tuple().all(db).await?;
    Ok(days.into_iter().map(Quarter::of).collect())
}

async fn stored(
    db: &impl ConnectionTrait,
    (community, survey): (CommunityId, Option<SurveyId>),
    ids: impl Iterator<Item = &SubmissionId>,
) -> Result<HashMap<Uuid, response::Model>, DbErr> {
    let mut found = HashMap::new();
    let Some(survey) = survey else { return Ok(found) };
    for ids in chunks(ids.map(|id| id.0), ROWS) {
        let rows = response::Entity::find()
            .filter(response::Column::CommunityId.eq(community.0))
            .filter(response::Column::SurveyId.eq(survey.0))
            .filter(response::Column::Id.is_in(ids));
        found.extend(rows.all(db).await?.into_iter().map(|row| (row.id, row)));
    }
    Ok(found)
}
