//! Surveys on the internal wire: reading them, drafting and publishing.

use std::collections::HashMap;

use async_graphql::dataloader::{DataLoader, Loader};
use async_graphql::{Context, InputObject, Object, SimpleObject, Union};
use chrono::{DateTime, Utc};
use valuemap_engine::base::commits::Touches;
use valuemap_engine::database::Database;
use valuemap_engine::database::failure::is_duplicate;
use valuemap_engine::scoring_models::store::model_of;
use valuemap_engine::survey::entities::{survey, survey_version};
use valuemap_engine::survey::store;
use valuemap_engine::tenancy::names::checked_name;
use valuemap_engine::tenancy::own::Own;
use valuemap_engine::tenancy::rights::Right;
use valuemap_engine::value_map::store::{question_tallies, respondents_by_version};
use valuemap_shared::ids::{CommunityId, SurveyId, SurveyVersionId};
use valuemap_shared::survey as domain;
use valuemap_shared::value_map::question_index;

use crate::context::{Need, data, own, services, viewer};
use crate::error::ApiError;
use crate::survey::question::{Question, QuestionInput};
use crate::survey::translation::Translation;
use crate::value_map::wire::Reading;
use crate::wire::node_id::NodeId;
use crate::wire::results::{NameTaken, NotFound, Problem};
use crate::wire::scalars::Quarter;

/// The survey of this key. Whose it is has been checked.
pub async fn load(context: &Context<'_>, (community, id): (CommunityId, SurveyId)) -> Result<Option<Survey>, ApiError> {
    let surveys = store::surveys_of(&services(context)?.database.read, [community]).await?;
    Ok(surveys.into_iter().find(|row| row.id == id.0).map(Survey))
}

/// Loads the surveys of many communities at once.
pub struct SurveysOf(pub Database);

impl Loader<CommunityId> for SurveysOf {
    type Value = Vec<survey::Model>;
    type Error = ApiError;

    async fn load(&self, ids: &[CommunityId]) -> Result<HashMap<CommunityId, Self::Value>, Self::Error> {
        let rows = store::surveys_of(&self.0.read, ids.iter().copied()).await?;
        let mut surveys: HashMap<CommunityId, Self::Value> = HashMap::new();
        for row in rows {
            surveys.entry(CommunityId(row.community_id)).or_default().push(row);
        }
        Ok(surveys)
    }
}

/// The surveys of one community.
pub async fn surveys_in(context: &Context<'_>, community: CommunityId) -> Result<Vec<Survey>, ApiError> {
    let surveys = data::<DataLoader<SurveysOf>>(context)?.load_one(community).await?;
    Ok(surveys.unwrap_or_default().into_iter().map(Survey).collect())
}

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
    async fn versions(&self, context: &Context<'_>) -> Result<Vec<SurveyVersion>, ApiError> {
        let services = services(context)?;
        let rows = store::versions_of(&services.database.read, [self.key()]).await?;
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

    async fn title(&self) -> Result<String, ApiError> {
        Ok(store::definition_of(&self.0)?.title().to_owned())
    }

    /// What title and questions are in: a BCP 47 tag.
    async fn language(&self) -> Result<String, ApiError> {
        Ok(store::definition_of(&self.0)?.into_draft().language)
    }

    /// The same texts in other languages.
    async fn translations(&self) -> Result<Vec<Translation>, ApiError> {
        let definition = store::definition_of(&self.0)?;
        Ok(definition.into_draft().translations.into_iter().map(Translation::from).collect())
    }

    async fn questions(&self) -> Result<Vec<Question>, ApiError> {
        let definition = store::definition_of(&self.0)?;
        Ok(definition.into_draft().questions.into_iter().map(Question::from).collect())
    }

    /// What was answered to each agreement question of this version in a quarter, on 0..100. A question is hidden, too,
    /// where the benefit's index less this question's would uncover what is suppressed.
    #[graphql(guard = "Right::ReadFigures.needed()")]
    async fn results(&self, context: &Context<'_>, period: Quarter) -> Result<Vec<QuestionResult>, ApiError> {
        let (services, viewer) = (services(context)?, viewer(context)?);
        let definition = store::definition_of(&self.0)?;
        let scales: Vec<(domain::Subject, Option<domain::Benefit>)> =
            definition.questions().iter().filter_map(scale).collect();
        let subjects: Vec<domain::Subject> = scales.iter().map(|(subject, _)| subject.clone()).collect();
        let (community, version) = (CommunityId(self.0.community_id), SurveyVersionId(self.0.id));
        let db = &services.database.read;
        let tallies = question_tallies(db, community, version, &subjects, period.0).await?;
        let model = model_of(db, community, None).await?.map(|stored| stored.model.label());
        let model = model.unwrap_or_default();
        let by_version = respondents_by_version(db, community, period.0).await?;
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
    ) -> Result<CreateSurveyResult, ApiError> {
        let services = services(context)?;
        let community = input.community.as_community()?;
        let Some(own) = own(context, community, Right::Manage).await? else {
            return Ok(CreateSurveyResult::NotFound(NotFound::new(input.community)));
        };
        let name = checked_name(&input.name)?;
        let ambient = &services.ambient;
        match services
            .database
            .write(own.author(), Touches::NOTHING, async |db| store::create_survey(db, ambient, community, name).await)
            .await
        {
            Ok(row) => Ok(CreateSurveyResult::Survey(Survey(row))),
            Err(error) if is_duplicate(error.cause()) => Ok(CreateSurveyResult::NameTaken(NameTaken::new(name))),
            Err(error) => Err(error.into()),
        }
    }

    /// Stores a draft of the next version of a survey, in place of the draft that was there. Published versions stay
    /// as they are.
    async fn save_survey_draft(
        &self,
        context: &Context<'_>,
        input: SaveSurveyDraftInput,
    ) -> Result<SaveSurveyDraftResult, ApiError> {
        let services = services(context)?;
        let Some((own, survey)) = own_survey(context, input.survey).await? else {
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
        let transaction = services.database.begin_write(own.author(), Touches::NOTHING).await?;
        let row = store::save_draft(&transaction, &services.ambient, survey, &definition).await?;
        transaction.commit().await?;
        Ok(SaveSurveyDraftResult::Version(SurveyVersion(row)))
    }

    /// Publishes the draft of a survey: sites show it from now on, and it can never be changed again.
    async fn publish_survey(
        &self,
        context: &Context<'_>,
        input: PublishSurveyInput,
    ) -> Result<PublishSurveyResult, ApiError> {
        let services = services(context)?;
        let Some((own, survey)) = own_survey(context, input.survey).await? else {
            return Ok(PublishSurveyResult::NotFound(NotFound::new(input.survey)));
        };
        let transaction = services.database.begin_write(own.author(), Touches::NOTHING).await?;
        let row = store::publish_draft(&transaction, &services.ambient, survey).await?;
        Ok(match row {
            Some(row) => {
                transaction.commit().await?;
                PublishSurveyResult::Version(SurveyVersion(row))
            }
            None => PublishSurveyResult::NoDraft(NoDraft {
                message: "the survey has no draft; save one with saveSurveyDraft first".into(),
            }),
        })
    }
}

/// The survey, if it is one of the viewer's organisation and the viewer may change it.
async fn own_survey(context: &Context<'_>, id: NodeId) -> Result<Option<(Own, (CommunityId, SurveyId))>, ApiError> {
    let NodeId::Survey(community, survey) = id else {
        return Err(ApiError::BadUserInput("survey: not the id of a survey".into()));
    };
    let Some(own) = own(context, community, Right::Manage).await? else { return Ok(None) };
    let surveys = store::surveys_of(&services(context)?.database.read, [community]).await?;
    Ok(surveys.iter().any(|row| row.id == survey.0).then_some((own, (community, survey))))
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
    NameTaken(NameTaken),
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

#[derive(SimpleObject)]
pub struct NoDraft {
    message: String,
}
