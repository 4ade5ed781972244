//! How every mutation records: all of the input or nothing, and every problem by its path.

use async_graphql::{Context, SimpleObject, Union};
use uuid::Uuid;
use valuemap_engine::activities::keys::{activity_type_id, party_id, record_id};
use valuemap_engine::activities::record::{Recorder, Refused};
use valuemap_engine::base::ambient::Ambient;
use valuemap_engine::base::commits::Touches;
use valuemap_engine::services::Services;
use valuemap_engine::tenancy::own::Own;
use valuemap_engine::tenancy::rights::Right;
use valuemap_shared::activities::{Record, RecordKind, Reference};
use valuemap_shared::ids::CommunityId;
use valuemap_shared::survey::{Problem, ProblemCode};

use crate::context::{own, services};
use crate::error::ApiError;
use crate::wire::node_id::NodeId;
use crate::wire::results::{NotFound, Problem as WireProblem};
use crate::wire::scalars::Count;

/// The source of what names none.
pub const API: &str = "api";

#[derive(Union)]
pub enum RecordResult {
    Recorded(Recorded),
    NotFound(NotFound),
    Invalid(InvalidInput),
}

/// All of it is stored.
#[derive(SimpleObject)]
pub struct Recorded {
    new: Count,
    /// It had been stored with different content.
    changed: Count,
    /// It had been stored with the same content.
    known: Count,
    /// What was recorded, in the order of the input.
    records: Vec<RecordedEntry>,
}

/// Send the same source and key again to change what was recorded.
#[derive(SimpleObject)]
pub struct RecordedEntry {
    /// Where it stands in the input: `activities.0.costs.1`.
    path: String,
    source: Option<String>,
    /// Null for what has none: a link, or an observation.
    key: Option<String>,
    /// Null for what is no node.
    id: Option<NodeId>,
}

/// Nothing was stored: the input breaks rules.
#[derive(SimpleObject)]
pub struct InvalidInput {
    problems: Vec<WireProblem>,
}

impl From<Vec<Problem>> for InvalidInput {
    fn from(problems: Vec<Problem>) -> Self {
        Self { problems: problems.into_iter().map(WireProblem::from).collect() }
    }
}

/// One part of an input, as it was sent.
pub trait Entry {
    /// Adds the record that it stands for, and those that are nested in it.
    fn read(self, path: String, batch: &mut Batch<'_>);
}

/// The records of an input.
pub struct Batch<'a> {
    ambient: &'a Ambient,
    sent: Vec<Sent>,
    problems: Vec<Problem>,
}

struct Sent {
    path: String,
    record: Record,
    /// The index of the record that it is nested in.
    parent: Option<usize>,
    is_valid: bool,
}

impl<'a> Batch<'a> {
    fn new(ambient: &'a Ambient) -> Self {
        Self { ambient, sent: Vec::new(), problems: Vec::new() }
    }

    /// What a record is called: by its sender, or by a new name.
    pub fn reference(&self, source: Option<String>, key: Option<String>) -> Reference {
        Reference::new(
            source.unwrap_or_else(|| API.to_owned()),
            key.unwrap_or_else(|| self.ambient.new_id().to_string()),
        )
    }

    pub fn refuse(&mut self, path: String, code: ProblemCode, message: &str) {
        self.problems.push(Problem::new(path, code, message));
    }

    /// Adds a record, and returns its index.
    pub fn add(&mut self, path: String, record: Record, parent: Option<usize>) -> usize {
        let problems = record.problems();
        let is_valid = problems.is_empty() && parent.is_none_or(|parent| self.sent[parent].is_valid);
        self.problems.extend(
            problems.into_iter().map(|problem| Problem { path: input_path(&path, &record, &problem.path), ..problem }),
        );
        self.sent.push(Sent { path, record, parent, is_valid });
        self.sent.len() - 1
    }

    /// The records that keep to the rules, each with its index.
    fn valid(&self) -> Vec<(u64, Record)> {
        (0..)
            .zip(&self.sent)
            .filter(|(_, sent)| sent.is_valid)
            .map(|(index, sent)| (index, sent.record.clone()))
            .collect()
    }

    /// What only the database knew, as a problem.
    fn objected(&mut self, refused: Refused) {
        let index = usize::try_from(refused.position).unwrap_or(usize::MAX);
        let Some(sent) = self.sent.get(index) else { return };
        // It is nested in what was refused itself, which is the problem to solve.
        if sent.parent.is_some() && refused.path == "activity" {
            return;
        }
        let code = if refused.path.is_empty() { ProblemCode::Duplicate } else { ProblemCode::Unknown };
        let path = input_path(&sent.path, &sent.record, &refused.path);
        self.problems.push(Problem::new(path, code, refused.reason));
    }

    fn recorded(self, community: CommunityId, recorder: &Recorder) -> Recorded {
        let total = |count: fn(&valuemap_engine::activities::record::Stored) -> u64| {
            Count(recorder.stored.values().map(count).sum())
        };
        Recorded {
            new: total(|stored| stored.new),
            changed: total(|stored| stored.changed),
            known: total(|stored| stored.known),
            records: self.sent.into_iter().map(|sent| recorded_entry(community, sent.stored(recorder))).collect(),
        }
    }
}

impl Sent {
    /// The same with the key that stands for an e-mail address in place of the address.
    fn stored(self, recorder: &Recorder) -> Self {
        Self { record: recorder.as_stored(self.record), ..self }
    }
}

/// A field of a record as it is called in the input: references are not nested there.
fn input_path(path: &str, record: &Record, field: &str) -> String {
    let own = if matches!(record, Record::Party(_)) { "party." } else { "reference." };
    match field.strip_prefix(own).unwrap_or(field) {
        "" => path.to_owned(),
        field => format!("{path}.{field}"),
    }
}

fn recorded_entry(community: CommunityId, sent: Sent) -> RecordedEntry {
    let id = |kind: RecordKind, reference: &Reference| record_id(community, kind, reference);
    let entry = |reference: Reference, id: Option<NodeId>| RecordedEntry {
        path: sent.path.clone(),
        source: Some(reference.source),
        key: Some(reference.key),
        id,
    };
    match sent.record {
        Record::Party(party) => {
            let id = NodeId::Party(community, party_id(community, &party.party).into());
            entry(party.party.reference, Some(id))
        }
        Record::ActivityType(kind) => {
            let id: Uuid = activity_type_id(community, &kind.key);
            RecordedEntry {
                path: sent.path,
                source: None,
                key: Some(kind.key),
                id: Some(NodeId::ActivityType(community, id.into())),
            }
        }
        Record::Activity(activity) => {
            let id = NodeId::Activity(community, id(RecordKind::Activity, &activity.reference).into());
            entry(activity.reference, Some(id))
        }
        Record::Touchpoint(touchpoint) => {
            let id = NodeId::Touchpoint(community, id(RecordKind::Touchpoint, &touchpoint.reference).into());
            entry(touchpoint.reference, Some(id))
        }
        Record::Outcome(outcome) => {
            let id = NodeId::Outcome(community, id(RecordKind::Outcome, &outcome.reference).into());
            entry(outcome.reference, Some(id))
        }
        Record::Cost(cost) => entry(cost.reference, None),
        Record::Case(case) => entry(case.reference, None),
        Record::Contribution(contribution) => entry(contribution.reference, None),
        Record::Observation(observation) => {
            RecordedEntry { path: sent.path, source: Some(observation.source), key: None, id: None }
        }
        Record::Link(_) => RecordedEntry { path: sent.path, source: None, key: None, id: None },
    }
}

/// Records the entries of an input's list in one transaction, if all of them can be.
pub async fn record<E: Entry>(
    context: &Context<'_>,
    community: NodeId,
    (list, entries): (&str, Vec<E>),
) -> Result<RecordResult, ApiError> {
    let services = services(context)?;
    let Some(own) = own(context, community.as_community()?, Right::Write).await? else {
        return Ok(RecordResult::NotFound(NotFound::new(community)));
    };
    let mut batch = Batch::new(&services.ambient);
    for (index, entry) in entries.into_iter().enumerate() {
        entry.read(format!("{list}.{index}"), &mut batch);
    }
    store(services, &own, batch).await
}

async fn store(services: &Services, own: &Own, mut batch: Batch<'_>) -> Result<RecordResult, ApiError> {
    let community = own.community();
    let transaction = services.database.begin_write(own.author(), Touches::tracked(community)).await?;
    let mut recorder = Recorder::start(&transaction, community, &services.ambient).await?;
    recorder.record(&transaction, batch.valid()).await?;
    for refused in std::mem::take(&mut recorder.refused) {
        batch.objected(refused);
    }
    if !batch.problems.is_empty() {
        transaction.rollback().await?;
        return Ok(RecordResult::Invalid(batch.problems.into()));
    }
    transaction.commit().await?;
    Ok(RecordResult::Recorded(batch.recorded(community, &recorder)))
}
