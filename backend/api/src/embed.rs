//! The public schema: the survey of a site, and a member's answers to it.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Object, SimpleObject, Union};
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;
use valuemap_engine::follow_ups::entities::follow_up;
use valuemap_engine::limits::Client;
use valuemap_engine::survey::record::Acknowledgement;
use valuemap_engine::survey::store::{PublishedVersion, latest_published};
use valuemap_engine::survey::submit::{Door, PageOrigin, Sent, Taken, submit};
use valuemap_engine::tenancy::entities::site;
use valuemap_engine::tenancy::store::site_by_key;
use valuemap_engine::value_map::public_results::Published;
use valuemap_shared::ids::{CommunityId, SubmissionId, SurveyId, SurveyVersionId};
use valuemap_shared::survey::{AnswerDraft, LocalisedSurvey};
use valuemap_shared::value_map::PublicResult;

use crate::context::{data, services};
use crate::error::ApiError;
use crate::survey::question::Question;
use crate::wire::results::{Benefit, Problem};
use crate::wire::scalars::{Count, Quarter};

pub struct EmbedQuery;

#[Object]
impl EmbedQuery {
    /// The survey that a site shows.
    async fn survey(
        &self,
        context: &Context<'_>,
        site: String,
        #[graphql(desc = "A published version; the latest one where it is left out.")] version: Option<Uuid>,
        #[graphql(desc = "A BCP 47 tag: de, pt-BR.")] language: Option<String>,
    ) -> Result<EmbeddedSurvey, ApiError> {
        let services = services(context)?;
        let site = find_site(context, &site).await?;
        Door::Widget(&page(context)).check(&site)?;
        let survey = (CommunityId(site.community_id), SurveyId(site.survey_id));
        let db = &services.database.read;
        let version = match version {
            Some(id) => {
                let version = services.versions.published(db, survey, SurveyVersionId(id)).await?;
                version.ok_or(ApiError::VersionNotPublished)?
            }
            None => {
                let row = latest_published(db, survey).await?;
                let row = row.ok_or(ApiError::SurveyNotPublished)?;
                Arc::new(PublishedVersion::try_from(row)?)
            }
        };
        Ok(EmbeddedSurvey { version: version.id.0, texts: version.definition.localised(language.as_deref()) })
    }
}

pub struct EmbedMutation;

#[Object]
impl EmbedMutation {
    /// Stores a member's answers. A receipt is given only once they are on disk; the same submission sent again gets
    /// the same receipt.
    async fn submit_response(
        &self,
        context: &Context<'_>,
        input: SubmitResponseInput,
    ) -> Result<SubmitResponseResult, ApiError> {
        let services = services(context)?;
        let site = find_site(context, &input.site).await?;
        let page = page(context);
        let drafts: Vec<AnswerDraft> = input.answers.into_iter().map(AnswerDraft::from).collect();
        let sent = Sent {
            client: *data::<Client>(context)?,
            id: SubmissionId::from_browser(&input.id),
            version: Some(SurveyVersionId(input.version)),
            drafts: |_: &_, _| drafts,
            identity: input.identity.as_deref(),
        };
        Ok(match submit(services.intake(), Door::Widget(&page), &site, sent).await? {
            Taken::Stored { version, receipt } => {
                SubmitResponseResult::Receipt(Receipt { receipt, community: version.community })
            }
            Taken::Invalid { problems, .. } => {
                let problems = problems.into_iter().map(Problem::from).collect();
                SubmitResponseResult::Invalid(InvalidSubmission { problems })
            }
            Taken::IdReused => SubmitResponseResult::IdReused(SubmissionIdReused {
                message: "other answers were stored under this id before; a new submission needs a new id".into(),
            }),
            Taken::AlreadyAnswered { received_at } => {
                SubmitResponseResult::AlreadyAnswered(AlreadyAnswered::new(received_at))
            }
        })
    }
}

fn page(context: &Context<'_>) -> PageOrigin {
    context.data_opt::<PageOrigin>().cloned().unwrap_or_default()
}

async fn find_site(context: &Context<'_>, key: &str) -> Result<site::Model, ApiError> {
    let site = site_by_key(&services(context)?.database.read, key).await?;
    site.ok_or_else(|| ApiError::SiteNotFound(key.chars().take(64).collect()))
}

pub struct EmbeddedSurvey {
    version: Uuid,
    texts: LocalisedSurvey,
}

/// A published version of a survey, as a member sees it.
#[Object]
impl EmbeddedSurvey {
    async fn version(&self) -> Uuid {
        self.version
    }

    async fn title(&self) -> &str {
        &self.texts.title
    }

    /// What the texts are in: the language that was asked for if the survey has it (`de` also for `de-AT`), else the
    /// survey's own.
    async fn language(&self) -> &str {
        &self.texts.language
    }

    /// How many questions are asked whatever is answered.
    async fn total(&self) -> usize {
        self.texts.questions.iter().filter(|question| question.ask_if.is_none()).count()
    }

    /// Whether anybody is asked more than the first question.
    async fn more(&self) -> bool {
        self.texts.questions.len() > 1
    }

    /// The first question.
    async fn first(&self) -> Option<Question> {
        self.texts.questions.first().cloned().map(Question::from)
    }

    async fn questions(&self) -> Vec<Question> {
        self.texts.questions.iter().cloned().map(Question::from).collect()
    }
}

#[derive(InputObject)]
pub struct SubmitResponseInput {
    /// The site's key.
    site: String,
    /// The version of the survey that was answered.
    version: Uuid,
    /// A UUID of version 7, made once for this submission, before the first attempt to send it.
    id: String,
    answers: Vec<AnswerInput>,
    /// A JWT that the partner's server signed for the member who answers. Without it the answer is anonymous.
    identity: Option<String>,
}

/// One answer: exactly one of `number`, `text` and `choices`, as the question asks. Questions that were not asked are
/// left out.
#[derive(Clone, InputObject)]
pub struct AnswerInput {
    question: String,
    number: Option<i64>,
    text: Option<String>,
    choices: Option<Vec<String>>,
    /// The keys of all choices in the order in which they were shown; only for a shuffled question.
    order: Option<Vec<String>>,
}

impl From<AnswerInput> for AnswerDraft {
    fn from(input: AnswerInput) -> Self {
        Self {
            question: input.question,
            number: input.number,
            text: input.text,
            choices: input.choices,
            order: input.order,
        }
    }
}

#[derive(Union)]
pub enum SubmitResponseResult {
    Receipt(Receipt),
    Invalid(InvalidSubmission),
    IdReused(SubmissionIdReused),
    AlreadyAnswered(AlreadyAnswered),
}

pub struct Receipt {
    receipt: Acknowledgement,
    community: CommunityId,
}

/// The answers are on disk.
#[Object]
impl Receipt {
    async fn id(&self) -> Uuid {
        self.receipt.id.0
    }

    /// When they were received first.
    async fn received_at(&self) -> DateTime<Utc> {
        self.receipt.received_at
    }

    /// What members say, for those who answered. Released in groups, so that no single answer shows.
    async fn results(&self, context: &Context<'_>) -> Result<CommunityResults, ApiError> {
        let services = services(context)?;
        let published = services.published.of(&services.database, self.community, services.ambient.now()).await;
        Ok(CommunityResults::from(&*published?))
    }
}

/// What members say of the five benefits.
#[derive(SimpleObject)]
pub struct CommunityResults {
    period: Quarter,
    benefits: Vec<BenefitResult>,
    /// What was done lately about what members said, at most three things, the newest first.
    follow_ups: Vec<FollowUp>,
}

/// Something that members said, and what the organisation did about it.
#[derive(SimpleObject)]
pub struct FollowUp {
    heard: String,
    done: String,
    on: NaiveDate,
}

impl From<&follow_up::Model> for FollowUp {
    fn from(row: &follow_up::Model) -> Self {
        Self { heard: row.heard.clone(), done: row.done.clone(), on: row.done_on }
    }
}

#[derive(SimpleObject)]
pub struct BenefitResult {
    benefit: Benefit,
    /// The benefit index, 0 to 100; null while too few answered.
    value: Option<u8>,
    answers: Count,
}

impl From<&Published> for CommunityResults {
    fn from(published: &Published) -> Self {
        let benefit = |result: &PublicResult| BenefitResult {
            benefit: result.benefit.into(),
            value: result.value,
            answers: Count(result.answers),
        };
        Self {
            period: Quarter(published.period),
            benefits: published.results.iter().map(benefit).collect(),
            follow_ups: published.follow_ups.iter().map(FollowUp::from).collect(),
        }
    }
}

/// Nothing was stored: the answers break rules of the survey.
#[derive(SimpleObject)]
pub struct InvalidSubmission {
    problems: Vec<Problem>,
}

/// Nothing was stored: the id belongs to another submission.
#[derive(SimpleObject)]
pub struct SubmissionIdReused {
    message: String,
}

/// Nothing was stored: the member has answered this survey in this quarter already.
#[derive(SimpleObject)]
pub struct AlreadyAnswered {
    /// When the answer that counts was received.
    received_at: DateTime<Utc>,
    message: String,
}

impl AlreadyAnswered {
    fn new(received_at: DateTime<Utc>) -> Self {
        let wave = valuemap_shared::calendar::Quarter::containing(received_at.date_naive());
        Self {
            received_at,
            message: format!("this member has answered in {wave} already; one answer a quarter counts"),
        }
    }
}
