//! Answers that are set aside, on the internal API.

use std::time::{Duration, Instant};

use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, Enum, InputObject, Object, OneofObject, SimpleObject, Union};
use chrono::{DateTime, Utc};
use uuid::Uuid;
use valuemap_engine::survey::entities::response;
use valuemap_engine::survey::entities::response::Standing;
use valuemap_engine::survey::record::is_stored;
use valuemap_engine::survey::standing::lists::groups;
use valuemap_engine::survey::standing::{Decision, Matching, Move, Selection, lists};
use valuemap_engine::tenancy::own::Own;
use valuemap_engine::tenancy::rights::Right;
use valuemap_engine::tenancy::store::site_by_id;
use valuemap_shared::ids::{CommunityId, SiteId, SubmissionId, SurveyId};

use crate::context::{data, own, services};
use crate::documents::limits::PAGE;
use crate::error::ApiError;
use crate::sites::{Site, SitesOf};
use crate::wire::node_id::NodeId;
use crate::wire::results::NotFound;
use crate::wire::scalars::Count;

/// How long one mutation goes on: a request may take no longer than 5 seconds.
const BUDGET: Duration = Duration::from_secs(3);

/// Whether an answer counts, and if not, why.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Standing")]
pub enum AnswerStanding {
    Counted,
    /// Too many came from its address within a minute.
    Held,
    /// Somebody decided that it is not genuine.
    Discarded,
    /// It counted until somebody set it aside.
    Quarantined,
}

pub struct SetAsideAnswer(pub response::Model);

/// A member's answer that counts in no figure.
#[Object]
impl SetAsideAnswer {
    async fn id(&self) -> NodeId {
        let row = &self.0;
        NodeId::Response(CommunityId(row.community_id), SurveyId(row.survey_id), SubmissionId(row.id))
    }

    /// The site that it was given on; null for one that was imported.
    async fn site(&self, context: &Context<'_>) -> Result<Option<Site>, ApiError> {
        site_of(context, CommunityId(self.0.community_id), self.0.site_id).await
    }

    async fn standing(&self) -> AnswerStanding {
        self.0.standing.into()
    }

    async fn received_at(&self) -> DateTime<Utc> {
        self.0.received_at
    }

    /// The same for all answers of a day that came from one address. Which one it was cannot be found out from it.
    async fn address_hash(&self) -> Option<&str> {
        self.0.address_hash.as_deref()
    }
}

pub struct SetAsideGroup {
    community: CommunityId,
    group: lists::Group,
}

/// Answers that count in no figure, for one reason, on one site and from one address.
#[Object]
impl SetAsideGroup {
    /// The site that they were given on; null for those that were imported.
    async fn site(&self, context: &Context<'_>) -> Result<Option<Site>, ApiError> {
        site_of(context, self.community, self.group.site_id).await
    }

    async fn standing(&self) -> AnswerStanding {
        self.group.standing.into()
    }

    async fn address_hash(&self) -> Option<&str> {
        self.group.address_hash.as_deref()
    }

    async fn answers(&self) -> Count {
        Count(u64::try_from(self.group.answers).unwrap_or_default())
    }

    /// When the first of them was received.
    async fn first_at(&self) -> DateTime<Utc> {
        self.group.first_at
    }

    async fn last_at(&self) -> DateTime<Utc> {
        self.group.last_at
    }
}

async fn site_of(context: &Context<'_>, community: CommunityId, id: Option<Uuid>) -> Result<Option<Site>, ApiError> {
    let sites = data::<DataLoader<SitesOf>>(context)?.load_one(community).await?;
    Ok(sites.unwrap_or_default().into_iter().find(|site| Some(site.id) == id).map(Site))
}

/// The field `setAsideGroups` of a community.
pub async fn set_aside_groups(
    context: &Context<'_>,
    community: CommunityId,
    site: Option<NodeId>,
    standing: Option<AnswerStanding>,
) -> Result<Vec<SetAsideGroup>, ApiError> {
    let db = &services(context)?.database.read;
    let (site, standing) = (site_in(community, site)?, standing.map(Standing::from));
    let groups = groups(db, community, site, standing, PAGE as u64).await?;
    Ok(groups.into_iter().map(|group| SetAsideGroup { community, group }).collect())
}

/// The site that a list is asked for by.
pub fn site_in(community: CommunityId, site: Option<NodeId>) -> Result<Option<SiteId>, ApiError> {
    match site {
        None => Ok(None),
        Some(NodeId::Site(of, site)) if of == community => Ok(Some(site)),
        Some(_) => Err(ApiError::BadUserInput("site: not the id of a site of this community".into())),
    }
}

#[derive(Default)]
pub struct AnswerStandingMutation;

#[Object]
impl AnswerStandingMutation {
    /// Has answers count that are held or quarantined. Where they are chosen by ids or by standing, this takes back
    /// discarding, too. Figures follow at once; doing it twice changes nothing.
    async fn release_answers(
        &self,
        context: &Context<'_>,
        input: AnswerSelectionInput,
    ) -> Result<MoveAnswersResult, ApiError> {
        decide(context, Decision::Release, input).await
    }

    /// Marks answers that are held, or those that are quarantined, as not genuine. They stay stored. What counts has to
    /// be quarantined first.
    async fn discard_answers(
        &self,
        context: &Context<'_>,
        input: AnswerSelectionInput,
    ) -> Result<MoveAnswersResult, ApiError> {
        decide(context, Decision::Discard, input).await
    }

    /// Takes answers that count out of every figure at once, until `releaseAnswers` brings them back.
    async fn quarantine_answers(
        &self,
        context: &Context<'_>,
        input: AnswerSelectionInput,
    ) -> Result<MoveAnswersResult, ApiError> {
        decide(context, Decision::Quarantine, input).await
    }
}

async fn decide(
    context: &Context<'_>,
    decision: Decision,
    input: AnswerSelectionInput,
) -> Result<MoveAnswersResult, ApiError> {
    let services = services(context)?;
    let (own, mut answers) = match input {
        AnswerSelectionInput::Ids(ids) => match these(context, decision, &ids).await? {
            Ok(chosen) => chosen,
            Err(id) => return Ok(MoveAnswersResult::NotFound(NotFound::new(id))),
        },
        AnswerSelectionInput::Matching(matching) => {
            let id = matching.site;
            match matching.chosen(context, decision).await? {
                Some(chosen) => chosen,
                None => return Ok(MoveAnswersResult::NotFound(NotFound::new(id))),
            }
        }
    };
    let started = Instant::now();
    let mut moved = AnswersMoved { moved: Count(0), left: Count(0) };
    loop {
        let batch = answers.next_batch(&services.database, own.author(), &services.versions).await;
        let Some(count) = batch? else { break };
        moved.moved.0 += count;
        if started.elapsed() > BUDGET {
            moved.left = Count(answers.left(&services.database.read).await?);
            break;
        }
    }
    Ok(MoveAnswersResult::Moved(moved))
}

/// The answers of these ids, which all have to be there and in one community; else the id that is not found.
async fn these(
    context: &Context<'_>,
    decision: Decision,
    ids: &[NodeId],
) -> Result<Result<(Own, Move), NodeId>, ApiError> {
    let db = &services(context)?.database.read;
    let mut keys = Vec::with_capacity(ids.len());
    for id in ids {
        let NodeId::Response(community, survey, submission) = *id else {
            return Err(ApiError::BadUserInput("ids: not the id of an answer".into()));
        };
        keys.push((community, survey, submission));
    }
    let Some((community, ..)) = keys.first().copied() else {
        return Err(ApiError::BadUserInput("ids: name at least one answer".into()));
    };
    let Some(own) = own(context, community, Right::Write).await? else { return Ok(Err(ids[0])) };
    let mut rows = Vec::with_capacity(keys.len());
    for (id, (of, survey, submission)) in ids.iter().zip(keys) {
        let key = (of.0, survey.0, submission.0);
        if of != community || !is_stored(db, key).await? {
            return Ok(Err(*id));
        }
        rows.push(key);
    }
    Ok(Ok((own, Move::new(Selection::These(rows), decision, decision.all_from()))))
}

/// Which answers are meant: either by their ids or by what they match.
#[derive(OneofObject)]
pub enum AnswerSelectionInput {
    /// Of one community, at most 250.
    #[graphql(validator(max_items = 250))]
    Ids(Vec<NodeId>),
    Matching(MatchingAnswersInput),
}

/// The answers that were given on a site.
#[derive(InputObject)]
pub struct MatchingAnswersInput {
    site: NodeId,
    /// Received at this time or later.
    from: Option<DateTime<Utc>>,
    /// Received before this time.
    until: Option<DateTime<Utc>>,
    address_hash: Option<String>,
    /// Those of this standing only. Where it is left out, those that are held or quarantined are released, those that are
    /// held are discarded, and those that count are quarantined.
    standing: Option<AnswerStanding>,
}

impl MatchingAnswersInput {
    /// The answers, or `None` where the organisation has no such site.
    async fn chosen(self, context: &Context<'_>, decision: Decision) -> Result<Option<(Own, Move)>, ApiError> {
        let NodeId::Site(community, site) = self.site else {
            return Err(ApiError::BadUserInput("site: not the id of a site".into()));
        };
        let Some(own) = own(context, community, Right::Write).await? else { return Ok(None) };
        let standing = self.standing.map(Standing::from);
        let from = match &standing {
            None => decision.usual_from(),
            Some(standing) if decision.all_from().contains(standing) => std::slice::from_ref(standing),
            Some(_) => {
                return Err(ApiError::BadUserInput("standing: this cannot be done with such answers".into()));
            }
        };
        let row = site_by_id(&services(context)?.database.read, (community, site)).await?;
        let Some(row) = row else { return Ok(None) };
        // PostgreSQL has no text with this character in it, and so no hash.
        let address_hash = self.address_hash.map(|hash| hash.replace('\0', "\u{fffd}"));
        let matching = Matching { from: self.from, until: self.until, address_hash, ..Matching::all_of(&row) };
        Ok(Some((own, Move::new(Selection::Matching(matching), decision, from))))
    }
}

#[derive(Union)]
pub enum MoveAnswersResult {
    Moved(AnswersMoved),
    NotFound(NotFound),
}

/// The figures are those without, or with, what was moved.
#[derive(SimpleObject)]
pub struct AnswersMoved {
    moved: Count,
    /// How many are left because a request may take only so long: send the same again.
    left: Count,
}
