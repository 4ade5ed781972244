//! The public schema: the survey of a site, and a member's answers to it.

use std::sync::Arc;

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject, Union};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::prelude::Uuid;
use valuemap_shared::ids::{CommunityId, SiteId, SubmissionId, SurveyId, SurveyVersionId};
use valuemap_shared::survey as domain;
use valuemap_shared::survey::{AnswerDraft, LocalisedSurvey, ProblemCode, Submission};
use valuemap_shared::value_map::PublicResult;

use super::question::Question;
use super::record::{Entry, Origin, Outcome, Receipt as StoredReceipt, receipt_of};
use super::store::{PublishedVersion, latest_published};
use crate::access::entities::site;
use crate::access::member_identity::signed_member;
use crate::access::store::site_by_key;
use crate::error::ApiError;
use crate::follow_ups::entities::follow_up;
use crate::graphql::scalars::{Count, Quarter};
use crate::graphql::schema::{State, state};
use crate::value_map::published::Published;

/// The page that a request comes from, as the browser says.
#[derive(Clone, Debug, Default)]
pub struct PageOrigin {
    pub origin: Option<String>,
    /// The origin of this server's own pages.
    pub own: Option<String>,
    /// The page is one of this server, as the browser says where it names no origin: when it only reads.
    pub is_same_origin: bool,
}

impl PageOrigin {
    /// A page of this server may always ask; any other page's origin has to be on the site's list. A request of no
    /// page, or of a page that hides its origin, is refused.
    fn check(&self, site: &site::Model) -> Result<(), ApiError> {
        if self.origin.is_none() && self.is_same_origin {
            return Ok(());
        }
        let refused = || ApiError::OriginNotAllowed(self.origin.clone().unwrap_or_else(|| "(none)".into()));
        let origin = self.origin.as_deref().filter(|origin| *origin != "null").ok_or_else(refused)?;
        let is_own = self.own.as_deref() == Some(origin);
        if is_own || site.origins().iter().any(|allowed| allowed == origin) { Ok(()) } else { Err(refused()) }
    }
}

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
    ) -> async_graphql::Result<EmbeddedSurvey> {
        let state = state(context)?;
        let site = allowed_site(context, &site).await?;
        let survey = (CommunityId(site.community_id), SurveyId(site.survey_id));
        let db = &state.database.read;
        let version = match version {
            Some(id) => {
                let version =
                    state.versions.published(db, survey, SurveyVersionId(id)).await.map_err(ApiError::from)?;
                version.ok_or(ApiError::VersionNotPublished)?
            }
            None => {
                let row = latest_published(db, survey).await.map_err(ApiError::from)?;
                let row = row.ok_or(ApiError::SurveyNotPublished)?;
                Arc::new(PublishedVersion::try_from(row).map_err(ApiError::from)?)
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
    ) -> async_graphql::Result<SubmitResponseResult> {
        let state = state(context)?;
        let site = allowed_site(context, &input.site).await?;
        let member = signed_member(state, &site, input.identity.as_deref()).await;
        let (version, id, submission) = match parse(state, &site, &input).await? {
            Ok(parsed) => parsed,
            Err(problems) => {
                let problems = problems.into_iter().map(Problem::from).collect();
                return Ok(SubmitResponseResult::Invalid(InvalidSubmission { problems }));
            }
        };
        let now = state.ambient.now();
        let origin = Origin::Site(SiteId(site.id));
        let entry = Entry::new(&version, id, origin, now.date_naive(), now, &submission);
        let entry = match member {
            Ok(member) => entry.of_member(member),
            // A token may run out between the answer that was stored and the try whose receipt arrives.
            Err(refusal) => {
                let receipt = receipt_of(&state.database.read, &entry).await.map_err(ApiError::from)?.ok_or(refusal)?;
                return Ok(SubmitResponseResult::Receipt(Receipt { receipt, community: version.community }));
            }
        };
        Ok(match state.writer.submit(entry).await? {
            Outcome::Recorded(receipt) | Outcome::Repeated(receipt) => {
                SubmitResponseResult::Receipt(Receipt { receipt, community: version.community })
            }
            Outcome::IdReused => SubmitResponseResult::IdReused(SubmissionIdReused {
                message: "other answers were stored under this id before; a new submission needs a new id".into(),
            }),
            Outcome::AlreadyAnswered { received_at } => {
                SubmitResponseResult::AlreadyAnswered(AlreadyAnswered::new(received_at))
            }
        })
    }
}

async fn allowed_site(context: &Context<'_>, key: &str) -> Result<site::Model, ApiError> {
    let state = state(context)?;
    let site = site_by_key(&state.database.read, key).await?;
    let site = site.ok_or_else(|| ApiError::SiteNotFound(key.chars().take(64).collect()))?;
    context.data_opt::<PageOrigin>().cloned().unwrap_or_default().check(&site)?;
    Ok(site)
}

type Parsed = (Arc<PublishedVersion>, SubmissionId, Submission);

/// Reads the whole input and reports all that is wrong with it.
async fn parse(
    state: &State,
    site: &site::Model,
    input: &SubmitResponseInput,
) -> Result<Result<Parsed, Vec<domain::Problem>>, ApiError> {
    let mut problems = Vec::new();
    let id = SubmissionId::from_browser(&input.id);
    if id.is_none() {
        problems.push(domain::Problem::new("id", ProblemCode::Malformed, "a submission id is a UUID of version 7"));
    }
    let survey = (CommunityId(site.community_id), SurveyId(site.survey_id));
    let version = SurveyVersionId(input.version);
    let Some(version) = state.versions.published(&state.database.read, survey, version).await? else {
        let message = "the site's survey has no published version of this id; fetch the survey again";
        problems.push(domain::Problem::new("version", ProblemCode::Unknown, message));
        return Ok(Err(problems));
    };
    let drafts: Vec<AnswerDraft> = input.answers.iter().cloned().map(AnswerDraft::from).collect();
    Ok(match (id, Submission::parse(&version.definition, &drafts)) {
        (Some(id), Ok(submission)) => Ok((version, id, submission)),
        (_, Ok(_)) => Err(problems),
        (_, Err(found)) => {
            problems.extend(found);
            Err(problems)
        }
    })
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
    receipt: StoredReceipt,
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
    async fn results(&self, context: &Context<'_>) -> async_graphql::Result<CommunityResults> {
        let state = state(context)?;
        let published = state.published.of(&state.database.read, self.community, state.ambient.now()).await;
        Ok(CommunityResults::from(&*published.map_err(ApiError::from)?))
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

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::Benefit")]
pub enum Benefit {
    ProductKnowledge,
    UnconventionalUses,
    PeerBestPractices,
    RecognisedExpertise,
    RoadmapInfluence,
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

/// Something that is wrong with an input.
#[derive(SimpleObject)]
pub struct Problem {
    /// Where in the input: `answers.2.number`.
    path: String,
    code: Code,
    message: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::ProblemCode", name = "ProblemCode")]
pub enum Code {
    /// There is no such thing.
    Unknown,
    /// Something that has to be there is not.
    Missing,
    /// Something that must not be there is.
    Unexpected,
    /// A number outside of its scale.
    OutOfRange,
    /// Too long, too short, too many or too few.
    Size,
    /// The same thing twice.
    Duplicate,
    /// A text that cannot be stored, or a value of the wrong kind.
    Malformed,
}

impl From<domain::Problem> for Problem {
    fn from(problem: domain::Problem) -> Self {
        Self { path: problem.path, code: problem.code.into(), message: problem.message }
    }
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(origin: Option<&str>, expected: bool) {
        check_read(origin, false, expected);
    }

    fn check_read(origin: Option<&str>, is_same_origin: bool, expected: bool) {
        let site = site::Model {
            community_id: Uuid::nil(),
            id: Uuid::nil(),
            survey_id: Uuid::nil(),
            name: String::new(),
            key: String::new(),
            origins: json!(["https://forum.example.com"]),
            identity_keys: json!([]),
            requires_identity: false,
            created_at: DateTime::UNIX_EPOCH,
        };
        let page = PageOrigin {
            origin: origin.map(str::to_owned),
            own: Some("https://valuemap.example.com:8080".into()),
            is_same_origin,
        };
        assert_eq!(page.check(&site).is_ok(), expected, "{origin:?}");
    }

    #[test]
    fn a_page_is_let_in_by_its_whole_origin() {
        check(Some("https://forum.example.com"), true);
        check(Some("https://valuemap.example.com:8080"), true);
        check(Some("http://valuemap.example.com:8080"), false);
        check(Some("http://forum.example.com"), false);
        check(Some("https://forum.example.com.evil.example"), false);
        check(Some("https://valuemap.example.com"), false);
        check(Some("null"), false);
        check(None, false);
        check_read(None, true, true);
        check_read(Some("https://other.example.com"), true, false);
    }
}
