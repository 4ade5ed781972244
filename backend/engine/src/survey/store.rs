//! The named queries on surveys, their versions and responses.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, RwLock};

use sea_orm::ActiveValue::Set;
use sea_orm::prelude::*;
use sea_orm::{Condition, QueryOrder, QuerySelect};
use serde_json::json;
use valuemap_shared::ids::{CommunityId, SurveyId, SurveyVersionId};
use valuemap_shared::survey::{SurveyDefinition, SurveyDraft};

use crate::base::ambient::Ambient;
use crate::survey::entities::{answer, response, survey, survey_version};

/// A published version of a survey. It never changes, so it is shared and kept.
#[derive(Debug)]
pub struct PublishedVersion {
    pub community: CommunityId,
    pub survey: SurveyId,
    pub id: SurveyVersionId,
    pub definition: SurveyDefinition,
}

/// Published versions that were read before. They are immutable, so none is ever out of date.
#[derive(Clone, Debug, Default)]
pub struct VersionCache {
    versions: Arc<RwLock<HashMap<SurveyVersionId, Arc<PublishedVersion>>>>,
}

impl VersionCache {
    /// A published version of this survey; `None` for a draft, or for a version of another survey.
    pub async fn published(
        &self,
        db: &impl ConnectionTrait,
        survey: (CommunityId, SurveyId),
        id: SurveyVersionId,
    ) -> Result<Option<Arc<PublishedVersion>>, DbErr> {
        let known = self.versions.read().ok().and_then(|versions| versions.get(&id).cloned());
        let version = match known {
            Some(version) => Some(version),
            None => self.load(db, survey.0, id).await?,
        };
        Ok(version.filter(|version| (version.community, version.survey) == survey))
    }

    async fn load(
        &self,
        db: &impl ConnectionTrait,
        community: CommunityId,
        id: SurveyVersionId,
    ) -> Result<Option<Arc<PublishedVersion>>, DbErr> {
        let row = survey_version::Entity::find_by_id((community.0, id.0)).one(db).await?;
        let Some(row) = row.filter(|row| row.published_at.is_some()) else { return Ok(None) };
        let version = Arc::new(PublishedVersion::try_from(row)?);
        if let Ok(mut versions) = self.versions.write() {
            versions.insert(id, version.clone());
        }
        Ok(Some(version))
    }
}

impl TryFrom<survey_version::Model> for PublishedVersion {
    type Error = DbErr;

    fn try_from(row: survey_version::Model) -> Result<Self, DbErr> {
        Ok(Self {
            community: CommunityId(row.community_id),
            survey: SurveyId(row.survey_id),
            id: SurveyVersionId(row.id),
            definition: definition_of(&row)?,
        })
    }
}

/// Reads a definition back. It was checked when it was stored, so a failure means that the row was tampered with.
pub fn definition_of(row: &survey_version::Model) -> Result<SurveyDefinition, DbErr> {
    let broken = |cause: String| DbErr::Custom(format!("survey version {} cannot be read: {cause}", row.id));
    let draft: SurveyDraft =
        serde_json::from_value(row.definition.clone()).map_err(|error| broken(error.to_string()))?;
    SurveyDefinition::parse(draft).map_err(|problems| broken(format!("{problems:?}")))
}

pub async fn surveys_of(
    db: &impl ConnectionTrait,
    communities: impl IntoIterator<Item = CommunityId>,
) -> Result<Vec<survey::Model>, DbErr> {
    survey::Entity::find()
        .filter(survey::Column::CommunityId.is_in(communities.into_iter().map(|id| id.0)))
        .order_by_asc(survey::Column::Id)
        .all(db)
        .await
}

pub async fn survey_named(
    db: &impl ConnectionTrait,
    community: CommunityId,
    name: &str,
) -> Result<Option<survey::Model>, DbErr> {
    survey::Entity::find()
        .filter(survey::Column::CommunityId.eq(community.0))
        .filter(survey::Column::Name.eq(name))
        .one(db)
        .await
}

pub async fn create_survey(
    db: &impl ConnectionTrait,
    ambient: &Ambient,
    community: CommunityId,
    name: &str,
) -> Result<survey::Model, DbErr> {
    let row = survey::ActiveModel {
        community_id: Set(community.0),
        id: Set(ambient.new_id()),
        name: Set(name.to_owned()),
        created_at: Set(ambient.now()),
    };
    row.insert(db).await
}

/// All versions of these surveys, the newest first.
pub async fn versions_of(
    db: &impl ConnectionTrait,
    surveys: impl IntoIterator<Item = (CommunityId, SurveyId)>,
) -> Result<Vec<survey_version::Model>, DbErr> {
    let of = |(community, survey): (CommunityId, SurveyId)| {
        Condition::all()
            .add(survey_version::Column::CommunityId.eq(community.0))
            .add(survey_version::Column::SurveyId.eq(survey.0))
    };
    let any = surveys.into_iter().map(of).fold(Condition::any(), Condition::add);
    survey_version::Entity::find().filter(any).order_by_desc(survey_version::Column::Number).all(db).await
}

pub async fn latest_published(
    db: &impl ConnectionTrait,
    survey: (CommunityId, SurveyId),
) -> Result<Option<survey_version::Model>, DbErr> {
    survey_version::Entity::find()
        .filter(survey_version::Column::CommunityId.eq(survey.0.0))
        .filter(survey_version::Column::SurveyId.eq(survey.1.0))
        .filter(survey_version::Column::PublishedAt.is_not_null())
        .order_by_desc(survey_version::Column::Number)
        .one(db)
        .await
}

/// Stores a definition as the draft of a survey, in place of the draft that was there.
pub async fn save_draft(
    db: &impl ConnectionTrait,
    ambient: &Ambient,
    survey: (CommunityId, SurveyId),
    definition: &SurveyDefinition,
) -> Result<survey_version::Model, DbErr> {
    let newest = versions_of(db, [survey]).await?.into_iter().next();
    let definition = json!(definition.clone().into_draft());
    if let Some(draft) = newest.as_ref().filter(|version| version.published_at.is_none()) {
        let row = survey_version::ActiveModel { definition: Set(definition), ..Default::default() };
        return update_draft(db, draft, row).await?.ok_or(DbErr::RecordNotUpdated);
    }
    let row = survey_version::ActiveModel {
        community_id: Set(survey.0.0),
        id: Set(ambient.new_id()),
        survey_id: Set(survey.1.0),
        number: Set(newest.map_or(1, |version| version.number + 1)),
        definition: Set(definition),
        created_at: Set(ambient.now()),
        published_at: Set(None),
    };
    row.insert(db).await
}

/// Publishes the draft of a survey; `None` when there is no draft.
pub async fn publish_draft(
    db: &impl ConnectionTrait,
    ambient: &Ambient,
    survey: (CommunityId, SurveyId),
) -> Result<Option<survey_version::Model>, DbErr> {
    let newest = versions_of(db, [survey]).await?.into_iter().next();
    let Some(draft) = newest.filter(|version| version.published_at.is_none()) else { return Ok(None) };
    let row = survey_version::ActiveModel { published_at: Set(Some(ambient.now())), ..Default::default() };
    update_draft(db, &draft, row).await
}

/// Changes a draft; `None` when it was published meanwhile: a published version is never changed.
async fn update_draft(
    db: &impl ConnectionTrait,
    draft: &survey_version::Model,
    changes: survey_version::ActiveModel,
) -> Result<Option<survey_version::Model>, DbErr> {
    let updated = survey_version::Entity::update_many()
        .set(changes)
        .filter(survey_version::Column::CommunityId.eq(draft.community_id))
        .filter(survey_version::Column::Id.eq(draft.id))
        .filter(survey_version::Column::PublishedAt.is_null())
        .exec_with_returning(db)
        .await?;
    Ok(updated.into_iter().next())
}

/// The next page of a community's responses in the order of their keys, with the answers of each.
pub async fn responses_after(
    db: &impl ConnectionTrait,
    community: CommunityId,
    after: Option<(Uuid, Uuid)>,
    limit: u64,
) -> Result<Vec<(response::Model, Vec<answer::Model>)>, DbErr> {
    let behind = after.map_or(Condition::all(), |(survey, id)| {
        Condition::any()
            .add(response::Column::SurveyId.gt(survey))
            .add(Condition::all().add(response::Column::SurveyId.eq(survey)).add(response::Column::Id.gt(id)))
    });
    let responses = response::Entity::find()
        .filter(response::Column::CommunityId.eq(community.0))
        .filter(behind)
        .order_by_asc(response::Column::SurveyId)
        .order_by_asc(response::Column::Id)
        .limit(limit)
        .all(db)
        .await?;
    with_answers(db, responses).await
}

/// Responses of one community, with the answers of each.
pub async fn with_answers(
    db: &impl ConnectionTrait,
    responses: Vec<response::Model>,
) -> Result<Vec<(response::Model, Vec<answer::Model>)>, DbErr> {
    let Some(community) = responses.first().map(|response| response.community_id) else { return Ok(Vec::new()) };
    let surveys: BTreeSet<Uuid> = responses.iter().map(|response| response.survey_id).collect();
    let answers = answer::Entity::find()
        .filter(answer::Column::CommunityId.eq(community))
        .filter(answer::Column::SurveyId.is_in(surveys))
        .filter(answer::Column::ResponseId.is_in(responses.iter().map(|response| response.id)))
        .all(db)
        .await?;
    let mut of_response: HashMap<(Uuid, Uuid), Vec<answer::Model>> = HashMap::new();
    for answer in answers {
        of_response.entry((answer.survey_id, answer.response_id)).or_default().push(answer);
    }
    let and_answers = |response: response::Model| {
        let answers = of_response.remove(&(response.survey_id, response.id)).unwrap_or_default();
        (response, answers)
    };
    Ok(responses.into_iter().map(and_answers).collect())
}
