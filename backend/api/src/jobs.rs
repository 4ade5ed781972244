//! Jobs: what outlasts the request that asks for it.

use async_graphql::{Context, Enum, InputObject, Json, Object, SimpleObject, Union};
use chrono::{DateTime, Utc};
use serde_json::Value;
use valuemap_engine::base::commits::Touches;
use valuemap_engine::jobs::entities::job;
use valuemap_engine::jobs::queue;
use valuemap_engine::tenancy::rights::Right;
use valuemap_engine::tenancy::store::community_of;
use valuemap_engine::webhooks::inbox::APPLY_EVENT;
use valuemap_engine::work::{ATTRIBUTION, Attributed, CHECK_UPLOAD, LOAD_UPLOAD, Work};
use valuemap_shared::attribution::Parameters;
use valuemap_shared::ids::{AttributionRunId, CommunityId, JobId};
use valuemap_shared::imports as domain;

use crate::attribution::{AttributionRun, InvalidAttribution, RunAttributionInput, community_with_model, run_node};
use crate::context::{Need, may, own, services, viewer};
use crate::error::ApiError;
use crate::uploads::report::ImportReport;
use crate::wire::node_id::NodeId;
use crate::wire::results::NotFound;
use crate::wire::scalars::Count;

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "job::State")]
pub enum JobState {
    Waiting,
    Running,
    Done,
    /// `problem` says why.
    Failed,
    Cancelled,
}

/// How far a job has come.
#[derive(SimpleObject)]
pub struct JobProgress {
    /// What is being done.
    part: String,
    /// The steps of it that are done.
    done: Count,
    /// The steps that there are; null where nobody can tell.
    steps: Option<Count>,
}

pub struct Job(pub job::Model);

/// Work that goes on when the request that asked for it has been answered. It can be asked for until 30 days after its end.
#[Object]
impl Job {
    pub async fn id(&self) -> NodeId {
        NodeId::Job(self.community(), JobId(self.0.id))
    }

    /// `attribution`, `verify`, `apply_event`, `check_upload` or `load_upload`.
    async fn kind(&self) -> &str {
        &self.0.kind
    }

    async fn state(&self) -> JobState {
        self.0.state.into()
    }

    /// Null unless it is being worked on, and for what is done in a moment.
    async fn progress(&self) -> Option<JobProgress> {
        let count = |steps: i64| Count(u64::try_from(steps).unwrap_or_default());
        let is_running = self.0.state == job::State::Running && !self.0.part.is_empty();
        is_running.then(|| JobProgress {
            part: self.0.part.clone(),
            done: count(self.0.steps_done),
            steps: (self.0.steps > 0).then(|| count(self.0.steps)),
        })
    }

    /// What it came to, where it is done, as the kind of job has it. It takes the right to operate: a recount names answers.
    #[graphql(guard = "Right::Operate.needed()")]
    async fn result(&self) -> Option<Json<&Value>> {
        self.0.result.as_ref().map(Json)
    }

    /// What came of an uploaded file. It takes the right to write: it says what stands in the file.
    #[graphql(guard = "Right::Write.needed()")]
    async fn import_report(&self) -> Option<ImportReport> {
        if ![CHECK_UPLOAD, LOAD_UPLOAD].contains(&self.0.kind.as_str()) {
            return None;
        }
        let report: domain::ImportReport = serde_json::from_value(self.0.result.clone()?).ok()?;
        Some(report.into())
    }

    /// The run that an attribution was kept as.
    #[graphql(guard = "Right::ReadFigures.needed()")]
    async fn attribution_run(&self, context: &Context<'_>) -> Result<Option<AttributionRun>, ApiError> {
        let Some(attributed) = self.0.result.clone().and_then(|result| serde_json::from_value(result).ok()) else {
            return Ok(None);
        };
        let Attributed { run } = attributed;
        run_node(context, self.community(), AttributionRunId(run)).await
    }

    /// Why it failed, or why it is tried again.
    async fn problem(&self) -> Option<&str> {
        self.0.problem.as_deref()
    }

    /// How often it was begun. Where the worker of a job ends before the job does, another one begins it anew.
    async fn attempts(&self) -> Count {
        Count(u64::try_from(self.0.attempts).unwrap_or_default())
    }

    /// What the token, session or command was called that asked for it.
    async fn asked_by(&self) -> &str {
        &self.0.asked_by
    }

    /// Somebody has cancelled it, and who works on it has still to stop.
    async fn is_being_cancelled(&self) -> bool {
        self.0.is_cancelled && !self.0.state.is_final()
    }

    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    async fn finished_at(&self) -> Option<DateTime<Utc>> {
        self.0.finished_at
    }
}

impl Job {
    fn community(&self) -> CommunityId {
        CommunityId(self.0.community_id)
    }
}

#[derive(Default)]
pub struct JobQuery;

#[Object]
impl JobQuery {
    /// A job of a community of the organisation; null when there is none of this id.
    #[graphql(guard = "Right::ReadFigures.needed()")]
    async fn job(&self, context: &Context<'_>, id: NodeId) -> Result<Option<Job>, ApiError> {
        let (community, id) = job_id(id)?;
        let (db, viewer) = (&services(context)?.database.read, viewer(context)?);
        if community_of(db, viewer.organisation_id(), community).await?.is_none() {
            return Ok(None);
        }
        let found = queue::find(db, id).await?;
        Ok(found.filter(|job| job.community_id == community.0).map(Job))
    }
}

fn job_id(id: NodeId) -> Result<(CommunityId, JobId), ApiError> {
    match id {
        NodeId::Job(community, id) => Ok((community, id)),
        _ => Err(ApiError::BadUserInput("id: not the id of a job".into())),
    }
}

/// Maximum attributions of a community that wait or are worked on at once. Others wait behind them.
const MAX_OPEN: u64 = 20;

#[derive(Default)]
pub struct JobMutation;

#[Object]
impl JobMutation {
    /// The same as `runAttribution`, as a job: for what takes longer than a request may. Ask for the job by its id. At most
    /// 20 of a community wait at a time.
    async fn start_attribution(
        &self,
        context: &Context<'_>,
        input: RunAttributionInput,
    ) -> Result<StartAttributionResult, ApiError> {
        let (services, viewer) = (services(context)?, viewer(context)?);
        let id = input.community;
        let not_found = || Ok(StartAttributionResult::NotFound(NotFound::new(id)));
        let Some(own) = own(context, id.as_community()?, Right::Write).await? else { return not_found() };
        let Some((community, scoring)) = community_with_model(context, id).await? else { return not_found() };
        let parameters = match Parameters::parse(&input.asked(), &scoring.model.financial.attribution) {
            Ok(parameters) => parameters,
            Err(problems) => {
                return Ok(StartAttributionResult::InvalidAttribution(InvalidAttribution::of(problems)));
            }
        };
        if queue::count_open(&services.database.read, community, ATTRIBUTION).await? >= MAX_OPEN {
            return Err(ApiError::TooManyJobs(MAX_OPEN));
        }
        let (work, by) = (Work::Attribution { parameters }, viewer.token.name.as_str());
        let enqueued = services.database.write(own.author(), Touches::NOTHING, async |transaction| {
            work.enqueue(transaction, &services.ambient, community, by).await
        });
        Ok(StartAttributionResult::Job(Box::new(Job(enqueued.await?))))
    }

    /// Cancels a job. One that waits is cancelled at once, one that is being worked on within a second or two, and nothing
    /// of it is stored. One that has ended stays as it is. Other jobs than attributions and those of uploads take the right to operate.
    async fn cancel_job(&self, context: &Context<'_>, input: CancelJobInput) -> Result<CancelJobResult, ApiError> {
        let services = services(context)?;
        let (community, id) = job_id(input.id)?;
        let not_found = || Ok(CancelJobResult::NotFound(NotFound::new(input.id)));
        let Some(own) = own(context, community, Right::Write).await? else { return not_found() };
        let found = queue::find(&services.database.read, id).await?;
        let Some(found) = found.filter(|job| job.community_id == community.0) else { return not_found() };
        if ![ATTRIBUTION, CHECK_UPLOAD, LOAD_UPLOAD].contains(&found.kind.as_str()) {
            // Those are the server's own, or an operator's.
            may(context, Right::Operate)?;
        }
        if found.kind == APPLY_EVENT {
            let message = "id: an event is applied in any case; disable the webhook endpoint if no more are to come";
            return Err(ApiError::BadUserInput(message.into()));
        }
        let cancelled = services.database.write_some(own.author(), Touches::NOTHING, async |transaction| {
            queue::cancel(transaction, &services.ambient, (community, id)).await
        });
        Ok(CancelJobResult::Job(Box::new(Job(cancelled.await?.unwrap_or(found)))))
    }
}

#[derive(InputObject)]
pub struct CancelJobInput {
    id: NodeId,
}

#[derive(Union)]
pub enum StartAttributionResult {
    Job(Box<Job>),
    NotFound(NotFound),
    InvalidAttribution(InvalidAttribution),
}

#[derive(Union)]
pub enum CancelJobResult {
    Job(Box<Job>),
    NotFound(NotFound),
}
