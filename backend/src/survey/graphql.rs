//! Surveys on the internal wire: reading them, drafting and publishing.

use async_graphql::{Context, InputObject, Object, SimpleObject, Union};
use chrono::{DateTime, Utc};
use valuemap_shared::ids::{CommunityId, SurveyId, SurveyVersionId};
use valuemap_shared::survey as domain;
use valuemap_shared::value_map::question_index;

use super::embed::Problem;
use super::entities::{survey, survey_version};
use super::question::{Question, QuestionInput};
use super::store;
use super::translation::Translation;
use crate::access::store::community_of;
use crate::error::ApiError;
use crate::graphql::node_id::NodeId;
use crate::graphql::scalars::Quarter;
use crate::graphql::schema::{editor, state, viewer};
use crate::value_map::models::model_of;
use crate::value_map::store::{question_tallies, respondents_by_version};
use crate::value_map::wire::Reading;

pub struct Survey(pub survey::Model);

impl Survey {
    fn key(&self) -> (CommunityId, SurveyId) {
        (CommunityId(self.0.community_id), SurveyId(self.0.id))
    }
}

/// A survey, whatever its versions.
#[Object]
impl Survey {
    pub async fn id(&self) -> NodeId {
        NodeId::Survey(self.key().0, self.key().1)
    }

    async fn name(&self) -> &str {
        &self.0.name
    }

    /// All versions, the newest first.
    async fn versions(&self, context: &Context<'_>) -> async_graphql::Result<Vec<SurveyVersion>> {
        let state = state(context)?;
        let rows = store::versions_of(&state.database.read, [self.key()]).await.map_err(ApiError::from)?;
        Ok(rows.into_iter().map(SurveyVersion).collect())
    }
}

pub struct SurveyVersion(survey_version::Model);

/// A version of a survey: a draft until it is published, and never changed after.
#[Object]
impl SurveyVersion {
    async fn id(&self) -> NodeId {
        NodeId::SurveyVersion(CommunityId(self.0.community_id), SurveyVersionId(self.0.id))
    }

    /// 1, 2, 3 and so on, within its survey.
    async fn number(&self) -> i32 {
        self.0.number
    }

    /// Null while it is a draft.
    async fn published_at(&self) -> Option<DateTime<Utc>> {
        self.0.published_at
    }

    async fn title(&self) -> async_graphql::Result<String> {
        Ok(store::definition_of(&self.0).map_err(ApiError::from)?.title().to_owned())
    }

    /// What title and questions are in: a BCP 47 tag.
    async fn language(&self) -> async_graphql::Result<String> {
        Ok(store::definition_of(&self.0).map_err(ApiError::from)?.into_draft().language)
    }

    /// The same texts in other languages.
    async fn translations(&self) -> async_graphql::Result<Vec<Translation>> {
        let definition = store::definition_of(&self.0).map_err(ApiError::from)?;
        Ok(definition.into_draft().translations.into_iter().map(Translation::from).collect())
    }

    async fn questions(&self) -> async_graphql::Result<Vec<Question>> {
        let definition = store::definition_of(&self.0).map_err(ApiError::from)?;
        Ok(definition.into_draft().questions.into_iter().map(Question::from).collect())
    }

    /// What was answered to each agreement question of this version in a quarter, on 0..100. A question is hidden, too,
    /// where the benefit's index less this question's would uncover what is suppressed.
    async fn results(&self, context: &Context<'_>, period: Quarter) -> async_graphql::Result<Vec<QuestionResult>> {
        let (state, viewer) = (state(context)?, viewer(context)?);
        let definition = store::definition_of(&self.0).map_err(ApiError::from)?;
        let scales: Vec<(domain::Subject, Option<domain::Benefit>)> =
            definition.questions().iter().filter_map(scale).collect();
        let subjects: Vec<domain::Subject> = scales.iter().map(|(subject, _)| subject.clone()).collect();
        let (community, version) = (CommunityId(self.0.community_id), SurveyVersionId(self.0.id));
        let db = &state.database.read;
        let tallies = question_tallies(db, community, version, &subjects, period.0).await.map_err(ApiError::from)?;
        let model = model_of(db, community, None).await.map_err(ApiError::from)?.map(|stored| stored.model.label());
        let model = model.unwrap_or_default();
        let by_version = respondents_by_version(db, community, period.0).await.map_err(ApiError::from)?;
        let result = |(subject, benefit): &(domain::Subject, Option<domain::Benefit>)| {
            let same = |other: &Option<domain::Benefit>| benefit.is_some() && other == benefit;
            let questions = scales.iter().filter(|(other, of)| other != subject && same(of));
            let versions = by_version.iter().filter(|((other, of), _)| *other != version && same(&Some(*of)));
            let others: Vec<u64> = questions
                .map(|(other, _)| tallies.respondents(other))
                .chain(versions.map(|(_, respondents)| *respondents))
                .collect();
            let reading = question_index(subject, &tallies, &others, &model, viewer.minimum_answers());
            QuestionResult { question: key_of(subject), reading: reading.into() }
        };
        Ok(scales.iter().map(result).collect())
    }
}

/// What is tallied about an agreement question, and the benefit that it asks about.
fn scale(question: &domain::Question) -> Option<(domain::Subject, Option<domain::Benefit>)> {
    match question.kind {
        domain::QuestionKind::Agreement { benefit, .. } => {
            Some((domain::Subject::Question(question.key.clone()), benefit))
        }
        _ => None,
    }
}

fn key_of(subject: &domain::Subject) -> String {
    match subject {
        domain::Subject::Question(key) => key.clone(),
        other => other.to_string(),
    }
}

#[derive(SimpleObject)]
pub struct QuestionResult {
    /// The key of the question.
    question: String,
    reading: Reading,
}

#[derive(Default)]
pub struct SurveyMutation;

#[Object]
impl SurveyMutation {
    /// Creates a survey without a version. Save a draft next.
    async fn create_survey(
        &self,
        context: &Context<'_>,
        input: CreateSurveyInput,
    ) -> async_graphql::Result<CreateSurveyResult> {
        let (state, viewer) = (state(context)?, editor(context)?);
        let NodeId::Community(community) = input.community else {
            return Err(ApiError::BadUserInput("community: not the id of a community".into()).into());
        };
        let name = crate::access::graphql::checked_name(&input.name)?;
        let db = &state.database.write;
        if community_of(db, viewer.organisation_id(), community).await.map_err(ApiError::from)?.is_none() {
            return Ok(CreateSurveyResult::NotFound(NotFound::new(input.community)));
        }
        match store::create_survey(db, &state.ambient, community, name).await {
            Ok(row) => Ok(CreateSurveyResult::Survey(Survey(row))),
            Err(error) if crate::access::store::is_duplicate(&error) => {
                Ok(CreateSurveyResult::NameTaken(crate::access::graphql::NameTaken::new(name)))
            }
            Err(error) => Err(ApiError::from(error).into()),
        }
    }

    /// Stores a draft of the next version of a survey, in place of the draft that was there. Published versions stay
    /// as they are.
    async fn save_survey_draft(
        &self,
        context: &Context<'_>,
        input: SaveSurveyDraftInput,
    ) -> async_graphql::Result<SaveSurveyDraftResult> {
        let state = state(context)?;
        let Some(survey) = own_survey(context, input.survey).await? else {
            return Ok(SaveSurveyDraftResult::NotFound(NotFound::new(input.survey)));
        };
        let questions = input.questions.into_iter().map(domain::Question::from).collect();
        let translations = input.translations.into_iter().map(domain::Translation::from).collect();
        let draft = domain::SurveyDraft { language: input.language, title: input.title, questions, translations };
        let definition = match domain::SurveyDefinition::parse(draft) {
            Ok(definition) => definition,
            Err(problems) => {
                let problems = problems.into_iter().map(Problem::from).collect();
                return Ok(SaveSurveyDraftResult::Invalid(InvalidSurvey { problems }));
            }
        };
        let transaction = state.database.begin_write().await.map_err(ApiError::from)?;
        let row = store::save_draft(&transaction, &state.ambient, survey, &definition).await.map_err(ApiError::from)?;
        transaction.commit().await.map_err(ApiError::from)?;
        Ok(SaveSurveyDraftResult::Version(SurveyVersion(row)))
    }

    /// Publishes the draft of a survey: sites show it from now on, and it can never be changed again.
    async fn publish_survey(
        &self,
        context: &Context<'_>,
        input: PublishSurveyInput,
    ) -> async_graphql::Result<PublishSurveyResult> {
        let state = state(context)?;
        let Some(survey) = own_survey(context, input.survey).await? else {
            return Ok(PublishSurveyResult::NotFound(NotFound::new(input.survey)));
        };
        let transaction = state.database.begin_write().await.map_err(ApiError::from)?;
        let row = store::publish_draft(&transaction, &state.ambient, survey).await.map_err(ApiError::from)?;
        transaction.commit().await.map_err(ApiError::from)?;
        Ok(match row {
            Some(row) => PublishSurveyResult::Version(SurveyVersion(row)),
            None => PublishSurveyResult::NoDraft(NoDraft {
                message: "the survey has no draft; save one with saveSurveyDraft first".into(),
            }),
        })
    }
}

/// The survey, if it is one of the viewer's organisation and the viewer may change it.
async fn own_survey(context: &Context<'_>, id: NodeId) -> Result<Option<(CommunityId, SurveyId)>, ApiError> {
    let viewer = editor(context)?;
    let state = state(context)?;
    let NodeId::Survey(community, survey) = id else {
        return Err(ApiError::BadUserInput("survey: not the id of a survey".into()));
    };
    let db = &state.database.read;
    if community_of(db, viewer.organisation_id(), community).await?.is_none() {
        return Ok(None);
    }
    let surveys = store::surveys_of(db, [community]).await?;
    Ok(surveys.iter().any(|row| row.id == survey.0).then_some((community, survey)))
}

#[derive(InputObject)]
pub struct CreateSurveyInput {
    community: NodeId,
    name: String,
}

#[derive(InputObject)]
pub struct SaveSurveyDraftInput {
    survey: NodeId,
    /// What members see above the questions.
    title: String,
    #[graphql(validator(max_items = 100))]
    questions: Vec<QuestionInput>,
    /// What title and questions are in: a BCP 47 tag in lower case.
    #[graphql(default = "en")]
    language: String,
    /// The same texts in other languages, all of them in each.
    #[graphql(default, validator(max_items = 100))]
    translations: Vec<Translation>,
}

#[derive(InputObject)]
pub struct PublishSurveyInput {
    survey: NodeId,
}

#[derive(Union)]
pub enum CreateSurveyResult {
    Survey(Survey),
    NotFound(NotFound),
    NameTaken(crate::access::graphql::NameTaken),
}

#[derive(Union)]
pub enum SaveSurveyDraftResult {
    Version(SurveyVersion),
    NotFound(NotFound),
    Invalid(InvalidSurvey),
}

#[derive(Union)]
pub enum PublishSurveyResult {
    Version(SurveyVersion),
    NotFound(NotFound),
    NoDraft(NoDraft),
}

/// Nothing was stored: the survey breaks rules.
#[derive(SimpleObject)]
pub struct InvalidSurvey {
    problems: Vec<Problem>,
}

/// There is nothing of this id in your organisation.
#[derive(SimpleObject)]
pub struct NotFound {
    message: String,
}

impl NotFound {
    pub fn new(id: NodeId) -> Self {
        Self { message: format!("your organisation has nothing of the id {id}") }
    }
}

#[derive(SimpleObject)]
pub struct NoDraft {
    message: String,
}
